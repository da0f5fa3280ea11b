"""The loop: rounds, acceptance, budget, and what becomes of the result.

`run_loop` does the work; `promote` and `compare` say what to do with what came of it.
"""

from synth.loop.budget import AnyOf, Spent, StopCondition
from synth.loop.compare import Agreement, Comparison, Side, compare
from synth.loop.events import Event, Observer
from synth.loop.folder import RunFolder, RunStatus, read_status
from synth.loop.judge import Judge, SuiteJudge, Timing
from synth.loop.options import LoopOptions
from synth.loop.outcome import Outcome
from synth.loop.prices import Price, find_price
from synth.loop.promote import Provenance, deciding_store, promote, read_provenance
from synth.loop.run import run_loop
from synth.loop.verdict import Verdict

__all__ = [
    "Agreement",
    "AnyOf",
    "Comparison",
    "Event",
    "Judge",
    "LoopOptions",
    "Observer",
    "Outcome",
    "Price",
    "Provenance",
    "RunFolder",
    "RunStatus",
    "Side",
    "Spent",
    "StopCondition",
    "SuiteJudge",
    "Timing",
    "Verdict",
    "compare",
    "deciding_store",
    "find_price",
    "promote",
    "read_provenance",
    "read_status",
    "run_loop",
]
