"""One environment's option under way: what it is paid, where it ends, and what comes next."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from synth.errors import UsageError
from synth.options.manager import OptionOutcome
from synth.options.option import choices

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np

    from synth.options.manager import Manager
    from synth.options.option import Option

__all__ = ["OPTION_INFO", "Following", "OptionStep"]

OPTION_INFO = "synth_option"


@dataclass(frozen=True, slots=True)
class OptionStep:
    """What one step of an option came to.

    Attributes:
        name: The option's.
        reward: Its intrinsic reward.
        terminated: It was achieved, or the environment came to a terminal state: nothing follows.
        truncated: Its time, or the environment's, ran out: the learner estimates the rest.
        episode_ended: Whether the environment's own episode ended.
    """

    name: str
    reward: float
    terminated: bool
    truncated: bool
    episode_ended: bool

    @property
    def ended(self) -> bool:
        """Whether the option ended."""
        return self.terminated or self.truncated

    def info(self) -> dict[str, object]:
        """The step as an entry of gymnasium's info."""
        return {
            "name": self.name,
            "achieved": self.reward > 0,
            "ended": self.ended,
            "episode_ended": self.episode_ended,
        }


class Following:
    """Which option one environment follows.

    Args:
        options: In plan order.
        manager: Chooses; may be shared by many environments.
        limit: Steps after which an option is cut and the manager asked again.
        gamma: Discount of the manager's reward.

    Raises:
        UsageError: `limit` or `gamma` is out of its range.
    """

    def __init__(
        self, options: Sequence[Option], manager: Manager, *, limit: int, gamma: float
    ) -> None:
        if limit < 1 or not 0.0 < gamma <= 1.0:
            raise UsageError(
                f"options were given limit={limit}, gamma={gamma}; limit must be 1 or more, and "
                "gamma in (0, 1]."
            )
        self._options, self._manager = tuple(options), manager
        self._limit, self._gamma = limit, gamma
        self._begun: tuple[bool, ...] = ()
        self._steps = 0
        self._return = 0.0
        self.option = 0

    @property
    def name(self) -> str:
        """Of the option that is followed."""
        return self._options[self.option].name

    def choose(self, credited: Sequence[bool], rng: np.random.Generator) -> None:
        """Let the manager choose what is followed from here.

        Args:
            credited: ``bool[K]``, what has been credited in the episode.
            rng: For the manager.

        Raises:
            UsageError: The manager chose an option that cannot begin here.
        """
        self._begun = tuple(bool(done) for done in credited)
        able = choices(self._options, self._begun)
        self.option = self._manager.choose(self._begun, able, rng)
        if self.option not in able:
            raise UsageError(
                f"{type(self._manager).__name__} chose option {self.option!r}, which cannot begin; "
                f"those that can are {', '.join(map(str, able))}."
            )
        self._steps, self._return = 0, 0.0

    def step(
        self,
        credited: Sequence[bool],
        *,
        env_reward: float,
        terminated: bool,
        truncated: bool,
    ) -> OptionStep:
        """Account for one step; where the option ends, the manager learns of it.

        Args:
            credited: ``bool[K]``, after the step and before any reset.
            env_reward: The environment's own.
            terminated: Whether the environment came to a terminal state.
            truncated: Whether its episode was cut.
        """
        after = tuple(bool(done) for done in credited)
        self._return += self._gamma**self._steps * env_reward
        self._steps += 1
        # What was credited before the option began cannot end it.
        achieved = after[self.option] and not self._begun[self.option]
        ends = achieved or terminated
        step = OptionStep(
            name=self.name,
            reward=float(achieved),
            terminated=ends,
            truncated=not ends and (truncated or self._steps >= self._limit),
            episode_ended=terminated or truncated,
        )
        if step.ended:
            self._manager.learn(
                OptionOutcome(
                    credited=self._begun,
                    option=self.option,
                    reward=self._return,
                    discount=self._gamma**self._steps,
                    after=after,
                    choices=choices(self._options, after),
                    terminal=terminated,
                )
            )
        return step
