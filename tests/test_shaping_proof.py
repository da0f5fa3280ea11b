"""Potential-based shaping on small Markov decision processes, solved by value iteration.

Rewards are those of `synth.shaping.Shaper` itself, asked transition by transition; nothing of it is
derived again here. What a policy may depend on is state and credit together, so the processes are
products of a random one with the plan. Ng, Harada and Russell (1999), theorem 1 and corollary 2:
with F(s, s') = gamma * Phi(s') - Phi(s) the optimal policies are the same, and so are the values of
*every* policy but for Phi: Q'(s, a) = Q(s, a) - Phi(s).
"""

from __future__ import annotations

import copy
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from synth.shaping import Shaper, Shaping

ACTIONS = 2
TOLERANCE = 1e-7


@dataclass(frozen=True, eq=False)
class World:
    """A Markov decision process whose states show which sub-tasks hold, and how far they are.

    Attributes:
        moves: ``float64[S, A, S]``, the probability of each next state.
        pay: ``float64[S, A, S]``, the environment's own reward.
        terminal: ``bool[S]``; episodes end on arriving there.
        holds: ``bool[S, K]``, as a reward program would say it of a picture of the state.
        progress: ``float32[S, K]``, or ``None``.
        stages: The plan.
        shaping: How credit becomes reward; its discount is the learner's.
    """

    moves: np.ndarray
    pay: np.ndarray
    terminal: np.ndarray
    holds: np.ndarray
    progress: np.ndarray | None
    stages: tuple[tuple[str, ...], ...]
    shaping: Shaping

    def far(self, state):
        """Progress in a state, as a program would say it."""
        return None if self.progress is None else self.progress[state]

    def begun(self, state):
        """A shaper at the first frame of an episode that begins in a state."""
        shaper = Shaper(self.stages, self.shaping)
        shaper.reset(self.holds[state], self.far(state))
        return shaper

    def stepped(self, shaper, state, action, following, *, terminated):
        """A copy of the shaper after one transition, and what it paid."""
        after = copy.deepcopy(shaper)
        paid = after.step(
            self.holds[following],
            self.far(following),
            env_reward=float(self.pay[state, action, following]),
            terminated=terminated,
            granted=bool(self.holds[following, -1]),
        )
        return after, paid.reward


@dataclass(frozen=True, eq=False)
class Product:
    """The process of state and credit together, paid by the environment and paid by the shaper.

    Attributes:
        world: What it was made of.
        honest: Whether the shaper was told of terminal states.
    """

    world: World
    honest: bool = True

    @cached_property
    def reached(self):
        """Each pair of state and credit that some episode comes to, with a shaper at it."""
        found = {}
        waiting = [
            (state, self.world.begun(state)) for state in np.flatnonzero(~self.world.terminal)
        ]
        while waiting:
            state, shaper = waiting.pop()
            if (state, shaper.credited) in found:
                continue
            found[state, shaper.credited] = shaper
            for following in np.flatnonzero(self.world.moves[state].any(axis=0)):
                if not self.world.terminal[following]:
                    after, _ = self.world.stepped(shaper, state, 0, following, terminated=False)
                    waiting.append((following, after))
        return found

    @cached_property
    def states(self):
        """``int[X]``: the world's state in each of `reached`."""
        return np.array([state for state, _ in self.reached])

    @cached_property
    def potential(self):
        """``float64[X]``, Phi: what the shaper takes back where an episode ends in that instant."""
        return np.array(
            [
                -copy.deepcopy(shaper).step(self.world.holds[state], terminated=True).reward
                for (state, _), shaper in self.reached.items()
            ]
        )

    @cached_property
    def tables(self):
        """``float64[X, A, X]`` of probabilities; ``float64[X, A]`` of own and of shaped rewards."""
        number = {key: k for k, key in enumerate(self.reached)}
        size = len(number)
        moves, own, shaped = np.zeros((size, ACTIONS, size)), *np.zeros((2, size, ACTIONS))
        for (state, credited), shaper in self.reached.items():
            k = number[state, credited]
            for action in range(ACTIONS):
                for following in np.flatnonzero(self.world.moves[state, action]):
                    chance = self.world.moves[state, action, following]
                    ends = bool(self.world.terminal[following])
                    after, paid = self.world.stepped(
                        shaper, state, action, following, terminated=ends and self.honest
                    )
                    own[k, action] += chance * self.world.pay[state, action, following]
                    shaped[k, action] += chance * paid
                    if not ends:
                        moves[k, action, number[following, after.credited]] += chance
        return moves, own, shaped

    def backed_up(self, rewards, values):
        """``float64[X, A]``: one sweep of the Bellman equation."""
        return rewards + self.world.shaping.gamma * self.tables[0] @ values

    def optimal(self, rewards):
        """``float64[X, A]``: action values by value iteration, to well below `TOLERANCE`."""
        values = np.zeros(len(rewards))
        while True:
            action_values = self.backed_up(rewards, values)
            best = action_values.max(axis=1)
            if np.abs(best - values).max(initial=0.0) < TOLERANCE / 1000:
                return action_values
            values = best

    def of_policy(self, rewards, policy):
        """``float64[X]``: values of a policy ``float64[X, A]``, solved exactly."""
        moves = np.einsum("xa,xay->xy", policy, self.tables[0])
        system = np.eye(len(moves)) - self.world.shaping.gamma * moves
        return np.linalg.solve(system, (policy * rewards).sum(axis=1))


