"""Pictures that are moved by a few pixels, as by a camera that shakes: ``shift: 1 down``.

A picture of several views side by side is that of several cameras: each moves by itself.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Annotated, Any

import numpy as np
from pydantic import Field

from synth.perturbations.base import Computed, Repaint, amount_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    Move = tuple[int, int]

__all__ = ["Shift", "shifted", "views_of"]


class Shift(Computed[int]):
    """All frames of an episode moved alike by at most so many pixels, each view by itself."""

    key = "shift"
    shape = Annotated[int, Field(ge=0, le=16)]
    default = 0
    check = "holds_when_shifted"
    promise = "Every verdict stays the same in pictures that are moved as a whole."
    depends = "on exact places"
    always_written = True

    def words(self, name: str) -> str:
        """``shifted by 1 down and 2 left, in pixels``."""
        return f"shifted by {amount_of(name)}, in pixels"

    def generally(self, name: str) -> str:  # noqa: ARG002 - where to differs from episode to episode
        """``that are shifted``."""
        return "that are shifted"

    def prompt(self, way: int, render: Mapping[str, Any]) -> str:
        """By how much, and whether as a whole or view by view."""
        views = views_of(render)
        whole = "as a whole" if views == 1 else f"each of the {views} views by itself"
        return (
            f"moved by up to {way} pixels in any direction {whole}, the initial image "
            "as well, so that a grid need not begin at the corner"
        )

    def repaints(
        self, way: int, rng: np.random.Generator, render: Mapping[str, Any]
    ) -> Iterator[Repaint]:
        """One move for each view; none stays where it was."""
        span = range(-way, way + 1)
        possible = [(down, right) for down in span for right in span if down or right]
        moves = [possible[int(rng.integers(len(possible)))] for _ in range(views_of(render))]
        name = f"shift: {', then '.join(map(_direction, moves))}"
        yield Repaint(name, partial(_each_shifted, moves=moves))


def views_of(render: Mapping[str, Any]) -> int:
    """How many views of equal width stand side by side in a picture, by the spec's ``views``."""
    views = render.get("views")
    return len(views) if isinstance(views, (list, tuple)) and views else 1


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


def _each_shifted(frames: NDArray[np.uint8], moves: Sequence[Move]) -> NDArray[np.uint8]:
    views = np.array_split(frames, len(moves), axis=2)
    return np.concatenate([shifted(v, *m) for v, m in zip(views, moves, strict=True)], axis=2)


def _direction(move: Move) -> str:
    """``1 down and 2 left``."""
    down, right = move
    vertical = f"{abs(down)} {'down' if down > 0 else 'up'}"
    horizontal = f"{abs(right)} {'right' if right > 0 else 'left'}"
    return " and ".join(part for part in (vertical, horizontal) if part[0] != "0")
