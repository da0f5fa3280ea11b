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
    from collections.abc import Sequence

    from synth.episode import Episode
    from synth.spec import GateSpec
    from synth.suite.evidence import RecordedVerdicts
    from synth.suite.subject import Subject

__all__ = ["bounds", "completed", "completes_falsely", "distinct", "shortfall"]


def completed(evidence: RecordedVerdicts, episode: Episode) -> bool:
    """Whether every distinct sub-task is credited, the goal among them.

    Sub-tasks are counted, not frames on which something holds: the verifier published with
    Code as Reward summed rewards over frames, and so took standing still for success.
    """
    credit = evidence.credit(episode)
    return credit.complete >= 0 and not credit.skipped


def completes_falsely(evidence: RecordedVerdicts, episode: Episode) -> bool:
    """Whether the goal holds on a judged frame before any success, or without one."""
    false = episode.false_frames(evidence.goal(episode))
    return len(false) > 0 and not np.any(episode.success[: false[0] + 1])


def distinct(episodes: Sequence[Episode]) -> tuple[Episode, ...]:
    """Episodes with those left out that repeat an earlier one, frame by frame.

    Twenty equal episodes prove as much as one: a program says the same of each.
    """
    # Frames are stored once in a split, so equal pictures are equal indices.
    known = {(e.split, e.frame_index.tobytes(), e.success.tobytes()): e for e in episodes[::-1]}
    return tuple(e for e in episodes if e in known.values())


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
    recorded = {k: subject.episodes(k, "held_out") for k in ("expert", "random")}
    experts, randoms = distinct(recorded["expert"]), distinct(recorded["random"])
    misses = sum(not completed(evidence, e) for e in experts)
    lies = sum(completes_falsely(evidence, e) for e in randoms)
    parts = []
    if experts:
        parts.append(
            f"{len(experts) - misses} of {_counted(experts, recorded['expert'])} complete, so at "
            f"most {_share(misses, len(experts), certainty)} are missed"
        )
    if randoms:
        parts.append(
            f"{lies} of {_counted(randoms, recorded['random'])} "
            f"{'completes' if lies == 1 else 'complete'} falsely, so at "
            f"most {_share(lies, len(randoms), certainty)} do"
        )
    return f"held out, with {100 * certainty:.4g}% certainty: {'; '.join(parts)}" if parts else ""


def _counted(differ: Sequence[Episode], recorded: Sequence[Episode]) -> str:
    """``20 expert episodes``; where some repeat, ``18 distinct expert episodes (of 20)``."""
    kind = recorded[0].kind
    if len(differ) == len(recorded):
        return count(len(differ), f"{kind} episode")
    return f"{count(len(differ), f'distinct {kind} episode')} (of {len(recorded)})"


def shortfall(misses: int, episodes: int, gate: GateSpec, *, recorded: int | None = None) -> str:
    """Why held-out experts do not prove what the gate asks for, or nothing.

    Args:
        misses: Distinct held-out expert episodes that do not complete.
        episodes: Distinct held-out expert episodes.
        gate: What is asked; without a ``max_miss`` nothing is.
        recorded: Held-out expert episodes, those that repeat included.
    """
    if gate.max_miss is None:
        return ""
    certainty = gate.certainty or CERTAINTY
    bound = upper_bound(misses, episodes, certainty)
    if bound <= gate.max_miss:
        return ""
    needed = episodes_needed(gate.max_miss, certainty, events=misses)
    repeats = (
        f" ({episodes} of {recorded} are distinct)" if recorded not in {None, episodes} else ""
    )
    return (
        f"{episodes - misses} of {count(episodes, 'held-out expert episode')} "
        f"complete{repeats}, which "
        f"bounds the share of missed ones at {bound:.1%} with {100 * certainty:.4g}% certainty, "
        f"but gate.max_miss asks for {gate.max_miss:.4g}: {needed} episodes with no more than "
        f"{misses} missed are needed; set held_out.episodes = {needed} and record again."
    )


def _share(events: int, episodes: int, certainty: float) -> str:
    return f"{upper_bound(events, episodes, certainty):.1%}"
