"""What the providers behind an HTTP API have in common: keys, and failures in words.

Both SDKs come from one generator and name their exceptions alike, so one translation
serves them. No message ever contains a key.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from synth.errors import (
    ModelAuthError,
    ModelError,
    ModelRateLimited,
    ModelRefused,
    ModelUnavailable,
    UsageError,
)

if TYPE_CHECKING:
    from synth.models.base import ModelOptions

__all__ = ["DEFAULT_RETRIES", "DEFAULT_TIMEOUT", "Service", "blames_schema", "missing_sdk"]

DEFAULT_TIMEOUT = 300.0
"""Seconds; the SDKs would wait for ten minutes."""

DEFAULT_RETRIES = 2

_PLACEHOLDER = "no-key-needed"
_LONGEST = 300
_SERVER_ERROR = 500
_NOT_FOUND = 404
_AUTH = frozenset({401, 403})
_RATE = 429
_UNPROCESSABLE = frozenset({400, 422})
_SCHEMA_WORDS = ("response_format", "json_schema", "output_config", "output_format", "structured")
_LATER = frozenset({408, 409, 425})


@dataclass(frozen=True, slots=True)
class Service:
    """One model at one address.

    Attributes:
        provider: ``openai`` or ``anthropic``.
        model: The model's name.
        variable: The environment variable that holds the key.
        base_url: Of a compatible or local server, or ``None`` for the provider's own.
        key: Never printed.
        timeout: Seconds.
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
        if status == _NOT_FOUND:
            return ModelError(
                f"{self.name}: the service knows no such model or address (HTTP 404){said}. "
                "Check the model's name and the base URL."
            )
        if "content_filter" in str(body) or "content_policy" in str(body):
            return ModelRefused(f"{self.name}: the service's content filter refused{said}.")
        return ModelError(f"{self.name}: the service rejected the request (HTTP {status}){said}.")

    def _said(self, body: Any) -> str:
        """The server's own words, in brackets: short, on one line, and without the key."""
        inner = body.get("error", body) if isinstance(body, dict) else body
        message = inner.get("message", "") if isinstance(inner, dict) else inner
        text = " ".join(str(message or "").split()).replace(self.key, "[key]")
        text = re.sub(r"\bsk-[\w*-]+", "[key]", text)[:_LONGEST].rstrip(".")
        return f' ("{text}")' if text else ""


def blames_schema(status: int, body: object) -> bool:
    """Whether a rejection says that the server cannot keep to a schema."""
    said = str(body).lower()
    return status in _UNPROCESSABLE and any(word in said for word in _SCHEMA_WORDS)


def missing_sdk(provider: str, error: ImportError) -> UsageError:
    """The error for an SDK that cannot be imported."""
    return UsageError(
        f"the {provider} SDK cannot be imported ({error}); install it: `pip install "
        f'"synth[{provider}]"`.'
    )


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
