"""The mutation score: what is killed, what survives, and the episode that would have told."""

from __future__ import annotations

import dataclasses
from collections import Counter

import numpy as np
import pytest
from report_world import PROGRAM

from synth.envs import family_of
from synth.errors import EnvironmentFault, SuiteError
from synth.mutation.judge import MutantJudge, asked
from synth.mutation.measure import MutationRun
from synth.mutation.sample import Difference, FreshEpisodes, compare
from synth.mutation.score import MutationScore, OperatorScore
from synth.program import parse
from synth.sandbox import Sandbox
from synth.spec import NearMissSpec, SearchSpec
from synth.suite import all_checks, judge

PARSED = parse(PROGRAM)
SAMPLE = 30


@pytest.fixture(scope="module")
def score(task) -> MutationScore:
    """All mutants of the program, on a small sample."""
    return MutationRun(task, PROGRAM, sample=SAMPLE).run()


def test_every_mutant_has_a_fate(score):
    """All mutants are judged, none twice, and killed ones name a test."""
    assert len(score.outcomes) == score.mutants > 20
    assert score.total.undecided == 0
    assert sum(row.killed for row in score.operators) == score.total.killed > 0
    for outcome in score.outcomes:
        assert (outcome.fate == "killed") == ("::" in outcome.test)
        assert (outcome.fate == "survived") == (outcome.difference is not None)


def test_dead_code_makes_equivalent_mutants(score):
    """A branch that no picture reaches has mutants that differ nowhere; they leave the score."""
    dead = [o for o in score.outcomes if "if initial >" in o.mutant.diff and o.fate != "killed"]
    assert {o.fate for o in dead} == {"equivalent"}
    total = score.total
    assert total.score == total.killed / (total.killed + total.survived)


def test_killed_mutants_fail_the_suite_and_others_pass(score, task):
    """The fate is that of the suite's own judge."""
    for outcome in score.outcomes[::6]:
        judgement = judge(outcome.mutant.source, task, splits=("visible", "held_out"))
        assert judgement.accepted == (outcome.fate != "killed")


def test_difference_comes_with_an_episode_that_replays(task):
    """The episode that tells a mutant is fresh, and acting it again shows the same verdicts."""
    recorded = {e.seed for e in task.store.episodes}
    wrong = PROGRAM.replace("0 < now < initial", "0 < now < initial - 60")
    with FreshEpisodes(task.spec, PARSED, size=SAMPLE) as sample:
        found = [d for b in sample.batches() if (d := compare(b, parse(wrong)))]
    assert found
    difference = found[0]
    assert difference.seed not in recorded
    simulator = family_of(task.spec).make(task.spec)
    moments = [simulator.reset(difference.seed)]
    moments += [simulator.step(action) for action in difference.actions]
    simulator.close()
    frames = np.stack([m.frame for m in moments])
    assert len(frames) == difference.frame + 1
    assert moments[-1].success == difference.success
    for program, said in ((PROGRAM, difference.original), (wrong, difference.mutant)):
        with Sandbox(program) as sandbox:
            assert str(sandbox.check(frames[-1:], frames[0])[0, 0]) == said
    assert difference.is_find
    assert "the environment reports success" in str(difference)


@pytest.mark.parametrize(
    ("body", "said"), [("return 1 // 0 == 0", "an exception"), ("return now", "no bool")]
)
def test_what_is_no_verdict_differs(task, body, said):
    """A mutant that raises, or answers with something else, is said to do so."""
    broken = PROGRAM.replace("return 0 < now < initial", body)
    with FreshEpisodes(task.spec, PARSED, size=3) as sample:
        difference = next(compare(b, parse(broken)) for b in sample.batches())
    assert difference is not None
    assert difference.mutant == said


def test_sample_has_all_three_policies_and_is_the_same_every_time(task):
    """Experts, random episodes and experts cut short take turns on fresh seeds."""
    seen = []
    for _ in range(2):
        with FreshEpisodes(task.spec, PARSED, size=12) as sample:
            seen.append([e for b in sample.batches() for e in b.episodes])
    names = [e.policy for e in seen[0]]
    assert names[0] == "expert"
    assert names[1] == "random"
    assert any("actions, then random" in name for name in names)
    assert [e.actions for e in seen[0]] == [e.actions for e in seen[1]]
    assert not {e.seed for e in seen[0]} & {e.seed for e in task.store.episodes}


def test_limit_draws_the_same_mutants_each_time(task, score):
    """A limited run is a part of the whole one, with the same fates."""
    part = MutationRun(task, PROGRAM, limit=8, sample=SAMPLE).run()
    assert len(part.outcomes) == 8
    whole = {o.mutant.id: o.fate for o in score.outcomes}
    assert all(whole[o.mutant.id] == o.fate for o in part.outcomes)


