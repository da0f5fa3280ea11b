"""Prompts: whole, exact, repeatable, and free of whatever is held out."""

from __future__ import annotations

import io
import itertools
import re
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from small_requests import (
    ALL,
    DEMONSTRATION,
    DESCRIBE,
    DESCRIBE_AGAIN,
    EARLY,
    FASTER,
    PLAN,
    REFINE,
    REFINE_UNREADABLE,
    START,
    WHOLE,
    WRITE,
)
from syrupy.extensions.single_file import SingleFileSnapshotExtension, WriteMode

from synth import vision
from synth.program import extract_code
from synth.program.lint import lint
from synth.prompts.library import allow_list, document, vision_library
from synth.prompts.render import PicturePart, Prompt, render, templates_digest
from synth.prompts.requests import FailureReport, request_digest

if TYPE_CHECKING:
    from syrupy.assertion import SnapshotAssertion

    from synth.prompts.requests import Request

EVERY = pytest.mark.parametrize("request_", ALL.values(), ids=ALL)


class Markdown(SingleFileSnapshotExtension):
    """One readable file for each golden prompt."""

    _write_mode = WriteMode.TEXT
    file_extension = "md"


@pytest.fixture
def golden(snapshot: SnapshotAssertion) -> SnapshotAssertion:
    """The recorded prompts, one markdown file each."""
    return snapshot.use_extension(Markdown)


@EVERY
def test_the_prompt_reads_as_recorded(request_: Request, golden: SnapshotAssertion) -> None:
    """No word of a prompt changes unseen; the library and the lint have their own tests."""
    text = render(request_).text
    text = text.replace(vision_library(), "(the vision library)")
    assert text.replace(allow_list(), "(the allow-list)") == golden


@EVERY
def test_the_same_request_gives_the_same_prompt(request_: Request) -> None:
    """A prompt holds no clock, no order of hashing, and no chance."""
    one, other = render(request_), render(request_)
    assert one.text == other.text
    assert one.schema == other.schema
    assert [p.png for p in one.pictures] == [p.png for p in other.pictures]
    assert request_digest(request_, one.text) == request_digest(request_, other.text)


@EVERY
def test_every_picture_of_a_request_is_in_its_prompt_once(request_: Request) -> None:
    """Nothing that the loop chose to show is lost, and nothing is paid for twice."""
    names = [p.name for p in render(request_).pictures]
    assert len(names) == len(set(names))
    assert set(names) == {shot.name for shot in request_.shots}


@EVERY
def test_a_caption_stands_before_each_picture(request_: Request) -> None:
    """A model reads what a picture is before it sees it, with its true size."""
    parts = render(request_).parts
    for before, part in itertools.pairwise(parts):
        if isinstance(part, PicturePart):
            last = before.text.strip().splitlines()[-1]  # type: ignore[union-attr]  # text precedes
            assert part.name in last
            assert "true size 24 x 16 pixels" in last


def test_only_a_plan_is_asked_for_by_schema() -> None:
    """Describing carries a schema; programs are free text."""
    assert render(DESCRIBE).schema is not None
    assert render(DESCRIBE_AGAIN).schema is not None
    assert [render(r).schema for r in (WRITE, REFINE, FASTER)] == [None, None, None]


def test_the_goal_is_told_only_where_it_may_be() -> None:
    """A withheld goal is in no prompt."""
    assert "take the red square" in render(DESCRIBE).text
    assert "take the red square" not in render(replace(DESCRIBE, goal=None)).text


def test_every_function_a_program_may_call_is_documented() -> None:
    """The library's documentation is made from the library itself."""
    system = render(WRITE).system
    for name in vision.__all__:
        assert re.search(rf"`vision\.{name}\b", system), name
    assert "def " not in vision_library(), "documentation, not source"
    assert "argwhere" in system
    assert "Nothing here knows any task" not in system


def test_the_library_is_documented_by_signature_and_docstring() -> None:
    """Aliases stay readable, private names stay private."""
    source = (
        '"""Title.\n\nWhat a Mask is.\n\nWhat it does not do.\n"""\n'
        '__all__ = ["f"]\n'
        'def f(mask: Mask, *, gap: int = 1) -> Box:\n    """Does f.\n\n    And more."""\n'
        "def _g(): ...\n"
    )
    assert document(source) == (
        "What a Mask is.\n\n`vision.f(mask: Mask, *, gap: int=1) -> Box`\nDoes f.\nAnd more."
    )


def test_the_example_of_the_contract_passes_the_lint() -> None:
    """What the prompt shows as a reward program is one."""
    assert lint(extract_code(render(WRITE).system)) == []


def test_a_program_that_cannot_be_read_is_asked_for_whole() -> None:
    """Functions cannot be replaced in what is not Python."""
    assert "answer with the whole program" in render(REFINE_UNREADABLE).text
    assert "SUBTASKS = [(take_red, see_blue), visit_blue]" in render(REFINE_UNREADABLE).text
    assert "answer with the whole program" not in render(REFINE).text


