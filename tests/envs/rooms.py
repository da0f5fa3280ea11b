"""Rooms for tests: made once, since making one takes a second."""

from __future__ import annotations

from functools import cache

import pytest

from synth.envs import family_of
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


@cache
def room(env, lines="", render="size = 64"):
    """Its simulator; the test is skipped where nothing can draw."""
    spec = spec_of(env, lines=lines, render=render)
    try:
        return family_of(spec).make(spec)
    except EnvironmentFault as fault:
        pytest.skip(str(fault))


@pytest.fixture(autouse=True, scope="module")
def drawn():
    """Nothing of a module is tested where no room can be drawn; the reason is told."""
    room(ONE_ROOM)
