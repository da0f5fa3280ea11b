"""Questions asked of several processes at once."""

from __future__ import annotations

import os

import pytest
from report_world import PROGRAM

from synth.errors import EnvironmentFault, WorkersLost
from synth.mutation.judge import MutantJudge
from synth.mutation.mutants import mutants
from synth.mutation.workers import Workers

MUTANTS = mutants(PROGRAM)[:9]


def length(judge: MutantJudge, source: str) -> tuple[int, int]:
    """A question that shows who was asked, and of what."""
    return judge.episodes, len(source)


def process(_judge: MutantJudge, _source: str) -> int:
    """Where it was asked."""
    return os.getpid()


def end(_judge: MutantJudge, _source: str) -> None:
    """What the system does to a process when memory runs out."""
    os._exit(9)


def fail(_judge: MutantJudge, _source: str) -> None:
    """A simulator that is missing."""
    raise EnvironmentFault("there is none")


@pytest.fixture(scope="module")
def judge(task):
    """Nothing is run by it here."""
    return MutantJudge(task, episodes=7)


@pytest.fixture(scope="module", params=[1, 2])
def workers(judge, request):
    """As many as that; a process takes seconds to start."""
    with Workers(judge, request.param) as workers:
        yield workers


def test_every_mutant_has_its_own_answer(workers):
    """Whoever answers, each answer comes once and with its mutant."""
    answers = list(workers.ask(length, MUTANTS, lambda: False))
    assert sorted(m.id for m, _ in answers) == [m.id for m in MUTANTS]
    assert all(answer == (7, len(m.source)) for m, answer in answers)


def test_one_job_stays_in_this_process_and_several_do_not(workers, request):
    """With one, nothing is started; with more, nothing is asked here."""
    jobs = request.node.callspec.params["workers"]
    places = {place for _, place in workers.ask(process, MUTANTS, lambda: False)}
    assert (places == {os.getpid()}) == (jobs == 1)
    assert len(places) <= jobs


def test_nothing_is_begun_when_it_is_late(workers):
    """What was begun is answered, and no more; where it was late from the start, nothing."""
    assert list(workers.ask(length, MUTANTS, lambda: True)) == []
    calls = iter([False, False])
    answers = list(workers.ask(length, MUTANTS, lambda: next(calls, True)))
    assert {m.id for m, _ in answers} == {MUTANTS[0].id, MUTANTS[1].id}


def test_a_process_that_ends_is_told(judge):
    """It ends in a message with a remedy, not in silence."""
    with (
        Workers(judge, 2) as workers,
        pytest.raises(WorkersLost, match=r"ended before its time.*--jobs"),
    ):
        list(workers.ask(end, MUTANTS[:1], lambda: False))


def test_a_judges_own_fault_arrives_as_it_is(workers):
    """The party at fault is the same wherever it happened."""
    with pytest.raises(EnvironmentFault, match="there is none"):
        list(workers.ask(fail, MUTANTS[:2], lambda: False))
