"""One frame as predicates see it: counts for each tile, or things on a plain ground.

Both are measured when they are asked for, and once. The same numbers are what a printed
program works from.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from synth import vision
from synth.models.builtin.things import things
from synth.models.builtin.tiles import drawn_pixels

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from synth.models.builtin.things import Palette, Thing
    from synth.models.builtin.tiles import Kind, Measure

__all__ = ["View"]


@dataclass(frozen=True, eq=False, slots=True)
class View:
    """One frame, measured when asked.

    Attributes:
        name: The picture's name, for messages.
        codes: ``uint32[H, W]``.
        tile: Side of a tile in pixels; 0 where the pictures are no grid.
        scenery: Ground and known colours, where they are not.
    """

    name: str
    codes: NDArray[np.uint32]
    tile: int
    scenery: Palette | None = None
    _counts: dict[Measure, NDArray[np.int64]] = field(default_factory=dict, repr=False)
    _things: dict[Thing, tuple[vision.Blob, ...]] = field(default_factory=dict, repr=False)

    @classmethod
    def of(
        cls, name: str, frame: NDArray[np.uint8], tile: int, scenery: Palette | None = None
    ) -> View:
        """The view of a frame ``uint8[H, W, 3]``."""
        return cls(name, vision.pack(frame), tile, scenery)

    @property
    def ground(self) -> NDArray[np.uint32]:
        """``uint32[rows, columns]``: the last pixel of each tile."""
        return self.codes[self.tile - 1 :: self.tile, self.tile - 1 :: self.tile]

    def counts(self, measure: Measure) -> NDArray[np.int64]:
        """``int64[rows, columns]``."""
        if measure not in self._counts:
            self._counts[measure] = (
                drawn_pixels(self.codes, self.ground, self.tile)
                if measure.is_drawn
                else vision.tile_counts(self.codes == measure.colour, self.tile)
            )
        return self._counts[measure]

    def where(self, kind: Kind) -> NDArray[np.bool_]:
        """``bool[rows, columns]``: the tiles of a kind."""
        found: NDArray[np.bool_] = self.counts(kind.measure) == kind.count
        return found

    @property
    def bare(self) -> NDArray[np.bool_]:
        """``bool[H, W]``: the pixels of plain ground; none where there is no scenery."""
        return self.scenery.bare(self.codes) if self.scenery else self.codes != self.codes

    def things(self, kind: Thing) -> tuple[vision.Blob, ...]:
        """The things of a kind, largest first; none where there is no scenery."""
        if kind not in self._things:
            self._things[kind] = things(self.codes, kind, self.scenery) if self.scenery else ()
        return self._things[kind]
