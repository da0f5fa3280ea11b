"""A comparison for machines and for people who read it elsewhere: JSON, Markdown, JUnit XML."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import asdict
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from synth.episode.replace import replace_file
from synth.errors import EnvironmentFault
from synth.extras import install

if TYPE_CHECKING:
    from jinja2 import Template

    from synth.regress.comparison import ComparedAttempt
    from synth.regress.figures import RewardFigures
    from synth.regress.rates import Call
    from synth.regress.regression import Regression, TaskRegression

__all__ = ["MARKS", "figures_of", "keep", "to_json", "to_junit", "to_markdown"]

ORDER: tuple[Call, ...] = ("worse", "undecided", "better", "same")
MARKS: dict[Call, str] = {
    "better": "better",
    "same": "same",
    "worse": "WORSE",
    "undecided": "undecided",
}
"""What a ruling is called in a table; what stops a merge is seen at once."""


def to_json(found: Regression) -> dict[str, Any]:
    """Everything, as JSON values; paths are relative to where synth was started."""
    content: dict[str, Any] = asdict(found)
    content["exit_code"], content["worse"] = found.exit_code, list(found.worse)
    for task, row in zip(found.tasks, content["tasks"], strict=True):
        row["call"], row["sentence"] = task.ruling.call, task.sentence
        for candidate, one in zip(task.candidates, row["candidates"], strict=True):
            one["why"] = candidate.why
    plain: dict[str, Any] = _plain(content)
    return plain


def to_markdown(found: Regression) -> str:
    """A comment for a pull request: a line, a table, and what is behind each ruling, folded."""
    text: str = _template().render(
        found=found,
        marks=MARKS,
        rows=[(task, figures_of(task)) for task in found.tasks],
        counts=_counts(found),
        cell=_cell,
        whose=whose_figures,
        wrong=wrong_frames,
    )
    return text


def to_junit(found: Regression) -> str:
    """JUnit XML: a case for each task, which fails where the new model is worse.

    Raises:
        EnvironmentFault: junitparser is missing.
    """
    try:
        from junitparser import Error, Failure, JUnitXml, Skipped, TestCase, TestSuite  # noqa: PLC0415 - an extra
    except ModuleNotFoundError as error:
        raise EnvironmentFault(
            f"JUnit XML needs the package junitparser: `{install('ci')}`."
        ) from error
    xml = JUnitXml(f"synth regress {found.options.model}")
    for task in found.tasks:
        case = TestCase(task.task, "synth.regress", sum(c.went.seconds for c in task.candidates))
        if task.ruling.call == "worse":
            case.result = [Failure(f"worse: {task.sentence}", "worse")]
        elif task.ruling.call == "undecided":
            case.result = [Skipped(f"undecided: {task.sentence}")]
        case.system_out = f"{task.ruling.call}: {task.sentence}"
        suite = TestSuite(task.task)
        suite.add_testcase(case)
        for name, value in {"verdict": task.ruling.call, **figures_of(task)}.items():
            suite.add_property(name, value)
        xml.add_testsuite(suite)
    for problem in found.problems:
        case = TestCase(problem.task, "synth.regress", 0.0)
        case.result = [Error(f"{problem.fault}: {problem.message}", problem.fault)]
        suite = TestSuite(problem.task)
        suite.add_testcase(case)
        xml.add_testsuite(suite)
    xml.update_statistics()  # type: ignore[no-untyped-call]  # junitparser types it not
    text: bytes = xml.tostring()  # type: ignore[no-untyped-call]  # nor this
    return text.decode()


def keep(found: Regression) -> None:
    """Write what came of each task beside its attempts, as ``runs/TASK/regress/MODEL/1.json``.

    The file says that the series is finished; see `RegressionOptions.anew`.
    """
    for task, content in zip(found.tasks, to_json(found)["tasks"], strict=True):
        path = task.candidates[0].went.attempt.folder.parent / f"{task.series}.json"
        replace_file(path, json.dumps(content, indent=2).encode() + b"\n")


def whose_figures(task: TaskRegression) -> str:
    """Which attempts the figures of a row are of, where there are several."""
    went = task.best.went.attempt
    if len(task.candidates) == 1:
        return ""
    return (
        "of the new side, figures of the program are those of attempt "
        f"{went.series}-{went.sample}, the best one; rounds, calls, tokens and cost are means"
    )


def figures_of(task: TaskRegression) -> dict[str, str]:
    """The figures of a row, new beside old, in words that fit a cell."""
    best, committed = task.best, task.committed
    tokens = [c.went.input_tokens + c.went.output_tokens for c in task.candidates]
    return {
        "passes": f"{task.rates[0]} / {task.rates[1]}",
        "held-out": _beside(_held_out(best.figures), _held_out(committed)),
        "goal wrong": _beside(_goal(best.figures), _goal(committed)),
        "truth": _beside(_truth(best.figures), _truth(committed)),
        "labels": _beside(_labels(best.figures), _labels(committed)),
        "agreement": _agreement(best),
        "us a frame": _beside(_speed(best.figures), _speed(committed)),
        "lines": _beside(str(best.figures.lines or ""), str(committed.lines)),
        "rounds": _beside(_mean(c.went.rounds for c in task.candidates), str(committed.rounds)),
        "calls": _beside(_mean(c.went.calls for c in task.candidates), str(committed.calls)),
        "tokens": _beside(
            _mean(tokens), str(committed.input_tokens + committed.output_tokens or "")
        ),
        "cost": _beside(_cost(task), ""),
    }


def _beside(new: str, old: str) -> str:
    return f"{new or '-'} / {old or '-'}"


def _held_out(figures: RewardFigures) -> str:
    made = figures.held_out_passed + figures.held_out_failed
    return f"{figures.held_out_passed} of {made}" if made else ""


def wrong_frames(figures: RewardFigures) -> str:
    """On how many fresh frames a goal is wrong, in words; nothing where none were seen."""
    goal = _goal(figures)
    return f"its goal is wrong on {goal} fresh frames" if goal else ""


def _goal(figures: RewardFigures) -> str:
    return "" if figures.goal is None else f"{figures.goal.wrong} of {figures.goal.frames}"


def _truth(figures: RewardFigures) -> str:
    """The worst sub-task's agreement with simulator truth."""
    known = [row for row in figures.truth if row.predicate]
    return f"{min(row.agreement for row in known):.2%}" if known else ""


