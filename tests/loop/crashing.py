"""A run of the loop that is meant to be killed: ``python crashing.py FOLDER``.

It says on its standard output whenever something has happened, so that whoever kills it
can wait for progress. Every question that reaches the model is noted in ``asked.log``.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from squares import PLAN_TEXT, Markers, Squares, block, function, program

from synth.loop import LoopOptions, Outcome, run_loop
from synth.loop.events import Event
from synth.models.base import Reply, Usage
from synth.prompts.requests import Request

ANSWERS = {
    "describe-0-0": PLAN_TEXT,
    "describe-0-1": "no plan",
    "write-1-0": block(program(key="wrong", goal="wrong", microseconds=200)),
    "refine-2-0": block(function("take_key", "worse")),
    "refine-2-1": "Sorry.",
    "refine-3-0": block(function("take_key", "good")),
    "refine-3-1": block(function("take_key", "worse")),
    "refine-4-0": block(function("reach_goal", "narrow")),
    "refine-4-1": block(function("reach_goal", "eager")),
    "refine-5-0": block(function("reach_goal", "good")),
    "refine-5-1": block(function("reach_goal", "eager")),
    "faster-6-0": block(function("look", "250")),
    "faster-6-1": block(function("look", "100")),
    "faster-7-0": block(function("look", "40")),
    "faster-7-1": block(program(key="wrong", microseconds=10)),
}
FINAL = program(microseconds=40)


class Scribe:
    """A model that answers from `ANSWERS` and remembers on the disk what it was asked."""

    name = "scribe"

    def __init__(self, log: Path) -> None:
        self.log = log

    def ask(self, request: Request) -> Reply:
        """Answer, and take note."""
        with self.log.open("a") as stream:
            stream.write(f"{request.key}\n")
        return Reply(ANSWERS[request.key], Usage(100, 10), "scribe")


def run(folder: Path, *, samples: int = 2, say: bool = False) -> Outcome:
    """The whole run, or what is left of it."""

    def observe(event: Event) -> None:
        if say:
            os.write(1, f"{type(event).__name__}\n".encode())

    options = LoopOptions(samples=samples)
    model = Scribe(folder.parent / f"{folder.name}.log")
    return run_loop(Squares(), model, folder, options, observe, judge=Markers())


if __name__ == "__main__":
    run(Path(sys.argv[1]), say=True)
