"""What a person who sees a room's pictures must know: where each view is, sizes, thresholds.

Nothing here needs the simulator; what it says of sizes, tests hold against it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from synth.envs.rooms.body import CARRY

if TYPE_CHECKING:
    from collections.abc import Iterator

    from synth.envs.rooms.opening import RoomSettings
    from synth.spec import Spec

__all__ = ["BORDER", "told"]

BORDER = 0.3
"""Metres that the view from above shows of what lies outside the rooms."""
_AGENT = 0.4
"""Metres from an agent's middle to its edge."""
_STEP = 0.17
"""The longest of MiniWorld's own steps, by which it says what is near."""
_REACH = 0.6
"""What is near in synth's own rooms, in metres."""

_SIZES = {
    "Rooms-Find-v0": ("size", 6.0),
    "Rooms-Lift-v0": ("size", 6.0),
    "Rooms-PutNext-v0": ("size", 6.0),
    "MiniWorld-OneRoom-v0": ("size", 10.0),
    "MiniWorld-OneRoomS6-v0": ("size", 6.0),
    "MiniWorld-PutNext-v0": ("size", 12.0),
    "MiniWorld-PickupObjects-v0": ("size", 12.0),
    "MiniWorld-Hallway-v0": ("length", 12.0),
    "MiniWorld-FourRooms-v0": ("", 14.0),
    "MiniWorld-WallGap-v0": ("", 16.0),
}
"""The option that says how long the floor is, and its metres by default."""

_VIEWS = {
    "map": (
        "the whole floor from straight above, without perspective; walls stand at the floor's "
        "edges, and what lies outside is nearly black. The black triangle is the agent, and its "
        "tip points where it looks. The scale is the same all over and in all pictures of a task."
    ),
    "eyes": (
        "what the agent sees: in perspective, tilted down a little. What is behind or beside the "
        "agent is not in it, nor the agent itself."
    ),
}
_CARRYING = (
    "What is carried hangs in front of the agent and moves with it. From above it looks like a "
    "thing that lies there on the floor; the agent's view tells them apart: a carried thing is in "
    "the middle of the columns, its top 0.3 m below the eyes, which are 1.5 m above the floor; on "
    "the floor at that place it would be lower down."
)
_EYES, _HANGS, _FIELD = 1.5, 0.3, 60.0
"""Metres of the eyes above the floor and of a carried thing's top below them; degrees of sight."""
_FORWARD = 0.25
"""Metres of a step in synth's own rooms: the longer, the farther off hangs what is carried."""

_OURS = (
    "A ball is 0.6 m across; a box has sides of 0.5 m and may lie turned; a key lies flat, 0.87 m "
    "long and 0.36 m wide at its ring, and its place is the middle of its length."
)
_THINGS = {
    "MiniWorld-PutNext-v0": "Boxes have sides of 0.6 to 0.85 m and may lie turned.",
    "MiniWorld-PickupObjects-v0": (
        "Balls are 0.9 m across; boxes have sides of 0.9 m and may lie turned; keys stand on edge."
    ),
}
_RED_BOX = "The red box has sides of 0.8 m and may lie turned."


@dataclass(frozen=True, slots=True)
class _Carried:
    """A thing of synth's own rooms as it hangs in front of an agent; metres.

    Attributes:
        height: From its lowest point to its top.
        half: Half its depth, away from the agent.
        radius: Of its circle.
        round: Whether it is a ball.
    """

    height: float
    half: float
    radius: float
    round: bool = False

    def rows(self, settings: RoomSettings, step: float, below: float) -> tuple[int, int]:
        """The first and the last row of the agent's view that show it.

        Args:
            settings: How large that view is, and how it is tilted.
            step: Metres of a step.
            below: How far its top is below the eyes.
        """
        ahead = CARRY * (_AGENT + self.radius + step)
        if self.round:
            middle, far = below + self.half, math.hypot(ahead, below + self.half)
            angle, around = math.atan2(middle, ahead), math.asin(self.half / far)
            top, bottom = angle - around, angle + around
        else:
            top = math.atan2(below, ahead + self.half)
            bottom = math.atan2(below + self.height, ahead - self.half)
        return _row(settings, top), _row(settings, bottom)


_CARRIED = (_Carried(0.6, 0.3, 0.3, round=True), _Carried(0.5, 0.25, 0.354),
            _Carried(0.145, 0.18, 0.435))  # fmt: skip
"""A ball, a box and a key."""


def _row(settings: RoomSettings, below: float) -> int:
    """The row of the agent's view that shows what is so many radians below the horizon."""
    tilted = min(max(below + math.radians(settings.pitch), -1.5), 1.5)
    share = (1 + math.tan(tilted) / math.tan(math.radians(_FIELD / 2))) / 2
    return min(max(int(share * settings.size), 0), settings.size)


def told(spec: Spec, settings: RoomSettings) -> Iterator[str]:
    """Sentences for a prompt."""
    size, views = settings.size, settings.views
    if len(views) > 1:
        seams = " and ".join(str(size * k) for k in range(1, len(views)))
        yield (
            f"The picture is {len(views)} views of one moment side by side, each {size} x {size} "
            f"pixels, with a seam at column {seams}; nothing runs on across it."
        )
    for at, view in enumerate(views):
        columns = f"Columns {size * at} to {size * (at + 1) - 1}: "
        yield (columns if len(views) > 1 else "") + _VIEWS[view]
    if set(views) == set(_VIEWS):
        yield _CARRYING
        if spec.env in {"Rooms-Lift-v0", "Rooms-PutNext-v0"}:
            yield from _hanging(spec, settings)
    known = _SIZES.get(spec.env)
    if known is None or "map" not in views:
        return
    yield _OURS if spec.env.startswith("Rooms-") else _THINGS.get(spec.env, _RED_BOX)
    option, default = known
    pixels = size / (float(spec.options.get(option, default)) + 2 * BORDER)
    yield (
        f"Seen from above, a metre is {pixels:.1f} pixels. The agent takes up a circle of "
        f"{_AGENT:g} m ({_AGENT * pixels:.1f} pixels) around its middle; the tip of its triangle "
        "lies on that circle, and the middle of its back edge three quarters as far behind."
    )
    if spec.env.endswith(("Lift-v0", "PickupObjects-v0")):
        return
    if spec.env.startswith("Rooms-"):
        reach = float(spec.options.get("reach", _REACH))
    else:
        reach = 1.1 * float(spec.options.get("forward_step", _STEP))
    yield (
        "A thing takes up the circle around it that its outermost points lie on, seen from above: "
        "of a box, the corners. Two are near each other where less than "
        f"{reach:.3g} m ({reach * pixels:.1f} pixels) are between their circles."
    )


def _hanging(spec: Spec, settings: RoomSettings) -> Iterator[str]:
    """Where in the agent's view a carried thing is, if it is in it at all."""
    step, size = float(spec.options.get("forward_step", _FORWARD)), settings.size
    held = [thing.rows(settings, step, _HANGS) for thing in _CARRIED]
    lying = [thing.rows(settings, step, _EYES - thing.height) for thing in _CARRIED]
    top, bottom = min(first for first, _ in held), min(max(last for _, last in held), size - 1)
    if top < size:
        yield (
            f"It lies within rows {top} to {bottom} of that view; on the floor at that place no "
            f"thing would reach above row {min(first for first, _ in lying)}."
        )
