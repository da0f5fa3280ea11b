"""What the audits of a session came to, for whoever was not there: files for CI, JUnit properties.

It imports nothing but pytest and the standard library, as the plugin that uses it.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    import pytest

__all__ = ["Tally", "add_figures", "told"]

ENVIRONMENT = "environment: "
"""A sentence that blames the environment begins with it."""
SHOWN = 20
"""Lines of one task in a comment."""


@dataclass
class Tally:
    """The tests of one task.

    Attributes:
        unjudged: Failed tests that could not be made, since the program cannot be run.
        since: Why it cannot, in a sentence.
        broken: Tests that ended without a verdict.
        drifted: Whether the environment is another than the recorded one.
        drift: What is known of that, in a line.
        origin: What is wrong with where the program comes from; nothing where all is well.
        told: Test and sentence of each failure.
    """

    task: str
    subtasks: int = 0
    episodes: int = 0
    tests: int = 0
    failed: int = 0
    unjudged: int = 0
    since: str = ""
    broken: int = 0
    bounds: str = ""
    order: str = ""
    left_out: tuple[str, ...] = ()
    skipped: list[str] = field(default_factory=list)
    untold: tuple[int, str] = (0, "")
    searched: str = ""
    cost: str = ""
    drifted: bool = False
    drift: str = ""
    origin: str = ""
    told: list[tuple[str, str]] = field(default_factory=list)

    @property
    def wrong(self) -> int:
        """Tests that failed or came to no verdict."""
        return self.failed + self.broken

    @property
    def figures(self) -> dict[str, int]:
        """What JUnit properties and JSON hold."""
        return {
            "subtasks": self.subtasks,
            "episodes": self.episodes,
            "tests": self.tests + self.broken,
            "failed": self.failed,
            "not_judged": self.unjudged,
            "no_verdict": self.broken,
            "skipped": len(self.skipped),
            "drifted": int(self.drifted),
            "blessed": int(not self.origin),
        }

    @property
    def lines(self) -> Iterator[tuple[str, str, str]]:
        """Reason, sentence and test of all that is wrong; the test may be empty."""
        seen = False
        for test, sentence in self.told:
            ours = sentence.startswith(ENVIRONMENT)
            seen = seen or ours
            plain = sentence.removeprefix(ENVIRONMENT).partition("\n")[0]
            yield "environment" if ours else "reward", plain, test
        if self.drifted and not seen:
            yield "environment", self.drift.removeprefix(ENVIRONMENT), ""
        if self.origin:
            yield "provenance", self.origin, ""

    def __str__(self) -> str:
        """One line for the terminal."""
        made = self.tests - len(self.skipped) + self.broken
        wrong = self.failed + self.broken
        notes = [f"{self.unjudged} not judged"] if self.unjudged else []
        notes += [f"{self.broken} came to no verdict"] if self.broken else []
        why = f" ({', '.join(notes)})" if notes else ""
        verdict = f"{wrong} of {made} tests failed{why}" if wrong else "all passed"
        counts = f"{self.subtasks} sub-tasks, {self.episodes} episodes, {made} tests"
        skipped = f", {len(self.skipped)} skipped" if self.skipped else ""
        return f"{self.task}: {counts}: {verdict}{skipped}"


def add_figures(config: pytest.Config, tallies: Iterable[Tally]) -> None:
    """Put the figures of each task among the properties of a JUnit file, where one is written."""
    from _pytest.junitxml import xml_key  # noqa: PLC0415 - keeps pytest's start light

    # As pytest's own fixture `record_testsuite_property` does, which needs a running test.
    xml = config.stash.get(xml_key, None)
    if xml is None:
        return
    for tally in tallies:
        for name, value in tally.figures.items():
            xml.add_global_property(f"{tally.task}.{name}", value)


def told(tallies: Sequence[Tally], suffix: str) -> str:
    """The report: JSON, Markdown or plain lines, by the file's suffix.

    Args:
        tallies: One for each audited task.
        suffix: ``.json``, ``.md``, or anything else for plain lines.
    """
    if suffix == ".json":
        return json.dumps([_json(tally) for tally in tallies], indent=2) + "\n"
    if suffix == ".md":
        return "\n".join(_markdown(tallies)) + "\n"
    return "".join(f"{line}\n" for tally in tallies for line in _plain(tally))


def _json(tally: Tally) -> dict[str, object]:
    wrong = [
        {"reason": reason, "message": message, "test": test}
        for reason, message, test in tally.lines
    ]
    return {"task": tally.task, "summary": str(tally), **tally.figures, "wrong": wrong}


def _plain(tally: Tally) -> Iterator[str]:
    """The reason first in every line, the place last."""
    if not tally.wrong and not tally.drifted and not tally.origin:
        yield f"passed: {tally}"
    for reason, message, test in tally.lines:
        yield f"{reason}: {tally.task}: {message}" + (f" [{test}]" if test else "")


def _markdown(tallies: Sequence[Tally]) -> Iterator[str]:
    wrong = [tally for tally in tallies if tally.wrong]
    verdict = f"{len(wrong)} of {len(tallies)} tasks fail" if wrong else "all pass"
    yield f"### synth audit: {verdict}"
    yield ""
    yield "| task | verdict | tests | failed | skipped | environment | provenance |"
    yield "|---|---|---|---|---|---|---|"
    for tally in tallies:
        mark = "**fails**" if tally.wrong else "passes"
        drift = "**drifted**" if tally.drifted else "as recorded" if tally.drift else "not played"
        origin = "**another program**" if tally.origin else "blessed"
        figures = f"{tally.figures['tests']} | {tally.wrong} | {len(tally.skipped)}"
        yield f"| {tally.task} | {mark} | {figures} | {drift} | {origin} |"
    for tally in tallies:
        lines = list(tally.lines)
        if lines:
            yield ""
            yield f"<details><summary>{tally.task}</summary>"
            yield ""
            for reason, message, test in lines[:SHOWN]:
                escaped = message.replace("<", "&lt;")
                yield f"- {reason}: {escaped}" + (f" `{test}`" if test else "")
            if len(lines) > SHOWN:
                yield f"- ... and {len(lines) - SHOWN} more"
            yield ""
            yield "</details>"
