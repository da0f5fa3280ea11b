"""Pictures changed pixel by pixel: noise, light, and a camera that has moved a little.

Pure functions of the pictures, the amounts and a source of chance. Which episodes they are
applied to, and how much, is `synth.suite.changed`'s affair. Nothing here knows of scenes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["brightened", "noisy", "shifted"]


def noisy(frames: NDArray[np.uint8], amount: int, rng: np.random.Generator) -> NDArray[np.uint8]:
    """SceneEvent every channel of every pixel on its own, by at most `amount`.

    Args:
        frames: ``uint8[N, H, W, 3]``.
        amount: Of 255.
        rng: Decides by how much.
    """
    change = rng.integers(-amount, amount, frames.shape, dtype=np.int16, endpoint=True)
    return _clipped(frames.astype(np.int16) + change)


def brightened(frames: NDArray[np.uint8], amount: int) -> NDArray[np.uint8]:
    """SceneEvent all channels of all pixels by `amount`, which may be negative.

    Args:
        frames: ``uint8[N, H, W, 3]``.
        amount: Of 255.
    """
    return _clipped(frames.astype(np.int16) + np.int16(amount))


def shifted(frames: NDArray[np.uint8], down: int, right: int) -> NDArray[np.uint8]:
    """Move the whole picture; what comes into view repeats the edge.

    Args:
        frames: ``uint8[N, H, W, 3]``.
        down: Pixels, negative for up.
        right: Pixels, negative for left.

    Returns:
        Pictures of the same size.
    """
    height, width = frames.shape[1:3]
    rows = np.clip(np.arange(height) - down, 0, height - 1)
    columns = np.clip(np.arange(width) - right, 0, width - 1)
    moved: NDArray[np.uint8] = frames[:, rows[:, None], columns]
    return moved


def _clipped(values: NDArray[np.int16]) -> NDArray[np.uint8]:
    return np.clip(values, 0, 255).astype(np.uint8)
