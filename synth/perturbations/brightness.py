"""Pictures that are lighter, or darker, as a whole: ``brightness: +15``."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Annotated, Any

import numpy as np
from pydantic import Field

from synth.perturbations.base import Computed, Repaint, amount_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from numpy.typing import NDArray

__all__ = ["Brightness", "brightened"]


class Brightness(Computed[int]):
    """All frames of an episode once lighter, and once darker, by so much."""

    key = "brightness"
    shape = Annotated[int, Field(ge=0, le=128)]
    default = 0
    check = "holds_in_other_light"
    promise = "Every verdict stays the same in pictures that are lighter or darker as a whole."
    depends = "on exact colours"
    always_written = True

    def words(self, name: str) -> str:
        """``lighter by 15 of 255``."""
        amount = amount_of(name)
        return f"{'lighter' if amount.startswith('+') else 'darker'} by {amount[1:]} of 255"

    def group(self, name: str) -> str:
        """Lighter and darker each on its own."""
        return name

    def prompt(self, way: int, render: Mapping[str, Any]) -> str:  # noqa: ARG002 - pixels only
        """By how much."""
        return f"lighter or darker by {way} of 255 as a whole, the initial image as well"

    def repaints(
        self,
        way: int,
        rng: np.random.Generator,  # noqa: ARG002 - nothing is left to chance
        render: Mapping[str, Any],  # noqa: ARG002 - pixels only
    ) -> Iterator[Repaint]:
        """Once lighter and once darker."""
        for amount in (way, -way):
            yield Repaint(f"brightness: {amount:+d}", partial(brightened, amount=amount))


def brightened(frames: NDArray[np.uint8], amount: int) -> NDArray[np.uint8]:
    """Change all channels of all pixels by `amount`, which may be negative.

    Args:
        frames: ``uint8[N, H, W, 3]``.
        amount: Of 255.
    """
    painted: NDArray[np.uint8] = np.clip(frames.astype(np.int16) + np.int16(amount), 0, 255).astype(
        np.uint8
    )
    return painted
