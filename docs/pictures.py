"""Draws the README's pictures from what is committed.

    python docs/pictures.py

``docs/pictures/episode.png``: one visible expert episode of DoorKey, every second frame, and
under it what each checker of the committed reward says, frame by frame; a ring marks the
frame of the credit. ``docs/pictures/run.svg``: what ``synth run`` prints.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont
from rich.console import Console
from rich.text import Text

import synth
from synth.task import TaskFolder

HERE = Path(__file__).parent / "pictures"
TASK = Path("generated/doorkey")
EPISODE = "expert-0002"
CELL, MARGIN, LABEL = 56, 14, 150
INK, FAINT, HOLDS, PAPER = (30, 32, 36), (222, 224, 228), (38, 140, 92), (255, 255, 255)


def draw_episode(path: Path) -> None:
    """The episode strip."""
    task = TaskFolder.read(TASK)
    episode = task.store[EPISODE]
    frames = task.store.frames_of(episode)
    with synth.load(TASK) as reward:
        holds = reward.check(frames, frames[0])
        credit = reward.credit(frames)
    shown = list(range(len(frames)))
    width = LABEL + CELL * len(shown) + MARGIN
    lanes_top = MARGIN + 26 + CELL + 22
    height = lanes_top + 30 * len(reward.subtasks) + MARGIN
    sheet = Image.new("RGB", (width, height), PAPER)
    pen = ImageDraw.Draw(sheet)
    font = ImageFont.load_default(13)
    small = ImageFont.load_default(11)
    pen.text((MARGIN, MARGIN), f"{task.name}, {episode.id}: what the checkers say", INK, font)
    for column, t in enumerate(shown):
        left = LABEL + column * CELL
        picture = Image.fromarray(frames[t]).resize((CELL - 4, CELL - 4), Image.Resampling.BOX)
        sheet.paste(picture, (left, MARGIN + 26))
        pen.text((left + 2, MARGIN + 26 + CELL - 2), f"{t}", INK, small)
    for k, name in enumerate(reward.subtasks):
        top = lanes_top + 30 * k
        pen.text((MARGIN, top + 3), name, INK, small)
        for column, t in enumerate(shown):
            left = LABEL + column * CELL
            box = (left, top, left + CELL - 5, top + 20)
            pen.rectangle(box, HOLDS if holds[t, k] else FAINT)
            if credit.first[k] == t:
                pen.ellipse((left + 20, top + 4, left + 32, top + 16), PAPER)
    sheet.save(path, optimize=True)


def draw_run(path: Path, *command: str) -> None:
    """A transcript of a command as a terminal would show it."""
    ran = subprocess.run(command, capture_output=True, text=True, check=True)
    console = Console(record=True, width=112, file=open("/dev/null", "w"))  # noqa: SIM115, PTH123
    console.print(Text(f"$ {' '.join(['synth', *command[3:]])}", "bold green"))
    console.print(Text(ran.stdout.rstrip()))
    console.save_svg(str(path), title="synth")


def main() -> None:
    """Draw both."""
    HERE.mkdir(exist_ok=True)
    draw_episode(HERE / "episode.png")
    journal = str(TASK / "journal.jsonl")
    command = ("run", "doorkey", "--model", f"replay:{journal}")
    draw_run(HERE / "run.svg", sys.executable, "-m", "synth", *command)
    print(f"wrote {HERE}")


if __name__ == "__main__":
    main()
