"""The set of templates that the docs compare with synth's own: shorter, and as complete."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from small_requests import ALL, DESCRIBE, LABEL, REFINE, WRITE

from synth.prompts.render import render
from synth.prompts.sets import prompt_set

if TYPE_CHECKING:
    from synth.prompts.requests import Request

TERSE = Path(__file__).parents[2] / "docs" / "prompts" / "terse"
PROGRAMS = {name: asked for name, asked in ALL.items() if asked.kind not in {"describe", "label"}}
CONTRACT = ("perceive", "perceive_initial", "_progress", "SUBTASKS", "tuple", "pure", "total")
"""What a program cannot be written without, and what it may have."""


@pytest.mark.parametrize("asked", PROGRAMS.values(), ids=PROGRAMS)
def test_every_request_for_a_program_is_shorter_and_tells_the_contract(asked: Request) -> None:
    """A terse request is under three quarters of the default's words without its library."""
    named = prompt_set(str(TERSE))
    ours, terse = render(asked), render(replace(asked, prompts=named.folder))
    assert _own_words(terse.system) < 0.75 * _own_words(ours.system)
    assert len(terse.text.split()) < len(ours.text.split())
    assert all(word in terse.system for word in CONTRACT)
    assert [p.name for p in terse.parts if hasattr(p, "png")] == [
        p.name for p in ours.parts if hasattr(p, "png")
    ]


def test_missions_and_progress_are_told_of_where_the_task_has_them() -> None:
    """A task with missions is told of the third parameter, one of thresholds of progress."""
    asked = replace(WRITE, missions=("go to the red ball",), measured=True, prompts=TERSE)
    system = render(asked).system
    assert "(frame, initial, mission)" in system
    assert "Wanted: `def the_goal_progress(frame, initial, mission)`" in system
    assert "mission" not in render(replace(REFINE, prompts=TERSE)).system


@pytest.mark.parametrize("asked", [DESCRIBE, LABEL], ids=lambda one: one.kind)
def test_plans_and_labels_are_asked_for_in_the_very_same_words(asked: Request) -> None:
    """Both sets ask for plans alike, so that where plans are equal programs alone are compared."""
    assert render(replace(asked, prompts=TERSE)).text == render(asked).text


def _own_words(system: str) -> int:
    return len(system.partition("# The vision library")[0].split())
