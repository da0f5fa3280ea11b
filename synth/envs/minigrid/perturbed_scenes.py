"""Perturbed scenes of MiniGrid for metamorphic tests: more things, and other colours.

Whether a changed scene leaves an episode as it was is not decided here: `synth.record.variants`
plays the episode again and looks.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from minigrid.core.constants import COLOR_NAMES, OBJECT_TO_IDX
from minigrid.core.world_object import Ball, Box, Key

from synth.envs.minigrid.objective import cells_of
from synth.errors import ExpertFailed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    import numpy as np

__all__ = ["additions", "kinds", "recolouring"]

THINGS = {"ball": Ball, "box": Box, "key": Key}
"""What may be added: things that can be anywhere and do nothing."""


def kinds() -> tuple[str, ...]:
    """Kinds of things that have a colour."""
    colourless = {"unseen", "empty", "agent", "lava"}
    return tuple(kind for kind in OBJECT_TO_IDX if kind not in colourless)


def additions(env: Any, rng: np.random.Generator) -> list[Callable[[Any], None]]:
    """Ways to add one thing each, of a kind that the scene does not hold.

    Args:
        env: The environment after a reset.
        rng: Decides order, kinds and colours.

    Returns:
        One for each free cell; each is called with the environment after a reset of the
        same seed.

    Raises:
        ExpertFailed: The scene holds things of every kind already.
    """
    held = {thing.type for thing in _things(env)}
    free = [kind for kind in THINGS if kind not in held]
    if not free:
        raise ExpertFailed("the scene holds things of every kind that could be added")
    taken = {at for at, _ in cells_of(env)} | {(int(env.agent_pos[0]), int(env.agent_pos[1]))}
    cells = [
        (x, y) for y in range(env.grid.height) for x in range(env.grid.width) if (x, y) not in taken
    ]
    return [
        partial(
            _put,
            at=cells[number],
            kind=free[int(rng.integers(len(free)))],
            colour=COLOR_NAMES[int(rng.integers(len(COLOR_NAMES)))],
        )
        for number in rng.permutation(len(cells))
    ]


def recolouring(env: Any, rng: np.random.Generator, kinds: Sequence[str]) -> Callable[[Any], None]:
    """A way to draw all things of some kinds in other colours.

    Things of one colour get one new colour, so that a key still fits its door, and things of
    different colours get different ones.

    Args:
        env: The environment after a reset.
        rng: Decides the colours.
        kinds: Whose colours.

    Returns:
        It is called with the environment after a reset of the same seed.

    Raises:
        ExpertFailed: The scene holds nothing of these kinds.
    """
    old = sorted({thing.color for thing in _things(env) if thing.type in kinds})
    if not old:
        raise ExpertFailed(f"the scene holds no {' and no '.join(kinds)}")
    while True:
        new = [COLOR_NAMES[int(n)] for n in rng.permutation(len(COLOR_NAMES))[: len(old)]]
        if all(one != other for one, other in zip(old, new, strict=True)):
            return partial(_paint, kinds=tuple(kinds), colours=dict(zip(old, new, strict=True)))


def _put(env: Any, *, at: tuple[int, int], kind: str, colour: str) -> None:
    env.put_obj(THINGS[kind](colour), *at)


def _paint(env: Any, *, kinds: tuple[str, ...], colours: dict[str, str]) -> None:
    things = {id(thing): thing for thing in _things(env) if thing.type in kinds}
    for thing in things.values():
        thing.color = colours[thing.color]


def _things(env: Any) -> Iterator[Any]:
    """Everything in the grid, with what boxes hold."""
    for _, thing in cells_of(env):
        yield thing
        if thing.contains is not None:
            yield thing.contains
