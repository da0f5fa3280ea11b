"""Draws ``docs/pictures/screens.png``: each screen at its start, and as its expert leaves it.

python docs/screens_picture.py
"""

from __future__ import annotations

from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from synth.record import Player
from synth.spec import load_spec

HERE = Path(__file__).parent / "pictures"
SEED = 3
HEIGHT, GAP, TEXT, WIDTH = 170, 10, 18, 1180
SPECS = (
    "phone-pages", "phone-folders", "phone-search", "phone-looks", "click-color", "click-tab",
    "click-shades", "click-widget", "focus-text-2", "grid-coordinate", "number-checkboxes",
)  # fmt: skip


def main() -> None:
    """Play each expert once and lay the pictures out, row by row."""
    rows: list[list[Image.Image]] = [[]]
    for name in SPECS:
        cell = _cell(name)
        if sum(one.width + GAP for one in rows[-1]) + cell.width > WIDTH:
            rows.append([])
        rows[-1].append(cell)
    sheet = Image.new("RGB", (WIDTH, len(rows) * (HEIGHT + TEXT + GAP) + GAP), (255, 255, 255))
    for number, row in enumerate(rows):
        left = GAP
        for cell in row:
            sheet.paste(cell, (left, GAP + number * (HEIGHT + TEXT + GAP)))
            left += cell.width + GAP
    sheet.save(HERE / "screens.png", optimize=True)
    print(f"wrote {HERE / 'screens.png'}")


def _cell(name: str) -> Image.Image:
    """The episode's first picture and that of its success, under its words."""
    with Player(load_spec(name)) as player:
        rolled = player.roll_expert(SEED)
        words = player.simulator.mission()
    shown = rolled.frames[[0, rolled.first_success or -1]]
    both = [Image.fromarray(frame) for frame in shown]
    width = HEIGHT * both[0].width // both[0].height
    cell = Image.new("RGB", (2 * width + 3, HEIGHT + TEXT), (255, 255, 255))
    pen, font = ImageDraw.Draw(cell), ImageFont.load_default(11)
    while pen.textlength(words, font) > cell.width:
        words = f"{words.removesuffix('...').rpartition(' ')[0]}..."
    pen.text((0, 2), words, (30, 32, 36), font)
    for k, picture in enumerate(both):
        small = picture.resize((width, HEIGHT), Image.Resampling.LANCZOS)
        cell.paste(small, (k * (width + 3), TEXT))
        pen.rectangle(
            (k * (width + 3), TEXT, k * (width + 3) + width - 1, TEXT + HEIGHT - 1),
            outline=(150, 154, 160),
        )
    return cell


if __name__ == "__main__":
    main()
