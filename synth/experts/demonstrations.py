"""Demonstrations: episodes that somebody played, as experts that know their own seeds alone.

What was demonstrated is the actions; they are played again in the spec's own simulator, so that
pictures, success and truth are this environment's. A demonstration cannot be called within an
episode, nor with a seed that nobody has played: what needs that is left out, with this reason.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NoReturn

from synth.errors import ExpertFailed, SpecError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from synth.envs.base import Policy
    from synth.spec import Spec

__all__ = ["Demonstrated", "Recording"]


@dataclass(frozen=True, slots=True)
class Recording:
    """One episode that was played.

    Attributes:
        seed: What the environment was reset with.
        actions: JSON values, from the reset on.
    """

    seed: int
    actions: tuple[Any, ...]


class Demonstrated:
    """An expert that was recorded.

    Args:
        spec: Whose ``expert.policy`` it is.
        demonstrations: In the order in which they are to be used; of those of one seed the
            last counts, since it was played to replace the others.

    Attributes:
        seeds: Of the demonstrations, each once.

    Raises:
        SpecError: There are too few for the visible and the held-out episodes of the spec.
    """

    def __init__(self, spec: Spec, demonstrations: Iterable[Recording]) -> None:
        self._name = spec.expert.policy
        self._by_seed = {one.seed: one for one in demonstrations}
        self.seeds = tuple(self._by_seed)
        wanted = spec.expert.episodes + spec.held_out.episodes
        if len(self.seeds) < wanted:
            raise SpecError(
                f"{self._name} holds demonstrations of {len(self.seeds)} seeds, and the spec asks "
                f"for {wanted} experts: {spec.expert.episodes} visible and "
                f"{spec.held_out.episodes} held out.",
                file=f"specs/{spec.name}.toml",
                key="expert.episodes",
                remedy="Demonstrate more, or ask for fewer there and in held_out.episodes.",
            )

    def of(self, seed: int) -> Policy:
        """The demonstration of a seed, to be played from its reset on.

        Raises:
            ExpertFailed: There is none.
        """
        one = self._by_seed.get(seed)
        if one is None:
            raise ExpertFailed(f"{self._name} holds no demonstration with seed {seed}.")

        def act(_simulator: Any) -> Iterator[Any]:
            yield from one.actions

        return act

    def __call__(self, _simulator: Any, /) -> NoReturn:
        """Refuse: nobody knows how the episode at hand came to be where it is.

        Raises:
            ExpertFailed: Always.
        """
        raise ExpertFailed(f"{self._name} is a recording, which cannot go on from elsewhere.")
