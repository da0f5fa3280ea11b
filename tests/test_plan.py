"""Plans that cannot be judged are refused when they are made."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from synth.plan import Plan, SubTask


def sub(name: str) -> SubTask:
    """A sub-task of that name."""
    return SubTask(name=name, description="d", visible="v")


def test_a_plan_knows_its_names_stages_and_goal() -> None:
    """Stage order and the goal are read off the stages."""
    plan = Plan(task="t", stages=((sub("a"),), (sub("b"), sub("c")), (sub("d"),)))
    assert plan.names == ("a", "b", "c", "d")
    assert plan.stage_names == (("a",), ("b", "c"), ("d",))
    assert plan.goal == "d"


@pytest.mark.parametrize(
    ("stages", "words"),
    [
        ((), "at least one stage"),
        (((sub("a"),), ()), "no stage may be empty"),
        (((sub("a"), sub("b")),), "exactly one sub-task, the goal"),
        (((sub("a"),), (sub("a"),)), "must differ"),
        (((sub("perceive"),),), "reserved"),
        (((sub("perceive_initial"),),), "reserved"),
        (((sub("a_progress"),),), "reserved"),
        (((sub("while"),),), "reserved"),
    ],
)
def test_an_ill_formed_plan_says_why(stages: tuple[tuple[SubTask, ...], ...], words: str) -> None:
    """The message can go back to the model."""
    with pytest.raises(ValidationError, match=words):
        Plan(task="t", stages=stages)


@pytest.mark.parametrize("name", ["", "A", "a b", "1a", "a-b", "x" * 61])
def test_a_subtask_name_is_a_plain_identifier(name: str) -> None:
    """Names become function names."""
    with pytest.raises(ValidationError):
        sub(name)
