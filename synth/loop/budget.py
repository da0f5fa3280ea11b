"""When to stop: small conditions that compose.

A condition is asked before requests are sent and answers with a reason or nothing. What
was spent is counted from the journal, so that a resumed run knows what earlier processes
spent. A single answer can overshoot a budget of tokens, money or seconds, since nobody
knows its size before it comes; the next one is then not asked for.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from synth.errors import UsageError
from synth.models.base import Usage

if TYPE_CHECKING:
    from synth.loop.options import LoopOptions
    from synth.loop.prices import Price

__all__ = [
    "AnyOf",
    "MaxCalls",
    "MaxMoney",
    "MaxRounds",
    "MaxSeconds",
    "MaxTokens",
    "Spent",
    "StopCondition",
    "stop_condition",
]


@dataclass(frozen=True, slots=True)
class Spent:
    """What a run has cost so far, earlier processes included.

    Attributes:
        rounds: Rounds begun, those for speed left out.
        calls: Requests answered.
        usage: Tokens.
        cost: Money, or ``None`` where no price is known.
        seconds: Of work on the run.
    """

    rounds: int = 0
    calls: int = 0
    usage: Usage = field(default_factory=Usage)
    cost: float | None = None
    seconds: float = 0.0


class StopCondition(Protocol):
    """Something that may end a run."""

    def reason(self, spent: Spent, *, requests: int) -> str | None:
        """Why not to go on.

        Args:
            spent: What was spent.
            requests: How many requests would be sent next; 0 where a round begins, of
                which it is not yet known whether the journal answers it.

        Returns:
            One sentence without a full stop, or ``None`` to go on.
        """
        ...


@dataclass(frozen=True, slots=True)
class MaxRounds:
    """Stop where all rounds are used."""

    limit: int

    def reason(self, spent: Spent, *, requests: int) -> str | None:
        """See `StopCondition`."""
        if requests or spent.rounds < self.limit:
            return None
        return f"all {self.limit} rounds are used"


@dataclass(frozen=True, slots=True)
class MaxCalls:
    """Stop before more requests would be sent than allowed."""

    limit: int

    def reason(self, spent: Spent, *, requests: int) -> str | None:
        """See `StopCondition`."""
        if not requests or spent.calls + requests <= self.limit:
            return None
        return f"{spent.calls} of {self.limit} calls are used, and the next round needs {requests}"


@dataclass(frozen=True, slots=True)
class MaxTokens:
    """Stop where the tokens are used up."""

    limit: int

    def reason(self, spent: Spent, *, requests: int) -> str | None:
        """See `StopCondition`."""
        if not requests or spent.usage.total < self.limit:
            return None
        return f"{spent.usage.total:,} tokens are used, of {self.limit:,}"


@dataclass(frozen=True, slots=True)
class MaxMoney:
    """Stop where the money is spent."""

    limit: float

    def reason(self, spent: Spent, *, requests: int) -> str | None:
        """See `StopCondition`."""
        if not requests or spent.cost is None or spent.cost < self.limit:
            return None
        return f"{spent.cost:.2f} is spent, of {self.limit:.2f}"


@dataclass(frozen=True, slots=True)
class MaxSeconds:
    """Stop where the time is up."""

    limit: float

    def reason(self, spent: Spent, *, requests: int) -> str | None:
        """See `StopCondition`."""
        if not requests or spent.seconds < self.limit:
            return None
        return f"{spent.seconds:.0f} seconds are used, of {self.limit:.0f}"


@dataclass(frozen=True, slots=True)
class AnyOf:
    """Stop where any of several conditions says so; the first one names the reason."""

    conditions: tuple[StopCondition, ...]

    def reason(self, spent: Spent, *, requests: int) -> str | None:
        """See `StopCondition`."""
        reasons = (c.reason(spent, requests=requests) for c in self.conditions)
        return next((reason for reason in reasons if reason), None)


def stop_condition(options: LoopOptions, model: str, price: Price | None) -> StopCondition:
    """The stop condition that options ask for.

    Args:
        options: With the limits.
        model: Named in the message about its price.
        price: Of the model, where known.

    Raises:
        UsageError: Money is limited but the model's price is not known.
    """
    if options.money is not None and price is None:
        raise UsageError(
            f"a budget of money needs the price of {model!r}: in synth.toml write "
            f'[prices."{model}"] with input and output, per million tokens.'
        )
    conditions: list[StopCondition] = [MaxRounds(options.rounds)]
    if options.calls is not None:
        conditions.append(MaxCalls(options.calls))
    if options.tokens is not None:
        conditions.append(MaxTokens(options.tokens))
    if options.money is not None:
        conditions.append(MaxMoney(options.money))
    if options.seconds is not None:
        conditions.append(MaxSeconds(options.seconds))
    return AnyOf(tuple(conditions))
