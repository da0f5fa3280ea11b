"""How audits are spread over the workers of pytest-xdist."""

from __future__ import annotations

import inspect
import re
from types import SimpleNamespace

import pytest
from keydoor import write_folder

from synth.suite.pytest.plugin import pytest_xdist_make_scheduler
from synth.suite.pytest.spread import SEARCHING, holds_audits
from synth.suite.registry import all_checks

pytest_plugins = ["pytester"]

WORKER = re.compile(r"^\[(gw\d)\].* PASSED (\S+?)::(\S+)", re.MULTILINE)


@pytest.fixture
def checkout(pytester):
    """A task, and a test file of another kind."""
    write_folder(pytester.path / "made" / "keydoor", experts=2, randoms=2)
    pytester.makepyfile(
        test_other="""
        import pytest

        @pytest.mark.parametrize("k", range(6))
        def test_it(k):
            pass
        """
    )
    return pytester


def spread(pytester, *arguments):
    """Which workers ran each file's tests; "-n 2" takes three interpreters, so ask seldom."""
    result = pytester.runpytest_subprocess(
        "-n", "2", "-v", "-p", "no:cacheprovider", "-p", "no:syrupy", *arguments
    )
    assert result.ret == 0
    workers: dict[str, set[str]] = {}
    for worker, file, _ in WORKER.findall(result.stdout.str()):
        workers.setdefault(file, set()).add(worker)
    return workers


def test_the_tests_that_wait_for_the_search_are_those_that_read_it():
    """A check that reads the search's finds is set apart, and no other is."""
    reading = {
        f"test_{check.group}_{check.name}"
        for check in all_checks()
        if "subject.search" in inspect.getsource(check.function)
    }
    assert reading == SEARCHING


def test_a_task_is_judged_by_one_worker(checkout):
    """All tests of a task run where its verdicts have been computed, and so does every file."""
    workers = spread(checkout, "made", "test_other.py")
    assert len(workers) == 2
    assert all(len(who) == 1 for who in workers.values())


class Session:
    """What the plugin asks of pytest's configuration."""

    def __init__(self, base, *args, dist="load"):
        self.args = [*args]
        self.invocation_params = SimpleNamespace(dir=base)
        self.dist = dist

    def getoption(self, name):
        """The options that are asked for."""
        return {"dist": self.dist, "--reward-search": None}[name]


def test_only_audits_left_to_the_default_are_kept_together(checkout):
    """Whoever asks for another way gets it, and a project's own tests are dealt out as ever."""
    asked = Session(checkout.path, "made", dist="each")
    without = Session(checkout.path, "test_other.py")
    assert pytest_xdist_make_scheduler(asked, None) is None
    assert pytest_xdist_make_scheduler(without, None) is None


@pytest.mark.parametrize(
    ("given", "holds"),
    [
        (["made"], True),
        (["made/keydoor"], True),
        (["made/keydoor/test_keydoor.py"], True),
        (["made/keydoor/test_keydoor.py::test_program_parses"], True),
        (["test_other.py"], False),
        (["nowhere"], False),
        (["test_other.py", "made"], True),
        ([], False),
    ],
)
def test_audits_are_found_in_what_pytest_is_given(checkout, given, holds):
    """A task's folder, one that holds some, a file or a test of one."""
    assert holds_audits(given, checkout.path) is holds
