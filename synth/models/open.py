"""From ``openai:NAME`` on the command line to a model.

Each provider is one module with an ``open_provider(name, options)``, named in one line
here and imported only when asked for, so that nobody needs every SDK.
"""

from __future__ import annotations

import difflib
import importlib
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from synth.errors import UsageError
from synth.models.base import ModelOptions

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from synth.models.base import Model

__all__ = ["PROVIDERS", "KeyStatus", "key_status", "open_model"]


@dataclass(frozen=True, slots=True)
class _Provider:
    """Where a provider lives, what comes after its colon, and which options it knows."""

    module: str
    argument: str
    options: frozenset[str] = frozenset()
    key: str | None = None


_HTTP = frozenset(
    {"base_url", "max_output_tokens", "timeout", "max_retries", "temperature", "max_images"}
)

PROVIDERS = {
    "builtin": _Provider("synth.models.builtin", "", frozenset({"timeout"})),
    "openai": _Provider("synth.models.openai", "NAME", _HTTP, "OPENAI_API_KEY"),
    "anthropic": _Provider("synth.models.anthropic", "NAME", _HTTP, "ANTHROPIC_API_KEY"),
    "exchange": _Provider("synth.models.exchange", "FOLDER", frozenset({"timeout"})),
    "replay": _Provider("synth.models.replay", "JOURNAL"),
}


@dataclass(frozen=True, slots=True)
class KeyStatus:
    """Whether a provider's key is set; never its value.

    Attributes:
        provider: ``openai``.
        variable: ``OPENAI_API_KEY``.
        is_set: Whether the environment variable holds anything.
    """

    provider: str
    variable: str
    is_set: bool


def open_model(
    text: str,
    *,
    base_url: str | None = None,
    max_output_tokens: int | None = None,
    timeout: float | None = None,
    max_retries: int | None = None,
    temperature: float | None = None,
    max_images: int | None = None,
    on_wait: Callable[[Path], None] | None = None,
) -> Model:
    """Open a model by the name that users give it.

    Args:
        text: ``builtin``, ``openai:NAME``, ``anthropic:NAME``, ``exchange:FOLDER`` or
            ``replay:JOURNAL``.
        base_url: Of a compatible or local server.
        max_output_tokens: Limit on one answer.
        timeout: Seconds to wait for one answer.
        max_retries: How often the SDK repeats a request that failed on the way.
        temperature: Sent only where set.
        max_images: Pictures in one request; the most telling ones are kept.
        on_wait: Told the folder of a request that waits for a person's answer; models that
            wait for nobody never call it.

    Returns:
        The model; nothing has been asked yet.

    Raises:
        UsageError: The provider is unknown, not installed, or does not know an option.
        ModelAuthError: The provider's key is not set.
    """
    name, _, argument = text.partition(":")
    provider = _provider(name)
    options = ModelOptions(
        base_url=base_url,
        max_output_tokens=max_output_tokens,
        timeout=timeout,
        max_retries=max_retries,
        temperature=temperature,
        max_images=max_images,
        on_wait=on_wait,
    )
    unknown = [
        option
        for option in ModelOptions.__slots__
        if option != "on_wait"
        and getattr(options, option) is not None
        and option not in provider.options
    ]
    if unknown:
        raise UsageError(
            f"{name} has no option {unknown[0]}; leave it out, or choose another model."
        )
    module = importlib.import_module(provider.module)
    opener = cast("Callable[[str, ModelOptions], Model]", module.open_provider)
    return opener(argument, options)


def key_status() -> tuple[KeyStatus, ...]:
    """Which providers' keys are set in the environment."""
    return tuple(
        KeyStatus(name, provider.key, bool(os.environ.get(provider.key, "").strip()))
        for name, provider in PROVIDERS.items()
        if provider.key is not None
    )


def _provider(name: str) -> _Provider:
    if name in PROVIDERS:
        return PROVIDERS[name]
    known = ", ".join(_usage(n) for n in PROVIDERS)
    near = difflib.get_close_matches(name, PROVIDERS, n=1)
    hint = f" Did you mean {_usage(near[0])}?" if near else ""
    raise UsageError(f"there is no model provider {name!r}.{hint} Choose one of: {known}.")


def _usage(name: str) -> str:
    return f"{name}:{PROVIDERS[name].argument}".rstrip(":")
