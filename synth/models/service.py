"""What the providers behind an HTTP API have in common: keys, and failures in words.

Both SDKs come from one generator and name their exceptions alike, so one translation
serves them. No message ever contains a key.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urlsplit

from synth.errors import (
    ModelAuthError,
    ModelError,
    ModelRateLimited,
    ModelRefused,
    ModelUnavailable,
    UsageError,
)
from synth.extras import install

if TYPE_CHECKING:
    from collections.abc import Callable

    from synth.errors import Paid
    from synth.models.base import ModelOptions
    from synth.models.manner import Manner

__all__ = ["DEFAULT_RETRIES", "DEFAULT_TIMEOUT", "Service", "missing_sdk"]

Answer = TypeVar("Answer")

DEFAULT_TIMEOUT = 300.0
"""Seconds; the SDKs would wait for ten minutes."""

DEFAULT_RETRIES = 2

TRIES = 4
"""Manners in which one request is sent at most: each refusal names one thing."""

ERRORS = {"openai": "OpenAIError", "anthropic": "AnthropicError"}
"""What all exceptions of an SDK are."""

_PLACEHOLDER = "no-key-needed"
_LONGEST = 300
_SERVER_ERROR = 500
_NOT_FOUND = 404
_AUTH = frozenset({401, 403})
_RATE = 429
_CREDITS = 402
_LATER = frozenset({408, 409, 425, 498})
"""498 is Groq's: no capacity at the moment."""
_STATUS_OF = {
    "rate_limit": 429,
    "ratelimit": 429,
    "too_many": 429,
    "quota": 429,
    "overloaded": 529,
    "unavailable": 503,
    "authentication": 401,
    "permission": 403,
    "api_key": 401,
    "not_found": 404,
    "invalid": 400,
    "bad_request": 400,
    "content_filter": 400,
}
"""Words of an error's code or type, and the HTTP status that it stands for."""
_MANY_PICTURES = re.compile(r"(too many|at most|maximum|exceed|up to|limit)[^.]{0,80}\bimages?\b")


