"""Rooms for tests: made once, since making one takes a second."""

from __future__ import annotations

from functools import cache

import pytest

from synth.envs import family_of
from synth.envs.rooms import opening
from synth.errors import EnvironmentFault
from synth.spec import parse_spec

PUT_NEXT, FIND, LIFT = "Rooms-PutNext-v0", "Rooms-Find-v0", "Rooms-Lift-v0"
ONE_ROOM, PICKUP = "MiniWorld-OneRoomS6-v0", "MiniWorld-PickupObjects-v0"


def spec_of(env, *, lines="", render="size = 64"):
    """A spec of a room."""
    mission = '[mission]\nfrom = "env.mission"\n' if env.startswith("Rooms-") else ""
    return parse_spec(
        f'env = "{env}"\nmax_steps = 150\n{mission}[render]\n{render}\n[options]\n{lines}\n'
        '[expert]\npolicy = "synth.envs.rooms:walker"\nhold = 4\n[near_miss]\nepisodes = 4\n',
        name="task",
    )


def room(env, lines="", render="size = 64"):
    """Its simulator; the test is skipped where nothing can draw."""
    try:
        # A window of another test may have closed what all draw through since: rooms made before
        # are lost then, and others are made.
        opening.require_miniworld(env)
        return _made(env, lines, render, len(opening._lost))
    except EnvironmentFault as fault:
        pytest.skip(str(fault))


@cache
def _made(env, lines, render, _closed):
    spec = spec_of(env, lines=lines, render=render)
    return family_of(spec).make(spec)


@pytest.fixture(autouse=True, scope="module")
def drawn():
    """Nothing of a module is tested where no room can be drawn; the reason is told."""
    room(ONE_ROOM)
