"""What the plugin needs once a test asks for `audit`: it may import NumPy and the rest.

A failed check becomes a pytest failure that shows its sentence and nothing of synth's own
code. The program is read as text; it runs in the sandbox only.
"""

from __future__ import annotations

import sys
from functools import cached_property
from typing import TYPE_CHECKING

import pytest

from synth.errors import (
    BudgetExhausted,
    ModelError,
    ProgramFault,
    SandboxUnavailable,
    SynthError,
)
from synth.named_reward import open_reward
from synth.suite.bounds import bounds
from synth.suite.omissions import left_out
from synth.suite.progress import order_line
from synth.suite.pytest.day import key_of_commit
from synth.suite.registry import find_check
from synth.suite.subject import NotJudged, Subject
from synth.task.folder import TaskFolder, read_reward, read_task
from synth.task.provenance import file_digest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from synth.failure import Failure
    from synth.sandbox import Sandboxes

__all__ = ["Audit", "FolderAudit"]

SHOWN = 5
ORDER_WITH = "progress::rises_on_the_way"
BOUNDS_WITH = "expert::completes_often_enough"


class FolderAudit:
    """A program and its task, kept while the folder's tests run.

    What is missing or damaged is kept as well, and said by every test.

    Args:
        folder: ``generated/TASK``.
        reward: Another program, or a folder with a ``reward.py``; a ``task.toml`` beside it
            brings its own plan. Or the name of an alternative to programs. ``None`` audits the
            one in `folder`.
        sandboxes: Where it runs.
        searched: Whether counterexamples are searched for.
        day: Decides half of the search's layouts; by default the commit does, or the program
            where it is not the committed one.
    """

    def __init__(
        self,
        folder: Path,
        *,
        reward: Path | str | None,
        sandboxes: Sandboxes,
        searched: bool = True,
        day: str | None = None,
    ) -> None:
        self.folder, self.reward = folder, reward
        if day is None and searched and reward is None:
            day = key_of_commit(folder)
        # The spec may name modules of the user's project, as the command line lets it: the
        # checkout that holds generated/TASK comes last, where it hides nothing.
        checkout = str(folder.resolve().parents[1])
        if checkout not in sys.path:
            sys.path.append(checkout)
        self._subject: Subject | None = None
        self._problem = ""
        try:
            self._subject = _open(folder, reward, sandboxes=sandboxes, searched=searched, day=day)
        except SynthError as error:
            self._problem = f"{error.fault}: {error}"

    @property
    def subject(self) -> Subject:
        """The program under judgement.

        Raises:
            pytest.fail.Exception: Something is missing or damaged; the message says what.
        """
        if self._subject is None:
            pytest.fail(self._problem, pytrace=False)
        return self._subject

    @property
    def cost(self) -> str:
        """What the answers cost so far, in a line; nothing where they cost nothing."""
        return "" if self._subject is None else str(getattr(self._subject.sandboxes, "cost", ""))

    @cached_property
    def origin(self) -> str:
        """What is wrong with where the committed program comes from; nothing where all is well."""
        digests = self.subject.task.digests
        if self.reward is not None or digests is None:
            return ""
        if file_digest(self.folder / "reward.py") == digests.get("reward.py"):
            return ""
        return (
            "reward.py is not the program of its provenance.json: nobody has blessed it. Restore "
            f"it, or make a reward and bless it: `synth bless {self.subject.task.name}`"
        )

    @cached_property
    def left_out(self) -> tuple[str, ...]:
        """What the spec does not ask for."""
        return left_out(self.subject.task.spec)