@dataclass(frozen=True, slots=True)
class Service:
    """One model at one address.

    Attributes:
        provider: ``openai`` or ``anthropic``.
        model: The model's name.
        variable: The environment variable that holds the key.
        base_url: Of a compatible or local server, or ``None`` for the provider's own.
        key: Never printed; a placeholder where the server was said to need none.
        timeout: Seconds, for a whole answer.
        max_retries: Of the SDK; nothing else retries.
    """

    provider: str
    model: str
    variable: str
    base_url: str | None
    key: str = field(repr=False)
    timeout: float = DEFAULT_TIMEOUT
    max_retries: int = DEFAULT_RETRIES

    @classmethod
    def of(cls, provider: str, model: str, variable: str, options: ModelOptions) -> Service:
        """Find the key and fill in the defaults.

        A server that the user named may do without a key; the provider's own may not.

        Raises:
            UsageError: The model has no name, or an option is out of range.
            ModelAuthError: The key is not set.
        """
        if not model:
            raise UsageError(f"{provider}: name the model, as in `{provider}:NAME`.")
        timeout = DEFAULT_TIMEOUT if options.timeout is None else options.timeout
        retries = DEFAULT_RETRIES if options.max_retries is None else options.max_retries
        if timeout <= 0 or retries < 0:
            raise UsageError("timeout must be above 0 seconds, and max_retries at least 0.")
        if options.max_output_tokens is not None and options.max_output_tokens < 1:
            raise UsageError("max_output_tokens must be at least 1.")
        if options.max_images is not None and options.max_images < 1:
            raise UsageError("max_images must be at least 1: a model must see something.")
        # The SDKs read the same variable where no address is given.
        base_url = options.base_url or os.environ.get(f"{provider.upper()}_BASE_URL") or None
        if base_url and not base_url.startswith(("http://", "https://")):
            raise UsageError(f"base URL {base_url!r} must begin with http:// or https://.")
        key = os.environ.get(variable, "").strip()
        if not key and not base_url:
            raise ModelAuthError(
                f"{provider}: the environment variable {variable} is not set. Set it to your "
                "key, or give a base URL of a server that needs none."
            )
        return cls(provider, model, variable, base_url, key or _PLACEHOLDER, timeout, retries)

    @property
    def name(self) -> str:
        """``openai:NAME``."""
        return f"{self.provider}:{self.model}"

    def in_some_manner(
        self, sdk: Any, send: Callable[[Manner], Answer], manner: Manner, *, schema: bool
    ) -> tuple[Answer, Manner]:
        """Send a request, and where something in it is refused, once more in another manner.

        Args:
            sdk: The SDK's module.
            send: Sends it; the SDK raises what comes of it.
            manner: How to begin.
            schema: Whether the request has a schema to send.

        Returns:
            The answer, and the manner in which it came.

        Raises:
            ModelError: The service fails, or refuses whatever is tried.
        """
        tried = 0
        while True:
            try:
                return send(manner), manner
            except sdk.APIStatusError as error:
                wanted = schema and manner.schema
                other = manner.after(error.status_code, error.body, schema_sent=wanted)
                tried += 1
                if other is None or tried == TRIES:
                    raise self.failure(sdk, error) from None  # it may quote the key
                manner = other
            except (getattr(sdk, ERRORS[self.provider]), ValueError) as error:
                raise self.failure(sdk, error) from None  # it may quote the key

    def failure(self, sdk: Any, error: Exception) -> ModelError:
        """What an exception of the SDK means, as one of ours.

        Args:
            sdk: The SDK's module.
            error: What it raised.
        """
        if isinstance(error, sdk.APITimeoutError):
            return ModelUnavailable(
                f"{self.name}: no answer within {self.timeout:g} seconds, asked "
                f"{self.max_retries + 1} times. Raise the timeout, or try again later."
            )
        if isinstance(error, sdk.APIConnectionError):
            where = _address(self.base_url) if self.base_url else f"the service of {self.provider}"
            cause = f" ({type(error.__cause__).__name__})" if error.__cause__ else ""
            return ModelUnavailable(
                f"{self.name}: the connection to {where} failed or was cut{cause}. Check the "
                "network and the base URL, and run the same command again."
            )
        if isinstance(error, sdk.APIStatusError):
            return self._status(error.status_code, error.body, error.response.headers)
        return self.unreadable()

    def failure_in(self, body: Any, *, paid: Paid | None = None) -> ModelError | None:
        """The error that an answer with HTTP 200 holds, or ``None`` where it holds none.

        Args:
            body: The answer's ``error``: a mapping, a text, or nothing.
            paid: What else came with it.
        """
        if not body:
            return None
        failure = self._status(_status_in(body), {"error": body}, {})
        failure.paid = paid
        return failure

    def unreadable(self) -> ModelUnavailable:
        """The error for an answer that is not what this API answers."""
        return ModelUnavailable(
            f"{self.name}: the server's answer is not of the {self.provider} API. Check the "
            "base URL (often it must end in /v1), and run the same command again."
        )

    def _status(self, status: int, body: Any, headers: Any) -> ModelError:
        said = self._said(body)
        if status in _AUTH:
            # What the server says may quote the key.
            if self.key == _PLACEHOLDER:
                return ModelAuthError(
                    f"{self.name}: {_address(self.base_url or '')} asks for a key (HTTP {status}), "
                    f"and the environment variable {self.variable} is not set. Set it to your key."
                )
            return ModelAuthError(
                f"{self.name}: the key in {self.variable} was refused (HTTP {status}). Check "
                "that it is valid and may use this model."
            )
        if status == _RATE:
            wait = _seconds(headers)
            after = f" Wait {wait:g} seconds." if wait else " Wait a while, or check your quota."
            return ModelRateLimited(
                f"{self.name}: too many requests, after {self.max_retries} retries{said}.{after}",
                retry_after=wait,
            )
        if status >= _SERVER_ERROR or status in _LATER:
            return ModelUnavailable(
                f"{self.name}: the service failed (HTTP {status}){said}. Run the same command "
                "again later.",
                retry_after=_seconds(headers),
            )
        return self._rejected(status, said, str(body).lower())

    def _rejected(self, status: int, said: str, body: str) -> ModelError:
        """The service will not take this request, now or later."""
        if status == _NOT_FOUND:
            return ModelError(
                f"{self.name}: the service knows no such model or address (HTTP 404){said}. "
                "Check the model's name and the base URL."
            )
        if status == _CREDITS:
            return ModelError(
                f"{self.name}: the account has no credit left (HTTP 402){said}. Add some, and run "
                "the same command again."
            )
        if _MANY_PICTURES.search(body):
            return ModelError(
                f"{self.name}: the service takes fewer pictures in one request{said}. Say how "
                "many with --max-images; the most telling ones are then kept."
            )
        if "content_filter" in body or "content_policy" in body:
            return ModelRefused(f"{self.name}: the service's content filter refused{said}.")
        return ModelError(f"{self.name}: the service rejected the request (HTTP {status}){said}.")

    def _said(self, body: Any) -> str:
        """The server's own words, in brackets: short, on one line, and without the key."""
        if isinstance(body, list) and body:
            body = body[0]  # as Google sends it
        inner = body.get("error", body) if isinstance(body, dict) else body
        message = inner.get("message", "") if isinstance(inner, dict) else inner
        text = " ".join(str(message or "").split()).replace(self.key, "[key]")
        text = re.sub(r"\bsk-[\w*-]+", "[key]", text)[:_LONGEST].rstrip(".")
        return f' ("{text}")' if text else ""


def missing_sdk(provider: str, error: ImportError) -> UsageError:
    """The error for an SDK that cannot be imported."""
    return UsageError(
        f"the {provider} SDK cannot be imported ({error}); install it: `{install(provider)}`."
    )


def _status_in(body: Any) -> int:
    """The HTTP status that an error's code or type stands for; 500 where it says neither."""
    if not isinstance(body, dict):
        return _SERVER_ERROR
    for key in ("status", "status_code", "code", "type"):
        value = body.get(key)
        if isinstance(value, str) and re.fullmatch(r"[45][0-9]{2}", value):
            value = int(value)
        if isinstance(value, int) and 400 <= value < 600:  # noqa: PLR2004 - HTTP's own range
            return value
        words = str(value).lower()
        for word, status in _STATUS_OF.items():
            if word in words:
                return status
    return _SERVER_ERROR


def _address(url: str) -> str:
    """The URL without user name and password, which it may hold."""
    parts = urlsplit(url)
    return parts._replace(netloc=parts.netloc.rpartition("@")[2], query="").geturl()


def _seconds(headers: Any) -> float | None:
    for header, divisor in (("retry-after-ms", 1000), ("retry-after", 1)):
        try:
            return float(headers[header]) / divisor
        except (KeyError, ValueError):
            continue
    return None
