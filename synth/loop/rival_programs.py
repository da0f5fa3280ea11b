"""Other programs for the plan of a candidate: the run's earlier ones, and ``builtin``'s.

They are rivals for labels (`synth.labels.rivals`): where they read a sub-task otherwise, one of the
two is wrong, and eyes can say which.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from synth.errors import ModelError, RewardError
from synth.journal import CandidateRecord
from synth.models.builtin import BuiltinModel
from synth.program import extract_code
from synth.prompts.requests import WriteRequest

if TYPE_CHECKING:
    from synth.journal import Tape
    from synth.loop.ledger import Candidate
    from synth.prompts.requests import Demonstration

__all__ = ["rival_programs"]

EARLIER = 8
"""Earlier programs of the run, the newest first."""

SECONDS = 5.0
"""For ``builtin`` to think of one."""


def rival_programs(
    candidate: Candidate,
    tape: Tape,
    shown: tuple[Demonstration, ...],
    model: str,
    goal: str | None,
) -> tuple[tuple[str, str], ...]:
    """Name and source of each; whether they can be run, and fit the plan, is not looked at.

    Args:
        candidate: Whose rivals they are.
        tape: The run's so far.
        shown: What ``builtin`` learns from.
        model: The run's model, whose own programs are among the earlier ones.
        goal: The goal in words, or ``None``.
    """
    earlier: dict[str, str] = {}
    for record in reversed(tape.records):
        if isinstance(record, CandidateRecord) and record.source != candidate.source:
            earlier.setdefault(record.source, record.key)
    found = [(key, source) for source, key in earlier.items()][:EARLIER]
    if not model.startswith("builtin"):
        found += _builtin(candidate, shown, goal)
    return tuple(found)


def _builtin(
    candidate: Candidate, shown: tuple[Demonstration, ...], goal: str | None
) -> list[tuple[str, str]]:
    request = WriteRequest(
        goal=goal, plan=candidate.plan, demonstrations=shown, target_microseconds=1.0
    )
    try:
        answer = BuiltinModel(seconds=SECONDS).ask(request).text
        return [("builtin", extract_code(answer))]
    except (ModelError, RewardError):
        return []  # it has no program for this plan, and so no reading of its words