@st.composite
def worlds(draw, modes=("potential",)):
    """Two to five states, at least one to begin in, and a plan of up to four sub-tasks."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    size = draw(st.integers(2, 5))
    sizes = draw(st.lists(st.integers(1, 2), max_size=2))
    subtasks = sum(sizes) + 1
    moves = rng.random((size, ACTIONS, size)) * (rng.random((size, ACTIONS, size)) < 0.5)
    moves[..., rng.integers(size)] += 0.2  # every action leads somewhere
    moves /= moves.sum(axis=2, keepdims=True)
    terminal = rng.random(size) < 0.4
    terminal[rng.integers(size)] = False
    progress = rng.random((size, subtasks)).astype(np.float32) if draw(st.booleans()) else None
    return World(
        moves=moves,
        pay=rng.normal(size=(size, ACTIONS, size)).round(2),
        terminal=terminal,
        holds=rng.random((size, subtasks)) < 0.4,
        progress=progress,
        stages=(*(tuple(f"s{i}{j}" for j in range(n)) for i, n in enumerate(sizes)), ("goal",)),
        shaping=Shaping(
            mode=draw(st.sampled_from(modes)),
            scale=draw(st.sampled_from([0.3, 1.0, 5.0])),
            gamma=draw(st.sampled_from([0.5, 0.8, 0.9])),
            env_weight=draw(st.sampled_from([None, 0.5, 2.0])),
            goal_from=draw(st.sampled_from(["reward", "environment"])),
        ),
    )


def same_choices(one, other):
    """Whether the actions that are best by one table are best by the other, in every state."""
    best = [table >= table.max(axis=1, keepdims=True) - TOLERANCE for table in (one, other)]
    lost = [table.max(axis=1, keepdims=True) - table for table in (one, other)]
    return bool(
        (lost[1][best[0]] < 10 * TOLERANCE).all() and (lost[0][best[1]] < 10 * TOLERANCE).all()
    )


@settings(deadline=None, max_examples=60)
@given(worlds())
def test_shaping_leaves_the_optimal_policies_and_moves_values_by_the_potential(world):
    """With terminal states, chance and progress: Q' = w Q - Phi, and so the same choices."""
    product = Product(world)
    _, own, shaped = product.tables
    plain = world.shaping.weight * product.optimal(own)
    paid = product.optimal(shaped)
    np.testing.assert_allclose(paid, plain - product.potential[:, None], atol=TOLERANCE)
    assert same_choices(plain, paid)


@settings(deadline=None, max_examples=30)
@given(worlds(), st.integers(0, 2**32 - 1))
def test_shaping_moves_the_value_of_every_policy_by_the_potential(world, seed):
    """Good or bad, a policy keeps its distance to every other: V' = w V - Phi for a random one."""
    product = Product(world)
    _, own, shaped = product.tables
    policy = np.random.default_rng(seed).dirichlet(np.ones(ACTIONS), len(own))
    plain = world.shaping.weight * product.of_policy(own, policy)
    paid = product.of_policy(shaped, policy)
    np.testing.assert_allclose(paid, plain - product.potential, atol=TOLERANCE)


