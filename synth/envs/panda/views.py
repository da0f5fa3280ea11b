"""``[render]`` of the family: which cameras, and how fine their pictures are.

Needs no simulator.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from synth.envs.keys import SpecKeys

if TYPE_CHECKING:
    from synth.envs.panda.tasks import PandaKind
    from synth.spec import Spec

__all__ = ["FIELD", "CameraView", "Views"]

FIELD = 60.0
"""Degrees that a camera sees, upwards and across; as the package's own camera."""

_KEYS = ("size", "views", "distance")
_SIZES = range(32, 513)
_DISTANCES = (0.4, 3.0)
_DEFAULT = ("45/-40", "180/-40")
"""From opposite sides: one of them shows a pushed cube wherever the arm stands."""
_MOST = 4
_VIEW = re.compile(r"(-?\d{1,3})/(-?\d{1,2})")


@dataclass(frozen=True, slots=True)
class CameraView:
    """Where a camera stands.

    Attributes:
        yaw: Degrees around the table; 0 looks along y, and 90 from x towards the arm.
        pitch: Degrees; -90 looks straight down.
    """

    yaw: int
    pitch: int


@dataclass(frozen=True, slots=True)
class Views:
    """The cameras of a spec.

    Attributes:
        size: Pixels of a view's side.
        each: From left to right in the picture.
        middle: What they look at, in metres.
        distance: From it, in metres.
    """

    size: int
    each: tuple[CameraView, ...]
    middle: tuple[float, float, float]
    distance: float

    @classmethod
    def of(cls, spec: Spec, kind: PandaKind) -> Views:
        """What ``[render]`` says.

        Raises:
            SpecError: A key is unknown, or a value is not what it must be.
        """
        keys = SpecKeys(spec, "render")
        keys.require_known(_KEYS)
        least, most = _DISTANCES
        return cls(
            size=keys.whole("size", 128, _SIZES, "of pixels"),
            each=_views(spec, keys),
            middle=kind.middle,
            distance=keys.number(
                "distance",
                kind.distance,
                lambda metres: least <= metres <= most,
                f"{least} to {most} metres",
            ),
        )

    @property
    def pixel(self) -> float:
        """What a pixel shows across, in the middle of a view, in metres."""
        return 2 * self.distance * math.tan(math.radians(FIELD / 2)) / self.size


def _views(spec: Spec, keys: SpecKeys) -> tuple[CameraView, ...]:
    value = spec.render.get("views", list(_DEFAULT))
    texts = value if isinstance(value, list) else []
    found = [_VIEW.fullmatch(text) for text in texts if isinstance(text, str)]
    views = [CameraView(int(one[1]), int(one[2])) for one in found if one is not None]
    right = [view for view in views if abs(view.yaw) <= 360 and -90 <= view.pitch <= 0]  # noqa: PLR2004 - a full turn; from above, never from below
    if not 1 <= len(right) <= _MOST or len(right) != len(texts):
        shape = f"1 to {_MOST} cameras as yaw/pitch in degrees, seen from above"
        raise keys.must_be("views", shape, list(_DEFAULT))
    return tuple(right)
