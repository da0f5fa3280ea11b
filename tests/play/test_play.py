"""A person plays: scripted keys become demonstrations, and the demonstrations experts."""

from __future__ import annotations

import os
from itertools import count

import numpy as np
import pytest
from gymnasium import spaces
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from synth.envs import PlainSimulator, family_of
from synth.errors import EnvironmentFault
from synth.experts.played import read_played
from synth.play import Controls, PlayEvent, play_session
from synth.play.terminal import HalfBlocks, _read, fitted_to, key_of
from synth.record import record
from synth.spec import validate_spec


def spec_of(policy="nobody:walk", **tables):
    """A spec of the corridor."""
    content = {
        "env": "Corridor-v0",
        "goal": "walk to the green end",
        "max_steps": 12,
        "success": {"when": "reward > 0"},
        "expert": {"policy": policy, "episodes": 1},
        "random": {"episodes": 1},
        "held_out": {"episodes": 1},
        **tables,
    }
    return validate_spec(content, name="corridor", file="specs/corridor.toml")


class Script:
    """Gives events from a list and keeps what was shown; quits where there are no more."""

    def __init__(self, *events):
        self.events = [PlayEvent(e) if isinstance(e, str) else PlayEvent(at=e) for e in events]
        self.shown = []

    def show(self, frame, lines):
        """Keep it."""
        self.shown.append((frame, lines))

    def wait(self):
        """The next of the list."""
        return self.events.pop(0) if self.events else PlayEvent("q")


def play(folder, *events, simulator=None, spec=None):
    """Play a script; gives what came of it and what was shown."""
    spec = spec or spec_of()
    simulator = simulator or family_of(spec).make(spec)
    screen = Script(*events)
    done = play_session(spec, simulator, Controls(simulator), screen, seeds=count(0), folder=folder)
    simulator.close()
    return done, screen.shown


RIGHT, LEFT = "1", "2"
"""Of a discrete space without names each action's key is its own number."""


def test_what_is_played_to_success_becomes_the_expert(tmp_path):
    """Two episodes are played with keys, and recorded as visible and held-out experts."""
    done, _ = play(tmp_path, *[RIGHT] * 30)
    assert done.kept >= 2
    store = record(spec_of(f"play:{tmp_path}"))
    experts = store.select(kind="expert")
    assert [(e.seed, e.split) for e in experts] == [(0, "visible"), (1, "held_out")]
    assert all(e.success[-1] and set(e.actions) == {1} for e in experts)


def test_a_step_is_undone_an_episode_begun_again_and_a_seed_left_out(tmp_path):
    """What was undone is in no demonstration; the seed that was given up has none."""
    done, _ = play(tmp_path, LEFT, "u", LEFT, "r", *[RIGHT] * 5, "n", *[RIGHT] * 9)
    first, *_ = read_played(tmp_path)
    assert set(first.actions) == {1}
    assert done.given_up <= 1
    assert len(read_played(tmp_path)) == done.kept


def test_what_is_shown_tells_goal_state_and_keys(tmp_path):
    """The picture is the recorded one; an episode that is over says so and waits."""
    done, shown = play(tmp_path, *[LEFT] * 13)
    frame, lines = shown[0]
    assert frame.shape == (8, 48, 3)
    assert lines[0] == "walk to the green end"
    assert lines[1].startswith("seed 0, step 0 of 12, 0 kept")
    assert "q quit" in lines[-1]
    assert "over without success" in shown[-1][1][1]
    assert (done.kept, done.given_up) == (0, 0)


class Named(PlainSimulator):
    """Six named actions."""

    def actions(self):
        """All of them."""
        return tuple(range(6))

    def action_name(self, action):
        """Its word."""
        return ("left", "right", "forward", "pickup", "put down", "quit")[action]


class Tapped(PlainSimulator):
    """Actions are places in the picture, two clicks each."""

    def pointed(self, clicks):
        """Two clicks make one."""
        return None if len(clicks) < 2 else [*clicks[0], *clicks[1]]


class Many(PlainSimulator):
    """More numbers than a person has fingers."""

    class env:  # noqa: N801 - as simulators have it
        """As wide as its actions."""

        action_space = spaces.Box(-1, 1, (9,), np.float32)


class Few(PlainSimulator):
    """Two numbers."""

    class env:  # noqa: N801 - as simulators have it
        """As wide as its actions."""

        action_space = spaces.Box(np.float32([-1, 0]), np.float32([1, 2]))


def test_keys_follow_the_names_of_actions():
    """Directions have the arrows, others a letter of theirs, and no command's key is taken."""
    assert Controls(Named()).keys == {"left": 0, "right": 1, "up": 2, "p": 3, "t": 4, "i": 5}


def test_numbers_have_two_keys_each():
    """One to either end of the range, and one for rest, which is as near to nought as may be."""
    keys = Controls(Few()).keys
    assert keys["space"] == [0.0, 0.0]
    assert (keys["left"], keys["right"]) == ([-1.0, 0.0], [1.0, 0.0])
    assert keys["up"] == [0.0, 2.0]


def test_places_are_clicked():
    """Clicks are gathered until they make an action."""
    controls = Controls(Tapped())
    assert controls.pointed
    assert controls.clicked([(3, 4)]) is None
    assert controls.clicked([(3, 4), (5, 6)]) == [3, 4, 5, 6]


def test_what_nobody_could_play_is_refused():
    """The message names what a family can add."""
    with pytest.raises(EnvironmentFault, match=r"`keys\(\)` or `pointed\(\)`"):
        Controls(Many())


def test_each_character_shows_two_pixels():
    """A half block: its ink is the upper pixel, its ground the lower one."""
    frame = np.zeros((2, 2, 3), np.uint8)
    frame[0, 0], frame[1, 1] = (255, 0, 0), (0, 0, 255)
    console = Console(width=2, height=9, force_terminal=True, color_system="truecolor")
    with console.capture() as captured:
        console.print(HalfBlocks(frame, ["words"]))
    assert captured.get().startswith("\x1b[38;2;255;0;0;48;2;0;0;0m\u2580")
    assert "\x1b[38;2;0;0;0;48;2;0;0;255m\u2580" in captured.get()


@given(st.integers(1, 300), st.integers(1, 300), st.integers(2, 120), st.integers(2, 80))
def test_a_picture_fits_the_terminal(wide, tall, width, height):
    """Whatever its size, and with an even number of rows."""
    height += height % 2
    fitted = fitted_to(np.zeros((tall, wide, 3), np.uint8), width, height)
    assert fitted.shape[0] <= height
    assert fitted.shape[1] <= width
    assert fitted.shape[0] % 2 == 0


def test_keys_typed_ahead_are_read_one_by_one():
    """Arrows, letters of several bytes and commands, however quickly they come."""
    theirs, ours = os.pipe()
    os.write(ours, b"\x1b[A\x1bOB \r\xc3\xa4U\x1b[D")
    read = [key_of(_read(theirs)) for _ in range(7)]
    assert read == ["up", "down", "space", "enter", "ä", "u", "left"]
    os.close(ours)
    assert key_of(_read(theirs)) == "q"
    os.close(theirs)
