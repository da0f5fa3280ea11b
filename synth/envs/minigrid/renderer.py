"""MiniGrid's picture of the whole grid, drawn by difference from cached tiles.

Pixel for pixel what ``env.get_frame(highlight, tile_size)`` gives, without its loop over
every tile: only cells that look otherwise than in the last picture are drawn, from tiles that
MiniGrid itself has drawn once (`minigrid.core.grid.Grid.render_tile`, MiniGrid 3).
``benchmarks/rendering.py`` prints what that saves. The agent's partial view is not rendered.
"""

from __future__ import annotations

from operator import is_
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from minigrid.core.grid import Grid
from minigrid.minigrid_env import MiniGridEnv

from synth.envs.minigrid.objects import PLAIN, thing_look

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from synth.envs.minigrid.objects import Look

__all__ = ["TileRenderer", "native_frame"]

BARE = 3
"""Parts of the key that MiniGrid caches a cell without a thing by: facing, highlight, size."""

UNKNOWN = -1
"""Stands for the tile of a thing whose look cannot be known: it is drawn every time."""


class TileRenderer:
    """Draws MiniGrid environments of any size with one tile size.

    It remembers its last picture, so give each environment one of its own where speed counts.

    Args:
        tile_size: Pixels per cell.
        highlight: Whether the agent's field of view is lightened.
        inventory: Whether a strip below the grid shows what the agent carries.
    """

    def __init__(self, *, tile_size: int, highlight: bool, inventory: bool = False) -> None:
        self.tile_size, self.highlight, self.inventory = tile_size, highlight, inventory
        self._index: dict[Look, int] = {}
        self._tiles: list[NDArray[np.uint8]] = []
        self._canvas = np.zeros((0, 0, 3), np.uint8)
        self._ids: list[int] = []
        self._watch: _Watch | None = None
        self._here = UNKNOWN
        self._lit: NDArray[np.bool_] | None = None

    def render(self, env: Any, *, agent: bool = True) -> NDArray[np.uint8]:
        """The whole grid.

        Args:
            env: An unwrapped MiniGrid environment after a reset.
            agent: Whether to draw the agent and what it sees.

        Returns:
            ``uint8[height * tile_size, width * tile_size, 3]``, RGB, with one row of tiles more
            where there is an inventory, agent or not; the caller may keep it.
        """
        if agent and not _draws_as_minigrid(env):
            return native_frame(
                env,
                tile_size=self.tile_size,
                highlight=self.highlight,
                inventory=self.inventory,
            )
        grid = env.grid
        cells, width = grid.grid, grid.width
        x, y = env.agent_pos
        here = int(y) * width + int(x) if agent else UNKNOWN
        lit = _field_of_view(env) if self.highlight and agent else None
        for at in self._suspects(cells, width, here, lit):
            facing = int(env.agent_dir) if at == here else None
            self._draw(at, width, cells[at], facing, bright=lit is not None and bool(lit[at]))
        self._here, self._lit = here, lit
        return self._with_inventory(env) if self.inventory else self._canvas.copy()

    def _with_inventory(self, env: Any) -> NDArray[np.uint8]:
        height, width, _ = self._canvas.shape
        picture = np.zeros((height + self.tile_size, width, 3), np.uint8)
        picture[:height] = self._canvas
        if env.carrying is not None:
            picture[height:, : self.tile_size] = self._tile_of(env.carrying)[0]
        return picture

    def _suspects(
        self, cells: list[Any], width: int, here: int, lit: NDArray[np.bool_] | None
    ) -> set[int] | range:
        """Cells that may look otherwise than in the last picture."""
        size = (len(cells) // width * self.tile_size, width * self.tile_size, 3)
        if self._canvas.shape != size:
            self._canvas, self._ids = np.zeros(size, np.uint8), [UNKNOWN] * len(cells)
            self._watch = None
        watch = self._watch
        if watch is None:
            self._watch = _Watch(cells)
            return range(len(cells))
        changed = watch.changed(cells)
        if changed:
            self._watch = watch = _Watch(cells)
        changed.update(watch.stateful)
        # The agent is not in the grid: it leaves one cell and covers another.
        changed.update(at for at in (self._here, here) if at >= 0)
        if lit is not None or self._lit is not None:
            if lit is None or self._lit is None:
                return range(len(cells))
            changed.update(np.flatnonzero(lit != self._lit).tolist())
        return changed

    def _draw(self, at: int, width: int, thing: Any, facing: int | None, *, bright: bool) -> None:
        """Bring one cell of the canvas up to date."""
        tile, number = self._tile_of(thing, facing, bright=bright)
        if number != UNKNOWN and number == self._ids[at]:
            return
        self._ids[at] = number
        size = self.tile_size
        top, left = at // width * size, at % width * size
        self._canvas[top : top + size, left : left + size] = tile

    def _tile_of(
        self, thing: Any, facing: int | None = None, *, bright: bool = False
    ) -> tuple[NDArray[np.uint8], int]:
        """A thing's tile, and its number: the same for all things that look alike."""
        look = thing_look(thing)
        if look is None:
            return self._tile(thing, facing, bright=bright), UNKNOWN
        key = (look, facing, bright)
        number = self._index.get(key, UNKNOWN)
        if number == UNKNOWN:
            self._tiles.append(self._tile(thing, facing, bright=bright))
            number = self._index[key] = len(self._tiles) - 1
        return self._tiles[number], number

    def _tile(self, thing: Any, facing: int | None, *, bright: bool) -> NDArray[np.uint8]:
        with _NoTileCache(bare=True):
            tile = Grid.render_tile(thing, facing, bright, self.tile_size)
        return tile.astype(np.uint8)


class _Watch:
    """The things of one picture, kept to see which have changed since.

    Args:
        cells: The grid's cells, row by row.

    Attributes:
        stateful: Cells whose things have more states than a colour.
    """

    def __init__(self, cells: list[Any]) -> None:
        self._cells = list(cells)
        things = [(at, thing) for at, thing in enumerate(cells) if thing is not None]
        # A colour can be changed in place, by `alter` or by the environment itself.
        self._coloured = [(at, t, t.color) for at, t in things if type(t) in PLAIN]
        self.stateful = tuple(at for at, thing in things if type(thing) not in PLAIN)

    def changed(self, cells: list[Any]) -> set[int]:
        """Cells that hold another thing now, or the same in another colour."""
        changed = {at for at, thing, colour in self._coloured if thing.color != colour}
        if not all(map(is_, cells, self._cells)):
            pairs = enumerate(zip(cells, self._cells, strict=True))
            changed.update(at for at, (now, before) in pairs if now is not before)
        return changed


class _NoTileCache:
    """While it lasts, MiniGrid draws every tile anew that holds a thing.

    Its cache is keyed by ``thing.encode()``, in which two states of a user's thing, or things of
    two classes, may be one; what had been drawn first would then decide. Cells of the agent alone
    have nothing of the kind, and MiniGrid takes longest for them.

    Args:
        bare: Whether such cells are taken from those drawn before; only where Grid draws itself.
    """

    _bare: ClassVar[dict[tuple[Any, ...], Any]] = {}

    def __init__(self, *, bare: bool) -> None:
        self._takes_bare = bare

    def __enter__(self) -> None:
        self._kept = Grid.tile_cache
        Grid.tile_cache = dict(self._bare) if self._takes_bare else {}

    def __exit__(self, *_: object) -> None:
        if self._takes_bare:
            drawn = Grid.tile_cache.items()
            self._bare.update((key, tile) for key, tile in drawn if len(key) == BARE)
        Grid.tile_cache = self._kept


def native_frame(
    env: Any, *, tile_size: int, highlight: bool, inventory: bool = False
) -> NDArray[np.uint8]:
    """What MiniGrid itself draws, in a process that has drawn nothing before.

    Args:
        env: An unwrapped MiniGrid environment after a reset.
        tile_size: Pixels per cell.
        highlight: Whether the agent's field of view is lightened.
        inventory: Whether a strip is added that shows what the agent carries; MiniGrid itself has
            none, and draws the thing in it.

    Returns:
        ``uint8[H, W, 3]``.
    """
    with _NoTileCache(bare=_draws_as_minigrid(env)):
        frame: NDArray[np.uint8] = env.get_frame(highlight=highlight, tile_size=tile_size)
        if not inventory:
            return frame
        strip = np.zeros((tile_size, frame.shape[1], 3), np.uint8)
        if env.carrying is not None:
            strip[:, :tile_size] = Grid.render_tile(env.carrying, tile_size=tile_size)
    return np.concatenate([frame, strip])


def _draws_as_minigrid(env: Any) -> bool:
    """Whether neither environment nor grid brings a drawing of its own."""
    kind, grid = type(env), type(env.grid)
    return (
        kind.get_frame is MiniGridEnv.get_frame
        and kind.get_full_render is MiniGridEnv.get_full_render
        and (grid is Grid or (grid.render is Grid.render and _same_tile(grid)))
    )


def _same_tile(grid: Any) -> bool:
    drawn: object = grid.render_tile.__func__
    return drawn is Grid.render_tile.__func__  # type: ignore[attr-defined]  # of a classmethod


def _field_of_view(env: Any) -> NDArray[np.bool_]:
    """``bool[height * width]``, row by row: which cells the agent sees."""
    _, seen = env.gen_obs_grid()
    across, ahead = np.nonzero(seen)
    forward, right = np.asarray(env.dir_vec), np.asarray(env.right_vec)
    size = env.agent_view_size
    # The view is turned so that the agent stands in the middle of its last row, looking up.
    corner = np.asarray(env.agent_pos) + forward * (size - 1) - right * (size // 2)
    cells = corner - ahead[:, None] * forward + across[:, None] * right
    inside = ((cells >= 0) & (cells < (env.width, env.height))).all(axis=1)
    lit = np.zeros((env.height, env.width), dtype=np.bool_)
    lit[cells[inside, 1], cells[inside, 0]] = True
    return lit.ravel()
