"""A model service on the loopback: it answers as it is told and remembers what it was asked."""

from __future__ import annotations

import base64
import io
import json
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

from PIL import Image

Act = Callable[[BaseHTTPRequestHandler], None]


@dataclass
class Asked:
    """One request as it came over the wire."""

    path: str
    headers: dict[str, str]
    body: dict[str, Any]


def answer(
    content: Any, *, status: int = 200, headers: dict[str, str] | None = None, kind: str = ""
) -> Act:
    """Answer with JSON, or with bytes as they are."""
    raw = content if isinstance(content, bytes) else json.dumps(content).encode()

    def act(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(status)
        handler.send_header("Content-Type", kind or "application/json")
        handler.send_header("Content-Length", str(len(raw)))
        for name, value in (headers or {}).items():
            handler.send_header(name, value)
        handler.end_headers()
        handler.wfile.write(raw)

    return act


def cut(content: Any) -> Act:
    """Promise more bytes than are sent, and hang up."""
    raw = json.dumps(content).encode()

    def act(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Type", "application/json")
        handler.send_header("Content-Length", str(len(raw) + 1000))
        handler.end_headers()
        handler.wfile.write(raw[: len(raw) // 2])
        handler.close_connection = True

    return act


@dataclass
class ModelServer:
    """The service; use it as a context manager.

    Attributes:
        acts: What to do with the coming requests; the last one is done for all that follow.
        asked: What came.
        over: Set when the test ends; a stalled request waits for it.
    """

    acts: deque[Act] = field(default_factory=deque)
    asked: list[Asked] = field(default_factory=list)
    over: threading.Event = field(default_factory=threading.Event)

    def __enter__(self) -> Self:
        server = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                headers = {k.lower(): v for k, v in self.headers.items()}
                server.asked.append(Asked(self.path, headers, json.loads(body)))
                server.next_act()(self)

            def log_message(self, *_: Any) -> None:
                pass

        self._http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._http.daemon_threads = True
        self._thread = threading.Thread(
            target=self._http.serve_forever, kwargs={"poll_interval": 0.01}
        )
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.over.set()
        self._http.shutdown()
        self._thread.join()
        self._http.server_close()

    @property
    def url(self) -> str:
        """``http://127.0.0.1:PORT``."""
        return f"http://127.0.0.1:{self._http.server_address[1]}"

    def will(self, *acts: Act) -> None:
        """Say what the coming requests get."""
        self.acts = deque(acts)

    def stall(self, handler: BaseHTTPRequestHandler) -> None:
        """Accept the request and never answer it."""
        self.over.wait()
        handler.close_connection = True

    def next_act(self) -> Act:
        """What this request gets."""
        return self.acts.popleft() if len(self.acts) > 1 else self.acts[0]


def png_size(data: str) -> tuple[int, int]:
    """Width and height of a base64 PNG, decoded whole."""
    with Image.open(io.BytesIO(base64.b64decode(data, validate=True))) as picture:
        picture.load()
        assert picture.format == "PNG"
        return picture.size