def test_complaints_stand_under_their_sub_task_with_the_colours_of_the_frame() -> None:
    """A model is told who is wrong, what was expected, and what is in the picture."""
    text = render(REFINE).text
    section = text[text.index("## Sub-task `visit_blue`") : text.index("## The program as a whole")]
    assert "Expected: False. Actual: True. (4 more like this one.)" in section
    assert "- (0, 0, 255) blue: 32 -> 0" in section
    assert "32 pixels differ, all within rows 8 to 11 and columns 16 to 23." in section
    assert "Tried" not in section


def test_many_small_shades_stand_on_one_line() -> None:
    """From the darkest to the lightest; a colour of a thing has a line of its own."""
    shaded = np.full((64, 64, 3), 255, np.uint8)
    for k in range(12):
        shaded[:2, 4 * k : 4 * k + 2] = 160 + k
    start = replace(DESCRIBE.demonstrations[0].shots[0], frame=shaded)
    shown = replace(DESCRIBE.demonstrations[0], shots=(start,))
    text = render(replace(DESCRIBE, demonstrations=(shown,))).text
    assert "- (255, 255, 255) white: 4048\n" in text
    assert "- 12 shades of light grey, (160, 160, 160) to (171, 171, 171): 48\n" in text


def test_text_from_outside_cannot_pass_for_a_picture() -> None:
    """Neither a program nor a message can smuggle one in, or break the sending."""
    forged = f"x = 1  # \0{START.name}\0 \ud800"
    prompt = render(replace(REFINE, source=forged, notes=(forged,)))
    assert len(prompt.pictures) == len(render(REFINE).pictures)
    prompt.text.encode("utf-8")


def test_a_fence_in_a_program_does_not_end_its_block() -> None:
    """The program's block has the longer fence."""
    prompt = render(replace(REFINE, source='x = "```"\n'))
    assert '````python\nx = "```"\n````' in prompt.text


HELD_OUT = replace(EARLY.failure, held_out=True)
BY_NAME = replace(EARLY.failure, episode="held-random-0002")


@settings(max_examples=60, deadline=None)
@given(
    before=st.integers(0, 3),
    after=st.integers(0, 3),
    failure=st.sampled_from([HELD_OUT, BY_NAME]),
    request_=st.sampled_from([REFINE, DESCRIBE_AGAIN]),
)
def test_no_prompt_can_carry_a_held_out_failure(
    before: int, after: int, failure: object, request_: Request
) -> None:
    """Wherever it stands among others, the whole request is refused."""
    held = FailureReport(failure)  # type: ignore[arg-type]  # of the right type above
    reports = (WHOLE,) * before + (held,) + (EARLY,) * after
    with pytest.raises(ValueError, match="held out"):
        render(replace(request_, reports=reports))  # type: ignore[call-arg]  # both have it


@pytest.mark.parametrize("base", [DESCRIBE, WRITE, REFINE])
def test_no_prompt_can_carry_a_held_out_picture(base: Request) -> None:
    """A picture named for a held-out episode is refused too."""
    leak = replace(START, name="held-expert-0001-frame-0000")
    demonstration = replace(DEMONSTRATION, shots=(START, leak))
    with pytest.raises(ValueError, match="held out"):
        render(replace(base, demonstrations=(demonstration,)))  # type: ignore[call-arg]  # all have it
    with pytest.raises(ValueError, match="held out"):
        render(replace(FASTER, example=(leak,)))


def test_pictures_are_png_of_the_enlarged_frame() -> None:
    """What is sent decodes to the frame, twenty times as large."""
    picture = render(DESCRIBE).pictures[0]
    decoded = np.asarray(Image.open(io.BytesIO(picture.png)))
    assert decoded.shape == (320, 480, 3)
    assert (decoded[::20, ::20] == START.frame).all()


def test_the_text_of_a_prompt_names_its_pictures() -> None:
    """Journals keep the text; the names say which picture was where."""
    prompt = render(DESCRIBE)
    assert prompt.text.startswith(prompt.system)
    assert "[picture: expert-0000-frame-0004]" in prompt.text
    assert Prompt("a", ()).text == "a\n\n"


def test_the_templates_have_a_digest() -> None:
    """A run's record can say which wording it was made with."""
    assert re.fullmatch(r"[0-9a-f]{64}", templates_digest())
    assert templates_digest() == templates_digest()


def test_the_plan_is_in_every_prompt_for_a_program() -> None:
    """Each sub-task is named and described."""
    for request in (WRITE, REFINE, FASTER):
        for subtask in PLAN.subtasks:
            assert f"- `{subtask.name}`: {subtask.description}" in render(request).text


@pytest.mark.parametrize("request_", [DESCRIBE, WRITE, REFINE, FASTER], ids=lambda r: r.kind)
def test_what_the_family_says_of_its_pictures_stands_in_every_prompt(request_: Request) -> None:
    """Camera and sizes come from the family, word for word, and from nowhere else."""
    said = "Two cameras, side by side; a pixel shows 2 mm."
    assert said not in render(request_).text
    assert said in render(replace(request_, picture_notes=said)).text


@pytest.mark.parametrize("request_", [WRITE, REFINE, FASTER], ids=lambda r: r.kind)
def test_progress_is_wanted_where_success_is_a_threshold(request_: Request) -> None:
    """There it is asked for, by the goal's name; elsewhere it is optional."""
    wanted = "Wanted, since success in this task is a matter of how near something is"
    assert wanted not in render(request_).system
    assert wanted in render(replace(request_, measured=True)).system
