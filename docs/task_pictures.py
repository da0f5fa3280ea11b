"""Draws tasks: each at the start of an episode, and as its expert leaves it.

    python -m docs.task_pictures              # all, and the contact sheet of the README
    python -m docs.task_pictures panda rooms  # the sheets of these families

``docs/pictures/FAMILY.png`` has both pictures of each task under its words;
``docs/pictures/tasks.png`` the second one of every task.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from PIL import Image, ImageDraw, ImageFont

from synth.envs import family_of
from synth.envs.base import Missioned
from synth.record import Player
from synth.spec import Spec, load_spec

if TYPE_CHECKING:
    from collections.abc import Iterator

HERE = Path(__file__).parent / "pictures"
SPECS = Path("specs")
FAMILIES = ("minigrid", "panda", "tabletop", "rooms", "screens", "gymnasium")
WIDTH, HEIGHT, GAP, TEXT = 1250, 150, 10, 18
SMALL = 92
PAPER, INK, FAINT = (255, 255, 255), (30, 32, 36), (150, 154, 160)


@dataclass(frozen=True)
class Drawn:
    """A task's name and words, and its first picture and that of its success."""

    name: str
    words: str
    first: Image.Image
    last: Image.Image


def main(families: tuple[str, ...]) -> None:
    """Play each expert once and lay the pictures out."""
    specs = [load_spec(path.stem) for path in sorted(SPECS.glob("*.toml"))]
    drawn: list[Drawn] = []
    for family in families:
        ours = [_drawn(spec) for spec in specs if family_of(spec).name == family]
        _save([_cell(one) for one in ours], f"{family}.png")
        drawn += ours
    if families == FAMILIES:
        _save([_thumbnail(one) for one in drawn], "tasks.png")


def _drawn(spec: Spec) -> Drawn:
    """Its expert's first success from the spec's own seed on."""
    with Player(spec) as player:
        for seed in range(spec.seed, spec.seed + 50):
            rolled = player.roll_expert(seed)
            if rolled.first_success:
                simulator = player.simulator
                words = spec.goal
                if spec.mission is not None and isinstance(simulator, Missioned):
                    words = simulator.mission()
                pair = (Image.fromarray(rolled.frames[at]) for at in (0, rolled.first_success))
                print(f"{spec.name}: seed {seed}")
                return Drawn(spec.name, words or spec.name, *pair)
    sys.exit(f"{spec.name}: its expert succeeds on none of 50 seeds.")


def _cell(task: Drawn) -> Image.Image:
    """Both pictures side by side, under what is asked."""
    width = HEIGHT * task.first.width // task.first.height
    cell = Image.new("RGB", (2 * width + 3, HEIGHT + TEXT), PAPER)
    _write(cell, task.words, TEXT)
    for k, picture in enumerate((task.first, task.last)):
        _paste(cell, picture, (k * (width + 3), TEXT, width, HEIGHT))
    return cell


def _thumbnail(task: Drawn) -> Image.Image:
    """The picture of success, over the task's name."""
    width = SMALL * task.last.width // task.last.height
    wide = int(ImageFont.load_default(TEXT - 7).getlength(task.name)) + 1
    cell = Image.new("RGB", (max(width, wide), SMALL + TEXT), PAPER)
    _paste(cell, task.last, (0, TEXT, width, SMALL))
    _write(cell, task.name, TEXT)
    return cell


def _paste(cell: Image.Image, picture: Image.Image, box: tuple[int, int, int, int]) -> None:
    left, top, width, height = box
    larger = width > picture.width and width % picture.width == 0
    way = Image.Resampling.NEAREST if larger else Image.Resampling.LANCZOS
    cell.paste(picture.resize((width, height), way), (left, top))
    corners = (left, top, left + width - 1, top + height - 1)
    ImageDraw.Draw(cell).rectangle(corners, outline=FAINT)


def _write(cell: Image.Image, words: str, height: int) -> None:
    pen, font = ImageDraw.Draw(cell), ImageFont.load_default(height - 7)
    shown = words
    while pen.textlength(shown, font) > cell.width and len(shown) > 4:  # noqa: PLR2004 - dots
        shown = f"{shown.removesuffix('...')[:-1].rstrip()}..."
    pen.text((0, 1), shown, INK, font)


def _rows(cells: list[Image.Image]) -> Iterator[list[Image.Image]]:
    row: list[Image.Image] = []
    for cell in cells:
        if row and sum(one.width + GAP for one in row) + cell.width > WIDTH - GAP:
            yield row
            row = []
        row.append(cell)
    yield row


def _save(cells: list[Image.Image], name: str) -> None:
    rows = list(_rows(cells))
    tall = cells[0].height + GAP
    width = max(sum(one.width + GAP for one in row) for row in rows) + GAP
    sheet = Image.new("RGB", (width, len(rows) * tall + GAP), PAPER)
    for number, row in enumerate(rows):
        left = GAP
        for cell in row:
            sheet.paste(cell, (left, GAP + number * tall))
            left += cell.width + GAP
    path = HERE / name
    sheet.save(path, optimize=True)
    print(f"wrote {path}: {path.stat().st_size // 1000} kB")


if __name__ == "__main__":
    main(tuple(sys.argv[1:]) or FAMILIES)
