"""The pictures of a run, beside its journal, each stored once by content.

They are for people: a replay needs none of them, since requests are made anew from the
episodes. Only the visible split's frames ever get here, because only requests bring them.
"""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING

from PIL import Image

from synth.episode import frame_digest
from synth.episode.replace import replace_file

if TYPE_CHECKING:
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

__all__ = ["PictureFolder", "picture_name"]


def picture_name(frame: NDArray[np.uint8]) -> str:
    """The first 16 hex digits of a frame's digest."""
    return frame_digest(frame).hex()[:16]


class PictureFolder:
    """A folder of ``<first 16 hex digits>.png``.

    Args:
        path: Created with the first picture.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    def keep(self, frame: NDArray[np.uint8]) -> str:
        """Store a frame where it is not stored yet.

        Args:
            frame: ``uint8[H, W, 3]``.

        Returns:
            The first 16 hex digits of its digest.
        """
        sha = picture_name(frame)
        target = self.path / f"{sha}.png"
        if not target.exists():
            png = BytesIO()
            Image.fromarray(frame).save(png, format="PNG", optimize=True)
            replace_file(target, png.getvalue())
        return sha
