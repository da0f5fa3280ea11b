"""What moves by itself is no stage of a task."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from synth.episode import Episode, EpisodeStore, SceneEvent
from synth.plan import Plan
from synth.record.recorder import record
from synth.spec import parse_spec
from synth.suite import judge
from synth.suite.restless import restless_looks, steady
from synth.task import TaskFolder

BALL, KEY = (0, 0, 4, 4), (0, 8, 4, 12)
SIDE = 16


def scene() -> np.ndarray:
    """``uint8[16, 16, 3]`` with a blue ball and a yellow key."""
    picture = np.zeros((SIDE, SIDE, 3), np.uint8)
    picture[1:3, 1:3] = (0, 0, 255)
    picture[1:4, 9:10] = (255, 255, 0)
    return picture


def store(*told: tuple[str, int, dict[tuple[int, int, int, int], int]]) -> EpisodeStore:
    """Episodes by kind, actions, and the frame on which a thing leaves its place."""
    episodes = [
        Episode(
            f"{kind}-{n}",
            kind,
            "visible",
            n,
            "",
            np.zeros(actions + 1, np.int32),
            (0,) * actions,
            np.zeros(actions),
            np.arange(actions + 1) == (actions if kind == "expert" else -1),
            {},
            scene_events=tuple(
                SceneEvent(at, box, leaves=True, returns=False) for box, at in events.items()
            ),
        )
        for n, (kind, actions, events) in enumerate(told)
    ]
    return EpisodeStore(scene()[None], tuple(episodes), "", "")


def kept(recorded: EpisodeStore) -> list[set[tuple[int, int, int, int]]]:
    """The boxes of each episode's events that are no thing's own doing."""
    found = steady(recorded, "visible")
    return [{e.box for e in found[one.id].scene_events} for one in recorded.episodes]


def test_what_leaves_its_place_in_random_episodes_as_soon_is_set_aside():
    """The ball rolls for anyone; the key is taken by experts, and by chance much later."""
    recorded = store(
        ("expert", 8, {BALL: 1, KEY: 4}),
        ("expert", 8, {BALL: 2, KEY: 4}),
        ("random", 40, {BALL: 1, KEY: 38}),
        ("random", 40, {BALL: 2, KEY: 35}),
    )
    assert kept(recorded) == [{KEY}] * 4
    assert [look.shape for look in restless_looks(recorded, recorded.episodes)] == [(4, 4)]


@pytest.mark.parametrize(
    "episodes",
    [
        [("expert", 8, {KEY: 4}), ("expert", 8, {KEY: 4}), ("random", 9, {KEY: 1})],
        [("expert", 8, {KEY: 4}), ("random", 9, {KEY: 1}), ("random", 90, {})],
        [("random", 9, {KEY: 1}), ("random", 9, {KEY: 1})],
        [("expert", 8, {KEY: 4})],
    ],
    ids=["one random episode is luck", "one of two is luck", "no expert", "no random episode"],
)
def test_where_nothing_is_shown_nothing_is_set_aside(episodes):
    """A single lucky draw proves nothing, and without both kinds there is nothing to compare."""
    assert kept(store(*episodes)) == [set(events) for _, _, events in episodes]


def test_a_box_that_reaches_over_a_restless_thing_goes_with_it():
    """Two that lie side by side change in one box."""
    both = (0, 0, 4, 12)
    recorded = store(
        ("expert", 8, {BALL: 1}),
        ("expert", 8, {both: 1}),
        ("random", 8, {BALL: 1}),
        ("random", 8, {BALL: 1}),
    )
    assert kept(recorded) == [set()] * 4


def test_an_episode_whose_events_are_not_known_stays_as_it_is():
    """Nothing recorded is not nothing changed."""
    recorded = store(("expert", 8, {BALL: 1}), *[("random", 8, {BALL: 1})] * 2)
    first = replace(recorded.episodes[0], id="blind", scene_events=None)
    whole = replace(recorded, episodes=(first, *recorded.episodes))
    assert steady(whole, "visible")["blind"].scene_events is None


RIGHT = """
import numpy as np

def goal_reached(frame, initial):
    green = (initial == np.array([0, 255, 0], np.uint8)).all(axis=-1)
    red = (frame[..., 0] > 200) & (frame[..., 1] < 50)
    return bool(green.any() and (green & red).sum() > 3)

SUBTASKS = [goal_reached]
"""


@pytest.fixture(scope="module")
def rolling(tmp_path_factory) -> TaskFolder:
    """A room in which balls move by themselves."""
    spec = parse_spec(
        'env = "MiniGrid-Dynamic-Obstacles-6x6-v0"\nmax_steps = 144\n[render]\ntile_size = 8\n'
        'highlight = false\n[expert]\npolicy = "synth.envs.minigrid:planner"\nepisodes = 4\n'
        "[random]\nepisodes = 4\nmax_steps = 20\n[held_out]\nepisodes = 4\n"
        "[near_miss]\nepisodes = 4\n[gate]\nexpert_completion = 1.0\n",
        name="rolling",
    )
    plan = Plan.model_validate(
        {
            "task": "Reach the green square.",
            "stages": [[{"name": "goal_reached", "description": "there", "visible": "there"}]],
        }
    )
    return TaskFolder(tmp_path_factory.mktemp("rolling"), spec, plan, record(spec))


def test_a_right_program_is_green_where_balls_move_by_themselves(rolling):
    """No stage is missing, in neither split, though something changes in every success."""
    assert all(e.scene_events for e in rolling.store.select(kind="expert"))
    judgement = judge(
        RIGHT,
        rolling,
        groups=("expert", "random", "near_miss", "scenes", "necessity"),
        splits=("visible", "held_out"),
    )
    assert judgement.failures == ()


def test_balls_that_move_make_nothing_look_like_success(rolling):
    """The scene changes as at an expert's success whatever is done: nothing is aliased."""
    assert rolling.store.untold is None
