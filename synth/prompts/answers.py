"""Reading a plan out of an answer, and the JSON schema that asks for one.

Code is read by `synth.program.extract_code`. Whether a plan is a good one is judged
by episodes.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from synth.errors import ModelReplyError
from synth.plan import Plan, SubTask

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

__all__ = ["parse_plan", "plan_schema"]

_FENCE = re.compile(r"^ {0,3}(`{3,}|~{3,})[^\n]*\n(.*?)^ {0,3}\1", re.DOTALL | re.MULTILINE)
_ATTEMPTS = 1000
_SHOWN = 3


def plan_schema() -> dict[str, Any]:
    """JSON schema of a plan, within what structured outputs of all providers accept.

    Every object forbids further properties and requires all of its own. Patterns and lengths
    are left out, since not every service takes them: `parse_plan` checks them.
    """
    subtask = _object(
        {name: {"type": "string"} for name in SubTask.model_fields},
    )
    return _object(
        {
            "task": {"type": "string"},
            "stages": {"type": "array", "items": {"type": "array", "items": subtask}},
        }
    )


def parse_plan(text: str) -> Plan:
    """Read the plan in an answer: bare JSON, JSON in a fence, or JSON amid prose.

    A stage written as a single sub-task rather than as a list of one is taken as that, and
    properties that a plan does not have are ignored.

    Args:
        text: The answer.

    Returns:
        The plan.

    Raises:
        ModelReplyError: There is no plan in it; the message says what is wrong, in words
            that a model can act on.
    """
    found = _find(text)
    if found is None:
        raise ModelReplyError(
            'the answer holds no JSON object with "stages". Answer with the plan as one JSON '
            'object: {"task": ..., "stages": [[{"name": ..., "description": ..., '
            '"visible": ...}], ...]}.'
        )
    try:
        return Plan.model_validate(_tidy(found))
    except ValidationError as error:
        problems = [
            f"{_where(e['loc'])}{e['msg'].removeprefix('Value error, ')}" for e in error.errors()
        ]
        more = f" (and {len(problems) - _SHOWN} more)" if len(problems) > _SHOWN else ""
        raise ModelReplyError(
            f"the plan is not valid: {'; '.join(problems[:_SHOWN])}{more}."
        ) from error


def _object(properties: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": dict(properties),
        "required": list(properties),
        "additionalProperties": False,
    }


def _find(text: str) -> Mapping[str, Any] | None:
    for candidate in (text, *(match[2] for match in _FENCE.finditer(text))):
        content = _decode(candidate.strip().removeprefix("\ufeff"))
        if isinstance(content, dict) and "stages" in content:
            return content
    return next(_objects(text), None)


def _decode(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _objects(text: str) -> Iterator[Mapping[str, Any]]:
    """JSON objects with stages that start at some brace of the text."""
    decoder = json.JSONDecoder()
    for attempt, match in enumerate(re.finditer(r"\{", text)):
        if attempt >= _ATTEMPTS:
            return
        try:
            content, _ = decoder.raw_decode(text, match.start())
        except (ValueError, RecursionError):
            continue
        if isinstance(content, dict) and "stages" in content:
            yield content


def _tidy(content: Mapping[str, Any]) -> dict[str, Any]:
    stages = content["stages"]
    if isinstance(stages, list):
        stages = [
            [_known(entry) for entry in (stage if isinstance(stage, list) else [stage])]
            for stage in stages
        ]
    return {**{k: v for k, v in content.items() if k == "task"}, "stages": stages}


def _known(entry: Any) -> Any:
    if not isinstance(entry, dict):
        return entry
    return {key: value for key, value in entry.items() if key in SubTask.model_fields}


def _where(location: tuple[int | str, ...]) -> str:
    return f"{'.'.join(str(part) for part in location)}: " if location else ""
