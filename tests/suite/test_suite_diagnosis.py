"""Misses are told by what the first images of the missed episodes share."""

from __future__ import annotations

from dataclasses import replace

from keydoor import REWARD

from synth.suite import judge
from synth.task.folder import TaskFolder

TOLD = "is missed in {} successes: exactly those whose first image {}."


def missed(task, condition):
    """What is said of a goal that holds only where the initial image meets a condition."""
    source = REWARD.replace("count(frame, WHITE) == 16 and", f"{condition} and")
    failures = judge(source, task, cascade=False).failures
    test = "expert::holds_the_goal_exactly_at_success"
    return {f.message.partition("reach_goal ")[2] for f in failures if f.test.startswith(test)}


def with_episodes(task, keep):
    """The task with some of its episodes."""
    episodes = tuple(e for e in task.store.episodes if keep(e))
    return TaskFolder(task.path, task.spec, task.plan, replace(task.store, episodes=episodes))


def test_a_colour_that_is_not_known_is_named(task):
    """Three experts of one colour, all missed, share that colour and no other episode has it."""
    store = task.store
    red = tuple(
        replace(e, id=f"{e.id}-{n}")
        for e in store.select(kind="expert", split="visible")
        for n in range(3 if e.seed == 0 else 1)
    )
    thrice = TaskFolder(task.path, task.spec, task.plan, replace(store, episodes=red))
    (said,) = {m.partition(" reach_goal ")[2] for m in missed(thrice, RED_IS_UNKNOWN)}
    assert said == TOLD.format("3 of 8", "shows the colour (255, 0, 0)")


def test_a_place_is_named_where_no_colour_tells(task):
    """A goal that is looked for on one side only is missed where it lies on the other."""
    said = missed(with_episodes(task, lambda e: e.kind == "expert"), LEFT_ONLY)
    assert any("(0, 255, 0) within rows 16..23, columns" in m for m in said), said


def test_a_single_miss_of_its_kind_is_told_nothing_it_does_not_show(task):
    """One missed episode is like itself in every way: no colour of it alone is blamed."""
    said = missed(with_episodes(task, lambda e: e.kind == "expert"), RED_IS_UNKNOWN)
    assert said
    assert not [m for m in said if "shows the colour" in m]


LEFT_ONLY = "count(initial[:, :8], GREEN) > 0 and count(frame, WHITE) == 16"
RED_IS_UNKNOWN = "count(initial, (255, 0, 0)) == 0 and count(frame, WHITE) == 16"