@settings(deadline=None, max_examples=30)
@given(worlds(), st.integers(1, 5), st.integers(0, 2**32 - 1))
def test_an_episode_cut_short_keeps_its_choices_where_the_rest_is_estimated(world, limit, seed):
    """Cut after any number of steps, with a value in place of the rest, as learners do.

    Whatever that estimate is: if the shaped learner's is lower by Phi, so is all before the cut.
    """
    product = Product(world)
    _, own, shaped = product.tables
    weighted = world.shaping.weight * own
    plain = np.random.default_rng(seed).normal(size=len(own))
    paid = plain - product.potential
    for _ in range(limit):
        choices, shaped_choices = (
            product.backed_up(weighted, plain),
            product.backed_up(shaped, paid),
        )
        np.testing.assert_allclose(
            shaped_choices, choices - product.potential[:, None], atol=TOLERANCE
        )
        plain, paid = choices.max(axis=1), shaped_choices.max(axis=1)


@settings(deadline=None, max_examples=30)
@given(worlds())
def test_the_potential_is_the_share_credited_and_progress_of_what_is_next(world):
    """Phi is the share of the plan credited, times `scale`; progress adds to it, up to `scale`."""
    product = Product(world)
    share = np.array([np.mean(credited) for _, credited in product.reached])
    credited_alone = world.shaping.scale * share
    if world.progress is None:
        np.testing.assert_allclose(product.potential, credited_alone)
    else:
        assert (product.potential >= credited_alone - TOLERANCE).all()
        assert (product.potential <= world.shaping.scale + TOLERANCE).all()


def crossroads(**of_shaping):
    """From a hall: a door that ends the episode at once for 1.0, or one round more for 1.2 in all.

    Going round passes nothing of the plan; what ends at once shows the only sub-task but the goal.
    """
    hall, round_, out, later = range(4)
    moves = np.zeros((4, ACTIONS, 4))
    moves[hall, 0, out] = moves[hall, 1, round_] = moves[round_, :, later] = 1.0
    moves[out, :, out] = moves[later, :, later] = 1.0
    pay = np.zeros((4, ACTIONS, 4))
    pay[hall, 0, out], pay[round_, :, later] = 1.0, 1.2
    holds = np.zeros((4, 2), bool)
    holds[out, 0] = True
    return World(
        moves=moves,
        pay=pay,
        terminal=np.array([False, False, True, True]),
        holds=holds,
        progress=None,
        stages=(("door",), ("goal",)),
        shaping=Shaping(gamma=0.9, env_weight=1.0, **of_shaping),
    )


@pytest.mark.parametrize(
    ("mode", "honest", "kept"),
    [("potential", True, True), ("potential", False, False), ("credit", True, False)],
    ids=["potential", "potential, not told of the end", "credit"],
)
def test_what_the_theorem_needs_it_needs(mode, honest, kept):
    """Credit, or a potential that is not 0 where episodes end, can make the worse way look best."""
    product = Product(crossroads(mode=mode), honest=honest)
    _, own, shaped = product.tables
    assert same_choices(product.optimal(own), product.optimal(shaped)) is kept
    assert product.optimal(own)[product.states == 0].argmax() == 1


@pytest.mark.parametrize("bootstrapped", [True, False])
def test_where_episodes_are_cut_the_rest_must_be_estimated(bootstrapped):
    """A cut that is taken for an end pays for credit that was never given back."""
    world = crossroads(mode="potential")
    pay = world.pay.copy()
    pay[0, 1, 1] = 1.1  # going round is better at once, too
    product = Product(replace(world, pay=pay, terminal=np.zeros(4, bool)))
    _, own, shaped = product.tables
    rest = np.zeros(len(own))
    shaped_rest = rest - product.potential if bootstrapped else rest
    cut, shaped_cut = product.backed_up(own, rest), product.backed_up(shaped, shaped_rest)
    assert cut[product.states == 0].argmax() == 1
    assert same_choices(cut, shaped_cut) is bootstrapped
