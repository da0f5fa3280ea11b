"""``[success] when``: what counts as success, as one short expression.

::

    info.KEY                     info["KEY"] is true after the step (or the reset)
    reward > NUMBER              the step's reward; also >=, < and <=
    terminated                   the environment ended the episode by itself
    terminated and reward > 0    both; any comparison of the reward
    truncated                    the environment cut the episode, as at a step limit
    module:function              function(env, outcome) says so, with a `StepOutcome`

Nothing else is an expression: there is no ``or``, no ``not``, and no arithmetic. What needs
more is a function.
"""

from __future__ import annotations

import difflib
import operator
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from synth.envs.keys import wrong_key
from synth.envs.named import named_function
from synth.errors import EnvironmentFault

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from synth.errors import SpecError
    from synth.spec import Spec

__all__ = ["EXAMPLES", "Came", "Condition", "StepOutcome", "parse_condition"]

EXAMPLES = (
    "info.is_success",
    "reward > 0",
    "terminated",
    "terminated and reward > 0",
    "truncated",
    "my_tasks:solved",
)

_COMPARE: Mapping[str, Callable[[float, float], bool]] = {
    ">": operator.gt,
    ">=": operator.ge,
    "<": operator.lt,
    "<=": operator.le,
}
_INFO = re.compile(r"info\.([A-Za-z_]\w*)")
_REWARD = re.compile(r"(terminated\s+and\s+)?reward\s*(>=|<=|>|<)\s*([+-]?\d+(?:\.\d+)?)")
_FUNCTION = re.compile(r"([A-Za-z_]\w*(?:\.\w+)*):([A-Za-z_]\w*)")


@dataclass(frozen=True, slots=True)
class StepOutcome:
    """What an environment returned from its last step, or from the reset.

    Attributes:
        observation: As the environment gave it.
        reward: Of the step; ``None`` after a reset.
        terminated: Whether the environment ended the episode.
        truncated: Whether it was cut.
        info: The environment's own remarks.
    """

    observation: Any
    reward: float | None
    terminated: bool
    truncated: bool
    info: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Condition:
    """A condition that has been read.

    Attributes:
        text: As it is written.
        holds: Called with the unwrapped environment and the outcome.
    """

    text: str
    holds: Callable[[Any, StepOutcome], bool]


class Came:
    """What an episode told that a condition could have asked for."""

    def __init__(self) -> None:
        self._rewards: list[float] = []
        self._keys: set[str] = set()
        self._terminated = False

    def see(self, outcome: StepOutcome) -> None:
        """One step's, or the reset's."""
        if outcome.reward is not None:
            self._rewards.append(outcome.reward)
        self._keys.update(map(str, outcome.info))
        self._terminated |= outcome.terminated

    def instead_of(self, text: str) -> str:
        """What came where that condition held on no step; one sentence or two."""
        text = text.strip()
        if (match := _INFO.fullmatch(text)) and match[1] not in self._keys:
            keys = ", ".join(sorted(self._keys))
            has = f"its keys are {keys}" if keys else "it has none"
            return f"info has no key {match[1]!r}; {has}."
        parts = []
        if "reward" in text and self._rewards and _REWARD.fullmatch(text):
            low, high = min(self._rewards), max(self._rewards)
            parts.append(f"its rewards are {low:g} to {high:g}")
        if text.startswith("terminated"):
            parts.append("it is terminated" if self._terminated else "it is never terminated")
        told = " and ".join(parts)
        return f"`{text}` holds nowhere in that episode{f': {told}' if told else ''}."


def parse_condition(spec: Spec) -> Condition:
    """What the spec calls success.

    Raises:
        SpecError: It says nothing, or something that is no condition; or its function cannot
            be found.
    """
    text = spec.success.when
    if text is None:
        raise _wrong(spec, f"is required: nothing else tells what success is in {spec.env}.")
    text = text.strip()
    if text == "terminated":
        return Condition(text, lambda _env, outcome: outcome.terminated)
    if text == "truncated":
        return Condition(text, lambda _env, outcome: outcome.truncated)
    if match := _INFO.fullmatch(text):
        return Condition(text, _info(spec, match[1]))
    if match := _REWARD.fullmatch(text):
        return Condition(text, _reward(match[2], float(match[3]), ending=bool(match[1])))
    if match := _FUNCTION.fullmatch(text):
        return Condition(text, _function(spec, text))
    raise _wrong(spec, f"cannot be read: {text!r}.")


def _reward(sign: str, bound: float, *, ending: bool) -> Callable[[Any, StepOutcome], bool]:
    compare = _COMPARE[sign]

    def holds(_env: Any, outcome: StepOutcome) -> bool:
        if outcome.reward is None or (ending and not outcome.terminated):
            return False
        return compare(outcome.reward, bound)

    return holds


def _info(spec: Spec, key: str) -> Callable[[Any, StepOutcome], bool]:
    def holds(_env: Any, outcome: StepOutcome) -> bool:
        if key not in outcome.info:
            # Many environments give the key at the end only; a slip of the pen is another matter.
            near = difflib.get_close_matches(key, [str(k) for k in outcome.info], n=1, cutoff=0.8)
            if near:
                problem = f"{spec.env} gives no info[{key!r}]."
                raise wrong_key(spec, "success.when", problem, f"Did you mean info.{near[0]}?")
            return False
        return _truth_of(outcome.info[key], f"info[{key!r}] of {spec.env}")

    return holds


def _function(spec: Spec, text: str) -> Callable[[Any, StepOutcome], bool]:
    function = named_function(spec, "success.when", text, _remedy())

    def holds(env: Any, outcome: StepOutcome) -> bool:
        return _truth_of(function(env, outcome), f"the answer of {text}")

    return holds


def _truth_of(value: Any, what: str) -> bool:
    if isinstance(value, bool | np.bool_ | int | float | np.number) or (
        isinstance(value, np.ndarray) and value.size == 1
    ):
        return bool(value)
    raise EnvironmentFault(
        f"{what} is a {type(value).__name__}, not a yes or no. Name another key in "
        "`[success] when`, or a function that decides."
    )


def _wrong(spec: Spec, problem: str) -> SpecError:
    return wrong_key(spec, "success.when", problem, _remedy())


def _remedy() -> str:
    examples = ", ".join(f'"{example}"' for example in EXAMPLES)
    return f"Write one of these, with your own names and numbers: {examples}."
