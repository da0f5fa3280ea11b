"""MiniGrid's missions: which a layout could be given, and that they are then what counts."""

from __future__ import annotations

import contextlib
import io

import numpy as np
import pytest

from synth.envs import Instructable, family_of
from synth.envs.minigrid import planner
from synth.errors import EnvironmentFault, SpecError
from synth.spec import parse_spec

EXCHANGED = (
    "MiniGrid-GoToDoor-5x5-v0",
    "MiniGrid-GoToObject-6x6-N2-v0",
    "MiniGrid-Fetch-5x5-N2-v0",
    "MiniGrid-PutNear-6x6-N2-v0",
    "MiniGrid-UnlockPickup-v0",
    "MiniGrid-BlockedUnlockPickup-v0",
    "MiniGrid-KeyCorridorS3R1-v0",
    "BabyAI-GoToLocal-v0",
    "BabyAI-PickupLoc-v0",
    "BabyAI-OpenTwoDoors-v0",
    "BabyAI-OpenDoorsOrderN4-v0",
    "BabyAI-PutNextLocalS5N3-v0",
)


def simulator_of(env, source="env.mission"):
    """The simulator of an environment with missions."""
    spec = parse_spec(
        f'env = "{env}"\n[render]\ntile_size = 8\n[mission]\nfrom = "{source}"\n'
        '[expert]\npolicy = "synth.envs.minigrid:planner"\n',
        name="task",
    )
    made = family_of(spec).make(spec)
    assert isinstance(made, Instructable)
    return made


@pytest.mark.parametrize("env", EXCHANGED)
def test_every_mission_of_a_layout_can_be_given(env):
    """Its own is among them, none is there twice, and no picture changes."""
    simulator = simulator_of(env)
    several = 0
    for seed in range(3):
        with contextlib.redirect_stdout(io.StringIO()):  # BabyAI prints what it rejects
            first = simulator.reset(seed)
        own, missions = simulator.mission(), simulator.missions()
        assert own in missions
        assert len(set(missions)) == len(missions)
        several += len(missions) > 1
        for mission in missions:
            with contextlib.redirect_stdout(io.StringIO()):
                simulator.reset(seed)
            step = simulator.instruct(mission)
            assert simulator.mission() == mission
            assert np.array_equal(step.frame, first.frame)
            assert not step.success
    assert several
    simulator.close()


@pytest.mark.parametrize(
    "env", ["MiniGrid-GoToDoor-5x5-v0", "MiniGrid-Fetch-6x6-N2-v0", "MiniGrid-UnlockPickup-v0"]
)
def test_success_is_of_the_mission_that_was_given(env):
    """The planner fulfils each mission; the same deed under another is none."""
    simulator = simulator_of(env)
    simulator.reset(4)
    deeds = {}
    for mission in simulator.missions():
        simulator.reset(4)
        simulator.instruct(mission)
        deeds[mission] = list(planner(simulator))
    for mission in deeds:
        for other, actions in deeds.items():
            simulator.reset(4)
            simulator.instruct(mission)
            won = False
            for action in actions:
                step = simulator.step(action, draw=False)
                won |= step.success
                if step.done:
                    break
            # On the way to the box the key is picked up: that deed fulfils both.
            assert won == (other == mission) or "UnlockPickup" in env
            assert won or other != mission
    simulator.close()


def test_what_has_one_mission_keeps_it():
    """Where no object could be another, a layout's own mission is the only one."""
    simulator = simulator_of("MiniGrid-DoorKey-5x5-v0")
    simulator.reset(0)
    assert simulator.missions() == (simulator.mission(),)
    simulator.close()


def test_a_mission_of_another_layout_is_refused():
    """The message names those that this one could have."""
    simulator = simulator_of("MiniGrid-GoToDoor-5x5-v0")
    simulator.reset(0)
    with pytest.raises(EnvironmentFault, match=r"its missions are: go to the \w+ door"):
        simulator.instruct("go to the moon")
    simulator.close()


def test_words_from_elsewhere_are_refused():
    """MiniGrid's missions are the environment's own, and the message says how to write it."""
    with pytest.raises(SpecError, match=r"mission\.from: .*env\.mission"):
        simulator_of("MiniGrid-GoToDoor-5x5-v0", "info.words")
