"""What failed in each round, for the person who looks at a run that was not accepted.

`FailureLog` observes a run; at its end `write_failures` puts everything into
``failures.md``, with enlarged pictures beside it in ``failures/``. Of held-out episodes
only counts are kept: text and pictures of that file may be pasted into a prompt, and a
person who wants to see what is held out runs the suite.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from synth.episode.replace import replace_file
from synth.loop import events
from synth.loop.feedback import every_report
from synth.prompts.pictures import encode_png

if TYPE_CHECKING:
    from pathlib import Path

    from synth.loop.events import Event
    from synth.loop.judge import Task
    from synth.prompts.requests import FailureReport, Shot

__all__ = ["FailedAnswer", "FailureLog", "write_failures"]

FILE, PICTURES = "failures.md", "failures"


@dataclass(frozen=True, eq=False, slots=True)
class FailedAnswer:
    """One answer that was not good enough.

    Attributes:
        round: From 0.
        key: Of the request that it answers.
        unusable: Why it could not be judged, or nothing.
        failed: How many visible tests fail.
        passed: How many pass.
        judged: With which verdict, or ``None``.
        held_out: How many held-out tests fail, where it came so far.
    """

    round: int
    key: str
    unusable: str = ""
    failed: int = 0
    passed: int = 0
    judged: events.Judged | None = None
    held_out: int = 0

    @property
    def sentence(self) -> str:
        """The first thing to say against it."""
        if self.unusable:
            return self.unusable
        if self.judged is not None and self.judged.verdict.exemplars:
            return self.judged.verdict.exemplars[0].failure.message
        return f"passes every visible test and fails {self.held_out} held-out ones."


class FailureLog:
    """Collects what failed while a run goes on; an observer of its events."""

    def __init__(self) -> None:
        self._round = 0
        self._attempts: dict[str, FailedAnswer] = {}

    def __call__(self, event: Event) -> None:
        """Take in an event."""
        match event:
            case events.RoundStarted(round=number):
                self._round = number
            case events.Unusable(key=key, reason=reason):
                self._attempts[key] = FailedAnswer(self._round, key, unusable=reason)
            case events.Judged(key=key, verdict=verdict) if verdict.failed:
                known = self._attempts.get(key) or FailedAnswer(self._round, key)
                self._attempts[key] = replace(
                    known,
                    failed=len(verdict.failed),
                    passed=len(verdict.passed),
                    judged=event,
                )
            case events.HeldOut(key=key, failed=failed) if failed:
                self._attempts[key] = FailedAnswer(self._round, key, held_out=failed)
            case _:
                pass

    @property
    def attempts(self) -> tuple[FailedAnswer, ...]:
        """In the order in which they were made."""
        return tuple(self._attempts.values())

    @property
    def first_of_rounds(self) -> tuple[FailedAnswer, ...]:
        """Of each round in which something failed the first attempt."""
        first: dict[int, FailedAnswer] = {}
        for attempt in self.attempts:
            first.setdefault(attempt.round, attempt)
        return tuple(first.values())


def write_failures(folder: Path, log: FailureLog, task: Task, audit: str) -> Path | None:
    """Write ``failures.md`` and its pictures anew.

    Args:
        folder: Of the run.
        log: What failed.
        task: Where the pictures come from.
        audit: The command that shows everything, held-out episodes included.

    Returns:
        The file, or ``None`` where nothing failed; an older one is then removed.
    """
    shutil.rmtree(folder / PICTURES, ignore_errors=True)
    if not log.attempts:
        (folder / FILE).unlink(missing_ok=True)
        return None
    pictures: dict[str, Shot] = {}
    lines = [
        f"# {task.spec.name}: what failed, by round",
        "",
        (
            f"Visible episodes only; of held-out ones the number of failed tests. `{audit}` "
            "makes every test on the best program, held-out episodes included, and says what "
            "fails."
        ),
    ]
    number = -1
    for attempt in log.attempts:
        if attempt.round != number:
            number = attempt.round
            lines += ["", f"## Round {number}"]
        lines += ["", *_attempt(attempt, task, pictures)]
    for name, shot in pictures.items():
        (folder / PICTURES).mkdir(parents=True, exist_ok=True)
        (folder / PICTURES / f"{name}.png").write_bytes(encode_png(shot.frame))
    replace_file(folder / FILE, ("\n".join(lines) + "\n").encode("utf-8", "replace"))
    return folder / FILE


def _attempt(attempt: FailedAnswer, task: Task, pictures: dict[str, Shot]) -> list[str]:
    lines = [f"### {attempt.key}", ""]
    if attempt.unusable:
        lines += [f"The answer could not be used: {attempt.unusable}", ""]
    if attempt.held_out:
        lines += [f"All visible tests pass; {attempt.held_out} held-out tests fail.", ""]
    if attempt.judged is not None:
        lines += [f"{attempt.failed} tests fail, {attempt.passed} pass.", ""]
        goal = attempt.judged.plan.goal
        for report in every_report(attempt.judged.verdict, goal, task):
            lines += [*_report(report, pictures), ""]
    return lines[:-1]


def _report(report: FailureReport, pictures: dict[str, Shot]) -> list[str]:
    failure = report.failure
    also = f" ({report.also} more like this one)" if report.also else ""
    lines = [f"- **{failure.test}**: {failure.message}{also}"]
    if failure.expected or failure.actual:
        lines.append(f"  Expected: {failure.expected or '-'}. Actual: {failure.actual or '-'}.")
    for shot in report.shots:
        pictures[shot.name] = shot
        # Relative, so that the folder can be moved and shown anywhere.
        lines += ["", f"  ![{shot.caption}]({PICTURES}/{shot.name}.png)", f"  {shot.caption}"]
    return lines
