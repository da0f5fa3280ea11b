"""From a name to a model: every slip is answered with what to write instead."""

from __future__ import annotations

import subprocess
import sys

import pytest

from synth.errors import UsageError
from synth.models.exchange import ExchangeModel
from synth.models.open import PROVIDERS, KeyStatus, key_status, open_model

EVERYTHING = r"builtin, openai:NAME, anthropic:NAME, exchange:FOLDER, replay:JOURNAL"


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("opanai:gpt-x", rf"no model provider 'opanai'. Did you mean openai:NAME\?.*{EVERYTHING}"),
        ("gpt-x", rf"no model provider 'gpt-x'. Choose one of: {EVERYTHING}"),
        ("", rf"no model provider ''. Choose one of: {EVERYTHING}"),
        ("bultin", rf"no model provider 'bultin'. Did you mean builtin\?.*{EVERYTHING}"),
        ("builtin:x", "builtin:x: the seed must be a number"),
        ("openai:", "openai: name the model, as in `openai:NAME`"),
        ("anthropic", "anthropic: name the model"),
        ("exchange:", "exchange: name the folder"),
        ("replay:", "replay: name the journal"),
    ],
)
def test_a_name_that_opens_nothing_says_what_would(text: str, problem: str) -> None:
    """Unknown and unfinished names are usage errors."""
    with pytest.raises(UsageError, match=problem):
        open_model(text)


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        ({"base_url": "localhost:8000"}, "must begin with http"),
        ({"timeout": 0.0}, "timeout must be above 0"),
        ({"max_retries": -1}, "max_retries at least 0"),
        ({"max_output_tokens": 0}, "max_output_tokens must be at least 1"),
    ],
)
def test_an_option_out_of_range_is_a_usage_error(options: dict[str, object], problem: str) -> None:
    """Before anything is sent."""
    with pytest.raises(UsageError, match=problem):
        open_model("openai:vision-1", **options)  # type: ignore[arg-type]  # each is of its type


def test_an_option_that_a_provider_does_not_know_is_not_ignored() -> None:
    """A base URL for a folder is a mistake, and is said to be one."""
    with pytest.raises(UsageError, match="exchange has no option base_url"):
        open_model("exchange:box", base_url="http://127.0.0.1")


def test_an_exchange_folder_opens_without_being_made() -> None:
    """Opening asks nothing and writes nothing."""
    model = open_model("exchange:no/such/box", timeout=5.0, on_wait=print)
    assert isinstance(model, ExchangeModel)
    assert model.name == "exchange:no/such/box"


def test_keys_are_reported_without_their_values(monkeypatch: pytest.MonkeyPatch, key: str) -> None:
    """`synth doctor` says which are set, and nothing more."""
    monkeypatch.setenv("ANTHROPIC_API_KEY", " ")
    assert key_status() == (
        KeyStatus("openai", "OPENAI_API_KEY", is_set=True),
        KeyStatus("anthropic", "ANTHROPIC_API_KEY", is_set=False),
    )
    assert key not in repr(key_status())
    assert key not in repr(vars(open_model("openai:vision-1"))["_service"])


def test_the_key_variables_are_those_of_the_providers() -> None:
    """The table and the modules agree."""
    from synth.models import anthropic, openai  # noqa: PLC0415 - they need their SDKs

    assert PROVIDERS["openai"].key == openai.VARIABLE
    assert PROVIDERS["anthropic"].key == anthropic.VARIABLE


def test_opening_one_provider_loads_no_other() -> None:
    """Nobody needs an SDK that they do not use."""
    code = (
        "import sys; from synth.models.open import open_model, key_status;"
        "open_model('exchange:box'); key_status();"
        "print([m for m in ('openai', 'anthropic') if m in sys.modules])"
    )
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert out.stdout.strip() == "[]"
