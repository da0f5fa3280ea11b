"""The pytest plugin: light, silent, prefixed, and right under xdist."""

from __future__ import annotations

import json
import subprocess
import sys
import weakref
from dataclasses import replace

import pytest
from keydoor import PLAN, REWARD, make_spec, program, write_folder

from synth.episode import Untold, read_store, write_store
from synth.plan import Plan
from synth.suite.pytest.audit import FolderAudit
from synth.suite.pytest.plugin import COMEBACKS
from synth.task.folder import write_task
from synth.task.provenance import file_digests

pytest_plugins = ["pytester"]


@pytest.fixture
def folder(pytester):
    """A small generated folder within the test's directory."""
    write_folder(pytester.path / "keydoor", experts=2, randoms=2)
    return pytester.path / "keydoor"


def run(pytester, *arguments):
    """Pytest within pytest; syrupy keeps its state in a global, so the inner one goes without."""
    return pytester.runpytest(*arguments, "-p", "no:cacheprovider", "-p", "no:syrupy")


def test_loading_the_plugin_imports_nothing_heavy():
    """Starting pytest with synth installed imports no NumPy, no libcst and no rest of synth."""
    code = (
        "import sys, pytest; before = set(sys.modules); import synth.suite.pytest.plugin; "
        "print(*sorted({m for m in set(sys.modules) - before if not m.startswith('_')}))"
    )
    loaded = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    ).stdout.split()
    assert set(loaded) <= {
        "synth",
        "synth.suite",
        "synth.suite.pytest",
        "synth.suite.pytest.plugin",
        "synth.suite.pytest.report",
    }


def test_plugin_is_silent_unless_used(pytester):
    """A project that audits nothing sees nothing of synth."""
    pytester.makepyfile("def test_it(): pass")
    result = run(pytester)
    result.assert_outcomes(passed=1)
    assert "reward" not in result.stdout.str()


def test_what_cannot_be_told_from_success_is_the_last_line(pytester, folder, monkeypatch):
    """How many pictures, one of them, and what to do about it; nothing where there is none."""
    monkeypatch.setenv("COLUMNS", "300")
    assert "cannot be told" not in run(pytester, "keydoor", "-k", "parses").stdout.str()
    episodes = folder / "episodes"
    untold = Untold(3, 7, 9, leaves=True)
    write_store(episodes, replace(read_store(episodes), untold=untold))
    result = run(pytester, "keydoor", "-k", "parses")
    result.stdout.fnmatch_lines(
        [
            (
                "*the goal cannot be told from 3 pictures in which a thing has left its place as "
                "it does at success, and the environment grants none (seed 7, frame 9); train with "
                'goal_from="environment"'
            )
        ]
    )


def test_failure_is_one_sentence_without_a_traceback(pytester, folder, monkeypatch):
    """A failing check shows its sentence, and no line of synth's own code."""
    monkeypatch.setenv("COLUMNS", "250")
    (folder / "reward.py").write_text(program("False", "False", "False"))
    result = run(pytester, "keydoor", "-k", "credits_every_subtask and not held")
    result.assert_outcomes(failed=2)
    result.stdout.fnmatch_lines(
        [
            "expert-0000: take_key is never credited, since it holds on none of the *",
            "keydoor: 3 sub-tasks, 8 episodes, 2 tests: 2 of 2 tests failed",
            "FAILED keydoor/test_keydoor.py::*expert-0000* - *take_key is never credited*",
        ]
    )
    assert "synth/" not in result.stdout.str()


def test_another_program_can_be_audited(pytester, folder):
    """--reward judges another file against the same suite, and leaves the committed one alone."""
    other = pytester.path / "candidate.py"
    other.write_text(program("True", "True", "True"))
    assert run(pytester, "keydoor").ret == 0
    assert run(pytester, "keydoor", "--reward", "candidate.py").ret == 1
    assert (folder / "reward.py").read_text() == REWARD


def test_another_program_brings_its_plan(pytester, folder):
    """A task.toml beside the other program replaces the committed plan."""
    folder = pytester.path / "candidate"
    names = {"take_key": "grab_key"}
    renamed = PLAN.model_dump_json()
    for old, new in names.items():
        renamed = renamed.replace(old, new)
    write_task(folder / "task.toml", make_spec(), Plan.model_validate_json(renamed))
    (folder / "reward.py").write_text(REWARD.replace("take_key", "grab_key"))
    assert run(pytester, "keydoor", "--reward", "candidate").ret == 0
    (folder / "task.toml").unlink()
    result = run(pytester, "keydoor", "--reward", "candidate")
    result.stdout.fnmatch_lines(["Sub-task 1, take_key, is missing from SUBTASKS*"])


