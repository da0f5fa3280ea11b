"""The seam between the loop and whatever answers it.

A model is anything with a `name` and an `ask`. Providers live one to a module; the loop
knows only this protocol. The SDKs retry, the journal caches, and the
loop's budget counts.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, runtime_checkable

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from synth.prompts.prompt import Prompt
    from synth.prompts.requests import Request

__all__ = ["Declines", "FirstToken", "FirstTokenModel", "Model", "ModelOptions", "Reply", "Usage"]


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens of one or more requests, as the service counted them."""

    input_tokens: int = 0
    output_tokens: int = 0

    @property
    def total(self) -> int:
        """Input and output together."""
        return self.input_tokens + self.output_tokens

    def __add__(self, other: Usage) -> Usage:
        """Both together."""
        return Usage(
            self.input_tokens + other.input_tokens, self.output_tokens + other.output_tokens
        )


@dataclass(frozen=True, slots=True)
class Reply:
    """A model's answer, as it came.

    Attributes:
        text: Never empty.
        usage: Tokens; zero where the provider does not count them.
        model: What answered, as the service names it.
    """

    text: str
    usage: Usage = Usage()
    model: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelOptions:
    """How to reach a model. ``None`` means what the provider does by default.

    Attributes:
        base_url: Of a compatible or local server.
        max_output_tokens: Limit on one answer.
        timeout: Seconds to wait for one answer.
        max_retries: How often the SDK repeats a request that failed on the way.
        temperature: Sent only where set; some models refuse it.
        max_images: Pictures in one request; the most telling ones are kept.
        on_wait: Told the folder of a request that waits for a person's answer.
    """

    base_url: str | None = None
    max_output_tokens: int | None = None
    timeout: float | None = None
    max_retries: int | None = None
    temperature: float | None = None
    max_images: int | None = None
    on_wait: Callable[[Path], None] | None = None


@runtime_checkable
class Model(Protocol):
    """Anything that answers requests. `ask` may be called from several threads at once."""

    @property
    def name(self) -> str:
        """As given on the command line: ``openai:gpt-x``. No colon is needed."""
        ...

    def ask(self, request: Request) -> Reply:
        """Answer one request.

        Raises:
            ModelError: The service failed, refused, or answered with nothing usable.
        """
        ...


@runtime_checkable
class Declines(Protocol):
    """A model that knows beforehand which tasks are beyond it."""

    def declines(self, *, missions: bool) -> str:
        """Why it will not try a task, and what would help; nothing where it will.

        Args:
            missions: Whether the task's missions vary.
        """
        ...


@dataclass(frozen=True, slots=True)
class FirstToken:
    """What a model's answer might begin with.

    Attributes:
        top: The likeliest tokens, each with the logarithm of its probability.
        usage: Tokens; zero where the provider does not count them.
    """

    top: tuple[tuple[str, float], ...]
    usage: Usage = Usage()


@runtime_checkable
class FirstTokenModel(Protocol):
    """A model that tells probabilities. It may be asked from several threads at once."""

    def first_token(self, prompt: Prompt) -> FirstToken:
        """The likeliest first tokens of its answer.

        Raises:
            ModelError: The service failed, or tells no probabilities.
        """
        ...
