"""Reading a sheet of answers about pictures, and the JSON schema that asks for one.

Whether an answer becomes a label is for `synth.labels` to say.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from synth.errors import ModelReplyError
from synth.foreign import whole_number
from synth.prompts.answers import last_object, strict_object

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from synth.prompts.requests import LabelRequest

__all__ = ["Said", "label_schema", "parse_labels", "said_of"]

SaidAnswer = Literal["yes", "no", "cannot_tell"]

_WORDS: dict[str, SaidAnswer] = {
    "yes": "yes", "true": "yes", "y": "yes", "holds": "yes",
    "no": "no", "false": "no", "n": "no", "does not hold": "no",
    "cannot tell": "cannot_tell", "can not tell": "cannot_tell", "can't tell": "cannot_tell",
    "unclear": "cannot_tell", "unknown": "cannot_tell", "unsure": "cannot_tell",
    "?": "cannot_tell", "": "cannot_tell", "none": "cannot_tell",
}  # fmt: skip
_SHOWN = 3


@dataclass(frozen=True, slots=True)
class Said:
    """What was said to one question.

    Attributes:
        picture: Name of the picture within the request: ``picture-03``.
        subtask: The sub-task's name.
        answer: As it counts.
        remark: What the plan leaves open there, or nothing.
    """

    picture: str
    subtask: str
    answer: SaidAnswer
    remark: str = ""


def label_schema() -> dict[str, Any]:
    """JSON schema of a sheet of answers, within what structured outputs of all providers accept."""
    words = {"type": "string", "enum": ["yes", "no", "cannot tell"]}
    answer = strict_object(
        {
            "picture": {"type": "string"},
            "subtask": {"type": "string"},
            "answer": words,
            "remark": {"type": "string"},
        }
    )
    return strict_object({"answers": {"type": "array", "items": answer}})


def said_of(text: str, request: LabelRequest) -> tuple[Said, ...]:
    """What an answer says to the questions of a request, as far as it says anything.

    Args:
        text: The answer: bare JSON, JSON in a fence, or JSON amid prose. A list of answers, or
            an object by picture and sub-task; names may lack the leading word or zeros.
        request: What was asked; what was not asked is ignored.

    Returns:
        At most one for each question, in the order of the request. A question that is answered
        twice in different ways is not answered.
    """
    content = last_object(text, "answers")
    entries = _entries(content["answers"]) if content is not None else iter(())
    questions = {(p.name, name) for p in request.pictures for name in p.subtasks}
    numbers = {_number(p.name): p.name for p in request.pictures}
    found: dict[tuple[str, str], set[SaidAnswer]] = {}
    remarks: dict[tuple[str, str], str] = {}
    for picture, subtask, said, remark in entries:
        key = (numbers.get(_number(picture), picture), subtask.strip().strip("`"))
        answer = _WORDS.get(" ".join(said.lower().replace("_", " ").split()).rstrip("."))
        if key in questions and answer is not None:
            found.setdefault(key, set()).add(answer)
            remarks[key] = remark.strip()
    return tuple(
        Said(picture.name, name, next(iter(found[picture.name, name])), remarks[picture.name, name])
        for picture in request.pictures
        for name in picture.subtasks
        if len(found.get((picture.name, name), ())) == 1
    )


def parse_labels(text: str, request: LabelRequest) -> tuple[Said, ...]:
    """All that an answer says, where it answers every question; see `said_of`.

    Raises:
        ModelReplyError: It does not; the message names what is missing, for the model.
    """
    said = said_of(text, request)
    answered = {(one.picture, one.subtask) for one in said}
    missing = [
        f"{picture.name}, {name}"
        for picture in request.pictures
        for name in picture.subtasks
        if (picture.name, name) not in answered
    ]
    if not said:
        raise ModelReplyError(
            'the answer holds no JSON object with "answers" to these questions. Answer with one '
            'JSON object: {"answers": [{"picture": "picture-01", "subtask": "...", "answer": '
            '"yes", "remark": ""}, ...]}, each answer being yes, no or cannot tell.'
        )
    if missing:
        more = f" and {len(missing) - _SHOWN} more" if len(missing) > _SHOWN else ""
        raise ModelReplyError(
            f"no clear answer (yes, no or cannot tell) to: {'; '.join(missing[:_SHOWN])}{more}. "
            "Answer all questions again, each once."
        )
    return said


def _entries(answers: Any) -> Iterator[tuple[str, str, str, str]]:
    """Picture, sub-task, answer and remark, from a list or from objects by name."""
    if isinstance(answers, list):
        for entry in answers:
            if isinstance(entry, dict):
                yield from _entry(entry)
    elif isinstance(answers, dict):
        for picture, by_subtask in answers.items():
            if isinstance(by_subtask, dict):
                for subtask, said in by_subtask.items():
                    inner = said if isinstance(said, dict) else {"answer": said}
                    yield from _entry({**inner, "picture": picture, "subtask": subtask})


def _entry(entry: Mapping[str, Any]) -> Iterator[tuple[str, str, str, str]]:
    remark = entry.get("remark")
    yield (
        _word(entry.get("picture")),
        _word(entry.get("subtask")),
        _word(entry.get("answer")),
        remark if isinstance(remark, str) else "",
    )


def _word(value: Any) -> str:
    """A word, number or truth value as text; what holds others is no answer."""
    return "" if value is None or isinstance(value, (list, dict)) else str(value)


def _number(name: str) -> int | str:
    """``picture-03``, ``Picture 3`` and ``3`` are the same picture."""
    digits = name.strip().strip("`").lower().removeprefix("picture").strip(" -_#")
    number = whole_number(digits)
    return name if number is None else number
