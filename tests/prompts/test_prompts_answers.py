"""Plans read out of answers, however they are wrapped."""

from __future__ import annotations

import contextlib
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small_requests import PLAN

from synth.errors import ModelReplyError
from synth.plan import Plan, SubTask
from synth.prompts.answers import parse_plan, plan_schema

JSON = PLAN.model_dump_json(indent=2)


@pytest.mark.parametrize(
    "answer",
    [
        JSON,
        f"  \n{JSON}\n",
        f"\ufeff{JSON}",
        f"Here is the plan.\n\n```json\n{JSON}\n```\nIt has two stages.",
        f"```\n{JSON}\n```",
        f"~~~\n{JSON}\n~~~",
        f"The plan {{in brief}} is:\n{JSON}\nThat is all {{really}}.",
        f'```json\n{{"thoughts": []}}\n```\n```json\n{JSON}\n```',
        f"```json\n{JSON}",
    ],
    ids=range(9),
)
def test_a_plan_is_found_however_it_is_wrapped(answer: str) -> None:
    """Bare, in a fence, amid prose, or in a fence that never ends."""
    assert parse_plan(answer) == PLAN


def test_small_liberties_are_taken_in_good_part() -> None:
    """A stage without its list and properties that nobody asked for cost no round."""
    content = json.loads(JSON)
    content["stages"][1] = content["stages"][1][0]
    content["confidence"] = 0.9
    content["stages"][0][0]["why"] = "because"
    assert parse_plan(json.dumps(content)) == PLAN


NAMES = st.from_regex(r"[a-z][a-z0-9_]{0,12}", fullmatch=True)
# Byte order marks are dropped wherever they stand: within code they are nothing but a slip.
WORDS = st.text(st.characters(exclude_characters="\ufeff", exclude_categories=["Cs"]))
SUBTASKS = st.builds(SubTask, name=NAMES, description=WORDS, visible=WORDS)


@settings(max_examples=60, deadline=None)
@given(
    subtasks=st.lists(SUBTASKS, min_size=2, max_size=5, unique_by=lambda s: s.name),
    task=WORDS,
    prose=st.text(alphabet="ab {}`\n"),
)
def test_any_plan_survives_being_written_and_read(
    subtasks: list[SubTask], task: str, prose: str
) -> None:
    """Reading is the inverse of writing, whatever stands around it."""
    try:
        plan = Plan(task=task, stages=(tuple(subtasks[:-1]), (subtasks[-1],)))
    except ValueError:
        return  # a reserved name
    assert parse_plan(plan.model_dump_json()) == plan
    assert parse_plan(f"{prose}\n\n```json\n{plan.model_dump_json()}\n```\n") == plan


@pytest.mark.parametrize(
    ("answer", "problem"),
    [
        ("", "no JSON object"),
        ("I cannot see the pictures.", "no JSON object"),
        ('{"task": "x"}', "no JSON object"),
        ('{"task": "x", "stages": []}', "at least one stage"),
        ('{"stages": [[{"name": "a", "description": "", "visible": ""}]]}', "task: Field required"),
        ('{"task": "x", "stages": 3}', "stages: Input should be"),
        ('{"task": "x", "stages": [[3]]}', r"stages\.0\.0: Input should be"),
        (JSON.replace("take_red", "Take Red"), r"stages\.0\.0\.name: String should match"),
        (JSON.replace("take_red", "see_blue"), "repeated: see_blue"),
        (JSON.replace("take_red", "perceive"), "reserved sub-task names: perceive"),
        (JSON.replace("visible", "seen"), r"stages\.0\.0\.visible: Field required"),
        ("[" * 100_000, "no JSON object"),
        ('{"stages":' * 50_000, "no JSON object"),
    ],
    ids=range(13),
)
def test_what_is_wrong_with_an_answer_is_said(answer: str, problem: str) -> None:
    """The message can be sent back to the model as it is."""
    with pytest.raises(ModelReplyError, match=problem):
        parse_plan(answer)


@settings(max_examples=150, deadline=None)
@given(answer=st.text(alphabet='{}[]":,stages 0\n`~'))
def test_no_answer_causes_another_error(answer: str) -> None:
    """Whatever comes, it is a plan or a ModelReplyError."""
    with contextlib.suppress(ModelReplyError):
        assert isinstance(parse_plan(answer), Plan)


def test_the_schema_keeps_to_what_all_services_accept() -> None:
    """Every object forbids further properties and requires its own; no patterns, no references."""

    def walk(node: Any) -> None:
        assert set(node) <= {"type", "properties", "required", "additionalProperties", "items"}
        if node["type"] == "object":
            assert node["additionalProperties"] is False
            assert node["required"] == list(node["properties"])
            for child in node["properties"].values():
                walk(child)
        elif node["type"] == "array":
            walk(node["items"])

    walk(plan_schema())


def test_the_schema_asks_for_what_a_plan_has() -> None:
    """No property is missing from it, and none is invented."""
    schema = plan_schema()
    assert set(schema["properties"]) == set(Plan.model_fields)
    subtask = schema["properties"]["stages"]["items"]["items"]
    assert set(subtask["properties"]) == set(SubTask.model_fields)
