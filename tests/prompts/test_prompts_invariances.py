"""A model is told under which changes its program is judged, and nothing where there are none."""

from __future__ import annotations

from dataclasses import replace

import pytest
from small_requests import FASTER, REFINE, WRITE

from synth.prompts.invariances import invariances
from synth.prompts.render import render
from synth.spec import parse_spec

HEAD = 'env = "X"\n[render]\ntile_size = 16\nshadow = 1\n[expert]\npolicy = "a:b"\n'
TITLE = "# What must not change a verdict"


def said(table: str) -> tuple[str, ...]:
    """What is said of a metamorphic table."""
    return invariances(parse_spec(f"{HEAD}[metamorphic]\n{table}", name="t"))


def test_without_the_table_nothing_is_said():
    """Neither a spec without it nor one that declares nothing in it has any."""
    assert invariances(parse_spec(HEAD, name="t")) == ()
    assert said("episodes = 2\n") == ()


@pytest.mark.parametrize(
    ("table", "words"),
    [
        ("render = [{tile_size = 8}]", "drawn with tiles of 8 pixels"),
        (
            "render = [{highlight = true, tile_size = 8}]",
            "all that the agent sees lightened by a share of white and tiles of 8 pixels",
        ),
        ("render = [{highlight = false}]", "drawn with nothing lightened where the agent looks"),
        (
            "render = [{shadow = 0, fov = 40.5}]",
            "drawn with shadow = 0 instead of 1 and fov = 40.5",
        ),
        ("distractors = 3", "with up to 3 more things in the scene"),
        ('colours = ["key", "door"]', "with every key and every door in any other colour"),
        ("noise = 6", "off by up to 6 of 255"),
        ("brightness = 15", "lighter or darker by 15 of 255"),
        ("shift = 2", "moved by up to 2 pixels in any direction"),
    ],
)
def test_each_change_is_said_in_words(table, words):
    """Every declared change is one clause, with its amount."""
    (clause,) = said(table)
    assert words in clause


@pytest.mark.parametrize("request_", [WRITE, REFINE, FASTER], ids=lambda r: r.kind)
def test_the_prompts_for_programs_say_it(request_):
    """Writing, refining and making faster are asked with the changes, each once."""
    plain = render(request_)
    told = render(replace(request_, invariances=("drawn with tiles of 8 pixels", "with noise")))
    assert TITLE not in plain.text
    assert told.text.count(TITLE) == 1
    assert "- drawn with tiles of 8 pixels\n- with noise\n" in told.text
    assert told.system == plain.system
