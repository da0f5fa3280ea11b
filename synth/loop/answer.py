"""From an answer's text to a program: the code block found, and merged where it is a patch.

Whether the program is any good is for the bench to say.
"""

from __future__ import annotations

from dataclasses import dataclass

from synth.errors import ModelReplyError, ProgramSyntaxError, RewardError
from synth.program import extract_code, lint, merge, parse
from synth.program.parse import parse_tree
from synth.program.reply import SEND
from synth.prompts.answers import SEND_PLAN

__all__ = ["ReadAnswer", "for_people", "is_program", "read_program"]

BEGINS = 160
"""Characters of an answer that people are shown where it holds nothing of use."""


@dataclass(frozen=True, slots=True)
class ReadAnswer:
    """What an answer came to.

    Attributes:
        source: The whole program, or ``None`` where the answer cannot be used.
        problem: Why not, in a sentence for the model.
    """

    source: str | None
    problem: str = ""


def read_program(text: str, base: str | None = None) -> ReadAnswer:
    """Read an answer that should hold a program, or a patch of one.

    Args:
        text: The answer.
        base: The program that the answer may patch, function by function. Where there is
            none, where it is not Python, or where the answer is a program that stands alone,
            the answer is taken whole.
    """
    try:
        code = extract_code(text)
    except (ModelReplyError, RewardError) as error:
        return ReadAnswer(None, str(error))
    if not code.strip():
        return ReadAnswer(None, "The answer held no code.")
    if base is None or not _is_python(base) or _stands_alone(code):
        return ReadAnswer(code)
    try:
        return ReadAnswer(merge(base, code))
    except RewardError as error:
        return ReadAnswer(None, f"The answer could not be merged into the program: {error}")


def _is_python(source: str) -> bool:
    try:
        parse_tree(source)
    except ProgramSyntaxError:
        return False
    return True


def _stands_alone(source: str) -> bool:
    """Whether a text is a program that needs nothing of the one before it.

    Merged, it would keep what it no longer uses, such as a ``perceive`` that would change
    what its checkers are given.
    """
    return is_program(source) and not lint(source)


def is_program(source: str) -> bool:
    """Whether a text parses as a reward program."""
    try:
        parse(source)
    except ProgramSyntaxError:
        return False
    return True


def for_people(problem: str, answer: str) -> str:
    """What is wrong with an answer, as people read it.

    What the model is to send instead is for the model; people are shown how its answer begins.
    """
    asked = next((words for words in (SEND, SEND_PLAN) if words in problem), None)
    if asked is None:
        return problem
    wrong, begins = problem.replace(asked, "").strip().rstrip("."), " ".join(answer.split())
    if not begins:
        return f"{wrong}; it is empty"
    return f"{wrong}; it begins: {begins[:BEGINS]}{' ...' if len(begins) > BEGINS else ''}"