class Audit:
    """The `audit` fixture: call it with a check's id, and an episode's where it needs one.

    Args:
        audited: The folder.
        record: Where each test's facts and failures go, as JSON values.
    """

    def __init__(self, audited: FolderAudit, record: Callable[[dict[str, object]], None]) -> None:
        self._audited = audited
        self._record = record

    def __call__(self, check: str, episode: str | None = None) -> None:
        """Make one check.

        Args:
            check: ``group::name``.
            episode: An episode's id; ``None`` also where no episode of its kind was recorded.

        Raises:
            pytest.fail.Exception: The program fails it; pytest shows the sentences alone.
            pytest.skip.Exception: It cannot be made here, whatever the program.
        """
        subject = self._audited.subject
        task = subject.task
        try:
            about = None if episode is None else task.store[episode]
            result = find_check(check).run(subject, about)
        except (SandboxUnavailable, ModelError, BudgetExhausted) as error:
            raise pytest.fail.Exception(f"{error.fault}: {error}", pytrace=False) from None
        except LookupError as error:
            pytest.fail(
                f"usage: this file does not fit the installed synth or its episodes ({error}): "
                f"write it again with `synth suite {task.name}`.",
                pytrace=False,
            )
        self._record(
            {
                "folder": str(self._audited.folder),
                "task": task.name,
                "subtasks": len(task.plan.names),
                "episodes": len(task.store.episodes),
                "bounds": _bounds(subject, check),
                "left_out": self._audited.left_out,
                "skipped": result.skipped,
                "judged": result.judged,
                "untold": _untold(subject),
                "order": _order(subject, check),
                "searched": _searched(subject),
                "drift": _drift(subject),
                "origin": self._audited.origin,
                "failures": [failure.to_json() for failure in result.failures],
            }
        )
        if result.skipped:
            pytest.skip(result.skipped)
        if result.failures:
            pytest.fail(_text(result.failures, task.name, self._audited.reward), pytrace=False)


def _bounds(subject: Subject, check: str) -> str:
    """What the held-out episodes prove; said by one check, since all would say the same."""
    if check != BOUNDS_WITH:
        return ""
    try:
        return bounds(subject)
    except (NotJudged, ProgramFault):
        return ""  # the check itself says why nothing was judged


def _order(subject: Subject, check: str) -> str:
    """How well progress keeps the order of time; said by one check."""
    if check != ORDER_WITH:
        return ""
    try:
        return order_line(subject)
    except (NotJudged, ProgramFault):
        return ""  # the check itself says why nothing was judged


def _untold(subject: Subject) -> tuple[int, str]:
    """How many pictures cannot be told from success, and the line that says so."""
    untold = subject.untold
    return (0, "") if untold is None else (untold.pictures, str(untold))


def _drift(subject: Subject) -> tuple[bool, str]:
    """Whether the environment is another than the recorded one, and what is known of that."""
    drift = subject.drift_seen
    return (False, "") if drift is None else (drift.drifted, str(drift))


def _searched(subject: Subject) -> str:
    """How much the search has met, and the option that makes the same search again."""
    hunted = subject.hunted
    return "" if hunted is None else f"search: {hunted.coverage} (--search-day {hunted.key})"


def _text(failures: tuple[Failure, ...], task: str, reward: Path | str | None) -> str:
    """The sentences of a failed test, a line each, long lists cut, with commands for finds."""
    rest = len(failures) - SHOWN
    more = [f"... and {rest} more."] if rest > 0 else []
    lines = []
    for failure in failures[:SHOWN]:
        lines.append(failure.message)
        if failure.find is not None and not isinstance(reward, str):
            lines.append(f"  play it again: {failure.find.command(task, reward)}")
    return "\n".join([*lines, *more])


def _open(
    folder: Path,
    reward: Path | str | None,
    *,
    sandboxes: Sandboxes,
    searched: bool,
    day: str | None,
) -> Subject:
    if isinstance(reward, str):
        alternative = open_reward(reward, folder)
        return Subject(
            alternative.program.source,
            TaskFolder.read(folder),
            splits=("visible", "held_out"),
            twice=False,  # what it remembers of pictures would answer
            sandboxes=alternative.answerers,
            program=alternative.program,
            searched=searched,
            day=day,
        )
    path = folder if reward is None else reward
    if path.is_dir():
        path /= "reward.py"
    beside = path.parent / "task.toml"
    has_own_plan = reward is not None and beside.exists()
    task = TaskFolder.read(folder, otherwise=beside if has_own_plan else None)
    if has_own_plan:
        task = task.with_plan(read_task(beside).plan)
    return Subject(
        read_reward(path, task.name),
        task,
        splits=("visible", "held_out"),
        sandboxes=sandboxes,
        searched=searched,
        day=day,
        watched=True,
    )
