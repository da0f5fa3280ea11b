"""The pytest plugin: the `audit` fixture, six options and a line of summary per task.

It imports nothing but pytest and the standard library, since every pytest session of
every project in the environment loads it; whatever needs NumPy waits for the first test
that asks for `audit`. It never imports a reward program, nor lets pytest do so: programs
are read as text and run in the sandbox.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from synth.suite.pytest.report import Tally, add_figures, told

if TYPE_CHECKING:
    from collections.abc import Generator

    from synth.suite.pytest.audit import Audit, FolderAudit

__all__: list[str] = []

PROPERTY = "synth_audit"
BEGUN = "synth_audit_begun"
COST = "synth_audit_cost"
NO_TASK = "none"
"""What ``--reward-search`` is given where no task is to be searched."""
SECTION = "reward programs"
"""Of the summary; `synth run` shows it."""

_OURS = frozenset({PROPERTY, BEGUN, COST})


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options."""
    group = parser.getgroup("synth", "auditing reward programs")
    group.addoption(
        "--reward",
        metavar="REWARD",
        help="audit this program instead of the reward.py beside the suite; a task.toml beside "
        "it brings its own plan. Or an alternative to programs, as clip:MODEL; for it "
        "counterexamples are searched only where --reward-search names the task",
    )
    group.addoption(
        "--reward-failures", metavar="FILE", help="write the failures as JSON to this file"
    )
    group.addoption(
        "--synth-report",
        metavar="FILE",
        help="write for machines and for comments what the audits came to, the reason first in "
        "every line: JSON (.json), Markdown (.md) or plain lines",
    )
    group.addoption(
        "--reward-search",
        metavar="TASKS",
        help="search for counterexamples in the audits of these tasks only, as doorkey,taxi, or "
        f"in {NO_TASK}; the search takes longer than all the rest, and by default no audit goes "
        "without",
    )
    group.addoption(
        "--search-day",
        metavar="KEY",
        help="search as the audit did whose last lines print this key; by default the commit "
        "decides half of the search's layouts",
    )
    group.addoption(
        "--reward-unsafe",
        action="store_true",
        help="run the program even where this machine cannot confine it",
    )


_AUDITED = pytest.StashKey[dict[Path, "FolderAudit"]]()
_LET_GO = pytest.StashKey[list[Path]]()
COMEBACKS = 8
"""How often a folder comes back before tests are taken to be in no order: a few do in order,
since xdist's workers are given the search of a task apart."""


def pytest_configure(config: pytest.Config) -> None:
    """Start a session with nothing audited."""
    config.stash[_AUDITED], config.stash[_LET_GO] = {}, []
    for option in ("--reward-failures", "--synth-report"):
        report = _path_option(config, option)
        if report is not None and not report.parent.is_dir():
            raise pytest.UsageError(f"{option}: there is no folder {report.parent}.")
    reward = _path_option(config, "--reward")
    if reward is not None and not reward.exists():
        from synth.named_reward import is_alternative  # noqa: PLC0415 - as below

        if not is_alternative(config.getoption("--reward")):
            raise pytest.UsageError(f"--reward: there is no {reward}; name a program's file.")
    config.pluginmanager.register(_Summary(), "synth-summary")


@pytest.hookimpl(wrapper=True)
def pytest_collect_file(
    file_path: Path,
) -> Generator[None, list[pytest.Collector], list[pytest.Collector]]:
    """Keep pytest from importing a reward program, as ``--doctest-modules`` would."""
    found = yield
    is_reward = file_path.name == "reward.py" and (file_path.parent / "task.toml").exists()
    return [] if is_reward else found


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Keep an audit's tests together, where xdist was left to deal them out one by one."""
    if config.getoption("dist") != "load":
        return None  # whoever asks for another way gets it
    from synth.suite.pytest.spread import AuditScheduling, holds_audits  # noqa: PLC0415 - needs xdist

    audits = holds_audits(config.args, config.invocation_params.dir)
    return AuditScheduling(config, log) if audits else None


@pytest.fixture
def audit(request: pytest.FixtureRequest) -> Generator[Audit]:
    """Make one check of the suite on the reward program beside the test file.

    ``audit("expert::credits_every_subtask", "expert-0003")`` fails with one sentence for
    each failed assertion. Task and verdicts are computed once for a folder's tests in a row.
    """
    from synth.named_reward import is_alternative  # noqa: PLC0415 - as below
    from synth.sandbox import Sandboxes  # noqa: PLC0415 - as below
    from synth.suite.pytest.audit import Audit, FolderAudit  # noqa: PLC0415 - keeps pytest's start light

    audited, folder = request.config.stash[_AUDITED], request.path.parent
    properties = request.node.user_properties
    # Said before anything can break, so that a test that never comes to a verdict counts.
    properties.append((BEGUN, json.dumps([str(folder), folder.name])))
    if folder not in audited:
        searched = request.config.getoption("--reward-search")
        reward = request.config.getoption("--reward")
        alternative = reward is not None and is_alternative(reward)
        _let_go(audited, request.config.stash[_LET_GO], folder, cheap=not alternative)
        audited[folder] = FolderAudit(
            folder,
            reward=reward if alternative else _path_option(request.config, "--reward"),
            sandboxes=Sandboxes(unsafe=request.config.getoption("--reward-unsafe")),
            searched=not alternative if searched is None else folder.name in searched.split(","),
            day=request.config.getoption("--search-day"),
        )
    yield Audit(audited[folder], lambda facts: properties.append((PROPERTY, json.dumps(facts))))
    # After the test, whatever became of it: it may have ended where a budget did.
    properties.append((COST, json.dumps(audited[folder].cost)))


