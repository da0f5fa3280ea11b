"""Playing in a terminal: a live picture made of half blocks, and keys as they are pressed.

Each character shows two pixels, one above the other, in 24-bit colour. Large pictures are reduced
to the terminal, small ones enlarged by a whole factor. Where actions are places, the arrows move a
cross over the picture, and Enter clicks.
"""

from __future__ import annotations

import os
import select
import sys
from typing import TYPE_CHECKING, Self

import numpy as np
from PIL import Image
from rich.live import Live
from rich.segment import Segment
from rich.style import Style
from rich.text import Text

from synth.errors import UsageError
from synth.play.session import PlayEvent

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray
    from rich.console import Console, ConsoleOptions, RenderResult

__all__ = ["HalfBlocks", "TerminalScreen", "key_of"]

_HALF = "\u2580"
_MOST_FACTOR = 8
_SEQUENCES = {b"[A": "up", b"[B": "down", b"[C": "right", b"[D": "left"}
_NAMED = {b" ": "space", b"\r": "enter", b"\n": "enter", b"\x03": "q", b"\x04": "q", b"": "q"}
_ALONE = 0.02
"""Seconds after which an escape is no beginning of an arrow."""
_STEPS = 24
"""Presses of an arrow that bring the cross from one side to the other."""


class HalfBlocks:
    """A picture, and lines of words below it.

    Args:
        frame: ``uint8[H, W, 3]``.
        lines: Words.
        cross: ``(x, y)`` of a cross over the picture, or ``None``.
    """

    def __init__(
        self, frame: NDArray[np.uint8], lines: list[str], cross: tuple[int, int] | None = None
    ) -> None:
        self._frame, self._lines, self._cross = frame, lines, cross

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Two pixels a character, as large as there is room for."""
        taken = sum(-(-len(line) // options.max_width) for line in self._lines)
        rows = max(2, (options.height or console.height) - taken - 3)
        picture = fitted_to(self._marked(), options.max_width, 2 * rows)
        for top, bottom in zip(picture[::2], picture[1::2], strict=True):
            for above, below in zip(top.tolist(), bottom.tolist(), strict=True):
                style = Style(color=_hex(above), bgcolor=_hex(below))
                yield Segment(_HALF, style)
            yield Segment.line()
        yield Text()
        for line in self._lines:
            yield Text(line, overflow="fold")

    def _marked(self) -> NDArray[np.uint8]:
        if self._cross is None:
            return self._frame
        marked, (x, y) = self._frame.copy(), self._cross
        marked[y, :] = 255 - marked[y, :]
        marked[:, x] = 255 - marked[:, x]
        return marked


def fitted_to(frame: NDArray[np.uint8], width: int, height: int) -> NDArray[np.uint8]:
    """A picture at most so wide and high; its height is even."""
    tall, wide = frame.shape[:2]
    factor = min(width // wide, height // tall, _MOST_FACTOR)
    if factor >= 1:
        large = frame.repeat(factor, axis=0).repeat(factor, axis=1)
    else:
        scale = min(width / wide, height / tall)
        size = (max(1, int(wide * scale)), max(2, int(tall * scale)))
        large = np.array(Image.fromarray(frame).resize(size, Image.Resampling.BOX))
    return large if len(large) % 2 == 0 else np.concatenate([large, large[-1:] * 0])


def _hex(pixel: Iterable[int]) -> str:
    return "#" + "".join(f"{channel:02x}" for channel in pixel)


def key_of(sequence: bytes) -> str:
    """The name of what a terminal sends for a key; ``""`` where it is none that counts."""
    if sequence[:1] == b"\x1b":
        # Some terminals say O in place of [ for the arrows.
        return _SEQUENCES.get(sequence[1:].replace(b"O", b"["), "")
    return _NAMED.get(sequence) or sequence.decode("utf-8", "ignore").lower()


class TerminalScreen:
    """A terminal to play in; a context manager that leaves it as it was.

    Args:
        console: Where pictures go.
        pointed: Whether actions are places, so that there is a cross.

    Raises:
        UsageError: This is no terminal.
    """

    def __init__(self, console: Console, *, pointed: bool) -> None:
        if not (console.is_terminal and sys.stdin.isatty()):
            raise UsageError("`synth play` needs a terminal, or a window: --window.")
        self._console, self._pointed = console, pointed
        self._live = Live(console=console, screen=True, auto_refresh=False)
        self._cross: tuple[int, int] | None = None
        self._frame: NDArray[np.uint8] | None = None
        self._lines: list[str] = []

    def __enter__(self) -> Self:
        """Take the terminal."""
        import termios  # noqa: PLC0415 - Unix alone has it
        import tty  # noqa: PLC0415

        self._before = termios.tcgetattr(sys.stdin)
        tty.setcbreak(sys.stdin)
        self._live.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Give it back."""
        import termios  # noqa: PLC0415 - as above

        self._live.stop()
        termios.tcsetattr(sys.stdin, termios.TCSADRAIN, self._before)

    def show(self, frame: NDArray[np.uint8], lines: list[str]) -> None:
        """See `PlayScreen.show`."""
        self._frame, self._lines = frame, lines
        if self._pointed and self._cross is None:
            self._cross = (frame.shape[1] // 2, frame.shape[0] // 2)
        self._draw()

    def _draw(self) -> None:
        if self._frame is not None:
            picture = HalfBlocks(self._frame, self._lines, self._cross)
            self._live.update(picture, refresh=True)

    def wait(self) -> PlayEvent:
        """See `PlayScreen.wait`; the cross is moved here."""
        while True:
            key = key_of(_read(sys.stdin.fileno()))
            if self._cross is None or self._frame is None:
                return PlayEvent(key)
            if key == "enter":
                return PlayEvent(at=self._cross)
            if key not in {"up", "down", "left", "right"}:
                return PlayEvent(key)
            height, width = self._frame.shape[:2]
            across = {"left": -1, "right": 1}.get(key, 0) * max(1, width // _STEPS)
            down = {"up": -1, "down": 1}.get(key, 0) * max(1, height // _STEPS)
            x, y = self._cross
            self._cross = min(max(x + across, 0), width - 1), min(max(y + down, 0), height - 1)
            self._draw()


def _read(terminal: int) -> bytes:
    """One key: a character, or the sequence of an arrow, and nothing of the key after it."""
    first = os.read(terminal, 1)
    if first == b"\x1b":
        if not select.select([terminal], [], [], _ALONE)[0]:
            return first
        first += os.read(terminal, 1)
        if first[1:] in {b"[", b"O"}:
            last = b""
            while not b"@" <= last <= b"~":
                last = os.read(terminal, 1)
                first += last
    elif first and first[0] >= 0xC0:  # noqa: PLR2004 - the first byte of several in UTF-8
        first += os.read(terminal, 1 + (first[0] >= 0xE0) + (first[0] >= 0xF0))  # noqa: PLR2004
    return first
