"""What is said of a program that only held-out episodes tell against.

They must not be shown, so others are made: fresh visible episodes, from seeds that nothing
else has. What the program fails on those is shown with its pictures, as any other failure. They
are chosen by nothing but the program itself, and so give away nothing that is held out. Where
none of them fails, or none can be made, the kind of thing that went wrong is said in words.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from synth.errors import EnvironmentFault, SpecError
from synth.loop import events
from synth.loop.feedback import reports, unseen

if TYPE_CHECKING:
    from synth.loop.ledger import Candidate
    from synth.loop.state import Run
    from synth.prompts.requests import FailureReport

__all__ = ["reports_on_unseen"]

BATCHES = 2
"""How many batches of fresh episodes are tried for one program."""


def reports_on_unseen(run: Run, candidate: Candidate, limit: int) -> tuple[FailureReport, ...]:
    """What to say against a program that passes everything visible.

    Args:
        run: The parts.
        candidate: The program; held-out episodes tell against it.
        limit: How many reports at most.

    Returns:
        That it fails on other episodes, and either failures on fresh ones or what kind of
        thing went wrong.
    """
    looked, _ = run.judge.recorded(candidate.source, candidate.plan)
    shown = _on_fresh(run, candidate, looked.generation if looked else 0, limit)
    if shown:
        return (unseen("Episodes named `fresh-` were made anew; they show how it fails."), *shown)
    kinds = looked.kinds if looked else ()
    return (unseen(f"What fails there: {'; '.join(kinds)}" if kinds else ""),)


def _on_fresh(
    run: Run, candidate: Candidate, generation: int, limit: int
) -> tuple[FailureReport, ...]:
    for batch in range(generation * BATCHES + 1, (generation + 1) * BATCHES + 1):
        try:
            alike = run.judge.alike(candidate.source, candidate.plan, batch)
        except (EnvironmentFault, SpecError) as error:
            run.observe(events.Noticed(f"no fresh episodes are shown to the model: {error}"))
            return ()
        if alike is None:
            return ()
        explain = partial(run.judge.explain, candidate.source)
        found = reports(alike.verdict, candidate.plan, alike.task, limit=limit, explain=explain)
        if found:
            return found
    return ()
