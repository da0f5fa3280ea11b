"""What became of the mutants of a program, and the score that comes of it.

Figures only: who judges and compares is told in `synth.mutation.measure`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Iterable

    from synth.failure import Find
    from synth.mutation.mutants import Mutant
    from synth.mutation.sample import Difference

__all__ = ["MutantFate", "MutantOutcome", "MutationScore", "OperatorScore"]

MutantFate = Literal["killed", "survived", "equivalent", "undecided"]


@dataclass(frozen=True, slots=True)
class MutantOutcome:
    """What became of a mutant.

    Attributes:
        mutant: The mutant.
        fate: ``killed`` by the suite; ``survived`` it and differs from the original;
            ``equivalent`` on the whole sample; ``undecided`` where the sample was cut short.
        test: The first test that killed it.
        difference: What would have killed a survivor.
        find: An episode on which the environment contradicts it, where one was found: as a
            `found` episode of the task it is a test that kills it.
    """

    mutant: Mutant
    fate: MutantFate
    test: str = ""
    difference: Difference | None = None
    find: Find | None = None


@dataclass(frozen=True, slots=True)
class OperatorScore:
    """The counts of one operator, or of all."""

    operator: str
    killed: int
    survived: int
    equivalent: int
    undecided: int

    @property
    def score(self) -> float:
        """Killed, as a share of those not equivalent; 1.0 where there is none.

        A mutant that is undecided counts as one that got away.
        """
        alive = self.survived + self.undecided
        return self.killed / (self.killed + alive) if self.killed + alive else 1.0


@dataclass(frozen=True, slots=True)
class MutationScore:
    """The mutation score of a task's suite.

    Attributes:
        task: The task's name.
        mutants: How many mutants the program has.
        outcomes: Of those judged, in the order of their ids.
        episodes: Fresh episodes on which those that passed the suite were compared.
        seconds: How long it took.
    """

    task: str
    mutants: int
    outcomes: tuple[MutantOutcome, ...]
    episodes: int
    seconds: float

    @property
    def total(self) -> OperatorScore:
        """All operators together."""
        return _count("all", self.outcomes)

    @property
    def operators(self) -> tuple[OperatorScore, ...]:
        """By operator, in the order in which they are registered."""
        names = dict.fromkeys(o.mutant.operator for o in self.outcomes)
        return tuple(
            _count(name, [o for o in self.outcomes if o.mutant.operator == name]) for name in names
        )

    @property
    def survivors(self) -> tuple[MutantOutcome, ...]:
        """Those that the suite should have killed, and those of which nobody knows."""
        return tuple(o for o in self.outcomes if o.fate in {"survived", "undecided"})

    @property
    def finds(self) -> tuple[Find, ...]:
        """Distinct episodes on which the environment itself contradicts a survivor."""
        found = [o.find for o in self.outcomes if o.find is not None]
        return tuple({(find.seed, find.actions): find for find in found}.values())


def _count(name: str, outcomes: Iterable[MutantOutcome]) -> OperatorScore:
    fates = [o.fate for o in outcomes]
    return OperatorScore(
        name,
        fates.count("killed"),
        fates.count("survived"),
        fates.count("equivalent"),
        fates.count("undecided"),
    )
