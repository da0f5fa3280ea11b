"""How a program did on the visible split, in the form on which decisions stand.

A verdict is the same whether a suite has just given it or a journal holds it: a replay must
decide as the run did, so a verdict keeps no more of a `synth.suite.Judgement` than a
`VerdictRecord` gives back. That is the tests' names and marks and one failure of each sort;
nothing of it is held out.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from synth import suite
from synth.journal import Exemplar, SuiteRecord, VerdictRecord

if TYPE_CHECKING:
    from collections.abc import Iterable

    from synth.failure import Failure

__all__ = ["Score", "Verdict", "check_of", "group_of"]

GROUPS: tuple[str, ...] = tuple(group.name for group in suite.GROUPS)


class Score(NamedTuple):
    """What "better" means: a later stage of the cascade first, then more tests passed.

    Attributes:
        stage: Index of the first group with a failure; the number of groups where none has.
        passed: Tests passed.
    """

    stage: int
    passed: int


@dataclass(frozen=True, slots=True)
class Verdict:
    """Test ids that passed and failed, and one failure of each sort.

    Attributes:
        passed: Sorted. Tests that the cascade did not reach are in neither.
        failed: Sorted.
        exemplars: One for each failed check and sub-task, in the suite's order.
    """

    passed: tuple[str, ...]
    failed: tuple[str, ...]
    exemplars: tuple[Exemplar, ...]

    @classmethod
    def of(
        cls, passed: Iterable[str], failed: Iterable[str], failures: Iterable[Failure]
    ) -> Verdict:
        """The verdict that a suite's results come to.

        Raises:
            ValueError: A failure is held out; those have no place here.
        """
        first: dict[tuple[str, str | None], Failure] = {}
        count: Counter[tuple[str, str | None]] = Counter()
        for failure in failures:
            if failure.held_out:
                raise ValueError("a held-out failure among the visible ones")
            sort = (check_of(failure.test), failure.subtask)
            # The suite puts the plainest case first; the others only add to the count.
            first.setdefault(sort, failure)
            count[sort] += 1
        exemplars = tuple(Exemplar(failure=f, also=count[sort] - 1) for sort, f in first.items())
        return cls(tuple(sorted(passed)), tuple(sorted(failed)), exemplars)

    @property
    def passes(self) -> bool:
        """Whether every test passed, and there was one."""
        return bool(self.passed) and not self.failed

    @property
    def fails_by_labels_at_most(self) -> bool:
        """Whether nothing but labels, which may be taken back, speaks against the program."""
        return bool(self.passed) and {group_of(test) for test in self.failed} <= {"labels"}

    @property
    def score(self) -> Score:
        """By which candidates are compared."""
        stage = min((GROUPS.index(group_of(test)) for test in self.failed), default=len(GROUPS))
        return Score(stage, len(self.passed))

    @property
    def groups(self) -> dict[str, tuple[int, int]]:
        """Tests passed and failed in each group that ran, in the order of the cascade."""
        passed = Counter(group_of(test) for test in self.passed)
        failed = Counter(group_of(test) for test in self.failed)
        return {g: (passed[g], failed[g]) for g in GROUPS if passed[g] or failed[g]}

    @property
    def matrix(self) -> dict[tuple[str, str | None], int]:
        """Failures by group and sub-task; what is not in it did not fail."""
        cells: Counter[tuple[str, str | None]] = Counter()
        for exemplar in self.exemplars:
            cells[exemplar.failure.group, exemplar.failure.subtask] += 1 + exemplar.also
        return dict(cells)

    def broken_by(self, later: Verdict) -> tuple[str, ...]:
        """Tests that pass here and fail in `later`."""
        return tuple(sorted(set(self.passed) & set(later.failed)))

    def with_lies(self, lies: Iterable[Exemplar]) -> Verdict:
        """The verdict as the search would have left it, where no search could be made.

        Args:
            lies: What a search found against the program elsewhere. Of a test that was made
                here, or that the cascade does not reach, they say nothing.
        """
        made = {*self.passed, *self.failed}
        # A test that was made here has its own result, which a journal must not override.
        untold = {e.failure.test: e for e in lies if e.failure.test not in made}
        if not untold:
            return self
        stage = min(GROUPS.index(group_of(test)) for test in untold)
        # The cascade stopped before the search: it would not have been made there either.
        if self.score.stage < stage:
            return self
        told = {test: e for test, e in untold.items() if GROUPS.index(group_of(test)) == stage}

        def reached(test: str) -> bool:
            return GROUPS.index(group_of(test)) <= stage

        return Verdict(
            tuple(test for test in self.passed if reached(test)),
            tuple(sorted([*(test for test in self.failed if reached(test)), *told])),
            (*(e for e in self.exemplars if reached(e.failure.test)), *told.values()),
        )

    def suite(self) -> SuiteRecord:
        """The names of the tests, as a journal keeps them."""
        ids = tuple(sorted((*self.passed, *self.failed)))
        return SuiteRecord(digest=_digest(ids), ids=ids)

    def record(self, program: str, evidence: str, elapsed: float) -> VerdictRecord:
        """The verdict as a journal keeps it."""
        suite = self.suite()
        failed = frozenset(self.failed)
        marks = "".join("F" if test in failed else "P" for test in suite.ids)
        return VerdictRecord(
            program=program,
            evidence=evidence,
            tests=suite.digest,
            marks=marks,
            exemplars=self.exemplars,
            elapsed=elapsed,
        )

    @classmethod
    def from_record(cls, record: VerdictRecord, ids: tuple[str, ...]) -> Verdict | None:
        """The verdict that a journal kept, or ``None`` where its test names are missing."""
        # Marks whose names are lost say nothing; a program without a verdict is judged again.
        if len(ids) != len(record.marks):
            return None
        marked = tuple(zip(ids, record.marks, strict=True))
        return cls(
            tuple(test for test, mark in marked if mark == "P"),
            tuple(test for test, mark in marked if mark == "F"),
            record.exemplars,
        )


def check_of(test: str) -> str:
    """The check a test id belongs to: the id without the episode in brackets."""
    return test.partition("[")[0]


def group_of(test: str) -> str:
    """The group a test id belongs to."""
    return test.partition("::")[0]


def _digest(ids: tuple[str, ...]) -> str:
    return hashlib.sha256("\n".join(ids).encode()).hexdigest()[:16]
