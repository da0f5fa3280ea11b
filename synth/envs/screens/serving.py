"""Folders of pages, served to the browser on the loopback and to nobody else."""

from __future__ import annotations

import os
from functools import partial
from http import HTTPStatus
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["address_of"]

_SERVERS: dict[tuple[int, Path], ThreadingHTTPServer] = {}
"""By process, since a thread does not outlive a fork, and by folder."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing: a browser that leaves a page hangs up on what it had asked for."""


class _Quiet(SimpleHTTPRequestHandler):
    """Writes no log, and lets the browser keep what it has: the files do not change."""

    protocol_version = "HTTP/1.1"  # one connection for all files of a page

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name is the base's
        """Say nothing."""

    def do_GET(self) -> None:
        """Give a file; a browser asks for an icon of the site by itself, and there is none."""
        if self.path == "/favicon.ico":
            self.send_response(HTTPStatus.NO_CONTENT)
            self.end_headers()
        else:
            super().do_GET()

    def end_headers(self) -> None:
        """Tell the browser to keep the file."""
        self.send_header("Cache-Control", "max-age=86400")
        super().end_headers()


def address_of(folder: Path) -> str:
    """Where the browser finds a folder's files: ``http://127.0.0.1:PORT/``.

    The server runs in a thread of this process and ends with it.
    """
    key = (os.getpid(), folder)
    if key not in _SERVERS:
        handler = partial(_Quiet, directory=str(folder))
        _SERVERS[key] = server = _Server(("127.0.0.1", 0), handler)
        Thread(target=server.serve_forever, daemon=True).start()
    return f"http://127.0.0.1:{_SERVERS[key].server_address[1]}/"
