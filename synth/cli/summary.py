"""What a run says at its end, for people and as JSON."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from synth.envs.registry import why_no_simulator
from synth.loop.outcome import shown
from synth.suite.diagnosis import count
from synth.suite.omissions import NO_SIMULATOR

if TYPE_CHECKING:
    from synth.loop import Outcome
    from synth.loop.adopt import Adoption
    from synth.loop.compare import Comparison, Side
    from synth.loop.labelling import LabelCounts
    from synth.spec import Spec

__all__ = ["explain", "not_checked", "to_json"]


def explain(outcome: Outcome, adoption: Adoption, task: str) -> list[str]:
    """The closing lines: what came of it, what it cost, what to do next."""
    cost = f", cost {outcome.cost:.4f}" if outcome.cost is not None else ""
    replayed = f" ({outcome.replayed} from the journal)" if outcome.replayed else ""
    tokens = f", {outcome.usage.total} tokens" if outcome.usage.total else ""
    lines = [
        (
            f"{outcome.rounds} rounds, {outcome.calls} calls{replayed}{tokens}{cost}, "
            f"{outcome.seconds:.0f} s"
        ),
        (
            f"held-out looks: {outcome.looks}, episodes replaced {_times(outcome.replaced)}; "
            f"found and added: {count(outcome.finds, 'episode')}"
        ),
    ]
    if outcome.speed is not None:
        lines.append(
            f"speed: {outcome.speed.single:.0f} us a frame single, {outcome.speed.batched:.0f} us "
            f"batched, sandbox included (target {outcome.target:.0f})"
        )
    if outcome.labels is not None:
        lines.append(_labels(outcome.labels))
    lines += _fate(adoption, outcome, task)
    return lines


def _labels(labels: LabelCounts) -> str:
    """``labels: 41 asked, 40 agreed, 1 contested, 0 withdrawn; 2 programs contradicted``."""
    others = {"cannot tell": labels.cannot_tell, "without two answers": labels.dropped}
    told = "".join(f"{number} {words}, " for words, number in others.items() if number)
    return (
        f"labels: {labels.asked} asked, {labels.agreed} agreed, {labels.contested} contested, "
        f"{told}{labels.withdrawn} withdrawn; {count(labels.contradicted, 'program')} contradicted"
    )


def _times(number: int) -> str:
    return "once" if number == 1 else f"{number} times"


def _fate(adoption: Adoption, outcome: Outcome, task: str) -> list[str]:
    committed, mine = f"generated/{task}/reward.py", f"{shown(outcome.folder)}/reward.py"
    match adoption.fate:
        case "promoted":
            return [f"promoted to {committed}; commit the folder generated/{task}"]
        case "reproduced":
            return [f"the journal reproduces {committed} byte for byte"]
        case "differs":
            return [
                (
                    f"reward: the journal does NOT reproduce {committed}: compare it with {mine}, "
                    "then restore the committed one or bless the new"
                )
            ]
        case "compared" if adoption.comparison is not None:
            return [
                *_comparison(adoption.comparison),
                (
                    f"the committed reward is left alone; the new one, {mine}, is "
                    f"{_worth(adoption.comparison)}. "
                    "Run again with --bless to commit it"
                ),
            ]
        case _:
            return [
                *_attempts(outcome),
                f"not accepted ({_ending(outcome)}): {outcome.reason}",
                outcome.next_step,
            ]


def _ending(outcome: Outcome) -> str:
    if outcome.tape_ended:
        return "replay"
    return "the model could not" if outcome.ending == "dead_end" else outcome.ending


def _worth(comparison: Comparison) -> str:
    if not comparison.worse:
        return "no worse"
    return "worse: too slow" if comparison.slower else "worse: more tests fail"


def _attempts(outcome: Outcome) -> list[str]:
    """The first failing sentence of each round, and where the rest of them is."""
    lines = [f"round {a.round}, {a.key}: {a.sentence}" for a in outcome.failed_answers]
    if outcome.failures is not None:
        lines.append(f"all that failed, with pictures: {shown(outcome.failures)}")
    return lines


def not_checked(spec: Spec) -> str:
    """What nobody looked at, in one line; nothing where all was checked."""
    tables = {
        "near misses": spec.near_miss,
        "changed pictures": spec.metamorphic,
        "search": spec.search,
        "labels": spec.labels,
    }
    played = why_no_simulator(spec)
    if played:
        del tables["search"]
    left_out = [name for name, table in tables.items() if table is None]
    parts = [f"{', '.join(left_out)} (specs/{spec.name}.toml has no table for it)"]
    parts = [*(parts if left_out else []), *([NO_SIMULATOR] if played else [])]
    return f"not checked: {', '.join(parts)}" if parts else ""


def _comparison(comparison: Comparison) -> list[str]:
    lines = [
        f"committed: {_side(comparison.committed)}",
        f"this run:  {_side(comparison.candidate)}",
    ]
    lines += [
        f"  {a.candidate} agrees with the committed {a.committed} on {a.same:.2%} of "
        f"{a.frames} held-out frames"
        for a in comparison.agreements
    ]
    return lines


def _side(side: Side) -> str:
    speed = f", {side.single:.0f} us a frame" if side.single is not None else ""
    return f"{side.passed} tests pass, {side.failed} fail, {side.lines} lines{speed}"


def to_json(
    outcome: Outcome, adoption: Adoption, audited: bool | None, code: int
) -> dict[str, Any]:
    """The summary for scripts; every key is always there."""
    speed, held_out = outcome.speed, outcome.held_out
    return {
        "accepted": outcome.accepted,
        "fate": adoption.fate,
        "comparison": _compared(adoption.comparison),
        "audit_passed": audited,
        "exit_code": code,
        "reason": outcome.reason,
        "next_step": outcome.next_step,
        "folder": shown(outcome.folder),
        "failures": shown(outcome.failures) if outcome.failures else None,
        "subtasks": list(outcome.plan.names) if outcome.plan else [],
        "visible_passed": len(outcome.verdict.passed) if outcome.verdict else 0,
        "visible_failed": len(outcome.verdict.failed) if outcome.verdict else 0,
        "held_out_passed": held_out.passed if held_out else None,
        "held_out_failed": held_out.failed if held_out else None,
        "held_out_looks": outcome.looks,
        "held_out_replaced": outcome.replaced,
        "episodes_found": outcome.finds,
        "labels": asdict(outcome.labels) if outcome.labels else None,
        "rounds": outcome.rounds,
        "calls": outcome.calls,
        "replayed": outcome.replayed,
        "input_tokens": outcome.usage.input_tokens,
        "output_tokens": outcome.usage.output_tokens,
        "cost": outcome.cost,
        "seconds": round(outcome.seconds, 1),
        "microseconds_single": speed.single if speed else None,
        "microseconds_batched": speed.batched if speed else None,
    }


def _compared(comparison: Comparison | None) -> dict[str, Any] | None:
    if comparison is None:
        return None
    return {**asdict(comparison), "worse": comparison.worse}
