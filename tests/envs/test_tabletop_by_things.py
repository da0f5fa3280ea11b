"""Moves that name two things: what an agent on the table sees, and what its moves do."""

from __future__ import annotations

import numpy as np
import pytest
from gymnasium.utils.env_checker import check_env

from synth.envs.tabletop import FAMILY
from synth.spec import parse_spec

pytest.importorskip("pybullet", reason="the extra `tabletop` is not installed")


def environment(title: str):
    """A small table of a task, by its things."""
    text = f'env = "synth/Tabletop-{title}-v0"\nmax_steps = 15\n[render]\nsize = 32\n'
    spec = parse_spec(f'{text}[expert]\npolicy = "synth.envs.tabletop:oracle"\n', name="table")
    return FAMILY.encoded(FAMILY.environment(spec))


def keys(env, *, movable: bool = False) -> list[str]:
    """The things of the present table, in their order."""
    return [t.key for t in env.things() if not (movable and t.fixed)]


def move(env, upper: str, lower: str) -> int:
    """The action that puts one thing on another."""
    return keys(env, movable=True).index(upper) * len(keys(env)) + keys(env).index(lower)


def test_gymnasiums_own_checker_finds_nothing_wrong() -> None:
    """Spaces, seeds and infos are as gymnasium asks."""
    env = environment("Stack")
    check_env(env, skip_render_check=True)
    env.close()


def test_a_tower_is_moved_by_naming_its_disks_and_squares() -> None:
    """Seven moves, smallest disk first; the environment grants success after the last alone."""
    env = environment("Hanoi")
    seen, _ = env.reset(seed=4)
    large, middle, small = keys(env, movable=True)
    table = env.unwrapped
    goal = table.goal.square.key
    begin = min(
        (t for t in table.scene.things if t.fixed),
        key=lambda pad: np.hypot(*(table.scene.pose(pad).xy - table.scene.poses[large].xy)),
    ).key
    (spare,) = {t.key for t in table.scene.things if t.fixed} - {goal, begin}
    relations = seen[: 3 * 6].reshape(3, 6)
    named = dict(zip(keys(env), seen[3 * 6 :], strict=True))
    assert relations[:, keys(env).index(begin)].all()
    assert relations.sum() == 3 + 2 + 1  # the square, and the disks below
    assert [key for key, where in named.items() if where] == [goal]
    granted = []
    for upper, lower in (
        (small, goal),
        (middle, spare),
        (small, middle),
        (large, goal),
        (small, begin),
        (middle, large),
        (small, middle),
    ):
        action = move(env, upper, lower)
        seen, _, _, _, info = env.step(action)
        assert seen[action] == 1.0
        granted.append(info["is_success"])
    assert granted == [False] * 6 + [True]
    env.close()


def test_things_are_counted_as_the_mission_names_them() -> None:
    """Named ones come first, in the mission's order, whatever table it is."""
    env = environment("Stack")
    for seed in range(4):
        seen, _ = env.reset(seed=seed)
        named = [t.name for t in env.things()][:3]
        words = env.unwrapped.mission
        assert f"stack the {named[0]} on the {named[1]} on the {named[2]}" == words
        assert list(seen[-5:]) == [1.0, 1.0, 1.0, 0.0, 0.0]
    env.close()


def test_a_table_that_is_swept_stays_as_it_is() -> None:
    """A plate has no two things to name."""
    env = environment("Piles")
    assert env.action_space.shape == (4,)
    env.close()
