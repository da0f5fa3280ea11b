"""A model whose answers are written beforehand: for tests, ours and users' own.

It does not look at prompts or pictures unless a callable does.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from synth.errors import ModelReplyError
from synth.models.base import Reply

if TYPE_CHECKING:
    from synth.prompts.requests import Request

__all__ = ["Answer", "ScriptedModel"]

Answer = str | Reply | Exception
"""An answer's text, a whole reply with its usage, or an error to be raised."""


class ScriptedModel:
    """A model that answers from a script. It may be asked from several threads at once.

    Args:
        answers: A sequence, used up in order of asking; a mapping from a request's key
            (``write-1-0``) to its answer, good for any number of asks; or a callable that
            is given the request. An exception among the answers is raised.
        name: The model's name.
    """

    def __init__(
        self,
        answers: Sequence[Answer] | Mapping[str, Answer] | Callable[[Request], Answer],
        name: str = "scripted",
    ) -> None:
        self._answers = answers
        self._name = name
        self._requests: list[Request] = []
        self._lock = threading.Lock()

    @property
    def name(self) -> str:
        """As given."""
        return self._name

    @property
    def requests(self) -> tuple[Request, ...]:
        """Everything it was asked so far, in order."""
        with self._lock:
            return tuple(self._requests)

    def ask(self, request: Request) -> Reply:
        """Give the next answer of the script.

        Raises:
            ModelReplyError: The script holds no answer for this request.
            Exception: The one that the script holds in its place.
        """
        with self._lock:
            number = len(self._requests)
            self._requests.append(request)
        answer = self._answer(request, number)
        if isinstance(answer, Exception):
            raise answer
        return answer if isinstance(answer, Reply) else Reply(answer, model=self._name)

    def _answer(self, request: Request, number: int) -> Answer:
        if isinstance(self._answers, Mapping):
            if request.key in self._answers:
                return self._answers[request.key]
            known = ", ".join(self._answers) or "none"
            raise ModelReplyError(
                f"{self._name}: the script has no answer for {request.key!r}; it has: {known}."
            )
        if isinstance(self._answers, Sequence):
            if number < len(self._answers):
                return self._answers[number]
            raise ModelReplyError(
                f"{self._name}: the script has {len(self._answers)} answers and was asked for "
                f"one more ({request.key!r})."
            )
        return self._answers(request)
