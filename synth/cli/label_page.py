"""A small page of this machine on which a person labels pictures.

Served on 127.0.0.1 alone, under an address nobody can guess, with nothing from elsewhere. Every
answer is on the disk before the page says so; closing it loses nothing.
"""

from __future__ import annotations

import secrets
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import TYPE_CHECKING, Self
from urllib.parse import parse_qs, urlsplit

from jinja2 import Environment, PackageLoader, StrictUndefined

from synth.prompts.beside import beside, is_wide
from synth.prompts.pictures import encode_png

if TYPE_CHECKING:
    from synth.labels.desk import Desk
    from synth.task.labels import LabelAnswer

__all__ = ["LabelPage"]

HOST = "127.0.0.1"
ANSWERS: dict[str, LabelAnswer] = {"yes": "yes", "no": "no", "cannot tell": "cannot_tell"}
LONGEST = 4000
"""Bytes of an answer; a remark is a sentence."""

POLICY = "default-src 'none'; img-src 'self'; style-src 'unsafe-inline'; form-action 'self'"


class LabelPage:
    """Serves the page; a context manager.

    Args:
        task: The task's name.
        desk: What waits, and where answers are kept.
        by: Who answers.
        port: 0 takes a free one.
    """

    def __init__(self, task: str, desk: Desk, by: str, *, port: int = 0) -> None:
        self.token = secrets.token_urlsafe(16)
        self.task, self.desk, self.by = task, desk, by
        self.said: dict[int, str] = {}
        page = self

        class Handler(_Handler):
            of = page

        self._server = HTTPServer((HOST, port), Handler)

    @property
    def url(self) -> str:
        """Where the page is."""
        return f"http://{HOST}:{self._server.server_port}/{self.token}/"

    @property
    def hosts(self) -> frozenset[str]:
        """What the browser may call this machine; a page from elsewhere calls it otherwise."""
        return frozenset(f"{name}:{self._server.server_port}" for name in (HOST, "localhost"))

    def serve(self) -> None:
        """Answer requests until interrupted, one at a time."""
        self._server.serve_forever(poll_interval=0.2)

    def stop(self) -> None:
        """End `serve`, from another thread."""
        self._server.shutdown()

    def __enter__(self) -> Self:
        """The page itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Release the port."""
        self._server.server_close()

    def html(self) -> str:
        """All that waits, each with its picture and buttons."""
        templates = Environment(
            loader=PackageLoader("synth.cli"), undefined=StrictUndefined, autoescape=True
        )
        waiting = self.desk.waiting
        return templates.get_template("label.html.j2").render(
            task=self.task,
            by=self.by,
            token=self.token,
            entries=tuple(enumerate(waiting)),
            open=self.desk.open,
            said=self.said,
            answers=tuple(ANSWERS),
            wide=bool(waiting) and is_wide(waiting[0].exhibit.frame),
        )

    def png(self, number: int) -> bytes:
        """The picture of a question beside its initial one."""
        exhibit = self.desk.waiting[number].exhibit
        return encode_png(beside(exhibit.initial, exhibit.frame))

    def answer(self, number: int, said: str, remark: str) -> None:
        """Keep an answer."""
        self.desk.answer(self.desk.waiting[number], ANSWERS[said], by=self.by, remark=remark)
        self.said[number] = said


class _Handler(BaseHTTPRequestHandler):
    of: LabelPage

    def do_GET(self) -> None:
        """The page, or a picture."""
        place = self._place()
        if place == "":
            self._send(self.of.html().encode(), "text/html; charset=utf-8")
        elif place is not None and (number := self._number(place.removesuffix(".png"))) is not None:
            self._send(self.of.png(number), "image/png")
        else:
            self.send_error(HTTPStatus.NOT_FOUND)

    def do_POST(self) -> None:
        """An answer; back to the question after it."""
        size = self.headers.get("Content-Length", "")
        if self._place() != "answer" or not size.isdecimal() or int(size) > LONGEST:
            self.send_error(HTTPStatus.NOT_FOUND)
            return
        form = parse_qs(self.rfile.read(int(size)).decode("utf-8", "replace"))
        number = self._number(form.get("number", [""])[0])
        said = form.get("answer", [""])[0]
        if number is None or said not in ANSWERS:
            self.send_error(HTTPStatus.BAD_REQUEST)
            return
        self.of.answer(number, said, form.get("remark", [""])[0].strip())
        self.send_response(HTTPStatus.SEE_OTHER)
        self.send_header("Location", f"/{self.of.token}/#q{number + 1}")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def _place(self) -> str | None:
        """What is asked for below the token; ``None`` where that is missing or wrong."""
        if self.headers.get("Host") not in self.of.hosts:
            return None
        token, slash, place = urlsplit(self.path).path.removeprefix("/").partition("/")
        return place if slash and secrets.compare_digest(token, self.of.token) else None

    def _number(self, text: str) -> int | None:
        is_one = text.isdecimal() and len(text) <= 6 and int(text) < len(self.of.desk.waiting)  # noqa: PLR2004 - digits
        return int(text) if is_one else None

    def _send(self, content: bytes, kind: str) -> None:
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(content)))
        self.send_header("Content-Security-Policy", POLICY)
        self.send_header("Referrer-Policy", "no-referrer")
        self.send_header("Cache-Control", "no-store")
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name of the base class
        """Say nothing: the terminal belongs to the person."""
