"""Anthropic's messages API, and servers that speak it: ``anthropic:NAME``.

Retries are left to the SDK, and no sampling parameter is sent unless
the user set one.
"""

from __future__ import annotations

import base64
from functools import partial
from typing import TYPE_CHECKING, Any

from synth.errors import ModelRefused, ModelReplyError, ModelTruncated, Paid
from synth.models.base import Reply, Usage
from synth.models.manner import Manner
from synth.models.service import Service, missing_sdk
from synth.prompts.render import PicturePart, Prompt, render
from synth.prompts.telling import limited

try:
    import anthropic

    # Stands on the HTTP client that the SDK brings.
    from synth.models.patience import PatientTransport
except ImportError as error:
    raise missing_sdk("anthropic", error) from error

if TYPE_CHECKING:
    from anthropic.types import Message

    from synth.models.base import ModelOptions
    from synth.prompts.requests import Request

__all__ = ["DEFAULT_OUTPUT_TOKENS", "VARIABLE", "AnthropicModel", "open_provider"]

VARIABLE = "ANTHROPIC_API_KEY"

DEFAULT_OUTPUT_TOKENS = 16_384
"""The API wants a limit; programs take about 3,000, thinking before them more."""

_CUT = frozenset({"max_tokens", "model_context_window_exceeded"})


class AnthropicModel:
    """A model behind the messages API.

    Args:
        service: Which model, where, and with which key.
        options: Limits on the answer.
    """

    def __init__(self, service: Service, options: ModelOptions) -> None:
        self._service = service
        self._options = options
        given = options.max_output_tokens
        self._manner = Manner(tokens=given or DEFAULT_OUTPUT_TOKENS, given=given is not None)
        self._client = anthropic.Anthropic(
            api_key=service.key,
            base_url=service.base_url,
            timeout=service.timeout,
            max_retries=service.max_retries,
            http_client=anthropic.DefaultHttpxClient(transport=PatientTransport(service.timeout)),
        )

    @property
    def name(self) -> str:
        """``anthropic:NAME``."""
        return self._service.name

    def ask(self, request: Request) -> Reply:
        """Send one request.

        Raises:
            ModelAuthError: The key was refused.
            ModelRateLimited: Too many requests, after the SDK's retries.
            ModelUnavailable: The service failed, stalled, or cut its answer short.
            ModelRefused: The model declined.
            ModelTruncated: The answer reached the token limit.
            ModelReplyError: The answer is empty.
            ModelError: The service rejected the request.
        """
        prompt = limited(render(request), request, self._options.max_images)
        send = partial(self._send, prompt)
        answer, self._manner = self._service.in_some_manner(
            anthropic, send, self._manner, schema=prompt.schema is not None
        )
        return self._reply(answer)

    def _send(self, prompt: Prompt, manner: Manner) -> Message:
        extra: dict[str, Any] = {}
        if manner.schema and prompt.schema is not None:
            form = {"type": "json_schema", "schema": dict(prompt.schema)}
            extra["output_config"] = {"format": form}
        if self._options.temperature is not None:
            # Not an argument of the SDK any more, since newer models refuse it.
            extra["extra_body"] = {"temperature": self._options.temperature}
        message: Message = self._client.messages.create(
            model=self._service.model,
            max_tokens=manner.tokens or DEFAULT_OUTPUT_TOKENS,
            system=prompt.system,
            messages=[{"role": "user", "content": _content(prompt)}],  # type: ignore[misc, list-item]  # plain dictionaries
            timeout=self._service.timeout,
            **extra,
        )
        return message

    def _reply(self, message: Message) -> Reply:
        # The SDK hands on whatever the server sent, HTML pages and nulls included.
        error = getattr(message, "error", None)
        blocks = getattr(message, "content", None)
        if not isinstance(blocks, list):
            raise self._service.failure_in(error) or self._service.unreadable()
        text = "".join(b.text for b in blocks if getattr(b, "type", "") == "text" and b.text)
        usage = message.usage
        counted = Usage()
        if usage:
            cached = (usage.cache_read_input_tokens or 0) + (usage.cache_creation_input_tokens or 0)
            counted = Usage((usage.input_tokens or 0) + cached, usage.output_tokens or 0)
        model = message.model or self._service.model
        paid = Paid(text, counted.input_tokens, counted.output_tokens, model)
        if (failure := self._service.failure_in(error, paid=paid)) is not None:
            raise failure
        if message.stop_reason == "refusal":
            declined = f"{self.name}: the model declined to answer. {text[:300]}".strip()
            raise ModelRefused(declined, paid=paid)
        if message.stop_reason in _CUT:
            raise ModelTruncated(
                f"{self.name}: the answer was cut at the limit of output tokens; raise "
                "--max-output-tokens.",
                paid=paid,
            )
        if not text.strip():
            raise ModelReplyError(
                f"{self.name}: the answer is empty (stop reason {message.stop_reason!r}).",
                paid=paid,
            )
        return Reply(text, counted, model)


def open_provider(name: str, options: ModelOptions) -> AnthropicModel:
    """``anthropic:NAME``.

    Raises:
        UsageError: There is no name, or an option is out of range.
        ModelAuthError: The key is not set.
    """
    return AnthropicModel(Service.of("anthropic", name, VARIABLE, options), options)


def _content(prompt: Prompt) -> list[dict[str, Any]]:
    parts: list[dict[str, Any]] = []
    for part in prompt.parts:
        if isinstance(part, PicturePart):
            data = base64.b64encode(part.png).decode("ascii")
            source = {"type": "base64", "media_type": "image/png", "data": data}
            parts.append({"type": "image", "source": source})
        else:
            parts.append({"type": "text", "text": part.text})
    return parts
