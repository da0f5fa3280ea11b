"""MiniGrid's picture of the whole grid, from cached tiles.

Pixel for pixel what ``env.get_frame(highlight, tile_size)`` gives, without its loop over
every tile: cells are looked up in a table of tiles that MiniGrid itself has drawn once
(`minigrid.core.grid.Grid.render_tile`, MiniGrid 3). ``benchmarks/rendering.py`` prints
what that saves. The agent's partial view is not rendered here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from minigrid.core.grid import Grid

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["TileRenderer"]

_Look = tuple[Any, ...]


class TileRenderer:
    """Draws MiniGrid environments of any size with one tile size.

    Args:
        tile_size: Pixels per cell.
        highlight: Whether the agent's field of view is lightened.
    """

    def __init__(self, *, tile_size: int, highlight: bool) -> None:
        self.tile_size, self.highlight = tile_size, highlight
        self._index: dict[_Look, int] = {}
        self._tiles: NDArray[np.uint8] = np.zeros((0, tile_size, tile_size, 3), np.uint8)

    def render(self, env: Any, *, agent: bool = True) -> NDArray[np.uint8]:
        """The whole grid.

        Args:
            env: An unwrapped MiniGrid environment after a reset.
            agent: Whether to draw the agent and what it sees.

        Returns:
            ``uint8[height * tile_size, width * tile_size, 3]``, RGB.
        """
        grid = env.grid
        width, height = grid.width, grid.height
        x, y = env.agent_pos
        here = int(y) * width + int(x) if agent else -1
        lit = _field_of_view(env).tolist() if self.highlight and agent else None
        index = self._index
        ids = []
        for at, cell in enumerate(grid.grid):
            facing = int(env.agent_dir) if at == here else None
            bright = lit is not None and lit[at]
            look = _look(cell, facing, bright)
            known = index.get(look)
            ids.append(self._draw(look, cell, facing, bright) if known is None else known)
        size = self.tile_size
        tiles = self._tiles[np.array(ids)].reshape(height, width, size, size, 3)
        picture: NDArray[np.uint8] = tiles.transpose(0, 2, 1, 3, 4).reshape(
            height * size, width * size, 3
        )
        return picture

    def _draw(self, look: _Look, cell: Any, facing: int | None, bright: bool) -> int:
        tile = Grid.render_tile(cell, facing, bright, self.tile_size)
        self._tiles = np.concatenate([self._tiles, tile.astype(np.uint8)[None]])
        self._index[look] = len(self._tiles) - 1
        return self._index[look]


def _look(cell: Any, facing: int | None, bright: bool) -> _Look:
    """Everything that decides a tile's pixels."""
    if cell is None:
        return (None, facing, bright)
    if cell.type == "door":
        return ("door", cell.color, cell.is_open, cell.is_locked, facing, bright)
    return (cell.type, cell.color, facing, bright)


def _field_of_view(env: Any) -> NDArray[np.bool_]:
    """``bool[height * width]``, row by row: which cells the agent sees."""
    _, seen = env.gen_obs_grid()
    across, ahead = np.nonzero(seen)
    forward, right = np.asarray(env.dir_vec), np.asarray(env.right_vec)
    size = env.agent_view_size
    corner = np.asarray(env.agent_pos) + forward * (size - 1) - right * (size // 2)
    cells = corner - ahead[:, None] * forward + across[:, None] * right
    inside = ((cells >= 0) & (cells < (env.width, env.height))).all(axis=1)
    lit = np.zeros((env.height, env.width), dtype=np.bool_)
    lit[cells[inside, 1], cells[inside, 0]] = True
    return lit.ravel()
