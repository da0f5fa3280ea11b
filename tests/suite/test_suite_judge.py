"""`judge`: the cascade, the splits, the four fates of a test."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from keydoor import REWARD, make_spec, program

import synth.sandbox.sandboxes
import synth.suite.subject
from synth.errors import ProgramFault, SandboxUnavailable
from synth.suite import all_checks, judge
from synth.suite.checks.generated_images import Probe, palette, search
from synth.suite.subject import Subject
from synth.task.folder import TaskFolder

FALSE = program("False", "False", "False")


def test_cascade_stops_after_the_first_failing_group(task):
    """A program that fails the expert group is not judged at random, and the ids say so."""
    judgement = judge(FALSE, task)
    assert {f.group for f in judgement.failures} == {"expert"}
    assert all(test.startswith("random::") for test in judgement.unjudged)
    assert judgement.unjudged


def test_every_test_is_passed_failed_or_unjudged(task):
    """No test is lost and none is counted twice, wherever the cascade stops."""
    whole = set(judge(REWARD, task).passed)
    for source in ("def f(:", FALSE, program("True", "True", "True"), REWARD):
        judgement = judge(source, task)
        parts = (judgement.passed, judgement.failed, judgement.unjudged)
        assert sum(map(len, parts)) == len(whole)
        assert set().union(*parts) == whole


def test_held_out_episodes_are_not_touched_when_judging_the_visible(task, monkeypatch):
    """No held-out frame reaches a program that is judged on the visible split."""
    sent = []
    gather = synth.suite.subject.gather

    def spy(program, store, episodes, **options):
        evidence = gather(program, store, episodes, **options)
        sent.append(evidence)
        return evidence

    monkeypatch.setattr(synth.suite.subject, "gather", spy)
    judge(REWARD, task, splits=("visible",))
    seen = {int(i) for i in np.unique(sent[0].pairs)}
    visible = {int(i) for e in task.store.select(split="visible") for i in e.frame_index}
    assert seen == visible


def test_held_out_failures_are_marked(task):
    """A failure on a held-out episode says that it is one, so that no prompt shows it."""
    judgement = judge(FALSE, task, splits=("visible", "held_out"))
    for failure in judgement.failures:
        if failure.episode is not None:
            assert failure.held_out == failure.episode.startswith("held-")
    hidden = judge(FALSE, task, splits=("held_out",))
    assert all(f.held_out for f in hidden.failures)


def test_groups_can_be_chosen(task):
    """Only the groups asked for are judged."""
    judgement = judge(REWARD, task, groups=("random",))
    assert {test.split("::")[0] for test in judgement.passed} == {"random"}


def test_unrunnable_program_has_a_failure_whatever_group_is_asked_for(task):
    """Asking for one group of a program that does not parse still says why nothing was judged."""
    judgement = judge("def f(:", task, groups=("random",))
    assert len(judgement.failures) == 1
    assert "does not parse" in judgement.failures[0].message
    assert not judgement.accepted


def test_failure_of_one_subtask_leaves_the_others_passed(task):
    """Failures blame the sub-task at fault and no other, or the program as a whole."""
    source = REWARD.replace(
        "return bool(coloured(initial[:8]).any()", "return bool(coloured(frame[:8]).any()"
    )
    assert {(f.group, f.subtask) for f in judge(source, task).failures} == {
        ("expert", "take_key"),
        ("expert", None),
    }
    assert [(f.group, f.subtask) for f in judge("nonsense", task).failures] == [("program", None)]


def test_gate_below_one_tolerates_experts_that_do_not_complete(task):
    """A spec that asks for 80% of the experts accepts a program blind to one of six colours."""
    source = REWARD.replace(
        "return count(frame, WHITE) == 16 and",
        "return count(initial, (255, 0, 0)) == 0 and count(frame, WHITE) == 16 and",
    )
    strict = judge(source, task)
    assert {f.episode for f in strict.failures if f.episode} == {"expert-0000"}
    most = make_spec(gate={"expert_completion": 0.8})
    loose = judge(source, TaskFolder(task.path, most, task.plan, task.store))
    assert [f for f in loose.failures if f.group == "expert"] == []


def test_no_sandbox_is_an_error_and_not_a_verdict(task, monkeypatch):
    """Where nothing can be confined the judge raises, since the program is not at fault."""

    def refuse(*_, **__):
        raise SandboxUnavailable("no lockdown here")

    monkeypatch.setattr(synth.sandbox.sandboxes, "Sandbox", refuse)
    with pytest.raises(SandboxUnavailable):
        judge(REWARD, task)


@pytest.mark.parametrize(
    "source",
    [
        "def take_key(:",
        REWARD.replace("return bool(coloured(frame", "return eval('True') or bool(coloured(frame"),
        REWARD.replace("[take_key, open_door, reach_goal]", "[take_key, reach_goal]"),
    ],
    ids=["does not parse", "does not lint", "leaves the plan"],
)
def test_program_that_may_not_run_is_never_run(task, monkeypatch, source):
    """Whatever checks are made, no worker is started for a program that is refused as a text."""

    def refuse(*_, **__):
        raise AssertionError("it was run")

    monkeypatch.setattr(synth.sandbox.sandboxes, "Sandbox", refuse)
    monkeypatch.setattr(synth.suite.subject, "gather", refuse)
    judgement = judge(source, task, cascade=False)
    assert {f.group for f in judgement.failures} == {"program"}
    for check in all_checks():  # as pytest makes them, each on its own
        subject = Subject(source, task, splits=("visible",))
        if check.applies(task.spec) and check.group not in {"program", "contract"}:
            assert not check.run(subject, check.episodes(subject)[0]).judged


def test_fault_of_the_whole_program_is_met_once(task, monkeypatch):
    """A program that hangs costs its deadline once, however many checks need its verdicts."""
    calls = []

    def hang(*_, **__):
        calls.append(1)
        raise ProgramFault("it ran past its deadline")

    monkeypatch.setattr(synth.suite.subject, "gather", hang)
    subject = Subject(REWARD, task, splits=("visible",))
    results = [c.run(subject, e) for c in all_checks() for e in c.episodes(subject)]
    assert len(calls) == 1
    assert sum(not r.judged for r in results) > 10


def test_program_that_fails_on_one_frame_is_not_tried_on_all(task, monkeypatch):
    """After a fault on a single frame the whole batch is not sent."""

    def hang(*_, **__):
        raise ProgramFault("it ran past its deadline")

    monkeypatch.setattr(synth.sandbox.sandboxes, "Sandbox", hang)
    monkeypatch.setattr(synth.suite.subject, "gather", lambda *_, **__: pytest.fail("it was tried"))
    judgement = judge(REWARD, task, cascade=False)
    assert [f.test for f in judgement.failures] == ["program::runs"]


def test_search_ends_with_the_first_fault_of_the_whole_program():
    """A hang on a drawn image is not shrunk: each attempt would cost the deadline again."""
    calls = []

    class Hanging:
        def verdicts(self, *_):
            calls.append(1)
            raise ProgramFault("it ran past its deadline")

    probe = Probe(Hanging())
    frame = np.zeros((24, 24, 3), dtype=np.uint8)
    search(probe, palette(frame), frame)
    assert len(calls) == 1
    assert "a drawn image of" in probe.image


def test_episodes_of_another_spec_are_noticed(task):
    """Episodes that were recorded from another version of the spec fail the contract."""
    other = TaskFolder(task.path, make_spec(max_steps=99), task.plan, task.store)
    failure = judge(REWARD, other).failures[0]
    assert failure.test == "contract::stands_on_its_episodes"
    assert "another version of the spec" in failure.message


def test_judging_twice_gives_the_same(task):
    """The same program and task always have the same judgement."""
    source = REWARD.replace("- 16", "- 12")
    once, again = (judge(source, task, cascade=False) for _ in range(2))
    assert once == again


def test_check_ids_are_unique_and_promises_are_sentences():
    """Every check has an id of its own and says in one line what it promises."""
    checks = all_checks()
    assert len({c.id for c in checks}) == len(checks)
    for check in checks:
        assert check.promise.endswith(".")
        assert check.promise[0].isupper()


def test_judging_needs_no_simulator():
    """Reading, judging and auditing import neither a simulator nor gymnasium."""
    code = (
        "import sys; sys.path.insert(0, sys.argv[1]); "
        "from keydoor import REWARD, make_task; from synth.suite import judge; "
        "import synth.suite.pytest.audit; assert judge(REWARD, make_task()).accepted; "
        "print({'minigrid', 'gymnasium', 'torch', 'openai'} & set(sys.modules))"
    )
    run = subprocess.run(
        [sys.executable, "-c", code, str(Path(__file__).parent)],
        capture_output=True,
        text=True,
        check=True,
    )
    assert run.stdout.strip() == "set()"
