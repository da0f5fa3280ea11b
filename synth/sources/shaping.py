"""How pictures from elsewhere become a task's: every so many, a part of them, resized."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from synth.envs.gymnasium.pictures import fitted
from synth.errors import UsageError
from synth.foreign import whole_number

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["FrameShape"]

_SIDES = range(8, 1025)
_CORNERS = 4


@dataclass(frozen=True, slots=True)
class FrameShape:
    """What is done to each picture.

    Attributes:
        size: Most pixels of the longer side; 0 leaves it.
        width: Pixels across; 0 leaves it.
        height: Pixels down; goes with `width`.
        crop: Left, top, right and bottom of the part that is kept; cut out first.
    """

    size: int = 0
    width: int = 0
    height: int = 0
    crop: tuple[int, int, int, int] | None = None

    @classmethod
    def read(cls, size: str, crop: str) -> FrameShape:
        """What was said on the command line: ``128`` or ``128x96``; ``0,0,640,400``.

        Raises:
            UsageError: It is neither; the message shows one that is.
        """
        corners = _numbers(crop, ",")
        if crop and (
            len(corners) != _CORNERS or corners[0] >= corners[2] or corners[1] >= corners[3]
        ):
            raise UsageError(f"--crop {crop}: say left,top,right,bottom, as in 0,40,640,440.")
        sides = _numbers(size, "x")
        if size and (len(sides) not in {1, 2} or any(side not in _SIDES for side in sides)):
            raise UsageError(
                f"--size {size}: say the pixels of the longer side, as in 128, or both, as in "
                f"128x96; from {_SIDES[0]} to {_SIDES[-1]}."
            )
        part = (corners[0], corners[1], corners[2], corners[3]) if crop else None
        if len(sides) == 1:
            return cls(size=sides[0], crop=part)
        return cls(width=sides[0], height=sides[1], crop=part) if sides else cls(crop=part)

    def render(self) -> dict[str, int | list[int]]:
        """As ``[render]`` says it."""
        said: dict[str, int | list[int]] = {
            key: value for key in ("size", "width", "height") if (value := int(getattr(self, key)))
        }
        return said | ({"crop": list(self.crop)} if self.crop else {})

    def make(self, frame: NDArray[np.uint8], name: str) -> NDArray[np.uint8]:
        """A picture as the task has it; each new pixel the mean of the area that it covers.

        Raises:
            UsageError: It is smaller than the part to be cut out.
        """
        if self.crop is not None:
            left, top, right, bottom = self.crop
            if right > frame.shape[1] or bottom > frame.shape[0]:
                raise UsageError(
                    f"{name}: pictures of {frame.shape[1]}x{frame.shape[0]} pixels are smaller "
                    f"than --crop {left},{top},{right},{bottom}."
                )
            frame = frame[top:bottom, left:right]
        return fitted(frame, size=self.size, width=self.width, height=self.height)


def _numbers(text: str, between: str) -> list[int]:
    parts = [whole_number(part) for part in text.split(between)]
    known = [part for part in parts if part is not None]
    return known if len(known) == len(parts) else []
