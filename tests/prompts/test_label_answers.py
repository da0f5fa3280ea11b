"""Answers about pictures are read as they come, and what cannot be read is named."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from small_requests import LABEL, frame

from synth.errors import ModelReplyError
from synth.prompts.beside import beside, is_wide
from synth.prompts.label_answers import label_schema, parse_labels, said_of
from synth.prompts.pictures import LARGEST, scale_of


def sheet(*entries: tuple[str, str, str]) -> str:
    """A filled-in sheet."""
    keys = ("picture", "subtask", "answer")
    return json.dumps({"answers": [dict(zip(keys, e, strict=True), remark="") for e in entries]})


FULL = sheet(
    ("picture-01", "take_red", "yes"),
    ("picture-01", "see_blue", "no"),
    ("picture-02", "take_red", "cannot tell"),
)


@pytest.mark.parametrize(
    "text",
    [
        FULL,
        f"I looked.\n\n```json\n{FULL}\n```\n",
        f"Here it is: {FULL} That is all.",
        FULL.replace("picture-0", "Picture "),
        FULL.replace("cannot tell", "cannot_tell").replace('"yes"', '"Yes."'),
        json.dumps(
            {
                "answers": {
                    "picture-01": {"take_red": "yes", "see_blue": "no"},
                    "picture-02": {"take_red": {"answer": "unclear", "remark": ""}},
                }
            }
        ),
        FULL.replace('"yes"', "true").replace('"no"', "false"),
    ],
)
def test_a_sheet_is_read_however_it_is_wrapped(text: str) -> None:
    """Fences, prose, other spellings and other shapes say the same."""
    assert [(s.picture, s.subtask, s.answer) for s in parse_labels(text, LABEL)] == [
        ("picture-01", "take_red", "yes"),
        ("picture-01", "see_blue", "no"),
        ("picture-02", "take_red", "cannot_tell"),
    ]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("I see a red square.", 'no JSON object with "answers"'),
        ("{}", 'no JSON object with "answers"'),
        (sheet(("picture-01", "take_red", "yes")), "picture-01, see_blue; picture-02, take_red"),
        (FULL.replace('"yes"', '"perhaps"'), "picture-01, take_red"),
    ],
)
def test_what_is_missing_is_named_for_the_model(text: str, words: str) -> None:
    """It is asked once more with these words."""
    with pytest.raises(ModelReplyError) as caught:
        parse_labels(text, LABEL)
    assert words in str(caught.value)


def test_a_question_answered_both_ways_is_not_answered_and_others_are_ignored() -> None:
    """So is what was never asked."""
    text = sheet(
        ("picture-01", "take_red", "yes"),
        ("picture-01", "take_red", "no"),
        ("picture-01", "visit_blue", "yes"),
        ("picture-09", "take_red", "yes"),
        ("picture-02", "take_red", "no"),
    )
    assert [(s.picture, s.answer) for s in said_of(text, LABEL)] == [("picture-02", "no")]


@given(st.text() | st.recursive(st.none() | st.booleans() | st.text(), st.lists).map(json.dumps))
def test_reading_is_total(text: str) -> None:
    """Whatever comes back, nothing breaks, and nothing is made up."""
    assert said_of(text, LABEL) == ()
    assert said_of(f'{{"answers": {text}}}', LABEL) == ()


@pytest.mark.parametrize(
    "odd", ["9" * 5_000, "\u00b2", "\u0664" * 5_000, [[[]]], {"a": 1}, None, 1e300]
)
def test_odd_names_of_pictures_are_nobodys(odd: object) -> None:
    """Digits without end, those of other scripts, and what is no name."""
    entry = {"picture": odd, "subtask": odd, "answer": odd, "remark": odd}
    assert said_of(json.dumps({"answers": [entry]}), LABEL) == ()
    nested: object = "yes"
    for _ in range(900):
        nested = [nested]
    assert said_of(json.dumps({"answers": [{**entry, "answer": nested}]}), LABEL) == ()


def test_the_schema_asks_for_what_is_read() -> None:
    """Strict: every property required, none beyond, as structured output wants it."""
    answers = label_schema()["properties"]["answers"]["items"]
    assert set(answers["required"]) == {"picture", "subtask", "answer", "remark"}
    assert answers["additionalProperties"] is False
    assert answers["properties"]["answer"]["enum"] == ["yes", "no", "cannot tell"]


@given(st.integers(1, 1500), st.integers(1, 1500))
def test_two_pictures_side_by_side_are_sent_as_they_are(height: int, width: int) -> None:
    """Enlarged alike by a whole factor, and not scaled a second time unless they are huge."""
    shown = beside(np.zeros((height, width, 3), np.uint8), np.full((height, width, 3), 9, np.uint8))
    assert shown[0, 0, 0] == 0
    assert shown[-1, -1, 0] == 9
    if max(height, width) <= 500:
        assert max(shown.shape) <= LARGEST
        scale = scale_of(shown)
        assert scale.shown[0] % scale.true[0] == 0


def test_wide_pictures_stand_one_above_the_other() -> None:
    """So that both are as large as can be."""
    one = frame()
    assert is_wide(np.zeros((10, 20, 3), np.uint8))
    assert not is_wide(one)
    tall = beside(np.zeros((10, 20, 3), np.uint8), np.zeros((10, 20, 3), np.uint8))
    assert tall.shape[0] > tall.shape[1]
