"""Asks a service through a courier, and is meant to be killed: ``asks_once.py URL FOLDER``."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np

from synth.models.base import ModelOptions, Reply
from synth.models.courier import CourierModel
from synth.prompts.requests import Demonstration, DescribeRequest, Shot


def ask(url: str, folder: Path) -> Reply:
    """Ask for a plan."""
    start, goal = np.zeros((24, 32, 3), np.uint8), np.full((24, 32, 3), 255, np.uint8)
    shots = (Shot("a", "initial", start), Shot("b", "the goal", goal))
    model = CourierModel("openai:vision", folder, ModelOptions(base_url=url))
    return model.ask(DescribeRequest(demonstrations=(Demonstration("expert-0000", shots),)))


if __name__ == "__main__":
    ask(sys.argv[1], Path(sys.argv[2]))
