"""What a near miss is made of: a recipe turns an expert's episode into another policy.

A recipe says only what its episode must be to be worth keeping; every success flag is the
environment's own. General recipes are in `synth.record.recipes`, a family's own in its folder.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    import numpy as np

    from synth.envs.base import Policy, Simulator
    from synth.episode import Rollout

__all__ = ["Aim", "Make", "Recipe", "Way", "acting", "way_of"]

Aim = Literal["near", "route"]
Make = Callable[["Rollout", "Policy", "np.random.Generator"], "Policy | None"]
Way = Callable[[Any, "Rollout", "Policy", "np.random.Generator"], Iterator[Any]]
"""A way to act: from the reset simulator, and what `Make` is given, to actions."""


@dataclass(frozen=True, slots=True)
class Recipe:
    """One way to make an episode.

    Attributes:
        key: One word, for the record.
        name: In words, as a message quotes it: ``the expert, stopped before the last step``.
        aim: A ``route`` is kept only where it succeeds, a ``near`` one either way.
        make: From the expert's episode of the seed up to its first success, the expert and a
            source of chance to a policy, or ``None`` where the episode does not allow it.
        alter: Changes the scene after the reset, given the environment and the source of
            chance; ``None`` where the scene stays what it is. It raises `ExpertFailed` with
            the reason where the scene does not allow it.
        fails: Whether an episode that succeeds is not kept: a success in a scene that the
            environment never makes may do without what all others need.
        by_deed: Whether it is near by what is done, however far from success its margin says it
            is: the wrong thing in the right place.
        serves: Whether it is for the task of a simulator that has been reset; ``None`` where it
            is for every task. A recipe that a task cannot use takes no other one's turn.
    """

    key: str
    name: str
    aim: Aim
    make: Make
    alter: Callable[[Any, np.random.Generator], None] | None = None
    fails: bool = False
    by_deed: bool = False
    serves: Callable[[Any], bool] | None = None

    def kept(self, rolled: Rollout, shown: Rollout) -> str:
        """Why an episode is not worth keeping, or nothing where it is."""
        if not rolled.actions:
            return "nothing was done in it"
        # What follows the first success is the hold, which is nobody's choice: unless it undoes it.
        first = rolled.first_success
        way = rolled.actions[:first]
        undone = first is not None and not rolled.success[first:].all()
        if not undone and way == shown.actions[: shown.first_success] and self.alter is None:
            return "it came out as the expert's own"
        if rolled.success[0]:
            return "it is solved at the start"
        if self.aim == "route" and rolled.first_success is None:
            return "it did not succeed"
        if self.fails and rolled.success.any():
            return "it succeeded all the same"
        return ""


def way_of(
    key: str,
    name: str,
    aim: Aim,
    way: Way,
    *,
    by_deed: bool = False,
    serves: Callable[[Any], bool] | None = None,
) -> Recipe:
    """The recipe of a way to act; what cannot be done, it finds out once the scene is there.

    Args:
        key: See `Recipe`.
        name: See `Recipe`.
        aim: See `Recipe`.
        way: Called with the simulator once that is reset.
        by_deed: See `Recipe`.
        serves: See `Recipe`.
    """

    def make(shown: Rollout, expert: Policy, rng: np.random.Generator) -> Policy:
        return lambda simulator: way(simulator, shown, expert, rng)

    return Recipe(key, name, aim, make, by_deed=by_deed, serves=serves)


def acting(actions: tuple[Any, ...]) -> Policy:
    """A policy that plays given actions."""

    def act(_simulator: Simulator) -> Iterator[Any]:
        yield from actions

    return act
