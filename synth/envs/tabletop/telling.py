"""What a person who looks at pictures of the table should know: camera, sizes, thresholds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from synth.envs.tabletop.things import HALF

if TYPE_CHECKING:
    from synth.spec import Spec

__all__ = ["tell"]

_LOOK = (
    "A table of {side:.0f} mm a side, {pixel:.1f} mm a pixel everywhere: no perspective, no "
    "shadow, no blur. Upper sides of things and squares have the full colour; walls of bowls and "
    "boxes, and corner marks, a darker shade of it, their floors a much darker one. Along an edge "
    "a few pixels may show a thing's side, which is darker. Pictures are taken when all has come "
    "to rest, and no arm is in them."
)
_THINGS = (
    "From above blocks are square, bars longer than wide, disks round; bowls are round and boxes "
    "rectangular, both with a wall; squares and corners are flat marks on the table. A thing is in "
    "a bowl or box where no part of it, seen from above, reaches beyond the middle of the wall, "
    "and on a square where no part reaches beyond its edge. It stands on another thing where its "
    "own middle lies over that. All things stay level, on a rim as well."
)
_FROM = {"top": "from straight above", "front": "at a slant, from the front"}


def tell(spec: Spec) -> str:
    """Sentences for a prompt."""
    size: Any = spec.render.get("size", 128)
    views: Any = spec.render.get("views", ["top"])
    look = _LOOK.format(side=2000 * HALF, pixel=2000 * HALF / size)
    if len(views) == 1:
        seen = f"It is seen {_FROM[views[0]]}."
    else:
        seen = (
            f"Two views lie side by side, the seam at column {size}: on the left it is seen "
            f"{_FROM[views[0]]}, on the right {_FROM[views[1]]}."
        )
    if "front" in views:
        seen += " From the front, upright sides of things are a darker shade of their colour."
    return f"{seen} {look} {_THINGS}"
