"""Things in other colours: ``colours: key, door``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from synth.errors import ExpertFailed
from synth.perturbations.agreement import agrees, changes_alike
from synth.perturbations.base import Replayed, Retake, amount_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from synth.envs import Scenery
    from synth.perturbations.base import Stage

__all__ = ["Colours"]

TRIES = 8
"""Draws of colours that are tried for an episode."""


class Colours(Replayed[list[str]]):
    """All things of some kinds in other colours; those of one colour keep one colour."""

    key = "colours"
    shape = list[str]
    default: ClassVar[Any] = []  # pydantic copies it for every spec
    check = "holds_in_other_colours"
    promise = "Every verdict stays the same where things have other colours."
    depends = "on the very colours of these things"
    always_written = True
    needs_scenery = True

    def label(self, way: list[str]) -> str:
        """``colours: key, door``."""
        return f"colours: {', '.join(way)}"

    def words(self, name: str) -> str:
        """``with other colours for: key, door``."""
        return f"with other colours for: {amount_of(name)}"

    def prompt(self, way: list[str], render: Mapping[str, Any]) -> str:  # noqa: ARG002 - scenes only
        """Which kinds, and what keeps one colour."""
        return (
            f"with every {' and every '.join(way)} in any other colour; things of "
            "different kinds that had the same colour still have the same"
        )

    def unknown(self, way: list[str], scenery: Scenery) -> str:
        """The first kind that the family has nothing of."""
        known = scenery.kinds()
        return next((f"there is no kind of thing called {k!r}" for k in way if k not in known), "")

    def replay(self, way: list[str], stage: Stage) -> Retake | str:
        """Draw colours until the episode is the same in them."""
        rng = stage.rng(len(way))
        for _ in range(TRIES):
            try:
                alter = stage.scenery.recolouring(stage.env(), rng, way)
            except ExpertFailed as error:
                return str(error)
            try:
                played = stage.altered([alter])
            except ExpertFailed:
                continue  # in these colours the episode's mission has another meaning
            plain = stage.plain
            if agrees(played, plain) and changes_alike(plain.frames, played.frames):
                return Retake(self.label(way), played)
        return f"the episode is another in each of {TRIES} choices of colours"
