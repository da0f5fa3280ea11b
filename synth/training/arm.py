"""What an agent is paid by: an arm of a comparison, as environments to train in.

``code``
    the committed reward program: credit for each sub-task, beside the environment's own reward.
``sparse``
    the environment's own reward alone.
``her``
    the same, learned from in hindsight: what was reached is taken for what was wanted (Andrychowicz
    et al., 2017). It needs an environment that says what its reward would have been for another
    goal, which no program that sees pictures can.
``truth``
    credit as for ``code``, by predicates of the simulator's state in place of the program: what
    a program without any error would pay.
``clip:MODEL``, ``vlm:MODEL``
    credit as for ``code``, by an alternative to programs (`synth.alternatives`).

Each arm says whether the agent *sees* what has been credited (`synth.seen`); *sparse, seen* is
the control that sees credit and is not paid for it.

With ``options`` the sub-tasks are learned as options (`synth.options`), by the checkers of the
program or by truth; the environment's own reward goes to the manager that chooses among them.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from functools import partial
from itertools import product
from typing import TYPE_CHECKING, Any, Literal, get_args

import gymnasium as gym

from synth.envs import Trainable, family_of
from synth.envs.trainable import Encoded, Timed
from synth.errors import EnvironmentFault, UsageError
from synth.making import WithoutText, make_vec
from synth.named_reward import ALTERNATIVES, is_alternative, open_reward
from synth.options.manager import PlanOrder, SMDPQLearning
from synth.options.vec import OptionVecWrapper
from synth.seen_vec import CreditVecObservation
from synth.shaping import GoalFrom, Mode
from synth.task import read_task
from synth.training.seeded import SeededEpisodes
from synth.training.truth import TruthVecWrapper, matched_predicates, with_truth
from synth.vec import vectorised

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from stable_baselines3.common.vec_env import VecEnv

    from synth.envs.trainable import Granted
    from synth.spec import Spec

__all__ = ["BY_ENVIRONMENT", "PAID_BY", "Arm", "OptionsBy", "SuccessInfo", "environments"]

PAID_BY = ("code", "sparse", "her", "truth")
BY_ENVIRONMENT = ("sparse", "her")
"""Those of which nobody but the environment pays."""
DIGITS = 8
"""Of the digest by which folders tell alternatives apart."""
OptionsBy = Literal["plan", "learned"]


@dataclass(frozen=True, slots=True)
class Arm:
    """What an agent is paid by, and what it sees.

    Attributes:
        paid: One of `PAID_BY`, or an alternative's name, as ``clip:MODEL``.
        seen: Whether what has been credited is in the observation.
        env_weight: Weight of the environment's own reward beside credit; ``sparse`` is 1.
        mode: ``credit`` or ``potential``, as for `synth.RewardWrapper`.
        options: Who chooses among the sub-tasks as options: the ``plan``'s order, or a ``learned``
            table; ``None`` trains one policy on the sum of rewards. Of the options the agent sees
            which one it follows; it need not see credit.
        goal_from: Who says that the goal holds where the program pays, the ``reward`` or the
            ``environment``; ``None`` leaves it to the reward's provenance.
    """

    paid: str
    seen: bool
    env_weight: float = 1.0
    mode: Mode = "credit"
    options: OptionsBy | None = None
    goal_from: GoalFrom | None = None

    def __post_init__(self) -> None:
        if self.paid not in PAID_BY and not is_alternative(self.paid):
            known = ", ".join((*PAID_BY, *(f"{scheme}:MODEL" for scheme in ALTERNATIVES)))
            raise UsageError(f"there is no reward {self.paid!r} to train with; give {known}.")
        if self.options is not None and not self.credits:
            raise UsageError(
                "options end where a checker says so, and the environment alone has none; give "
                "code or truth for them."
            )

    @property
    def credits(self) -> bool:
        """Whether sub-tasks are paid for."""
        return self.paid not in BY_ENVIRONMENT

    @property
    def name(self) -> str:
        """For folders and figures: ``code``, ``sparse-seen``, ``options``."""
        if self.options is not None:
            parts = {
                "options": True,
                "learned": self.options == "learned",
                "truth": self.paid == "truth",
                "seen": self.seen,
                f"goal-by-{self.goal_from}": self.goal_from is not None,
            }
            return "-".join(word for word, said in parts.items() if said)
        words = [_plain(self.paid)]
        if self.seen != self.credits:
            words.append("seen" if self.seen else "unseen")
        if self.credits and self.mode != "credit":
            words.append(self.mode)
        if self.credits and self.env_weight == 0.0:
            words.append("alone")
        if self.goal_from is not None:
            words.append(f"goal-by-{self.goal_from}")
        return "-".join(words)

    @classmethod
    def named(cls, name: str) -> Arm:
        """The arm of a name.

        Of `env_weight` a name tells only whether it is 0: otherwise it is taken for 1. Arms that
        an alternative pays have a digest for a name, and are not found by it.

        Raises:
            UsageError: No arm is called so.
        """
        every = product(
            PAID_BY,
            (True, False),
            (1.0, 0.0),
            get_args(Mode),
            (None, *get_args(OptionsBy)),
            (None, *get_args(GoalFrom)),
        )
        for paid, seen, weight, mode, options, goal_from in every:
            if options is None or paid not in BY_ENVIRONMENT:
                arm = cls(paid, seen, weight, mode, options, goal_from)
                if arm.name == name:
                    return arm
        raise UsageError(f"no arm is called {name!r}; such names are code, code-alone, options.")


class SuccessInfo(gym.Wrapper[Any, Any, Any, Any], gym.utils.RecordConstructorArgs):
    """Put into ``info["is_success"]`` whether the environment has granted success.

    At any step of the episode so far: an environment that goes on after success has still been
    solved. stable-baselines3 reads that key.

    Args:
        env: Any environment.
        granted: What counts as the environment's success.
    """

    def __init__(self, env: gym.Env[Any, Any], granted: Granted) -> None:
        gym.utils.RecordConstructorArgs.__init__(self, _disable_deepcopy=True, granted=granted)
        gym.Wrapper.__init__(self, env)
        self._granted = granted
        self._solved = False

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[Any, dict[str, Any]]:
        """Reset; nothing is solved yet."""
        self._solved = False
        return self.env.reset(seed=seed, options=options)

    def step(self, action: Any) -> tuple[Any, Any, bool, bool, dict[str, Any]]:
        """Step; ``is_success`` is in the info."""
        outcome = self.env.step(action)
        self._solved = self._solved or self._granted(self.env, outcome)
        observation, reward, terminated, truncated, info = outcome
        return observation, reward, terminated, truncated, {**info, "is_success": self._solved}


def environments(
    folder: Path,
    arm: Arm,
    count: int,
    *,
    time_limit: Literal["task", "environment"] = "task",
    seeds: Iterator[int] | None = None,
) -> VecEnv:
    """Environments of a task, paid as an arm says.

    Args:
        folder: The task's folder with its committed reward.
        arm: What is paid, and what is seen.
        count: How many, stepped one after another.
        time_limit: Who cuts episodes; see `TrainingSettings`.
        seeds: For looking at an agent: each episode begins with the next of them
            (`synth.training.seeded`), and the program judges it, also where it does not pay.

    Raises:
        UsageError: There is no reward, or no truth to be paid by; or the program is to judge
            episodes that are paid by truth.
        SpecError: As for `synth.make`.
        EnvironmentFault: As for `synth.make`.
    """
    spec = _timed(read_task(folder / "task.toml").spec, time_limit)
    wrap = partial(_learnable, spec, seeds)
    venv: VecEnv
    if arm.paid == "truth":
        if seeds is not None:
            raise UsageError(f"{arm.name}: no program judges what is paid by truth.")
        stages, predicates = matched_predicates(spec, folder)
        one = partial(_bare, spec, tuple(predicates))
        venv = TruthVecWrapper(vectorised([one] * count, parallel=False), stages, predicates, arm)
    elif arm.credits or arm.seen or seeds is not None:
        # Credit that is seen and not paid: a plan that is worth nothing.
        scale = 1.0 if arm.credits else 0.0
        weight = arm.env_weight if arm.credits else 1.0
        venv = make_vec(
            folder,
            count,
            mode=arm.mode,
            scale=scale,
            env_weight=weight,
            goal_from=arm.goal_from,
            max_steps=spec.max_steps,
            wrap=wrap,
            reward=open_reward(arm.paid, folder) if is_alternative(arm.paid) else None,
        )
    else:
        return vectorised([partial(_bare, spec, ())] * count, parallel=False)
    if arm.seen:
        venv = CreditVecObservation(venv)
    if arm.options is None:
        return venv
    learned = arm.options == "learned"
    return OptionVecWrapper(venv, SMDPQLearning() if learned else PlanOrder())


def _plain(paid: str) -> str:
    """What is paid by, fit for a folder's name."""
    if not is_alternative(paid):
        return paid
    name, _, _ = paid.partition("?")
    scheme, _, model = name.partition(":")
    short = re.sub(r"[^A-Za-z0-9._]+", "_", model.rstrip("/").rpartition("/")[2])
    # Two models may end alike, and one model may have two thresholds.
    return f"{scheme}-{short}-{hashlib.sha256(paid.encode()).hexdigest()[:DIGITS]}"


