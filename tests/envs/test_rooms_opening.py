"""What makes a room, and what refuses to: specs, packages, and the connection to EGL."""

from __future__ import annotations

import importlib
import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import strategies as st
from rooms import FIND, drawn, room, spec_of

from synth.envs import family_of
from synth.errors import EnvironmentFault, SpecError

__all__ = ["drawn"]  # a fixture for all tests of this file

SEEDS = st.integers(0, 10_000)


@pytest.mark.parametrize(
    ("lines", "render", "key"),
    [
        ("", "sice = 64", "render.sice"),
        ("", "size = 8", "render.size"),
        ("", 'views = ["side"]', "render.views"),
        ("", "pitch = 90", "render.pitch"),
        ("", "textures = 1", "render.textures"),
        ("colour = 3", "", "options.colour"),
        ("obs_width = 3", "", "options.obs_width"),
        ("turn_step = 0", "", "options.turn_step"),
    ],
)
def test_a_spec_that_says_what_cannot_be_is_refused_at_its_key(lines, render, key):
    """With what may be said instead."""
    room(FIND)
    spec = spec_of(FIND, lines=lines, render=render)
    with pytest.raises(SpecError) as caught:
        family_of(spec).make(spec)
    assert caught.value.key == key


def test_an_option_of_no_sense_is_the_environments_refusal():
    """The environment's own words are quoted."""
    room(FIND)
    spec = spec_of(FIND, lines='alike = "neither"')
    with pytest.raises(EnvironmentFault, match="alike is one of both, colour, shape, mixed"):
        family_of(spec).make(spec)


def test_a_missing_package_is_named_with_its_extra(monkeypatch):
    """The family can be asked without it; making cannot be."""
    monkeypatch.setitem(sys.modules, "miniworld", None)
    spec = spec_of(FIND)
    family = family_of(spec)
    assert family.name == "rooms"
    with pytest.raises(EnvironmentFault, match=r"\[rooms\]"):
        family.make(spec)


def test_where_nothing_can_draw_the_packages_are_named(monkeypatch):
    """Pyglet's own word is quoted, and Debian's packages are said."""
    real = importlib.import_module

    def without_egl(name, *rest):
        if name == "miniworld":
            raise ImportError('Library "EGL" not found.')
        return real(name, *rest)

    monkeypatch.setattr(importlib, "import_module", without_egl)
    spec = spec_of(FIND)
    with pytest.raises(EnvironmentFault, match=r'"EGL" not found.*libegl1 libgl1'):
        family_of(spec).make(spec)


@pytest.mark.parametrize(
    "closing",
    [
        "import pyglet; pyglet.canvas.Display(); gc.collect()",
        "import pygame; pygame.display.set_mode((8, 8)); pygame.quit()",
    ],
    ids=["pyglet", "pygame"],
)
def test_a_room_opens_after_another_library_closed_what_all_draw_through(closing):
    """A display that pyglet forgets, and a window of SDL's, close EGL for the whole process."""
    room(FIND)
    code = (
        "import gc\n"
        "from rooms import spec_of\n"
        "from synth.envs import family_of\n"
        f"spec = spec_of({FIND!r})\n"
        "def look():\n"
        "    simulator = family_of(spec).make(spec)\n"
        "    frame = simulator.reset(3).frame\n"
        "    simulator.close()\n"
        "    return frame.tobytes()\n"
        "before, lost = look(), family_of(spec).make(spec)\n"
        f"{closing}\n"
        "assert look() == before\n"
        "lost.close()\n"
        "assert look() == before\n"
    )
    environment = {**os.environ, "SDL_VIDEODRIVER": "offscreen"}
    run = subprocess.run(
        [sys.executable, "-c", code],
        cwd=Path(__file__).parent,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr


def test_torchs_compiler_is_loaded_before_anything_draws(tmp_path):
    """Loaded after Mesa's LLVM it takes the process down: training in rooms ended in a crash."""
    room(FIND)
    (tmp_path / "triton.py").write_text(
        "from pathlib import Path\nMESA = 'libEGL' in Path('/proc/self/maps').read_text()\n"
    )
    code = (
        "import sys\n"
        "from rooms import spec_of\n"
        "from synth.envs import family_of\n"
        f"spec = spec_of({FIND!r})\n"
        "family_of(spec).make(spec).close()\n"
        "assert sys.modules['triton'].MESA is False\n"
        "assert 'libEGL' in open('/proc/self/maps').read()\n"
    )
    run = subprocess.run(
        [sys.executable, "-c", code],
        cwd=Path(__file__).parent,
        env={**os.environ, "PYTHONPATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr
