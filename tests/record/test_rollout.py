"""One episode: how it ends, what it holds, and what is refused."""

from __future__ import annotations

import numpy as np
import pytest

from synth.errors import EnvironmentFault, ExpertBroke, ExpertFailed, SpecError
from synth.record import record, roll_expert, roll_random, rollout
from synth.record.rollout import random_policy
from synth.spec import parse_spec


def steady(simulator):
    """Counts one at a time, for ever."""
    while True:
        yield 1


@pytest.mark.parametrize("ends", [True, False])
def test_an_episode_ends_at_success(fake, ends):
    """The first success is the last frame, whether or not the environment stops there."""
    fake.ends = ends
    episode = rollout(fake, steady, seed=5, max_steps=100, name="steady")
    assert len(episode) == 3
    assert episode.frames.shape == (4, 4, 4, 3)
    assert episode.success.tolist() == [False, False, False, True]
    assert episode.rewards.tolist() == [0.0, 0.0, 1.0]
    assert episode.truth["counted"].tolist() == [False, False, False, True]
    assert (episode.seed, episode.policy) == (5, "steady")


def test_an_episode_ends_at_the_step_limit(fake):
    """No more than `max_steps` actions are taken."""
    assert len(rollout(fake, steady, seed=0, max_steps=2)) == 2


def test_an_episode_ends_when_the_policy_stops(fake):
    """A policy may give up."""
    assert len(rollout(fake, lambda _simulator: iter([1]), seed=0, max_steps=9)) == 1


def test_an_episode_that_begins_done_has_no_actions(fake):
    """A success at reset is recorded as it is, with one frame."""
    fake.length = 0
    episode = rollout(fake, steady, seed=0, max_steps=9)
    assert (len(episode), episode.success.tolist()) == (0, [True])
    assert episode.rewards.shape == (0,)


def test_random_actions_follow_from_the_seed(make_spec):
    """The same seed gives the same episode, another seed another."""
    spec = make_spec()
    first, again, other = (roll_random(spec, seed).actions for seed in (1, 1, 2))
    assert first == again != other


def test_the_expert_of_any_seed_ends_in_success(make_spec):
    """Fresh seeds give episodes for reports."""
    episode = roll_expert(make_spec(), 123_456)
    assert episode.success[-1]
    assert not episode.success[:-1].any()
    assert episode.frames.shape == (len(episode) + 1, 40, 40, 3)


def test_simulators_are_closed(fake, make_spec):
    """A random roll-out leaves nothing open."""
    roll_random(make_spec(), 0)
    assert fake.closed


def test_frames_that_change_their_shape_are_the_environments_fault(fake):
    """A picture that grows is refused with the two shapes."""
    fake.side = lambda _seed, t: 4 + t
    with pytest.raises(EnvironmentFault, match=r"frame 1 is uint8\[5, 5, 3\], .*uint8\[4, 4, 3\]"):
        rollout(fake, steady, seed=0, max_steps=9)


def test_predicates_that_come_and_go_are_the_environments_fault(fake):
    """Truth has the same names on every frame."""
    fake.names = lambda t: ("counted",) if t else ()
    with pytest.raises(EnvironmentFault, match="predicates at frame 1"):
        rollout(fake, steady, seed=0, max_steps=9)


def test_an_expert_that_gives_up_is_named_with_seed_steps_and_key(make_spec, experts):
    """The message leads to the line of the spec to change."""
    policy = experts("def act(simulator):\n    yield from (0, 0)\n")
    with pytest.raises(ExpertFailed) as caught:
        roll_expert(make_spec(policy=policy), 7)
    for part in ("specs/task.toml", "expert.policy", policy, "seed 7", "2 of 30 steps"):
        assert part in str(caught.value)


@pytest.mark.parametrize(
    ("source", "told"),
    [
        ("def act(simulator):\n    yield {}['lost']\n", "KeyError: 'lost'"),
        ("def act(simulator):\n    return 3\n", "TypeError: 'int' object is not iterable"),
        ("def act(simulator):\n    return 3\n", "by `yield`"),
        ("def act(simulator):\n    yield 9\n", "no action 9"),
        ("\n\ndef act(simulator):\n    yield 0\n    yield {}['lost']\n", "py, line 5: KeyError"),
        ("\n\ndef act(simulator):\n    yield 9\n", "py, line 3: "),
    ],
)
def test_an_expert_that_breaks_is_named_with_its_error(make_spec, experts, source, told):
    """What an expert raises becomes the spec's fault, with seed, file and line."""
    policy = experts(source)
    with pytest.raises(ExpertBroke, match="seed 7") as caught:
        roll_expert(make_spec(policy=policy), 7)
    assert told in str(caught.value)
    assert f"expert.policy: {policy}" in str(caught.value)
    assert (caught.value.fault, caught.value.exit_code) == ("spec", 2)


