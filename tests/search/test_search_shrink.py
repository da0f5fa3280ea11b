"""Finds are shortened: actions left out, then every shorter way tried."""

from __future__ import annotations

import pytest
from small_worlds import EMPTY, EMPTY_ENV, small_spec

from synth.program import parse
from synth.record.player import Player
from synth.search import shrink
from synth.search.examiner import Examiner
from synth.search.shrink import shorten
from synth.verdicts import LiveVerdicts

LEFT, TURN, FORWARD, NOTHING = 0, 1, 2, 6
LOOKS_DOWN = EMPTY.replace(
    "return (row, column) == (3, 3)", "return (row, column, facing) == (1, 1, DOWN)"
)


@pytest.fixture
def shortened():
    """Shortens the false claim at the end of an episode of the program that takes looking down."""

    def run(actions, *, states: bool = True):
        spec = small_spec(EMPTY_ENV)
        with Player(spec) as player, LiveVerdicts(parse(LOOKS_DOWN)) as verdicts:
            if not states:
                player.simulator = Stateless(player.simulator)
            examiner = Examiner(player, verdicts, progress=False)
            episode = examiner.examine(7, actions)
            (caught,) = examiner.caught(episode, lambda v: v.kind == "false_positive")
            short, proven = shorten(examiner, caught)
            return short.actions, proven

    return run


class Stateless:
    """A simulator that does not tell its states."""

    def __init__(self, simulator):
        self._simulator = simulator

    def reset(self, seed, *, draw=True):
        """As the other's."""
        return self._simulator.reset(seed, draw=draw)

    def step(self, action, *, draw=True):
        """As the other's."""
        return self._simulator.step(action, draw=draw)

    def resolution(self):
        """As the other's."""
        return self._simulator.resolution()

    def scene(self):
        """As the other's."""
        return self._simulator.scene()

    def close(self):
        """As the other's."""
        self._simulator.close()


def test_a_shorter_way_is_found_that_is_no_part_of_the_long_one(shortened):
    """Three turns one way are one turn the other way, which leaving out does not show."""
    assert shortened((LEFT, LEFT, LEFT)) == ((TURN,), True)


def test_what_can_be_spared_is_left_out(shortened):
    """Waiting and walking into walls goes, with states or without."""
    long = (NOTHING, LEFT, FORWARD, NOTHING, TURN, TURN)
    assert shortened(long) == ((TURN,), True)
    assert shortened(long, states=False) == ((TURN,), True)


def test_without_states_nothing_is_proven(shortened):
    """Leaving out is all that can be done, and the answer says so."""
    assert shortened((LEFT, LEFT, LEFT), states=False) == ((LEFT, LEFT, LEFT), False)


def test_a_bound_that_is_reached_is_said(shortened, monkeypatch):
    """An unfinished search proves nothing."""
    monkeypatch.setattr(shrink, "EXPANSIONS", 0)
    assert shortened((LEFT, LEFT, LEFT)) == ((LEFT, LEFT, LEFT), False)
