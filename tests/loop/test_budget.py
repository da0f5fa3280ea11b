"""Budgets: checked before anything is sent, and right after a resume."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from squares import PLAN_TEXT, block, program

from synth.errors import ModelUnavailable, UsageError
from synth.loop import AnyOf, LoopOptions, Price, Spent, find_price
from synth.loop.budget import MaxCalls, MaxMoney, MaxRounds, MaxSeconds, MaxTokens
from synth.loop.clock import Clock
from synth.models.base import Reply, Usage
from synth.models.scripted import ScriptedModel

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import Go

WRONG = block(program(key="wrong"))
PRICE = Price(input=2.0, output=10.0)


def endless() -> ScriptedModel:
    """A model that never gets it right; 1000 tokens in and 500 out each time."""

    def answer(request: Any) -> Reply:
        text = PLAN_TEXT if request.kind == "describe" else WRONG
        return Reply(text, Usage(1000, 500))

    return ScriptedModel(answer)


@pytest.mark.parametrize(
    ("budget", "calls", "reason"),
    [
        ({"rounds": 3}, 3, "all 3 rounds are used"),
        ({"calls": 4}, 4, "4 of 4 calls are used"),
        ({"tokens": 4000}, 3, "4,500 tokens are used, of 4,000"),
        ({"money": 0.013}, 2, "0.01 is spent, of 0.01"),
    ],
    ids=["rounds", "calls", "tokens", "money"],
)
def test_each_budget_stops_the_run_with_the_best_so_far(
    go: Go, budget: dict[str, Any], calls: int, reason: str
) -> None:
    """Exit code 5, a reason, and the best program on the disk."""
    model = endless()
    outcome = go(model, price=PRICE, **budget)
    assert not outcome.accepted
    assert outcome.exit_code == 5
    assert reason in outcome.reason
    assert len(model.requests) == calls
    assert outcome.usage == Usage(1000 * calls, 500 * calls)
    assert outcome.cost == pytest.approx(0.007 * calls)
    assert (outcome.folder / "reward.py").read_text() == program(key="wrong")
    assert "larger budget" in outcome.next_step


@pytest.mark.parametrize(
    "budget", [{"calls": 4}, {"tokens": 4000}, {"money": 0.02}, {"rounds": 4}], ids=str
)
def test_a_resumed_run_stops_where_it_would_have_stopped(go: Go, budget: dict[str, Any]) -> None:
    """What an earlier process spent counts, and is not spent again."""
    through = go(endless(), folder="through", price=PRICE, **budget)
    go(endless(), folder="cut", price=PRICE, calls=2)
    model = endless()
    resumed = go(model, folder="cut", price=PRICE, **budget)
    assert (resumed.calls, resumed.usage, resumed.cost) == (
        through.calls,
        through.usage,
        through.cost,
    )
    assert resumed.replayed == 2
    assert len(model.requests) == through.calls - 2
    again = endless()
    assert go(again, folder="cut", price=PRICE, **budget).reason == resumed.reason
    assert not again.requests


def test_seconds_count_over_processes(go: Go) -> None:
    """A run that used its time before a crash has no time after it."""
    now = 0.0

    def slow(request: Any) -> Reply:
        nonlocal now
        now += 10.0
        return endless().ask(request)

    first = go(ScriptedModel(slow), seconds=30, clock=Clock(0.0, lambda: now))
    assert first.reason == "30 seconds are used, of 30"
    assert first.calls == 3
    model = endless()
    second = go(model, seconds=30)
    assert not model.requests
    assert second.seconds >= 30
    assert go(model, seconds=1e6, calls=4).calls == 4


def test_several_samples_are_not_sent_where_the_calls_do_not_suffice(go: Go) -> None:
    """A round is asked for whole or not at all."""
    model = endless()
    outcome = go(model, samples=3, calls=5)
    assert len(model.requests) == 3
    assert "the next round needs 3" in outcome.reason


def test_a_failed_request_is_not_counted(go: Go) -> None:
    """Only answers are paid for."""
    with pytest.raises(ModelUnavailable):
        go(ScriptedModel([ModelUnavailable("down.")]))
    assert go(endless(), calls=2).calls == 2


def test_money_without_a_price_says_how_to_give_one(go: Go) -> None:
    """A limit that cannot be kept is refused before anything is spent."""
    model = endless()
    with pytest.raises(UsageError, match=r'\[prices\."scripted"\] with input and output'):
        go(model, money=1.0)
    assert not model.requests


def test_the_first_condition_that_says_stop_names_the_reason() -> None:
    """Conditions compose in order."""
    both = AnyOf((MaxTokens(10), MaxCalls(1)))
    spent = Spent(calls=1, usage=Usage(10, 0))
    assert "tokens" in (both.reason(spent, requests=1) or "")
    assert both.reason(Spent(), requests=1) is None
    assert AnyOf((both, MaxRounds(1))).reason(Spent(rounds=1), requests=0) == (
        "all 1 rounds are used"
    )


def test_nothing_but_rounds_stops_what_the_journal_answers() -> None:
    """A round that begins may need no request, so that only rounds are counted there."""
    spent = Spent(9, 9, Usage(9, 9), 9.0, 9.0)
    for condition in (MaxCalls(1), MaxTokens(1), MaxMoney(1), MaxSeconds(1)):
        assert condition.reason(spent, requests=0) is None
        assert condition.reason(spent, requests=1)


@pytest.mark.parametrize(
    "wrong",
    [{"rounds": 0}, {"samples": 0}, {"calls": 0}, {"money": -1.0}, {"seconds": float("nan")}],
)
def test_options_out_of_range_are_refused(wrong: dict[str, Any]) -> None:
    """A budget of nothing is a slip, and is named."""
    with pytest.raises(UsageError, match=next(iter(wrong))):
        LoopOptions(**wrong)


def test_prices_come_from_the_first_file_that_has_them(tmp_path: Path) -> None:
    """The working directory's file goes before the user's."""
    near, far = tmp_path / "synth.toml", tmp_path / "config.toml"
    near.write_text('[prices."openai:gpt-x"]\ninput = 2.5\noutput = 10\n')
    far.write_text(
        '[prices."openai:gpt-x"]\ninput = 1\noutput = 1\n[prices.local]\ninput = 0\noutput = 0\n'
    )
    price = find_price("openai:gpt-x", (near, far))
    assert price == Price(input=2.5, output=10)
    assert price.cost(Usage(1_000_000, 100_000)) == pytest.approx(3.5)
    assert find_price("local", (near, far)) == Price(input=0, output=0)
    assert find_price("other", (near, far, tmp_path / "none.toml")) is None


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("[prices", "not valid TOML"),
        ("prices = 3", "prices are tables"),
        ("[prices.m]\ninput = -1\noutput = 1", r'prices\."m"\.input: .*greater than or equal'),
        ("[prices.m]\ninput = 1", r'prices\."m"\.output: .*required'),
        ("[prices.m]\ninput = 1\noutput = 1\ncurrency = 'EUR'", r'prices\."m"\.currency'),
    ],
)
def test_a_wrong_price_is_named(tmp_path: Path, text: str, named: str) -> None:
    """File and key are said."""
    file = tmp_path / "synth.toml"
    file.write_text(text)
    with pytest.raises(UsageError, match=named):
        find_price("m", (file,))
