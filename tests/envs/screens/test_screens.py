"""Every committed screen: repeatable, solved by the expert, and asked for something else."""

from __future__ import annotations

import warnings

import numpy as np
import pytest
from gymnasium.utils.env_checker import check_env

from synth.envs import Instructable, Missioned, family_of
from synth.envs.screens.experts import expert
from synth.envs.screens.simulator import ScreenSimulator
from synth.spec import load_spec
from tests.envs.screens.conftest import SPECS, needs_browser, needs_miniwob, screen

PHONES = ("phone", "phone-folders", "phone-looks", "phone-pages", "phone-search")
PAGES = (
    "click-color",
    "click-shades",
    "click-tab",
    "click-widget",
    "focus-text-2",
    "grid-coordinate",
    "number-checkboxes",
)
TASKS = (*PHONES, *PAGES)

pytestmark = [needs_browser, needs_miniwob]


def simulator(task: str) -> ScreenSimulator:
    """The simulator of a committed spec."""
    return ScreenSimulator(load_spec(SPECS / f"{task}.toml"), screen(task))


def play(sim: ScreenSimulator, seed: int, actions: list[int]) -> list[bytes]:
    """All pictures of an episode."""
    steps = [sim.reset(seed), *(sim.step(action) for action in actions)]
    return [step.frame.tobytes() for step in steps]


def solve(sim: ScreenSimulator, *, draw: bool = False) -> list[int]:
    """Let the expert act in an episode that has begun; its actions up to the first success."""
    done = []
    for action in expert(sim):
        done.append(action)
        if sim.step(action, draw=draw).success:
            return done
        assert len(done) < 60
    raise AssertionError


@pytest.mark.parametrize("task", TASKS)
def test_a_screen_repeats_itself(task: str) -> None:
    """The same seed and actions give the same bytes, another episode in between or not."""
    sim = simulator(task)
    rng = np.random.default_rng(7)
    sim.reset(3, draw=False)
    actions = [*solve(sim)[:-1], *(sim.random_action(rng) for _ in range(3))]
    first = play(sim, 3, actions)
    play(sim, 4, actions[::-1])
    assert play(sim, 3, actions) == first
    # Drawn or not, the episode is the same.
    sim.reset(3, draw=False)
    for action in actions:
        sim.step(action, draw=False)
    assert sim.picture().tobytes() == first[-1]


@pytest.mark.parametrize("task", TASKS)
def test_the_expert_succeeds_and_the_page_stays_as_it_stood(task: str) -> None:
    """It succeeds on each seed, and the picture of success is the page, not its cover."""
    sim = simulator(task)
    for seed in range(20_000, 20_003):
        first = sim.reset(seed)
        assert not first.success
        solve(sim)
        last = sim.picture()
        assert (last != first.frame).any()
        assert (last.max(axis=-1) > 128).mean() > 0.3, "the page is covered"


@pytest.mark.parametrize("task", TASKS)
def test_another_mission_keeps_the_picture(task: str) -> None:
    """A layout given another mission looks the same, and the deed for the one is none for it."""
    sim = simulator(task)
    assert isinstance(sim, Missioned)
    assert isinstance(sim, Instructable)
    several = 0
    for seed in (2, 3):
        first = sim.reset(seed)
        own, missions = sim.mission(), sim.missions()
        assert own in missions
        # Asking changed nothing.
        assert sim.mission() == own
        assert sim.picture().tobytes() == first.frame.tobytes()
        deed = solve(sim)
        several += len(missions) > 1
        for mission in [m for m in missions if m != own][:1]:
            sim.reset(seed, draw=False)
            given = sim.instruct(mission)
            assert sim.mission() == mission
            assert given.frame.tobytes() == first.frame.tobytes()
            assert not any(sim.step(action, draw=False).success for action in deed)
            sim.reset(seed, draw=False)
            sim.instruct(mission, draw=False)
            solve(sim)
    # Its example shows which number is asked for: no layout of it has two missions.
    assert several or task == "number-checkboxes"


@pytest.mark.parametrize("task", ["phone", "click-shades"])
def test_our_screens_are_proper_environments(task: str) -> None:
    """Gymnasium's own checker finds nothing to say."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        check_env(screen(task), skip_render_check=True, skip_close_check=True)


@pytest.mark.parametrize("task", ["phone", "click-shades"])
def test_equal_states_look_alike_and_others_differ(task: str) -> None:
    """The state tells apart what pictures tell apart, and is the same for the same actions."""
    sim = simulator(task)
    seen: dict[bytes, bytes] = {}
    for seed in (0, 1, 0):
        frames = [sim.reset(seed).frame]
        states = [sim.state()]
        for action in expert(sim):
            frames.append(sim.step(action).frame)
            states.append(sim.state())
            if states[-1] == states[-2] or len(states) > 5:
                break
        for state, frame in zip(states, frames, strict=True):
            assert seen.setdefault(state, frame.tobytes()) == frame.tobytes()
    assert len(set(seen.values())) > 3


def test_the_pointer_is_where_the_click_was() -> None:
    """It is drawn over the page at the click, and the page without it is the backdrop."""
    sim = simulator("click-shades")
    first = sim.reset(1)
    assert np.array_equal(first.frame, sim.backdrop())
    step = sim.step(0)  # an empty corner: nothing but the pointer changes
    changed = np.argwhere((step.frame != first.frame).any(axis=-1))
    assert tuple(changed.min(axis=0)) == sim.env.grid.place(0)[::-1]
    assert np.array_equal(sim.backdrop(), first.frame)


def test_notes_say_where_clicks_can_be_and_what_they_meet() -> None:
    """The squares' own middles; and a circle is met on its outline, and not a pixel beside it."""
    sim = simulator("grid-coordinate")
    grid = sim.env.grid
    said = family_of(sim.spec).notes(sim.spec)
    columns = ", ".join(str(grid.place(square)[0]) for square in range(3))
    assert f"are {grid.side} pixels apart: columns and rows {columns} and so on" in said
    # Around (19, 19) lies a circle whose outline ends four and a half pixels off.
    ended = {}
    for place in [(12, 17), (17, 17), (22, 22), (27, 22)]:
        sim.reset(0, draw=False)
        ended[place] = sim.step(grid.places().index(place), draw=False).done
    assert list(ended.values()) == [False, True, True, False]