@pytest.mark.parametrize("workers", [(), ("-n", "2")])
def test_failures_are_written_as_json(pytester, folder, workers):
    """--reward-failures holds every failure as data, with xdist and without."""
    (folder / "reward.py").write_text(program("False", "False", "False"))
    result = run(pytester, "keydoor", "--reward-failures", "out.json", *workers)
    failures = json.loads((pytester.path / "out.json").read_text())
    one = next(f for f in failures if f["test"] == "expert::credits_every_subtask[expert-0000]")
    assert one["task"] == "keydoor"
    assert one["subtask"] == "take_key"
    assert one["message"].startswith("expert-0000: take_key is never credited")
    result.stdout.fnmatch_lines(["keydoor: 3 sub-tasks, 8 episodes, * tests failed"])
    tests = {f["test"] for f in failures}
    assert f" {len(tests)} of " in result.stdout.str()


def test_a_program_that_is_not_there_is_one_error(pytester):
    """Not a failure of every test: the path was mistyped."""
    result = run(pytester, "keydoor", "--reward", "nofile.py")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["*--reward: there is no *nofile.py*"])


def test_folder_of_the_failures_must_exist(pytester, folder):
    """A report that could not be written is refused before anything is judged."""
    result = run(pytester, "keydoor", "--reward-failures", "missing/out.json")
    result.stderr.fnmatch_lines(["*--reward-failures: there is no folder*"])
    assert result.ret == pytest.ExitCode.USAGE_ERROR


def test_reward_program_is_never_imported(pytester, folder):
    """Not even --doctest-modules, nor naming the file, makes pytest import a reward program."""
    (folder / "reward.py").write_text('open("imported", "w")\n' + REWARD)
    run(pytester, "keydoor", "--doctest-modules")
    run(pytester, "keydoor/reward.py", "--doctest-modules")
    assert not (pytester.path / "imported").exists()


def test_missing_program_is_said_once_per_test_without_a_traceback(pytester, folder):
    """A folder without a program says what makes one."""
    (folder / "reward.py").unlink()
    result = run(pytester, "keydoor", "-k", "parses")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["usage: *reward.py: there is no reward program here; `synth run*"])


def test_changed_episodes_are_noticed(pytester, folder):
    """A suite whose episodes or task are not those the reward was judged on is red."""
    digests = {"files": file_digests(folder)}
    (folder / "provenance.json").write_text(json.dumps(digests))
    assert run(pytester, "keydoor").ret == 0
    (folder / "reward.py").write_text(REWARD + "\n# another program\n")
    assert run(pytester, "keydoor").ret == 0
    task = (folder / "task.toml").read_text()
    (folder / "task.toml").write_text(
        task.replace("random_completion = 0.1", "random_completion = 0.9")
    )
    result = run(pytester, "keydoor", "-k", "stands_on_its_episodes")
    result.stdout.fnmatch_lines(
        ["task.toml is not the file that the committed reward was judged on*"]
    )


def test_program_that_does_not_parse_fails_every_test_with_the_reason(pytester, folder):
    """No test passes or is skipped because the program could not be run."""
    (folder / "reward.py").write_text("def take_key(:\n")
    result = run(pytester, "keydoor")
    outcomes = result.parseoutcomes()
    assert set(outcomes) - {"passed", "warnings"} == {"failed"}
    assert outcomes["passed"] == 1  # the episodes are what they were
    result.stdout.fnmatch_lines(["The program does not parse: line 1, column *"])
    result.stdout.fnmatch_lines(["This was not judged, since the program does not parse: *"])
    # Where CI is set, pytest's own summary repeats each message whole.
    failures, _summary = result.stdout.str().split("short test summary info")
    assert failures.count("^") == 1  # the place is shown once
    wrong = outcomes["failed"]
    told = f"keydoor: *: {wrong} of {wrong + 1} tests failed ({wrong - 1} not judged)*"
    since = "    This was not judged, since the program does not parse: line 1, column *"
    result.stdout.fnmatch_lines([told, since])


