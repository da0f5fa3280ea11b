"""The published programs' logic, written afresh: right for DoorKey, wrong for Unlock.

The faults of the published verifier are `tests/suite/test_suite_released_verifier.py`. Pictures
drawn otherwise are left out: they were not asked for when that logic was written.
"""

from __future__ import annotations

import pytest

from synth.program import lint
from synth.suite import GROUPS as ALL_GROUPS
from synth.suite import judge
from synth.vision import any_colour
from tests.corpus.corpus import PROGRAMS

GROUPS = tuple(g.name for g in ALL_GROUPS if g.name not in {"metamorphic", "search"})
DARK_YELLOW = (114, 114, 0)


def logic(name: str) -> str:
    """One of the three programs."""
    return (PROGRAMS / "car" / f"{name}.py").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", ["doorkey", "unlock", "unlock_any_colour"])
def test_the_programs_keep_to_the_contract(name):
    """All three pass the lint: what is wrong with one of them is what it says."""
    assert not lint(logic(name))


def test_the_doorkey_logic_is_right(task_of):
    """Judged by distinct credited sub-tasks it completes with every expert and no liar."""
    judgement = judge(logic("doorkey"), task_of("doorkey"), groups=GROUPS, cascade=False)
    assert [f.message for f in judgement.failures] == []


def test_the_unlock_logic_is_red_with_a_door_that_is_not_yellow(task_of):
    """The episodes that show it have no yellow door, and the message says that it takes yellow."""
    task = task_of("unlock")
    failures = judge(logic("unlock"), task, groups=GROUPS).failures
    shown = {f.episode for f in failures if f.episode is not None}
    assert shown
    assert not [e for e in shown if any_colour(task.store.initial_of(task.store[e]), DARK_YELLOW)]
    assert {f.group for f in failures} == {"expert"}
    assert any(
        "exactly those whose first image does not show the colour (114, 114, 0)" in f.message
        for f in failures
    )


def test_the_unlock_logic_with_the_initial_images_colour_is_right(task_of):
    """Taken from the initial image instead of from memory, every colour will do."""
    judgement = judge(logic("unlock_any_colour"), task_of("unlock"), groups=GROUPS, cascade=False)
    assert [f.message for f in judgement.failures] == []
