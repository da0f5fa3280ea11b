"""Draws ``docs/pictures/tabletop.png``: each table at its start, and as its expert leaves it.

python docs/tabletop_picture.py
"""

from __future__ import annotations

from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from synth.record import Player
from synth.spec import load_spec

HERE = Path(__file__).parent / "pictures"
SEED = 3
SIDE, GAP, TEXT = 168, 8, 34
COLUMNS = 4
SPECS = (
    "block-in-bowl", "block-in-box", "packing", "put", "put-two", "pack", "hanoi", "corner",
    "piles", "put-unseen", "stack",
)  # fmt: skip


def main() -> None:
    """Play each expert once and lay the pictures out."""
    cells = [_cell(f"tabletop-{name}") for name in SPECS]
    rows: list[list[Image.Image]] = [[]]
    for cell in cells:
        if sum(one.width for one in rows[-1]) + cell.width > COLUMNS * (2 * SIDE + GAP):
            rows.append([])
        rows[-1].append(cell)
    width = max(sum(cell.width + GAP for cell in row) for row in rows) + GAP
    sheet = Image.new("RGB", (width, len(rows) * (SIDE + TEXT + GAP) + GAP), (255, 255, 255))
    for number, row in enumerate(rows):
        left = GAP
        for cell in row:
            sheet.paste(cell, (left, GAP + number * (SIDE + TEXT + GAP)))
            left += cell.width + GAP
    sheet.quantize(64, dither=Image.Dither.NONE).save(HERE / "tabletop.png", optimize=True)
    print(f"wrote {HERE / 'tabletop.png'}")


def _cell(name: str) -> Image.Image:
    """A table's first picture and its last one, under its words."""
    with Player(load_spec(name)) as player:
        rolled = player.roll_expert(SEED)
        words = player.simulator.mission() if player.missioned else player.spec.goal
    both = [Image.fromarray(frame) for frame in rolled.frames[[0, -1]]]
    width = SIDE * both[0].width // both[0].height
    cell = Image.new("RGB", (2 * width + GAP // 2, SIDE + TEXT), (255, 255, 255))
    pen, font = ImageDraw.Draw(cell), ImageFont.load_default(11)
    half = len(words) // 2
    cut = words.find(" ", half) if len(words) > width // 3 else len(words)
    pen.text((0, 2), words[:cut], (30, 32, 36), font)
    pen.text((0, 16), words[max(cut, 0) :].strip(), (30, 32, 36), font)
    for k, picture in enumerate(both):
        shown = picture.resize((width, SIDE), Image.Resampling.BOX)
        cell.paste(shown, (k * (width + GAP // 2), TEXT))
    return cell


if __name__ == "__main__":
    main()
