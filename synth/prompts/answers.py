"""Reading a plan out of an answer, and the JSON schema that asks for one.

Answers about labels are read by `synth.prompts.label_answers`, code by
`synth.program.extract_code`. Whether a plan is a good one is judged by episodes.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, TypeGuard

from pydantic import ValidationError

from synth.errors import ModelReplyError
from synth.plan import Plan, SubTask
from synth.program.markdown import fenced, said

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["SEND_PLAN", "last_object", "parse_plan", "plan_schema", "strict_object"]

_EFFORT = 4_000_000
"""Characters that may be tried as JSON: a brace may begin an object, or a page of nonsense."""

_SHOWN = 3

SEND_PLAN = (
    'Answer with the plan as one JSON object: {"task": ..., "stages": [[{"name": ..., '
    '"description": ..., "visible": ...}], ...]}.'
)
"""What a model is told to do about an answer without a plan."""


def plan_schema() -> dict[str, Any]:
    """JSON schema of a plan, within what structured outputs of all providers accept.

    Every object forbids further properties and requires all of its own. Patterns and lengths
    are left out, since not every service takes them: `parse_plan` checks them.
    """
    subtask = strict_object(
        {name: {"type": "string"} for name in SubTask.model_fields},
    )
    return strict_object(
        {
            "task": {"type": "string"},
            "stages": {"type": "array", "items": {"type": "array", "items": subtask}},
        }
    )


def parse_plan(text: str) -> Plan:
    """Read the plan in an answer: bare JSON, JSON in a fence, or JSON amid prose.

    Of several the last one counts, as with code.

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
    found = last_object(text, "stages")
    if found is None:
        raise ModelReplyError(f'the answer holds no JSON object with "stages". {SEND_PLAN}')
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


def strict_object(properties: Mapping[str, Any]) -> dict[str, Any]:
    """JSON schema of an object that has exactly these properties."""
    return {
        "type": "object",
        "properties": dict(properties),
        "required": list(properties),
        "additionalProperties": False,
    }


def last_object(answer: str, key: str) -> Mapping[str, Any] | None:
    """The last JSON object of an answer that has a key; what was thought before it holds none.

    Args:
        answer: Bare JSON, JSON in a fence, or JSON amid prose.
        key: Which key tells the object that is meant.
    """
    text = said(answer)
    whole = _decode(text)
    if _has(whole, key):
        return whole
    blocks = [_decode(block.text) for block in fenced(text)]
    meant = [block for block in blocks if _has(block, key)]
    return meant[-1] if meant else _amid_prose(text, key)


def _has(content: Any, key: str) -> TypeGuard[Mapping[str, Any]]:
    return isinstance(content, dict) and key in content


def _decode(text: str) -> Any:
    try:
        return json.loads(text.strip())
    except (ValueError, RecursionError):
        return None


def _amid_prose(text: str, key: str) -> Mapping[str, Any] | None:
    """The last JSON object with a key that begins at some brace of the text."""
    decoder, found = json.JSONDecoder(), None
    at, effort = text.find("{"), 0
    while at >= 0 and effort < _EFFORT:
        try:
            content, end = decoder.raw_decode(text, at)
        except json.JSONDecodeError as error:
            effort += error.pos - at
            end = at + 1
        except (ValueError, RecursionError):
            effort += len(text) - at
            end = at + 1
        else:
            found = content if _has(content, key) else found
            # An object that is not meant may hold one, as an answer wrapped in another.
            end = end if _has(content, key) else at + 1
            effort += end - at
        at = text.find("{", end)
    return found


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
