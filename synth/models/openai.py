"""OpenAI, and every server that speaks its chat completions: ``openai:NAME``.

Chat completions rather than the newer responses API, because that is what compatible and
local servers speak. Retries are left to the SDK, and no sampling
parameter is sent unless the user set one.
"""

from __future__ import annotations

import base64
from functools import partial
from typing import TYPE_CHECKING, Any

from synth.errors import (
    ModelError,
    ModelRefused,
    ModelReplyError,
    ModelTruncated,
    ModelUnavailable,
    Paid,
)
from synth.models.base import FirstToken, Reply, Usage
from synth.models.manner import LimitName, Manner
from synth.models.service import Service, missing_sdk
from synth.prompts.render import PicturePart, Prompt, render
from synth.prompts.telling import limited

try:
    import openai

    # Stands on the HTTP client that the SDK brings.
    from synth.models.patience import PatientTransport
except ImportError as error:
    raise missing_sdk("openai", error) from error

if TYPE_CHECKING:
    from openai.types.chat import ChatCompletion

    from synth.models.base import ModelOptions
    from synth.prompts.requests import Request

__all__ = ["VARIABLE", "OpenAIModel", "open_provider"]

VARIABLE = "OPENAI_API_KEY"

LIKELIEST = 20
"""Tokens whose probabilities are asked for; more are not given."""

_TEXTS = frozenset({"text", "output_text"})
_CUT = frozenset({"length", "max_tokens", "model_length", "MAX_TOKENS"})
_FILTERED = frozenset({"content_filter", "safety", "SAFETY", "RECITATION", "PROHIBITED_CONTENT"})
_BROKEN = frozenset({"error", "abort", "aborted", "cancelled", "insufficient_system_resource"})


class OpenAIModel:
    """A model behind the chat completions API.

    Args:
        service: Which model, where, and with which key.
        options: Limits on the answer.
    """

    def __init__(self, service: Service, options: ModelOptions) -> None:
        self._service = service
        self._options = options
        # Compatible servers know the older name, OpenAI's own newer models only the newer.
        limit: LimitName = "max_tokens" if service.base_url else "max_completion_tokens"
        tokens = options.max_output_tokens
        self._manner = Manner(limit=limit, tokens=tokens, given=tokens is not None)
        self._client = openai.OpenAI(
            api_key=service.key,
            base_url=service.base_url,
            timeout=service.timeout,
            max_retries=service.max_retries,
            http_client=openai.DefaultHttpxClient(transport=PatientTransport(service.timeout)),
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
        prompt = limited(render(request), request, self._options.max_images)
        send = partial(self._send, prompt)
        answer, self._manner = self._service.in_some_manner(
            openai, send, self._manner, schema=prompt.schema is not None
        )
        return self._reply(answer)

    def first_token(self, prompt: Prompt) -> FirstToken:
        """Ask for one token and the likeliest others in its place.

        Raises:
            ModelError: As for `ask`; also where the server tells no probabilities.
        """
        # Its own manner: what is learned of the limit on tokens holds for answers in words.
        manner = Manner(limit=self._manner.limit, tokens=1, given=True)
        send = partial(self._send, prompt, logprobs=True, top_logprobs=LIKELIEST)
        completion, _ = self._service.in_some_manner(openai, send, manner, schema=False)
        choices = getattr(completion, "choices", None)
        if not choices:
            failure = self._service.failure_in(getattr(completion, "error", None))
            raise failure or self._service.unreadable()
        told = getattr(getattr(choices[0], "logprobs", None), "content", None)
        if not told:
            raise ModelError(
                f"{self.name}: the server tells no log probabilities; leave logprobs out, or "
                "choose a server that tells them."
            )
        usage = completion.usage
        counted = (
            Usage(usage.prompt_tokens or 0, usage.completion_tokens or 0) if usage else Usage()
        )
        likely = told[0].top_logprobs or [told[0]]
        return FirstToken(tuple((one.token, one.logprob) for one in likely), counted)

    def _send(self, prompt: Prompt, manner: Manner, **extra: Any) -> ChatCompletion:
        if manner.schema and prompt.schema is not None:
            schema = {"name": "answer", "schema": prompt.schema, "strict": True}
            extra["response_format"] = {"type": "json_schema", "json_schema": schema}
        if manner.tokens is not None:
            extra[manner.limit] = manner.tokens
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
        error = getattr(completion, "error", None)
        choices = getattr(completion, "choices", None)
        message = getattr(choices[0], "message", None) if choices else None
        if not choices or message is None:
            raise self._service.failure_in(error) or self._service.unreadable()
        text, reason = _text(message.content), choices[0].finish_reason
        usage = completion.usage
        counted = (
            Usage(usage.prompt_tokens or 0, usage.completion_tokens or 0) if usage else Usage()
        )
        model = completion.model or self._service.model
        refusal = str(getattr(message, "refusal", None) or "")
        paid = Paid(text or refusal, counted.input_tokens, counted.output_tokens, model)
        error = error or getattr(choices[0], "error", None)
        if (failure := self._service.failure_in(error, paid=paid)) is not None:
            raise failure
        if refusal:
            raise ModelRefused(f"{self.name}: the model declined: {refusal[:300]}", paid=paid)
        if reason in _FILTERED:
            raise ModelRefused(
                f"{self.name}: the service's content filter stopped the answer.", paid=paid
            )
        if reason in _CUT:
            raise ModelTruncated(
                f"{self.name}: the answer was cut at the limit of output tokens; raise "
                "--max-output-tokens, or the limit of the server.",
                paid=paid,
            )
        if reason in _BROKEN:
            raise ModelUnavailable(
                f"{self.name}: the service broke off its answer (finish reason {reason!r}). Run "
                "the same command again.",
                paid=paid,
            )
        if not text.strip():
            thought = getattr(message, "reasoning_content", None) or getattr(
                message, "reasoning", None
            )
            # Ended of itself, an answer was taken for thought by the server that parted the two.
            remedy = (
                "raise --max-output-tokens, or mend the server's reasoning parser"
                if reason == "stop"
                else "raise --max-output-tokens"
            )
            why = f"all of it was thought; {remedy}" if thought else reason
            raise ModelReplyError(f"{self.name}: the answer is empty ({why}).", paid=paid)
        return Reply(text, counted, model)


def open_provider(name: str, options: ModelOptions) -> OpenAIModel:
    """``openai:NAME``.

    Raises:
        UsageError: There is no name, or an option is out of range.
        ModelAuthError: The key is not set.
    """
    return OpenAIModel(Service.of("openai", name, VARIABLE, options), options)


def _text(content: Any) -> str:
    """The text of a message, which may come as a list of parts; what was thought is left out."""
    if isinstance(content, str):
        return content
    parts = content if isinstance(content, list) else []
    texts = (
        part.get("text")
        for part in parts
        if isinstance(part, dict) and part.get("type", "text") in _TEXTS
    )
    return "".join(text for text in texts if isinstance(text, str))


def _content(prompt: Prompt) -> list[dict[str, Any]]:
    parts: list[dict[str, Any]] = []
    for part in prompt.parts:
        if isinstance(part, PicturePart):
            url = f"data:image/png;base64,{base64.b64encode(part.png).decode('ascii')}"
            parts.append({"type": "image_url", "image_url": {"url": url}})
        else:
            parts.append({"type": "text", "text": part.text})
    return parts
