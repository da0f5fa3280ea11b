"""How a vision-language model is asked about one picture: in words, or by its first token.

Both show the initial picture beside the one in question and ask by the plan's words.
"""

from __future__ import annotations

import hashlib
import json
import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Protocol

from synth.errors import ModelRefused, ModelReplyError, ModelTruncated, UsageError
from synth.models.base import FirstTokenModel, Usage
from synth.prompts.beside import beside, is_wide
from synth.prompts.label_answers import parse_labels
from synth.prompts.prompt import PicturePart, Prompt, TextPart
from synth.prompts.requests import LabelPicture, LabelRequest

if TYPE_CHECKING:
    from collections.abc import Callable

    from synth.models.base import Model
    from synth.plan import Plan, SubTask
    from synth.verdicts import Picture

__all__ = ["FirstTokens", "InWords", "Looking", "Seen", "picture_digest", "question_digest"]

TRIES = 2
"""A reply that answers nothing is sent back once, with what was wrong with it."""

SYSTEM = (
    "You look at pictures of a task that an agent performs, and say whether a statement about a "
    "picture is true. Answer with one word, True or False."
)


@dataclass(frozen=True, slots=True)
class Seen:
    """What came of one look. K sub-tasks.

    Attributes:
        shares: For each sub-task how far it is said to hold, or ``None``.
        requests: Sent.
        usage: Tokens of all of them.
    """

    shares: tuple[float | None, ...]
    requests: int
    usage: Usage


@dataclass(frozen=True, slots=True)
class _Task:
    """What all questions share."""

    plan: Plan
    goal: str | None
    picture_notes: str


class Looking(Protocol):
    """Asks a model about one picture."""

    @property
    def manner(self) -> str:
        """Says how, for digests."""
        ...

    @property
    def together(self) -> tuple[tuple[str, ...], ...]:
        """Which sub-tasks one question is about; each is in exactly one."""
        ...

    def look(
        self, picture: Picture, names: tuple[str, ...], key: str, permit: Callable[[], None]
    ) -> Seen:
        """Ask one question about a picture.

        Args:
            picture: With its initial one and the words of its episode.
            names: One of `together`.
            key: Its digest, by which requests are told apart.
            permit: Called before each request.

        Raises:
            ModelError: The service failed.
            BudgetExhausted: No more requests are permitted.
        """
        ...


class InWords:
    """One request for a picture, all sub-tasks in it, answered by yes, no, or cannot tell.

    Args:
        model: Any model.
        plan: The plan.
        goal: In words, where the spec tells it.
        picture_notes: What the family says of its pictures.
    """

    manner = "in words"

    def __init__(self, model: Model, plan: Plan, goal: str | None, picture_notes: str) -> None:
        self._model, self._task = model, _Task(plan, goal, picture_notes)

    @property
    def together(self) -> tuple[tuple[str, ...], ...]:
        """All sub-tasks."""
        return (self._task.plan.names,)

    def look(
        self, picture: Picture, names: tuple[str, ...], key: str, permit: Callable[[], None]
    ) -> Seen:
        """See `Looking`; an answer that cannot be read, or a refusal, is none."""
        frame, initial, mission = picture
        request = LabelRequest(
            goal=self._task.goal,
            picture_notes=self._task.picture_notes,
            plan=self._task.plan,
            pictures=(LabelPicture("picture-01", initial, frame, names, mission),),
            part=key[:16],
            held_out=True,  # nobody else is to see it, whichever split it is of
        )
        usage, requests = Usage(), 0
        for attempt in range(TRIES):
            permit()
            requests += 1
            try:
                reply = self._model.ask(request)
                usage += reply.usage
                said = {one.subtask: one.answer for one in parse_labels(reply.text, request)}
                shares = tuple(float(said[name] == "yes") for name in names)
                return Seen(shares, requests, usage)
            except (ModelReplyError, ModelRefused, ModelTruncated) as error:
                if error.paid is not None:
                    usage += Usage(error.paid.input_tokens, error.paid.output_tokens)
                part = f"{key[:16]}-{attempt + 1}"
                request = replace(request, problem=str(error), part=part)
        return Seen((None,) * len(names), requests, usage)


