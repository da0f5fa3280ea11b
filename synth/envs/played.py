"""What a person needs in order to play: abilities of simulators, for `synth play`.

Simulators without them can be played as well, where their actions are few or are a few numbers
(`synth.play.controls`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["Keyed", "Pointed"]


@runtime_checkable
class Keyed(Protocol):
    """A simulator that knows which keys a person would expect."""

    def keys(self) -> Mapping[str, Any]:
        """Key to action: a character, or ``up``, ``down``, ``left``, ``right``, ``space``."""
        ...


@runtime_checkable
class Pointed(Protocol):
    """A simulator whose actions are places in its picture, as on a screen."""

    def pointed(self, clicks: Sequence[tuple[int, int]]) -> Any:
        """The action of clicks so far, ``(x, y)`` in pixels; ``None`` where it takes more."""
        ...