def _let_go(
    audited: dict[Path, FolderAudit], gone: list[Path], folder: Path, *, cheap: bool
) -> None:
    """Forget the folders before this one: the frames of all would be gigabytes.

    What is forgotten soon is never written to the disk. Where tests come in no order, or where
    an answer costs money, all are kept: to judge a folder twice is dearer.

    Args:
        audited: What is kept, emptied here.
        gone: Every folder that was let go of, in order.
        folder: The one that begins.
        cheap: Whether its verdicts can be had again for nothing.
    """
    comebacks = len(gone) - len(set(gone)) + (folder in gone)
    if cheap and comebacks < COMEBACKS:
        gone += audited
        audited.clear()


class _Summary:
    """What is reported at the end; under xdist only the controller's is printed and written."""

    def __init__(self) -> None:
        self.tallies: dict[str, Tally] = {}
        self.failures: list[dict[str, Any]] = []

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Take in what the `audit` fixture recorded, here or in a worker."""
        told = {
            name: json.loads(str(value)) for name, value in report.user_properties if name in _OURS
        }
        if BEGUN in told and PROPERTY not in told and report.failed:
            folder, task = told[BEGUN]
            tally = self.tallies.setdefault(folder, Tally(task))
            tally.broken += 1
            tally.told.append((report.nodeid, f"no verdict: {report.longreprtext.strip()}"))
        if report.when == "teardown" and told.get(COST):
            folder, task = told[BEGUN]
            self.tallies.setdefault(folder, Tally(task)).cost = told[COST]
        if report.when == "call" and PROPERTY in told:
            facts = told[PROPERTY]
            tally = self.tallies.setdefault(facts["folder"], Tally(facts["task"]))
            tally.subtasks, tally.episodes = facts["subtasks"], facts["episodes"]
            tally.tests += 1
            tally.failed += bool(facts["failures"])
            tally.unjudged += not facts["judged"]
            if not facts["judged"] and not tally.since:
                tally.since = facts["failures"][0]["message"].partition("\n")[0]
            tally.bounds = tally.bounds or facts["bounds"]
            tally.order = tally.order or facts["order"]
            tally.left_out = tuple(facts["left_out"])
            # It grows with the search, wherever among the workers that ran.
            tally.untold = max(tally.untold, tuple(facts["untold"]))
            tally.searched = facts["searched"] or tally.searched
            tally.drifted, tally.drift = max((tally.drifted, tally.drift), tuple(facts["drift"]))
            tally.origin = facts["origin"]
            if facts["skipped"]:
                tally.skipped.append(facts["skipped"])
            self.failures += [{"task": facts["task"], **f} for f in facts["failures"]]
            tally.told += [(report.nodeid, f["message"]) for f in facts["failures"]]

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Print a line per audited task, and nothing where none was audited."""
        if not self.tallies:
            return
        from synth.suite.omissions import in_one_line  # noqa: PLC0415 - keeps pytest's start light

        terminalreporter.section(SECTION)
        warned = {"yellow": True}
        for tally in self.tallies.values():
            color = {"red": True} if tally.wrong else {"green": True}
            terminalreporter.write_line(str(tally), **color)
            missing = in_one_line([*tally.left_out, *tally.skipped])
            for line in (
                tally.since, tally.bounds, tally.order, missing, tally.searched, tally.cost,
            ):  # fmt: skip
                if line:
                    terminalreporter.write_line(f"    {line}")
            if tally.untold[0]:
                terminalreporter.write_line(f"    {tally.untold[1]}")
            if tally.drift and (tally.drifted or tally.wrong):
                terminalreporter.write_line(
                    f"    {tally.drift}", **(warned if tally.drifted else {})
                )
            if tally.origin:
                terminalreporter.write_line(f"    {tally.origin}", **warned)
        named = (terminalreporter.config.getoption("--reward-search") or NO_TASK).split(",")
        audited = {NO_TASK, *(Path(folder).name for folder in self.tallies)}
        if absent := [name for name in named if name not in audited]:
            line = f"--reward-search names what was not audited: {', '.join(absent)}"
            terminalreporter.write_line(line, **warned)

    # Before pytest's own hook writes the JUnit file.
    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Write the files that ``--reward-failures`` and ``--synth-report`` name."""
        config = session.config
        if hasattr(config, "workerinput"):
            return
        path = _path_option(config, "--reward-failures")
        if path is not None:
            path.write_text(json.dumps(self.failures, indent=2) + "\n", encoding="utf-8")
        if self.tallies:
            add_figures(config, self.tallies.values())
        path = _path_option(config, "--synth-report")
        if path is not None:
            text = told(list(self.tallies.values()), path.suffix)
            path.write_text(text, encoding="utf-8")


def _path_option(config: pytest.Config, name: str) -> Path | None:
    """A path given on the command line, relative to where pytest was started."""
    given = config.getoption(name)
    return None if given is None else config.invocation_params.dir / given
