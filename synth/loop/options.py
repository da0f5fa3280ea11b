"""What a run is allowed, and how it goes about its work.

Options say how much; `synth.loop.budget` says when it is too much.
"""

from __future__ import annotations

from dataclasses import dataclass

from synth.errors import UsageError

__all__ = ["LoopOptions"]


@dataclass(frozen=True, slots=True, kw_only=True)
class LoopOptions:
    """Budgets and habits of a run. ``None`` means no limit.

    Attributes:
        rounds: Rounds of describing, writing and refining; rounds for speed come on top.
        calls: Requests answered, those of earlier processes included.
        tokens: Input and output tokens, likewise.
        money: In the currency of the configured prices, likewise.
        seconds: Seconds of work on the run, likewise.
        samples: Independent answers asked for in each round, in parallel.
        faster_rounds: Rounds in which a passing but slow program may become faster.
        patience: Rounds without improvement after which the plan is thought over.
        reports: Failures shown to the model at a time.

    Raises:
        UsageError: A number is out of range.
    """

    rounds: int = 8
    calls: int | None = None
    tokens: int | None = None
    money: float | None = None
    seconds: float | None = None
    samples: int = 1
    faster_rounds: int = 2
    patience: int = 3
    reports: int = 6

    def __post_init__(self) -> None:
        for name, least in (
            ("rounds", 1),
            ("samples", 1),
            ("faster_rounds", 0),
            ("patience", 1),
            ("reports", 1),
        ):
            value = getattr(self, name)
            if value < least:
                raise UsageError(f"{name} = {value}: must be at least {least}.")
        for name in ("calls", "tokens", "money", "seconds"):
            value = getattr(self, name)
            if value is not None and not value > 0:
                raise UsageError(f"{name} = {value}: must be above 0; leave it out for no limit.")
