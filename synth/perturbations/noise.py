"""Pictures whose pixels are all a little off: ``noise: 6``."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Annotated, Any

import numpy as np
from pydantic import Field

from synth.perturbations.base import Computed, Repaint, amount_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from numpy.typing import NDArray

__all__ = ["Noise", "noisy"]


class Noise(Computed[int]):
    """Each channel of each pixel off by at most so much, anew in every frame."""

    key = "noise"
    shape = Annotated[int, Field(ge=0, le=64)]
    default = 0
    check = "holds_under_noise"
    promise = "Every verdict stays the same where each pixel is a little off."
    depends = "on exact colours"
    always_written = True

    def words(self, name: str) -> str:
        """``with noise of at most 6 of 255``."""
        return f"with noise of at most {amount_of(name)} of 255"

    def prompt(self, way: int, render: Mapping[str, Any]) -> str:  # noqa: ARG002 - pixels only
        """By how much."""
        return (
            f"with each channel of each pixel off by up to {way} of 255, differently in "
            "every picture"
        )

    def repaints(
        self,
        way: int,
        rng: np.random.Generator,
        render: Mapping[str, Any],  # noqa: ARG002 - pixels only
    ) -> Iterator[Repaint]:
        """Noise over all frames of the episode."""
        # A child of the episode's generator: noise must not use up the draws of a shift.
        draw = partial(noisy, amount=way, rng=rng.spawn(1)[0])
        yield Repaint(self.label(way), draw, each_frame=True)


def noisy(frames: NDArray[np.uint8], amount: int, rng: np.random.Generator) -> NDArray[np.uint8]:
    """Change every channel of every pixel on its own, by at most `amount`.

    Args:
        frames: ``uint8[N, H, W, 3]``.
        amount: Of 255.
        rng: Decides by how much.
    """
    change = rng.integers(-amount, amount, frames.shape, dtype=np.int16, endpoint=True)
    painted: NDArray[np.uint8] = np.clip(frames.astype(np.int16) + change, 0, 255).astype(np.uint8)
    return painted