def test_program_that_fails_its_suite_is_refused(task):
    """Mutants of a wrong program would tell nothing."""
    wrong = PROGRAM.replace("0 < now < initial", "now < 0")
    with pytest.raises(SuiteError, match="does not pass its own suite"):
        MutationRun(task, wrong).run()


def test_interruption_keeps_what_was_found(task):
    """After an interruption the score holds every mutant judged by then."""

    def stop(done: int, total: int, stage: str) -> None:
        if done == 5:
            raise KeyboardInterrupt

    run = MutationRun(task, PROGRAM, limit=12, sample=SAMPLE, on_mutant=stop)
    with pytest.raises(KeyboardInterrupt):
        run.run()
    assert len(run.score.outcomes) == 5
    assert not run.is_complete


def test_every_check_of_the_suite_is_asked(task):
    """No group is left out for being unknown here, and the quick ones come first."""
    spec = task.spec.model_copy(update={"near_miss": NearMissSpec(), "search": SearchSpec()})
    quick, slow = asked(spec), asked(spec, slow=True)
    applying = {c.id for c in all_checks() if c.applies(spec)}
    assert {c.id for c in (*quick, *slow)} == applying
    assert len(quick) + len(slow) == len(applying)
    assert quick[0].group == "expert"


def test_several_processes_come_to_the_same_fates(task, score):
    """How many judge at once changes nothing but the time it takes."""
    run = MutationRun(task, PROGRAM, limit=16, sample=SAMPLE, jobs=2)
    whole = {o.mutant.id: (o.fate, o.test) for o in score.outcomes}
    part = run.run()
    assert len(part.outcomes) == 16
    assert run.is_complete
    assert all(whole[o.mutant.id] == (o.fate, o.test) for o in part.outcomes)


def test_an_interrupted_run_goes_on(task, tmp_path, monkeypatch):
    """No mutant is asked twice, the fates are those of one run, and then all is forgotten."""
    ledger = tmp_path / "runs" / "mutants.jsonl"
    asked = Counter()
    whole = MutantJudge.killer

    def counted(judge, source):
        asked[source] += 1
        return whole(judge, source)

    def stop(done: int, total: int, stage: str) -> None:
        if done == 5:
            raise KeyboardInterrupt

    monkeypatch.setattr(MutantJudge, "killer", counted)
    options = {"limit": 8, "sample": SAMPLE, "ledger": ledger}
    with pytest.raises(KeyboardInterrupt):
        MutationRun(task, PROGRAM, on_mutant=stop, **options).run()
    assert len(asked) == 5
    run = MutationRun(task, PROGRAM, **options)
    assert run.known == 5
    outcomes = run.run().outcomes
    assert set(asked.values()) == {1}
    assert len(asked) == len(outcomes) == 8
    assert not ledger.exists()
    fates = [(o.mutant.id, o.fate, o.test) for o in outcomes]
    in_one = MutationRun(task, PROGRAM, limit=8, sample=SAMPLE).run()
    assert fates == [(o.mutant.id, o.fate, o.test) for o in in_one.outcomes]


def test_limit_in_seconds_leaves_the_rest_out(task):
    """When time has run out, nothing more is started and the run says it is not complete."""
    run = MutationRun(task, PROGRAM, limit=12, sample=SAMPLE, seconds=1e-6)
    assert run.run().outcomes == ()
    assert not run.is_complete


def test_undecided_mutants_count_against_the_suite():
    """What nobody knows is not counted as killed, and equivalent ones are not counted."""
    assert OperatorScore("x", killed=3, survived=0, equivalent=9, undecided=1).score == 0.75
    assert OperatorScore("x", killed=0, survived=0, equivalent=9, undecided=0).score == 1.0


def test_only_what_the_environment_contradicts_is_a_find():
    """A find contradicts the mutant about success and never the original."""
    told = Difference(
        "random", 1, 2, "goal", "False", "True", success=False, goal=True, actions=(1, 2)
    )
    assert told.is_find
    assert not dataclasses.replace(told, goal=False).is_find
    assert not dataclasses.replace(told, success=True).is_find
    assert not dataclasses.replace(told, faithful=False).is_find


def test_a_task_that_was_imported_is_refused_before_a_mutant_is_judged(task, monkeypatch):
    """Those that pass the suite are compared on fresh episodes, of which there are none."""
    filmed = dataclasses.replace(task, spec=task.spec.model_copy(update={"env": "recorded"}))
    monkeypatch.setattr(MutationRun, "_require_passing", lambda _: pytest.fail("it was judged"))
    with pytest.raises(EnvironmentFault, match="nothing can be played"):
        MutationRun(filmed, PROGRAM).run()
