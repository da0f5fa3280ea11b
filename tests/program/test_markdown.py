"""What is said in an answer: thoughts, fences, end tokens and byte order marks."""

from __future__ import annotations

import contextlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from synth.errors import ModelReplyError, ProgramSyntaxError
from synth.program import extract_code
from synth.program.markdown import fenced, said
from synth.prompts.answers import parse_plan

WHOLE = "def goal(now, initial):\n    return True\n\n\nSUBTASKS = [goal]\n"
DRAFT = WHOLE.replace("True", "False")


def plan(name: str) -> str:
    """A plan with one sub-task, as JSON."""
    entry = {"name": name, "description": "d", "visible": "v"}
    return json.dumps({"task": "t", "stages": [[entry]]}, indent=1)


@pytest.mark.parametrize(
    "answer",
    [
        "hm\n</think>\nfine",
        "<think>hm</think>\nfine",
        "<THINKING>hm</THINKING>\nfine",
        "<reasoning>hm <think>more</think>\nfine",
        "[THINK]hm[/THINK]\nfine",
        "hm</think>hm again</think>\nfine",
        "\ufefffine<|im_end|>",
        "fine</s>\n",
        "fine<|eot_id|><|end_of_text|>\n\n",
    ],
)
def test_what_is_not_said_is_left_out(answer: str) -> None:
    """Thoughts in any tags, end tokens and byte order marks are no part of an answer."""
    assert said(answer).strip() == "fine"


@pytest.mark.parametrize(
    "fence", ["```python\n{}```", "~~~~py\n{}~~~~", "  ```{{.python}}\n{}  ```"]
)
@pytest.mark.parametrize("around", ["{}", "{}<|im_end|>", "\ufeff{}", "Perhaps\n{}"])
def test_code_is_found_whatever_stands_around_it(fence: str, around: str) -> None:
    """Odd fences, marks and tokens around a program change nothing."""
    assert extract_code(around.format(fence.format(WHOLE))) == WHOLE


def test_a_draft_in_thought_is_not_the_program() -> None:
    """Whether the thought has both of its tags or only the second."""
    for opening in ("<think>", ""):
        assert extract_code(f"{opening}\n```python\n{DRAFT}```\n</think>\n{WHOLE}") == WHOLE


@pytest.mark.parametrize("between", ["\n", "\n```\nWait: corrected.\n```json\n", "\nNo:\n"])
def test_of_several_plans_the_last_counts(between: str) -> None:
    """A model that corrects itself is taken at its last word."""
    for before, after in (("", ""), ("```json\n", "\n```")):
        answer = f"{before}{plan('draft')}{between}{plan('final')}{after}"
        assert parse_plan(answer).names == ("final",)


def test_a_plan_within_another_object_is_found() -> None:
    """Some services wrap the answer that was asked for."""
    assert parse_plan(f'{{"answer": {plan("final")}}}').names == ("final",)


@given(st.text(alphabet='`~ \n<>/think[]THINK{}"ab:\\', max_size=400))
def test_any_text_is_read_or_refused_in_words(text: str) -> None:
    """Whatever an answer holds, reading it ends in a program, a plan, or a message."""
    assert len(said(text)) <= len(text)
    assert all(block.text.endswith("\n") for block in fenced(text))
    for read in (extract_code, parse_plan):
        try:
            read(text)
        except (ProgramSyntaxError, ModelReplyError):
            continue


@pytest.mark.parametrize(
    ("text", "most"),
    [
        ("`" * 20_000 + "\n" + "a\n" * 40_000, 0),
        ("```" + " " * 60_000 + "`\n", 0),
        ("<think></thinking>" * 20_000, 0),
        ('{"k":' * 900 + "[" + "0," * 150_000, 20),
        ("{" * 50_000, 50_000),
    ],
    ids=["ticks", "spaces", "tags", "nested", "braces"],
)
def test_a_long_answer_costs_a_bounded_number_of_tries(
    text: str, most: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where a try at JSON reads a long way for nothing, few are made."""
    tries = 0
    decode = json.JSONDecoder.raw_decode

    def counted(self: json.JSONDecoder, s: str, idx: int = 0) -> tuple[object, int]:
        nonlocal tries
        tries += idx > 0 or s.startswith("{")
        return decode(self, s, idx)

    monkeypatch.setattr(json.JSONDecoder, "raw_decode", counted)
    with pytest.raises(ModelReplyError):
        parse_plan(text)
    assert tries <= most + 1  # the whole text is tried first
    with contextlib.suppress(ProgramSyntaxError):
        extract_code(text)
