"""Which key is which action.

What the family says comes first (`Keyed`, `Pointed`). Of a few listed actions, those named as
directions have the arrows, the others the first letter of theirs that is free, or a number. Of a
few numbers each has two keys, one to either end of its range. Where actions are places in the
picture they are clicked: with the mouse, or with a cross that the arrows move and Enter sets down.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from gymnasium import spaces

from synth.envs import Enumerable, Worded
from synth.envs.played import Keyed, Pointed
from synth.errors import EnvironmentFault

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from synth.envs import Simulator

__all__ = ["COMMANDS", "Controls"]

COMMANDS = {"u": "undo", "r": "begin again", "n": "next", "q": "quit"}
"""Keys that are never an action's."""
_ARROWS = {
    "up": ("up", "forward", "north"),
    "down": ("down", "back", "backward", "south"),
    "left": ("left", "west"),
    "right": ("right", "east"),
}
_PAIRS = ("left right", "down up", "s w", "a d", "f g", "j k", "z x")
"""The two keys of each number: to its least, to its most."""
_MOST = 26
_AXES = 7


class Controls:
    """The keys of one simulator.

    Attributes:
        keys: Key to action.
        words: Key to what it does, for people.
        pointed: Whether actions are places in the picture.

    Raises:
        EnvironmentFault: Nobody could play it with keys: it has too many actions.
    """

    def __init__(self, simulator: Simulator) -> None:
        self._simulator = simulator
        self.pointed = isinstance(simulator, Pointed)
        found = dict(self._found())
        self.keys: Mapping[str, Any] = {key: action for key, (action, _) in found.items()}
        self.words: Mapping[str, str] = {key: word for key, (_, word) in found.items()}

    def _found(self) -> Iterator[tuple[str, tuple[Any, str]]]:
        simulator = self._simulator
        if isinstance(simulator, Keyed):
            for key, action in simulator.keys().items():
                yield key, (action, self._named(action))
            return
        if self.pointed:
            return
        actions = simulator.actions() if isinstance(simulator, Enumerable) else None
        space = getattr(getattr(simulator, "env", None), "action_space", None)
        if actions is not None and len(actions) <= _MOST:
            yield from self._listed(actions)
        elif isinstance(space, spaces.Box) and int(np.prod(space.shape)) <= _AXES:
            yield from _axes(space)
        else:
            raise EnvironmentFault(
                f"{type(simulator).__name__} has more actions than there are keys, and does not "
                "say which a person would want. Give it `keys()` or `pointed()` "
                "(synth.envs.played)."
            )

    def _listed(self, actions: tuple[Any, ...]) -> Iterator[tuple[str, tuple[Any, str]]]:
        free = [key for key in "0123456789abcdefghijklmnopstvwxyz" if key not in COMMANDS]
        taken: set[str] = set()
        for action in actions:
            word = self._named(action)
            arrow = next((key for key, names in _ARROWS.items() if word.lower() in names), "")
            letters = [one for one in word.lower() if one.isalpha() and one not in COMMANDS]
            wished = [arrow, *(letters if word != str(action) else [])]
            key = next((one for one in wished if one and one not in taken), "")
            key = key or next(one for one in free if one not in taken)
            taken.add(key)
            yield key, (action, word)

    def _named(self, action: Any) -> str:
        named = isinstance(self._simulator, Worded)
        return self._simulator.action_name(action) if named else str(action)  # type: ignore[attr-defined]  # `named` says so

    def clicked(self, clicks: list[tuple[int, int]]) -> Any:
        """The action of some clicks; ``None`` where it takes more, or there are no clicks."""
        return self._simulator.pointed(clicks) if isinstance(self._simulator, Pointed) else None


def _axes(space: Any) -> Iterator[tuple[str, tuple[Any, str]]]:
    """Two keys for each number of an action, and one for rest."""
    low = np.clip(space.low.ravel(), -1e3, 1e3).astype(float)
    high = np.clip(space.high.ravel(), -1e3, 1e3).astype(float)
    rest = np.clip(np.zeros_like(low), low, high)
    yield "space", (rest.reshape(space.shape).tolist(), "rest")
    for axis, pair in zip(range(len(low)), _PAIRS, strict=False):
        for key, end in zip(pair.split(), (low, high), strict=True):
            action = rest.copy()
            action[axis] = end[axis]
            word = f"number {axis + 1} to {end[axis]:g}"
            yield key, (action.reshape(space.shape).tolist(), word)
