"""Draws ``docs/pictures/rooms.png``: rooms at their start, and as their expert leaves them.

python docs/rooms_picture.py
"""

from __future__ import annotations

from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from synth.record import Player
from synth.spec import load_spec

HERE = Path(__file__).parent / "pictures"
SEED = 3
GAP, TEXT = 8, 20
COLUMNS = 2
SPECS = (
    "rooms-find", "rooms-lift", "rooms-put-next", "rooms-find-next-door", "rooms-lift-shapes",
    "rooms-lift-colours", "one-room", "pickup-objects", "four-rooms", "put-next-boxes",
)  # fmt: skip


def main() -> None:
    """Play each expert once and lay the pictures out."""
    cells = [_cell(name) for name in SPECS]
    width, height = (side + GAP for side in cells[0].size)
    rows = -(-len(cells) // COLUMNS)
    sheet = Image.new("RGB", (COLUMNS * width + GAP, rows * height + GAP), (255, 255, 255))
    for at, cell in enumerate(cells):
        row, column = divmod(at, COLUMNS)
        sheet.paste(cell, (GAP + column * width, GAP + row * height))
    sheet.quantize(64, dither=Image.Dither.NONE).save(HERE / "rooms.png", optimize=True)
    print(f"wrote {HERE / 'rooms.png'}")


def _cell(name: str) -> Image.Image:
    """A room's first picture and that of its first success, under its words."""
    with Player(load_spec(name)) as player:
        rolled = player.roll_expert(SEED)
        words = player.simulator.mission() if player.missioned else player.spec.goal
    frames = [Image.fromarray(rolled.frames[at]) for at in (0, rolled.first_success or -1)]
    width, height = frames[0].size
    cell = Image.new("RGB", (2 * width + GAP // 2, height + TEXT), (255, 255, 255))
    ImageDraw.Draw(cell).text((0, 2), words, (30, 32, 36), ImageFont.load_default(12))
    for k, frame in enumerate(frames):
        cell.paste(frame, (k * (width + GAP // 2), TEXT))
    return cell


if __name__ == "__main__":
    main()
