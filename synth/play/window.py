"""Playing in a window, with keys and the mouse; tkinter shows it, which most Pythons bring."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any, Self

from PIL import Image

from synth.errors import EnvironmentFault
from synth.play.session import PlayEvent

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["WindowScreen", "can_open"]

_SIDE = 640
_NAMED = {
    "Up": "up",
    "Down": "down",
    "Left": "left",
    "Right": "right",
    "space": "space",
    "Return": "enter",
    "Escape": "q",
}


def can_open() -> str:
    """Why no window can be opened here, or nothing."""
    try:
        tkinter = importlib.import_module("tkinter")
        tkinter.Tk().destroy()
    except ImportError as error:
        return f"this Python has no tkinter ({error})"
    except Exception as error:  # noqa: BLE001 - Tcl's own error, whose class comes with tkinter
        return f"no display: {error}"
    return ""


class WindowScreen:
    """A window to play in; a context manager that closes it.

    Args:
        title: Of the window.

    Raises:
        EnvironmentFault: No window can be opened here.
    """

    def __init__(self, title: str) -> None:
        if reason := can_open():
            raise EnvironmentFault(f"no window can be opened: {reason}. Leave out --window.")
        self._tk: Any = importlib.import_module("tkinter")
        self._photo: Any = importlib.import_module("PIL.ImageTk").PhotoImage
        self._root = self._tk.Tk()
        self._root.title(title)
        self._picture = self._tk.Label(self._root, borderwidth=0)
        self._picture.pack()
        self._words = self._tk.Label(self._root, justify="left", wraplength=_SIDE)
        self._words.pack(anchor="w", padx=8, pady=8)
        self._event = self._tk.StringVar(self._root)
        self._pending: PlayEvent | None = None
        self._factor = 1.0
        self._shown: Any = None
        self._root.bind("<Key>", self._pressed)
        self._picture.bind("<Button-1>", self._clicked)
        self._root.protocol("WM_DELETE_WINDOW", lambda: self._did(PlayEvent("q")))

    def __enter__(self) -> Self:
        """The window itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close it."""
        self._root.destroy()

    def show(self, frame: NDArray[np.uint8], lines: list[str]) -> None:
        """See `PlayScreen.show`."""
        height, width = frame.shape[:2]
        factor = _SIDE / max(height, width)
        self._factor = float(int(factor)) if factor >= 1 else factor
        size = (max(1, round(width * self._factor)), max(1, round(height * self._factor)))
        image = Image.fromarray(frame).resize(size, Image.Resampling.NEAREST)
        # Tk keeps no picture that nobody else keeps.
        self._shown = self._photo(image, master=self._root)
        self._picture.configure(image=self._shown)
        self._words.configure(text="\n".join(lines))
        self._root.update()

    def wait(self) -> PlayEvent:
        """See `PlayScreen.wait`."""
        self._pending = None
        while self._pending is None:
            self._root.wait_variable(self._event)
        return self._pending

    def _pressed(self, event: Any) -> None:
        key = _NAMED.get(event.keysym) or str(event.char).lower()
        if key:
            self._did(PlayEvent(key))

    def _clicked(self, event: Any) -> None:
        self._did(PlayEvent(at=(int(event.x / self._factor), int(event.y / self._factor))))

    def _did(self, event: PlayEvent) -> None:
        self._pending = event
        self._event.set(repr(event))
