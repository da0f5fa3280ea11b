"""Things in the scene that the task is not about: ``distractors: 2``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from pydantic import Field

from synth.errors import ExpertFailed
from synth.perturbations.agreement import agrees, lies_still
from synth.perturbations.base import Replayed, Retake, amount_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from synth.perturbations.base import Alter, Replay, Stage

__all__ = ["Distractors"]


class Distractors(Replayed[int]):
    """At most so many things, of kinds that the scene does not hold."""

    key = "distractors"
    shape = Annotated[int, Field(ge=0, le=8)]
    default = 0
    check = "holds_among_distractors"
    promise = "Every verdict stays the same among things that the task is not about."
    depends = "on there being nothing else in the scene"
    always_written = True
    needs_scenery = True

    def label(self, way: int) -> str:
        """``distractors: up to 2``."""
        return f"distractors: up to {way}"

    def words(self, name: str) -> str:
        """``with 2 things added that the task is not about``."""
        amount = amount_of(name)
        things = "1 thing" if amount == "1" else f"{amount} things"
        return f"with {things} added that the task is not about"

    def generally(self, name: str) -> str:  # noqa: ARG002 - how many differs from episode to episode
        """``with things added``."""
        return "with things added"

    def prompt(self, way: int, render: Mapping[str, Any]) -> str:  # noqa: ARG002 - scenes only
        """How many, and of which kinds."""
        return (
            f"with up to {way} more things in the scene, of any colour and of kinds "
            "that are not in these pictures, which the task is not about"
        )

    def replay(self, way: int, stage: Stage) -> Retake | str:
        """Add things one by one, each where it does not matter, until there are enough."""
        try:
            offers = stage.scenery.additions(stage.env(), stage.rng())
        except ExpertFailed as error:
            return str(error)
        added: list[Alter] = []
        best: Replay | None = None
        for offer in offers:
            if len(added) == way:
                break
            try:
                played = stage.altered([*added, offer])
            except ExpertFailed:
                continue  # with this thing there the episode's mission has another meaning
            # Most offers are refused here: they lie in the agent's way.
            if agrees(played, stage.plain) and lies_still(stage.plain.frames, played.frames):
                added.append(offer)
                best = played
        if best is None:
            return "whatever is added is in the way"
        return Retake(f"distractors: {len(added)}", best)