def _learnable(
    spec: Spec, seeds: Iterator[int] | None, env: gym.Env[Any, Any]
) -> gym.Env[Any, Any]:
    """The environment with success in its infos, and observations that a network can take."""
    family = _trainable(spec)
    if seeds is not None:
        env = SeededEpisodes(env, seeds)
    env = SuccessInfo(env, family.granted(spec))
    if isinstance(family, Encoded):
        env = family.encoded(env)
    return env


def _bare(spec: Spec, predicates: tuple[str, ...]) -> gym.Env[Any, Any]:
    """An environment with its own reward, and truth in its infos where it is wanted."""
    env = _trainable(spec).environment(spec)
    if predicates:
        env = with_truth(spec, env, predicates)
    env = _learnable(spec, None, env)
    return WithoutText(env) if isinstance(env.observation_space, gym.spaces.Dict) else env


def _timed(spec: Spec, time_limit: Literal["task", "environment"]) -> Spec:
    """The spec with the environment's own time limit, where that is wanted and known."""
    family = family_of(spec)
    if time_limit == "task" or not isinstance(family, Timed):
        return spec
    own = family.own_limit(spec)
    return spec if own is None else spec.model_copy(update={"max_steps": own})


def _trainable(spec: Spec) -> Trainable:
    family = family_of(spec)
    if not isinstance(family, Trainable):
        raise EnvironmentFault(
            f"{spec.env} cannot be trained in: its family, {family.name}, gives no environment."
        )
    return family