def _labels(figures: RewardFigures) -> str:
    return "" if figures.labels is None else f"{figures.labels.right} of {figures.labels.labels}"


def _agreement(candidate: ComparedAttempt) -> str:
    """Of how many frames the two programs' worst matched checkers say the same."""
    return f"{min(pair.same for pair in candidate.matched):.2%}" if candidate.matched else "-"


def _speed(figures: RewardFigures) -> str:
    return "" if figures.single is None else f"{figures.single:.0f}"


def _cost(task: TaskRegression) -> str:
    costs = [c.went.cost for c in task.candidates if c.went.cost is not None]
    return f"{sum(costs) / len(costs):.4f}" if costs else ""


def _mean(values: Any) -> str:
    known = list(values)
    mean = sum(known) / len(known)
    if not mean:
        return ""
    return f"{mean:.0f}" if mean == round(mean) else f"{mean:.1f}"


def _counts(found: Regression) -> str:
    """``1 worse, 2 same``."""
    counts = Counter(task.ruling.call for task in found.tasks)
    told = [f"{counts[call]} {call}" for call in ORDER if counts[call]]
    told += [f"{len(found.problems)} not compared"] if found.problems else []
    return ", ".join(told) or "nothing to compare"


def _cell(text: str) -> str:
    """Text that a Markdown table can hold."""
    return " ".join(text.replace("|", "\\|").replace("<", "&lt;").split())


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(inner) for inner in value]
    return _shown(value) if isinstance(value, Path) else value


def _shown(path: Path) -> str:
    """A path relative to where synth was started, where it lies below it."""
    cwd = Path.cwd()
    return (path.relative_to(cwd) if path.is_relative_to(cwd) else path).as_posix()


@cache
def _template() -> Template:
    environment = Environment(
        loader=PackageLoader("synth.regress", "templates"),
        undefined=StrictUndefined,
        autoescape=False,  # noqa: S701 - Markdown is not HTML; `cell` escapes what could be
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    return environment.get_template("comment.md.j2")
