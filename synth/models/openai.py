"""OpenAI, and every server that speaks its chat completions: ``openai:NAME``.

Chat completions rather than the newer responses API, because that is what compatible and
local servers speak. Retries are left to the SDK, and no sampling
parameter is sent unless the user set one.
"""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any

from synth.errors import ModelRefused, ModelReplyError, ModelTruncated
from synth.models.base import Reply, Usage
from synth.models.service import Service, blames_schema, missing_sdk
from synth.prompts.render import PicturePart, Prompt, render

try:
    import openai
except ImportError as error:
    raise missing_sdk("openai", error) from error

if TYPE_CHECKING:
    from openai.types.chat import ChatCompletion

    from synth.models.base import ModelOptions
    from synth.prompts.requests import Request

__all__ = ["VARIABLE", "OpenAIModel", "open_provider"]

VARIABLE = "OPENAI_API_KEY"


class OpenAIModel:
    """A model behind the chat completions API.

    Args:
        service: Which model, where, and with which key.
        options: Limits on the answer.
    """

    def __init__(self, service: Service, options: ModelOptions) -> None:
        self._service = service
        self._options = options
        self._schemas = True
        self._client = openai.OpenAI(
            api_key=service.key,
            base_url=service.base_url,
            timeout=service.timeout,
            max_retries=service.max_retries,
        )

    @property
    def name(self) -> str:
        """``openai:NAME``."""
        return self._service.name

    def ask(self, request: Request) -> Reply:
        """Send one request.

        Raises:
            ModelAuthError: The key was refused.
            ModelRateLimited: Too many requests, after the SDK's retries.
            ModelUnavailable: The service failed, stalled, or cut its answer short.
            ModelRefused: The model declined, or a filter stopped it.
            ModelTruncated: The answer reached the token limit.
            ModelReplyError: The answer is empty.
            ModelError: The service rejected the request.
        """
        return self._reply(self._complete(render(request)))

    def _complete(self, prompt: Prompt) -> ChatCompletion:
        structured = prompt.schema is not None and self._schemas
        try:
            return self._send(prompt, structured=structured)
        except openai.APIStatusError as error:
            # Servers without structured output say so in a 400. The prompt asks for the same
            # JSON in words, so it is asked once more without, and from then on.
            if not (structured and blames_schema(error.status_code, error.body)):
                raise self._service.failure(openai, error) from None  # it may quote the key
            self._schemas = False
            return self._complete(prompt)
        except (openai.OpenAIError, ValueError) as error:
            raise self._service.failure(openai, error) from None  # it may quote the key

    def _send(self, prompt: Prompt, *, structured: bool) -> ChatCompletion:
        extra: dict[str, Any] = {}
        if structured:
            schema = {"name": "plan", "schema": prompt.schema, "strict": True}
            extra["response_format"] = {"type": "json_schema", "json_schema": schema}
        if self._options.max_output_tokens is not None:
            # Compatible servers know the older name, OpenAI's own newer models only the newer.
            limit = "max_tokens" if self._service.base_url else "max_completion_tokens"
            extra[limit] = self._options.max_output_tokens
        if self._options.temperature is not None:
            extra["temperature"] = self._options.temperature
        completion: ChatCompletion = self._client.chat.completions.create(
            model=self._service.model,
            messages=[
                {"role": "system", "content": prompt.system},
                {"role": "user", "content": _content(prompt)},  # type: ignore[misc, list-item]  # plain dictionaries
            ],
            **extra,
        )
        return completion

    def _reply(self, completion: ChatCompletion) -> Reply:
        # The SDK hands on whatever the server sent, HTML pages and nulls included.
        choices = getattr(completion, "choices", None)
        message = getattr(choices[0], "message", None) if choices else None
        if not choices or message is None:
            raise self._service.unreadable()
        text = message.content if isinstance(message.content, str) else ""
        reason = choices[0].finish_reason
        if getattr(message, "refusal", None):
            raise ModelRefused(f"{self.name}: the model declined: {str(message.refusal)[:300]}")
        if reason == "content_filter":
            raise ModelRefused(f"{self.name}: the service's content filter stopped the answer.")
        if reason == "length":
            raise ModelTruncated(
                f"{self.name}: the answer was cut at the limit of output tokens; raise "
                "--max-output-tokens, or the limit of the server."
            )
        if not text.strip():
            raise ModelReplyError(f"{self.name}: the answer is empty (finish reason {reason!r}).")
        usage = completion.usage
        counted = (
            Usage(usage.prompt_tokens or 0, usage.completion_tokens or 0) if usage else Usage()
        )
        return Reply(text, counted, completion.model or self._service.model)


def open_provider(name: str, options: ModelOptions) -> OpenAIModel:
    """``openai:NAME``.

    Raises:
        UsageError: There is no name, or an option is out of range.
        ModelAuthError: The key is not set.
    """
    return OpenAIModel(Service.of("openai", name, VARIABLE, options), options)


def _content(prompt: Prompt) -> list[dict[str, Any]]:
    parts: list[dict[str, Any]] = []
    for part in prompt.parts:
        if isinstance(part, PicturePart):
            url = f"data:image/png;base64,{base64.b64encode(part.png).decode('ascii')}"
            parts.append({"type": "image_url", "image_url": {"url": url}})
        else:
            parts.append({"type": "text", "text": part.text})
    return parts
