"""Who chooses among options: the plan, or a table of values learned from the environment's reward.

A manager decides only where an option has ended, and sees what has been credited. To it the task is
a semi-Markov decision process: each of its actions takes a number of steps.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, runtime_checkable

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from synth.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray

__all__ = ["Manager", "OptionOutcome", "PlanOrder", "SMDPQLearning"]


@dataclass(frozen=True, slots=True)
class OptionOutcome:
    """What came of following one option.

    Attributes:
        credited: ``bool[K]``, where it began.
        option: Its index.
        reward: The environment's own reward on the way, discounted to where it began.
        discount: gamma to the number of its steps.
        after: ``bool[K]``, where it ended.
        choices: The options that can begin there.
        terminal: Whether the environment ended in a terminal state (not by truncation).
    """

    credited: tuple[bool, ...]
    option: int
    reward: float
    discount: float
    after: tuple[bool, ...]
    choices: tuple[int, ...]
    terminal: bool


@runtime_checkable
class Manager(Protocol):
    """Chooses what option comes next, and may learn from what came of it."""

    def choose(
        self, credited: Sequence[bool], options: Sequence[int], rng: np.random.Generator
    ) -> int:
        """One of `options`.

        Args:
            credited: ``bool[K]``, in plan order.
            options: Indices of the options that can begin, at least one.
            rng: For what is left to chance.
        """
        ...

    def learn(self, outcome: OptionOutcome) -> None:
        """Take in what came of an option."""
        ...


class PlanOrder:
    """The first option that can begin: the order in which the plan names its sub-tasks."""

    def choose(
        self,
        credited: Sequence[bool],  # noqa: ARG002 - the plan's order does not depend on it
        options: Sequence[int],
        rng: np.random.Generator,  # noqa: ARG002 - nothing is left to chance
    ) -> int:
        """The first."""
        return min(options)

    def learn(self, outcome: OptionOutcome) -> None:
        """The plan is not learned."""


class LearnedValues(BaseModel):
    """A table of option values, as a file.

    Attributes:
        alpha: Step size.
        epsilon: Share of choices made at random.
        values: A value for each option, by what has been credited: ``0`` and ``1`` in plan order.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    alpha: float = Field(gt=0.0, le=1.0)
    epsilon: float = Field(ge=0.0, le=1.0)
    values: dict[str, tuple[float, ...]]


class SMDPQLearning:
    """Q-learning over options, a value for each set of credited sub-tasks and each option.

    After an option o that took k steps from state s to s' (Sutton, Precup and Singh, 1999,
    section 3.2)::

        Q(s, o) += alpha * (r + gamma^k * max_{o' in O(s')} Q(s', o') - Q(s, o))

    where r is the discounted reward on the way, O(s') are the options that can begin in s', and the
    value after a terminal state is 0. Choices are epsilon-greedy, ties broken by chance.

    Args:
        alpha: Step size, in (0, 1].
        epsilon: Share of choices made at random, in [0, 1].

    Raises:
        UsageError: A number is out of its range.
    """

    def __init__(self, *, alpha: float = 0.1, epsilon: float = 0.1) -> None:
        if not (0.0 < alpha <= 1.0 and 0.0 <= epsilon <= 1.0):
            raise UsageError(
                f"SMDPQLearning was given alpha={alpha}, epsilon={epsilon}; alpha must lie in "
                "(0, 1], epsilon in [0, 1]."
            )
        self._alpha, self._epsilon = alpha, epsilon
        self._values: dict[tuple[bool, ...], NDArray[np.float64]] = {}

    def values(self, credited: Sequence[bool]) -> NDArray[np.float64]:
        """``float64[K]``, a copy: the value of each option where this much has been credited."""
        found = self._values.get(tuple(credited))
        return np.zeros(len(credited)) if found is None else found.copy()

    def choose(
        self, credited: Sequence[bool], options: Sequence[int], rng: np.random.Generator
    ) -> int:
        """One of the best, or by chance any."""
        if rng.random() < self._epsilon:
            return int(rng.choice(options))
        values = self.values(credited)[list(options)]
        return int(rng.choice(np.asarray(options)[values == values.max()]))

    def learn(self, outcome: OptionOutcome) -> None:
        """One step towards the outcome."""
        rest = 0.0 if outcome.terminal else self.values(outcome.after)[list(outcome.choices)].max()
        row = self._values.setdefault(tuple(outcome.credited), np.zeros(len(outcome.credited)))
        target = outcome.reward + outcome.discount * rest
        row[outcome.option] += self._alpha * (target - row[outcome.option])

    def save(self, file: Path) -> None:
        """Write the table down."""
        values = {
            "".join("01"[done] for done in credited): tuple(row.tolist())
            for credited, row in sorted(self._values.items())
        }
        told = LearnedValues(alpha=self._alpha, epsilon=self._epsilon, values=values)
        part = file.with_suffix(".part")
        part.write_text(told.model_dump_json(indent=1) + "\n", encoding="utf-8")
        part.replace(file)

    def load(self, file: Path, subtasks: int) -> None:
        """Go on from a table written down; step size and exploration stay this manager's own.

        Args:
            file: From `save`.
            subtasks: How many the plan has.

        Raises:
            UsageError: The file is damaged, or of another number of sub-tasks.
        """
        try:
            told = LearnedValues.model_validate_json(file.read_text(encoding="utf-8"))
        except ValidationError as error:
            raise UsageError(f"{file} is damaged ({error}); delete it to learn anew.") from error
        sizes = {len(key) for key in told.values} | {len(row) for row in told.values.values()}
        if sizes - {subtasks}:
            raise UsageError(
                f"{file} is of a plan of another length than {subtasks}; delete it to learn anew."
            )
        self._values = {
            tuple(digit == "1" for digit in key): np.array(row) for key, row in told.values.items()
        }
