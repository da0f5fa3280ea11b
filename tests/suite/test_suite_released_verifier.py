"""The known faults of the verifier published with Code as Reward, one test each.

Measured on its released code: it counts frames with reward instead of sub-tasks, crashes on
Unlock, leaks state from one trajectory to the next, reads frames unsorted, and knows
yellow only.
"""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from keydoor import COLOURS, REWARD, World, make_store, make_task, program

import synth.suite
from synth.episode import Episode, EpisodeStore, read_store, write_store
from synth.plan import Plan
from synth.suite import judge
from synth.task.folder import TaskFolder

BOTH = ("visible", "held_out")


def test_distinct_subtasks_count_and_not_frames_with_reward(task):
    """Holding one sub-task for many frames of a random episode completes nothing."""
    judgement = judge(REWARD, task, splits=BOTH)
    randoms = task.store.select(kind="random")
    frames_with_the_key = [int(e.truth["has_key"].sum()) for e in randoms]
    truly = [e for e in randoms if e.success.any()]
    assert max(frames_with_the_key) > len(task.plan.names)
    assert len(truly) < len(randoms) / 2
    assert "random::completes_seldom" in judgement.passed


def test_single_door_of_any_colour_does_not_crash():
    """A task whose only sub-task is to open a door of a random colour is judged like any other."""
    task = make_task()
    door_only = Plan(task="Open the door.", stages=((task.plan.subtasks[1],),))
    episodes = []
    for e in task.store.episodes:
        opened = np.array([_is_open(f) for f in task.store.frames_of(e)])
        end = int(opened.argmax()) + 1 if opened.any() else len(opened)
        cut = replace(
            e,
            frame_index=e.frame_index[:end],
            actions=e.actions[: end - 1],
            rewards=opened[1:end].astype(float),
            success=opened[:end],
            judged=e.judged[:end],
            truth={},
        )
        episodes.append(cut)
    store = replace(task.store, episodes=tuple(episodes))
    source = REWARD.replace("[take_key, open_door, reach_goal]", "[open_door]").replace(
        "return bool(coloured(frame[8:16])",
        "return count(frame, WHITE) == 16 and bool(coloured(frame[8:16])",
    )
    judgement = judge(source, TaskFolder(task.path, task.spec, door_only, store), splits=BOTH)
    assert judgement.failures == ()


def _is_open(frame: np.ndarray) -> bool:
    return not frame[11:13, 9].any() or not frame[9, 9].any()


def test_no_state_leaks_from_one_trajectory_to_the_next(task):
    """An episode is credited the same whichever episodes were judged before it."""
    turned = TaskFolder(
        task.path, task.spec, task.plan, replace(task.store, episodes=task.store.episodes[::-1])
    )
    once, again = (judge(REWARD, t, splits=BOTH) for t in (task, turned))
    assert set(once.passed) == set(again.passed)
    alone = replace(task.store, episodes=task.store.select(kind="expert")[-1:])
    last = judge(
        REWARD, replace_store(task, alone), splits=("held_out",), groups=("contract", "expert")
    )
    assert last.failures == ()


def replace_store(task: TaskFolder, store: EpisodeStore) -> TaskFolder:
    """The task with other episodes."""
    return TaskFolder(task.path, task.spec, task.plan, store)


def test_frames_are_read_in_index_order(tmp_path):
    """In an episode of more than ten frames, frame 10 comes after frame 9 and not after frame 1."""
    count = 25
    frames = np.zeros((count, 4, 4, 3), dtype=np.uint8)
    frames[:, 0, 0, 0] = np.arange(count)
    episode = Episode(
        id="expert-0000",
        kind="expert",
        split="visible",
        seed=0,
        policy="counting",
        frame_index=np.arange(count, dtype=np.int32),
        actions=tuple(range(count - 1)),
        rewards=np.zeros(count - 1),
        success=np.arange(count) == count - 1,
        truth={},
    )
    task = make_task()
    write_store(tmp_path, EpisodeStore(frames, (episode,), task.spec.episode_digest(), "Count-v0"))
    stages = tuple((s,) for s in task.plan.subtasks)
    counting = TaskFolder(
        tmp_path, task.spec, Plan(task="Count.", stages=stages), read_store(tmp_path)
    )
    pixel = "frame.size > 0 and int(frame[0, 0, 0])"
    source = program(
        f"bool({pixel} == 2)", f"bool({pixel} == 9)", f"bool({pixel} == 24 and frame.size == 48)"
    )
    assert judge(source, counting, groups=("expert",)).failures == ()


@pytest.mark.parametrize("name", COLOURS)
def test_no_colour_is_hard_coded(name, task):
    """Keys and doors of every colour are judged alike."""
    alike = [
        e
        for e in task.store.episodes
        if World.reset(e.seed).colour == COLOURS[name] and e.kind == "expert"
    ]
    assert alike
    chosen = replace(task.store, episodes=tuple(alike))
    assert judge(REWARD, replace_store(task, chosen), splits=BOTH).failures == ()


def test_no_check_names_a_colour():
    """The checks know no colour but that of blank images."""
    folder = Path(synth.suite.__file__).parent
    text = "\n".join(p.read_text() for p in sorted(folder.rglob("*.py")))
    assert not re.findall(r"\b(?:yellow|red|green|blue|purple)\b(?!\": True)", text)


def test_store_of_the_tests_has_every_colour():
    """The task above is no trick: its episodes do come in six colours."""
    seeds = {e.seed for e in make_store().episodes}
    assert {World.reset(seed).colour for seed in seeds} == set(COLOURS.values())
