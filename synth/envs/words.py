"""``[mission] from``: where the words of an episode are read, as a spec says.

::

    env.mission          the attribute of the unwrapped environment
    observation.KEY      of the observation that the reset gave, a dictionary
    info.KEY             of what else the reset gave
    module:function      function(env, observation, info) says so, env unwrapped

They are read once, after a reset: an episode has one mission from its start to its end.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from synth.envs.keys import wrong_key
from synth.envs.named import named_function
from synth.errors import EnvironmentFault
from synth.sandbox.inputs import MOST_CHARACTERS

if TYPE_CHECKING:
    from synth.spec import Spec

__all__ = ["MissionReader", "mission_reader", "plain_mission"]

MissionReader = Callable[[Any, Any, Mapping[str, Any]], str]
"""Called with the unwrapped environment, and the observation and info of its reset."""

_REMEDY = "Name a function from environment, observation and info to text, as module:function."


def mission_reader(spec: Spec) -> MissionReader | None:
    """How an episode's mission is read; ``None`` where the spec has no missions.

    Raises:
        SpecError: The spec names a function that cannot be found.
    """
    if spec.mission is None:
        return None
    source = spec.mission.source
    if source == "env.mission":
        return lambda env, _observation, _info: plain_mission(
            getattr(env, "mission", None), f"{spec.env}'s attribute `mission`"
        )
    where, _, key = source.partition(".")
    if ":" not in source:
        return lambda _env, observation, info: _of_key(
            spec, observation if where == "observation" else info, where, key
        )
    function = named_function(spec, "mission.from", source, _REMEDY)
    return lambda env, observation, info: plain_mission(
        function(env, observation, info), f"the answer of {source}"
    )


def plain_mission(told: Any, what: str) -> str:
    """A mission as plain text.

    Args:
        told: What an environment gave for it.
        what: Where it comes from, for the message.

    Raises:
        EnvironmentFault: It is no text, or blank, or longer than `MOST_CHARACTERS`.
    """
    if not isinstance(told, str):
        raise EnvironmentFault(f"{what} is a {type(told).__name__}, not the text of a mission.")
    words = str(told)
    if not words.strip():
        raise EnvironmentFault(f"{what} is blank: an episode must have a mission in words.")
    if len(words) > MOST_CHARACTERS:
        raise EnvironmentFault(
            f"{what} is {len(words)} characters long; a mission has at most {MOST_CHARACTERS}."
        )
    return words


def _of_key(spec: Spec, told: Any, where: str, key: str) -> str:
    if not isinstance(told, Mapping) or key not in told:
        keys = ", ".join(map(str, told)) if isinstance(told, Mapping) else ""
        known = f"it has: {keys}" if keys else "it has none"
        problem = f"the {where} of {spec.env} has no key {key!r}; {known}."
        remedy = "Name one of its keys, or a module:function."
        raise wrong_key(spec, "mission.from", problem, remedy)
    return plain_mission(told[key], f"{where}[{key!r}] of {spec.env}")
