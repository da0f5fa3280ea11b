"""What a person who sees a room's pictures must know: where each view is, sizes, thresholds.

Nothing here needs the simulator; what it says of sizes, tests hold against it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

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
    "the middle, at the height of the eyes, and one on the floor is lower down."
)


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
    known = _SIZES.get(spec.env)
    if known is None or "map" not in views:
        return
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
