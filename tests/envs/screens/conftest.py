"""What the tests of screens have in common: one browser, and specs by name."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from synth.envs.screens.browser import find_browser
from synth.envs.screens.making import make_screen
from synth.envs.screens.miniwob.environment import pages
from synth.spec import load_spec

SPECS = Path(__file__).parents[3] / "specs"

needs_browser = pytest.mark.skipif(
    find_browser() is None, reason="Chromium is not installed (Debian's package chromium)"
)
needs_miniwob = pytest.mark.skipif(
    pages() is None, reason="the package miniwob is not installed (the extra screens)"
)


@cache
def screen(task: str):
    """The screen of a committed spec; all tests share it, as they share the browser."""
    return make_screen(load_spec(SPECS / f"{task}.toml"))
