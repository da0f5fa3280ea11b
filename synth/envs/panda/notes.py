"""What a prompt says of the pictures: cameras, sizes, colours, threshold. No solution."""

from __future__ import annotations

from typing import TYPE_CHECKING

from synth.envs.panda.tasks import task_of
from synth.envs.panda.views import FIELD, Views

if TYPE_CHECKING:
    from synth.envs.panda.tasks import PandaTask
    from synth.spec import Spec

__all__ = ["notes"]

_HAND = (
    "The hand {turning}; its own place is a point between its two fingers, near their tips. "
    "Without its fingers it is about 205 mm across, along y, and 63 mm deep, and its lower edge is "
    "39 mm above that place; the fingers end 7 mm below that place."
)


def notes(spec: Spec) -> str:
    """What a person who sees the pictures must know; see `synth.envs.base.Family.notes`."""
    task = task_of(spec)
    return " ".join((_cameras(Views.of(spec, task.kind)), _things(task), _measure(task)))


def _cameras(views: Views) -> str:
    side = views.size
    centre = ", ".join(f"{part:g}" for part in views.middle)
    places = "; ".join(
        f"columns {k * side} to {(k + 1) * side - 1}: yaw {view.yaw}, pitch {view.pitch}"
        for k, view in enumerate(views.each)
    )
    return (
        "The pictures show a robot arm at a white table. "
        f"Each picture is {len(views.each)} views of the same moment side by side, "
        f"{side} pixels wide and high each, from pinhole cameras with a field of view of "
        f"{FIELD:g} degrees: {places}. All look at the point ({centre}) from {views.distance:g} m. "
        "Coordinates are x, y, z in metres, z upwards from the table top. A camera stands at that "
        "point minus its distance times its direction; with yaw a and pitch p the direction is "
        "(-sin a cos p, cos a cos p, sin p), and to the right is (cos a, sin a, 0). A point "
        f"that lies d ahead of a camera and r to its right appears {side / 2:g} * (1 + (r / d) / "
        f"tan({FIELD / 2:g} deg)) columns from the view's left edge, and rows follow likewise from "
        "the top; the renderer rounds such that the pixel in row i and column j, counted from 0, "
        "shows what appears i + 1 rows from the top and j columns from the left. A pixel shows "
        f"{1000 * views.pixel:.1f} mm across at the middle. There are no shadows, the arm is "
        "grey and may hide things in one view, and faces are shaded by the way they face."
    )


def _things(task: PandaTask) -> str:
    kind = task.kind
    turning = "starts pointing down" if task.joints else "points down whatever it does"
    hand = _HAND.format(turning=turning)
    if not kind.things:
        return (
            "The magenta ball marks the target, a point in the air; it is 36 mm across and nothing "
            f"can touch it. {hand} Its fingers are kept shut."
        )
    told = []
    for thing in kind.things:
        size = "60 mm across and 30 mm high" if "puck" in thing.word else "with sides of 40 mm"
        told.append(
            f"The {thing.word} ({size}) belongs at the {thing.colour} target, which is drawn in "
            "the same shape at nine tenths of the size; nothing can touch it, and it stays."
        )
    if task.distractors:
        named = ", ".join(f"a {one.word}" for one in task.distractors)
        told.append(f"Also on the table, as large as the cube: {named}.")
    where = {
        "Push": "Targets lie on the table.",
        "Slide": "Targets lie on the table, out of the arm's reach, 15 mm above where a puck "
        "that lies there has its middle.",
        "PickAndPlace": "A target may lie on the table or up to 0.2 m above it.",
        "Stack": "The yellow target is right on top of the cyan one.",
    }[kind.name]
    return " ".join((*told, where, hand))


def _measure(task: PandaTask) -> str:
    reach = f"{1000 * task.threshold:g} mm"
    match task.kind.name:
        case "Reach":
            return (
                f"Success is measured in space: the hand's place is within {reach} of the "
                "target's middle."
            )
        case "Stack":
            return (
                "Success is measured in space: with a and b the distances of the cubes' middles "
                f"from those of their own targets, the root of a * a + b * b is below {reach}."
            )
        case _:
            return (
                f"Success is measured in space: the thing's middle is within {reach} of the "
                "target's middle, whoever holds it, moving or not."
            )
