"""The loop tells a model under which changes its program is judged, in every request for one."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from squares import PLAN_TEXT, SPEC, Squares, block, program

from synth.models.scripted import ScriptedModel
from synth.prompts.render import render
from synth.prompts.requests import RefineRequest, WriteRequest
from synth.spec import MetamorphicSpec

if TYPE_CHECKING:
    from conftest import Go


def asked(go: Go, task: Squares | None = None) -> dict[str, object]:
    """What each kind of request says of changes, in a run that needs all kinds."""
    answers = [PLAN_TEXT, block(program(key="wrong", microseconds=90))]
    answers += [block(program(microseconds=90)), block(program(microseconds=50))]
    model = ScriptedModel(answers)
    go(model, **({} if task is None else {"task": task}))
    return {r.kind: getattr(r, "invariances", None) for r in model.requests}


def test_every_request_for_a_program_carries_them(go: Go) -> None:
    """Writing, refining and making faster are asked with the spec's changes; planning is not."""
    spec = SPEC.model_copy(update={"metamorphic": MetamorphicSpec(noise=7)})
    task = replace(Squares(), spec=spec)
    said = asked(go, task)
    assert said.keys() == {"describe", "write", "refine", "faster"}
    assert said["describe"] is None
    assert said["write"] == said["refine"] == said["faster"]
    (clause,) = said["write"]
    assert "by up to 7 of 255" in clause


def test_an_example_picture_of_each_change_is_shown(go: Go) -> None:
    """Before and after, of a visible episode, where a program is written or repaired."""
    spec = SPEC.model_copy(update={"metamorphic": MetamorphicSpec(noise=7)})
    answers = [PLAN_TEXT, block(program(key="wrong")), block(program())]
    model = ScriptedModel(answers)
    go(model, task=replace(Squares(), spec=spec))
    for request in model.requests[1:]:
        assert isinstance(request, WriteRequest | RefineRequest)
        (change,) = request.changes
        assert change.before.name == "expert-0000-frame-0000"
        assert (change.before.frame != change.after.frame).any()
        names = [shot.name for shot in request.shots]
        assert names[-1] == change.after.name
        text = render(request).text
        assert f"## {change.words}" in text
        assert text.index(f"`{change.before.name}`") < text.index(f"`{change.after.name}`")


def test_without_the_table_there_are_none(go: Go) -> None:
    """The requests, and so the prompts, are what they were."""
    said = asked(go)
    assert [said[kind] for kind in ("write", "refine", "faster")] == [()] * 3
