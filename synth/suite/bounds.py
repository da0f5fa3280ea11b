"""What the held-out episodes prove about a program's rates, in words and against the gate.

Only held-out episodes count: the program was written with the visible ones in sight.
A miss is an expert episode that does not complete; a lie is a random episode that
completes before the environment reports success, or without it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from synth.confidence import CERTAINTY, episodes_needed, upper_bound
from synth.suite.diagnosis import count

if TYPE_CHECKING:
    from synth.episode import Episode
    from synth.spec import GateSpec
    from synth.suite.evidence import RecordedVerdicts
    from synth.suite.subject import Subject

__all__ = ["bounds", "completed", "completes_falsely", "shortfall"]


def completed(evidence: RecordedVerdicts, episode: Episode) -> bool:
    """Whether every distinct sub-task is credited, the goal among them.

    Sub-tasks are counted, not frames on which something holds: the verifier published with
    Code as Reward summed rewards over frames, and so took standing still for success.
    """
    credit = evidence.credit(episode)
    return credit.complete >= 0 and not credit.skipped


def completes_falsely(evidence: RecordedVerdicts, episode: Episode) -> bool:
    """Whether the goal first holds before the environment's first success, or without one."""
    complete = evidence.credit(episode).complete
    return complete >= 0 and not np.any(episode.success[: complete + 1])


def bounds(subject: Subject) -> str:
    """The bounds in one line, for people.

    Args:
        subject: A program that can be run, judged on held-out episodes.

    Returns:
        The line, or nothing where no held-out episodes are judged.

    Raises:
        NotJudged: The program may not be run.
        ProgramFault: It fails as a whole.
    """
    gate, evidence = subject.task.spec.gate, subject.evidence
    certainty = gate.certainty or CERTAINTY
    experts = subject.episodes("expert", "held_out")
    randoms = subject.episodes("random", "held_out")
    misses = sum(not completed(evidence, e) for e in experts)
    lies = sum(completes_falsely(evidence, e) for e in randoms)
    parts = []
    if experts:
        parts.append(
            f"{len(experts) - misses} of {count(len(experts), 'expert episode')} complete, so at "
            f"most {_share(misses, len(experts), certainty)} are missed"
        )
    if randoms:
        parts.append(
            f"{lies} of {count(len(randoms), 'random episode')} "
            f"{'completes' if lies == 1 else 'complete'} falsely, so at "
            f"most {_share(lies, len(randoms), certainty)} do"
        )
    return f"held out, with {100 * certainty:.4g}% certainty: {'; '.join(parts)}" if parts else ""


def shortfall(misses: int, episodes: int, gate: GateSpec) -> str:
    """Why held-out experts do not prove what the gate asks for, or nothing.

    Args:
        misses: Held-out expert episodes that do not complete.
        episodes: Held-out expert episodes.
        gate: What is asked; without a ``max_miss`` nothing is.
    """
    if gate.max_miss is None:
        return ""
    certainty = gate.certainty or CERTAINTY
    bound = upper_bound(misses, episodes, certainty)
    if bound <= gate.max_miss:
        return ""
    needed = episodes_needed(gate.max_miss, certainty, events=misses)
    return (
        f"{episodes - misses} of {count(episodes, 'held-out expert episode')} complete, which "
        f"bounds the share of missed ones at {bound:.1%} with {100 * certainty:.4g}% certainty, "
        f"but gate.max_miss asks for {gate.max_miss:.4g}: {needed} episodes with no more than "
        f"{misses} missed are needed; set held_out.episodes = {needed} and record again."
    )


def _share(events: int, episodes: int, certainty: float) -> str:
    return f"{upper_bound(events, episodes, certainty):.1%}"
