"""An environment's pictures: checked, cropped and resized.

``[render]`` is read here; what an environment draws is held to be ``uint8[H, W, 3]``, since
guessing at anything else would change, in silence, what a reward program sees.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from PIL import Image

from synth.envs.keys import SpecKeys
from synth.errors import EnvironmentFault

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from synth.spec import Spec

__all__ = ["Pictures", "fitted", "resized", "shrunk"]

_KEYS = ("size", "width", "height", "crop")
_SIDES = range(8, 1025)
_CORNERS = 4


@dataclass(frozen=True, slots=True)
class Pictures:
    """How the pictures of a spec are made from what its environment draws.

    Attributes:
        env: The environment's id, for messages.
        size: Most pixels of the longer side, or ``None``.
        width: Pixels across, or ``None``.
        height: Pixels down, or ``None``.
        crop: Left, top, right and bottom of the part that is kept, or ``None`` for all.
    """

    env: str
    size: int | None = None
    width: int | None = None
    height: int | None = None
    crop: tuple[int, int, int, int] | None = None

    @classmethod
    def of(cls, spec: Spec) -> Pictures:
        """What ``[render]`` says.

        Raises:
            SpecError: A key is unknown, a value is not what it must be, or two contradict.
        """
        keys = SpecKeys(spec, "render")
        keys.require_known(_KEYS)
        sides = {
            key: keys.whole(key, 128, _SIDES, "of pixels") if key in spec.render else None
            for key in ("size", "width", "height")
        }
        if (sides["width"] is None) != (sides["height"] is None):
            given = "width" if sides["width"] else "height"
            raise keys.wrong(given, "needs both width and height.", "Or give `size` alone.")
        if sides["size"] and sides["width"]:
            raise keys.wrong("size", "says what width and height say.", "Remove one of them.")
        return cls(spec.env, **sides, crop=_crop(spec, keys))

    def make(self, drawn: Any) -> NDArray[np.uint8]:
        """The picture to record, from what ``render()`` returned; a copy of its own.

        Raises:
            EnvironmentFault: It is not an RGB picture of bytes, or too small for the crop.
        """
        picture = self._checked(drawn)
        if self.crop is not None:
            left, top, right, bottom = self.crop
            if right > picture.shape[1] or bottom > picture.shape[0]:
                raise EnvironmentFault(
                    f"{self.env} draws {picture.shape[1]}x{picture.shape[0]} pixels, less than "
                    f"render.crop = {list(self.crop)} keeps. Make the crop smaller."
                )
            picture = picture[top:bottom, left:right]
        return fitted(picture, size=self.size, width=self.width, height=self.height)

    def _checked(self, drawn: Any) -> NDArray[np.uint8]:
        if isinstance(drawn, np.ndarray) and drawn.ndim == 3 and drawn.shape[2] == 3:  # noqa: PLR2004 - H, W and RGB
            if drawn.dtype == np.uint8 and drawn.size:
                return drawn
            what = f"{drawn.dtype}{list(drawn.shape)}"
        elif isinstance(drawn, np.ndarray):
            what = f"{drawn.dtype}{list(drawn.shape)}"
        else:
            what = "nothing" if drawn is None else f"a {type(drawn).__name__}"
        raise EnvironmentFault(
            f"{self.env} draws {what}, not RGB pictures (uint8[H, W, 3]). Give it a render mode "
            "'rgb_array' that returns them, or wrap it in one that does and register that."
        )


def fitted(
    picture: NDArray[np.uint8], *, size: int | None, width: int | None, height: int | None
) -> NDArray[np.uint8]:
    """A copy of a picture in the size that ``[render]`` says, by `resized`.

    Args:
        picture: ``uint8[H, W, 3]``.
        size: Most pixels of the longer side; a smaller picture stays as it is.
        width: Pixels across; goes with `height`.
        height: Pixels down.
    """
    tall, wide = picture.shape[:2]
    longer = max(tall, wide)
    if size and size < longer:
        width, height = (max(1, round(side * size / longer)) for side in (wide, tall))
    width, height = width or wide, height or tall
    if (height, width) == (tall, wide):
        return np.array(picture, order="C")
    return resized(picture, width=width, height=height)


def shrunk(spec: Spec) -> str:
    """What a prompt says of how pictures came to their size; a spec does not tell which did."""
    render = spec.render
    if "size" in render:
        which = f"Pictures of more than {render['size']} pixels a side were reduced"
    elif "width" in render or "height" in render:
        which = "Pictures of another size than this were resized"
    else:
        return ""
    return (
        f"{which} by averaging areas: their edges are blended over about a pixel, and what is "
        "thinner than that is faint."
    )


def resized(picture: NDArray[np.uint8], *, width: int, height: int) -> NDArray[np.uint8]:
    """A picture in another size, each pixel the mean of the area that it covers.

    Pillow's box filter works in whole numbers for bytes: the same on every machine. Each old
    pixel counts for the new one that its middle lies in, so whole ratios lose least.

    Example:
        >>> resized(np.array([[[0] * 3, [0] * 3, [90] * 3]], np.uint8), width=1, height=1)
        array([[[30, 30, 30]]], dtype=uint8)

    Args:
        picture: ``uint8[H, W, 3]``.
        width: Pixels across of the new one.
        height: Pixels down of the new one.
    """
    image = Image.fromarray(np.ascontiguousarray(picture))
    return np.array(image.resize((width, height), Image.Resampling.BOX))


def _crop(spec: Spec, keys: SpecKeys) -> tuple[int, int, int, int] | None:
    value = spec.render.get("crop")
    if value is None:
        return None
    corners = [v for v in value if type(v) is int and v >= 0] if isinstance(value, list) else []
    if len(corners) == _CORNERS:
        left, top, right, bottom = corners
        if left < right and top < bottom:
            return left, top, right, bottom
    raise keys.must_be("crop", "[left, top, right, bottom] in pixels", [0, 100, 600, 400])