class FirstTokens:
    """One request for each sub-task, answered by the probability that it begins with True.

    TOPReward (arXiv 2602.19313) takes the log-probability of "True" after a video and the
    instruction for the progress of the task, scaled by the least and the most of its episode.
    A reward here has no memory: it is shown the initial picture and the present one in place of
    the video, and the probability itself is the progress::

        p(True) / (p(True) + p(False))

    which rises and falls with TOPReward's value, and lies in [0, 1] without knowing the rest of
    the episode.

    Args:
        model: Gives log probabilities of its first token.
        plan: The plan.
        goal: In words, where the spec tells it.
        picture_notes: What the family says of its pictures.

    Raises:
        UsageError: The model gives none.
    """

    manner = "by first tokens"

    def __init__(self, model: Model, plan: Plan, goal: str | None, picture_notes: str) -> None:
        if not isinstance(model, FirstTokenModel):
            raise UsageError(
                f"{model.name} gives no log probabilities; leave logprobs out, or choose openai: "
                "with a server that gives them."
            )
        self._model, self._task = model, _Task(plan, goal, picture_notes)

    @property
    def together(self) -> tuple[tuple[str, ...], ...]:
        """Each sub-task by itself."""
        return tuple((name,) for name in self._task.plan.names)

    def look(
        self,
        picture: Picture,
        names: tuple[str, ...],
        key: str,  # noqa: ARG002 - requests of one token have no place in a run
        permit: Callable[[], None],
    ) -> Seen:
        """See `Looking`."""
        subtask = next(one for one in self._task.plan.subtasks if one.name == names[0])
        permit()
        told = self._model.first_token(self._prompt(picture, subtask))
        # A vocabulary has several: "True", " true", ...
        true, false = (
            sum(math.exp(p) for token, p in told.top if token.strip().lower() == word)
            for word in ("true", "false")
        )
        share = true / (true + false) if true + false else None
        return Seen((share,), 1, told.usage)

    def _prompt(self, picture: Picture, subtask: SubTask) -> Prompt:
        frame, initial, mission = picture
        first, second = ("above", "below") if is_wide(frame) else ("on the left", "on the right")
        about = [f"The goal: {self._task.goal}"] if self._task.goal else []
        about += [self._task.picture_notes] if self._task.picture_notes else []
        about += [f'The mission of this episode: "{mission}"'] if mission is not None else []
        about.append(
            f"The picture shows two moments of one episode: {first} its beginning, {second} one "
            "that came later."
        )
        statement = f"The statement about the later moment: {subtask.description} {subtask.visible}"
        return Prompt(
            SYSTEM,
            (
                TextPart("\n\n".join(about) + "\n\n"),
                PicturePart("picture-01", "the two moments", beside(initial, frame)),
                TextPart(f"\n\n{statement}\n\nTrue or False?"),
            ),
        )


def picture_digest(picture: Picture, about: tuple[str, ...]) -> str:
    """Digest of a picture and of all that is asked about any, as 64 hex digits.

    Args:
        picture: The picture.
        about: All else that the answer depends on.
    """
    frame, initial, mission = picture
    sha = hashlib.sha256(json.dumps([*about, mission, frame.shape, initial.shape]).encode())
    sha.update(frame.tobytes())
    sha.update(initial.tobytes())
    return sha.hexdigest()


def question_digest(picture: str, names: tuple[str, ...]) -> str:
    """Digest of a question, as 64 hex digits.

    Args:
        picture: Its picture's digest.
        names: The sub-tasks that it is about.
    """
    return hashlib.sha256(json.dumps([picture, *names]).encode()).hexdigest()