def test_where_no_plugins_are_loaded_it_says_how_to_load_this_one(pytester, folder, monkeypatch):
    """One sentence for the file, not an unknown fixture for each test; and it is true."""
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    told = pytester.runpytest_subprocess("keydoor", "-p", "no:cacheprovider")
    told.assert_outcomes(errors=1)
    told.stdout.fnmatch_lines(
        ["pytest has not loaded synth's plugin*-p synth.suite.pytest.plugin*"]
    )
    loaded = ("-p", "synth.suite.pytest.plugin", "--rootdir=/", "-k", "program or expert")
    result = pytester.runpytest_subprocess("keydoor", "-p", "no:cacheprovider", *loaded)
    result.stdout.fnmatch_lines(["keydoor: *: all passed*"])


def test_old_test_file_says_how_to_write_it_again(pytester, folder):
    """A test file that names a check which is no more says so in one sentence."""
    path = folder / "test_keydoor.py"
    path.write_text(path.read_text().replace("program::parses", "program::bakes"))
    result = run(pytester, "keydoor", "-k", "parses")
    result.stdout.fnmatch_lines(["usage: this file does not fit*synth suite keydoor*"])


def test_a_test_that_comes_to_no_verdict_is_counted_as_failed(pytester, folder):
    """Whatever stops a worker, the last lines never say that all passed."""
    (folder / "conftest.py").write_text(
        "import pytest\n"
        "from synth.errors import SandboxUnavailable\n"
        "@pytest.fixture(autouse=True)\n"
        "def _no_worker(monkeypatch):\n"
        "    def refuse(*_, **__):\n"
        "        raise SandboxUnavailable('no shared memory.')\n"
        "    monkeypatch.setattr('synth.sandbox.session.WorkerProcess', refuse)\n"
    )
    result = run(pytester, "keydoor", "-k", "parses or answers_on_every")
    result.stdout.fnmatch_lines(["keydoor: *: 1 of 2 tests failed (1 came to no verdict)"])


def test_a_fixture_that_breaks_is_counted_as_failed(pytester, folder, monkeypatch):
    """A test that ends in an error before it begins is no passed test."""

    def broken(*_, **__):
        raise RuntimeError("out of order")

    monkeypatch.setattr("synth.suite.pytest.audit.FolderAudit.__init__", broken)
    result = run(pytester, "keydoor", "-k", "parses")
    result.stdout.fnmatch_lines(["keydoor: *: 1 of 1 tests failed (1 came to no verdict)"])


class Opened:
    """Stands in for `FolderAudit`, and knows which ones are still held."""

    def __init__(self):
        self.alive = weakref.WeakSet()
        self.count, self.most = 0, 0

    def wrap(self, kind):
        """The class, watched."""

        def make(*args, **kwargs):
            made = kind(*args, **kwargs)
            self.alive.add(made)
            self.count, self.most = self.count + 1, max(self.most, len(self.alive))
            return made

        return make


@pytest.fixture
def opened(pytester, monkeypatch):
    """Two tasks, and what is opened of them."""
    for name in ("one", "other"):
        write_folder(pytester.path / name, experts=2, randoms=2)
    seen = Opened()
    monkeypatch.setattr("synth.suite.pytest.audit.FolderAudit", seen.wrap(FolderAudit))
    return seen


def test_a_folder_is_let_go_of_when_the_next_begins(pytester, opened):
    """The frames of all tasks together would be gigabytes."""
    run(pytester, "one", "other", "-k", "parses").assert_outcomes(passed=2)
    assert (opened.count, opened.most) == (2, 1)


def test_tests_in_no_order_do_not_judge_a_folder_over_and_over(pytester, opened):
    """Whoever deals tests out at random pays for a few folders twice, not for each test."""
    pytester.makeconftest(
        "def pytest_collection_modifyitems(items):\n    items.sort(key=lambda item: item.name)\n"
    )
    result = run(pytester, "one", "other", "-k", "not search and not necessity")
    assert result.parseoutcomes()["passed"] > 4 * COMEBACKS
    assert opened.count <= COMEBACKS + 3


def test_a_checkout_with_other_line_ends_is_the_same(pytester, folder):
    """Text files that end lines as Windows does were changed by nobody."""
    for path in [p for p in folder.rglob("*") if p.suffix in {".py", ".toml", ".json", ".jsonl"}]:
        path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    assert run(pytester, "keydoor", "-k", "parses or stands_on").ret == 0


def test_byte_order_marks_are_no_part_of_a_file(pytester, folder):
    """A program and a task saved with one are read as without."""
    for name in ("reward.py", "task.toml"):
        path = folder / name
        path.write_text(path.read_text(), encoding="utf-8-sig")
    assert run(pytester, "keydoor", "-k", "parses or runs").ret == 0