def test_an_expert_that_hangs_is_named_with_its_seed(make_spec, experts, monkeypatch):
    """As one that breaks is: the spec's fault."""
    monkeypatch.setattr("synth.experts.patience.patient.__defaults__", (0.1,))
    policy = experts("def act(simulator):\n    while True:\n        pass\n    yield 0\n")
    with pytest.raises(ExpertBroke, match=r"task\.toml: expert\.policy: .*seed 7: .* 0\.1 seconds"):
        roll_expert(make_spec(policy=policy), 7)


def test_an_expert_that_takes_no_simulator_is_told_what_it_is_called_with(make_spec, experts):
    """It is seen before anything is played."""
    with pytest.raises(SpecError, match=r"def expert\(simulator\)"):
        roll_expert(make_spec(policy=experts("def act():\n    yield 0\n")), 7)


@pytest.mark.parametrize(
    ("when", "told"),
    [
        ("reward > 5", "`reward > 5` holds nowhere in that episode: its rewards are 0 to 1."),
        ("info.won", "info has no key 'won'; its keys are prob."),
        ("truncated", "`truncated` holds nowhere in that episode."),
    ],
)
def test_a_condition_that_never_held_is_named_with_what_came(when, told):
    """A wrong condition of success is not blamed on the step limit."""
    text = (
        'env = "FrozenLake-v1"\noptions = {is_slippery = false}\n'
        f"[success]\nwhen = '{when}'\n[expert]\npolicy = 'synth.envs.gymnasium.experts:tabular'\n"
    )
    with pytest.raises(ExpertFailed) as caught:
        roll_expert(parse_spec(text, name="task"), 7)
    assert f"The environment ended the episode there. success.when: {told}" in str(caught.value)
    assert "max_steps" not in str(caught.value)


def test_seeds_that_the_expert_breaks_on_are_the_specs_fault_and_the_file_is_named_once(
    make_spec, experts
):
    """The refusal says how many were tried and wanted, and gives the first reason."""
    with pytest.raises(ExpertBroke) as caught:
        record(make_spec(policy=experts("def act(simulator):\n    yield 9\n")))
    assert str(caught.value).count("specs/task.toml") == 1
    assert "needed and these " in str(caught.value)


def test_too_few_steps_fail_the_planner_too(make_spec):
    """The limit is the spec's, whoever acts."""
    with pytest.raises(ExpertFailed, match="after 3 of 3 steps"):
        roll_expert(make_spec(max_steps=3), 0)


def test_an_expert_that_does_not_exist_is_a_spec_error(make_spec):
    """A wrong name is the spec's fault, not the environment's."""
    with pytest.raises(SpecError, match=r"expert\.policy"):
        roll_expert(make_spec(policy="nowhere:act"), 0)


def test_the_random_policy_does_not_repeat_the_environments_draws():
    """Policy and environment share a seed and must not share a stream."""

    class Draws:
        def random_action(self, rng):
            return int(rng.integers(1000))

    policy = random_policy(3)(Draws())
    drawn = [next(policy) for _ in range(8)]
    assert drawn != np.random.default_rng(3).integers(1000, size=8).tolist()


@pytest.mark.parametrize(
    "act", ["np.int64(1)", "np.array(1)"], ids=["a number of NumPy's", "an array"]
)
def test_an_expert_may_give_numpy_s_numbers(fake, experts, make_spec, act):
    """They are recorded as plain JSON values, and near misses can be made of them."""
    policy = experts(
        f"import numpy as np\ndef act(simulator):\n    while True:\n        yield {act}\n"
    )
    rolled = roll_expert(make_spec(policy=policy), 0)
    assert rolled.actions == (1, 1, 1)
    assert all(type(action) is int for action in rolled.actions)
