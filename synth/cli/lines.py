"""Events of a run as plain lines, for logs and for whatever is no terminal."""

from __future__ import annotations

from functools import singledispatch

from synth.loop import events
from synth.suite.diagnosis import count

__all__ = ["line_of"]


@singledispatch
def line_of(event: object) -> str | None:  # noqa: ARG001 - the fallback of the dispatch
    """One plain line for an event, or ``None`` where it is not worth one."""
    return None


@line_of.register
def _(event: events.RunStarted) -> str:
    again = f", going on after {event.answers} answers in the journal" if event.answers else ""
    return f"{event.task}: {event.model}{again}"


@line_of.register
def _(event: events.RoundStarted) -> str:
    return f"round {event.round}: {event.kind}"


@line_of.register
def _(event: events.Asked) -> str:
    return f"  asking {event.key}: {event.pictures} pictures, {event.characters} characters"


@line_of.register
def _(event: events.Answered) -> str:
    source = "from the journal" if event.replayed else "answered"
    counted = f", {event.usage.total} tokens" if event.usage.total else ""
    paid = f", cost {event.cost:.4f}" if event.cost is not None else ""
    return f"  {event.key} {source}{counted}{paid}"


@line_of.register
def _(event: events.Planned) -> str:
    stages = (" | ".join(stage) for stage in event.plan.stage_names)
    return f"  plan: {', then '.join(stages)}"


@line_of.register
def _(event: events.Unusable) -> str:
    return f"  {event.key} cannot be used: {event.reason}"


@line_of.register
def _(event: events.Judged) -> str:
    failed = len(event.verdict.failed)
    outcome = f"{failed} tests fail" if failed else "all visible tests pass"
    return f"  {event.key}: {outcome}, {len(event.verdict.passed)} pass"


@line_of.register
def _(event: events.Reverted) -> str:
    why = f"it breaks {event.broken[0]}" if event.broken else "it is no better"
    return f"  {event.key} dropped: {why}"


@line_of.register
def _(event: events.Improved) -> str:
    return f"  {event.key} kept"


@line_of.register
def _(event: events.HeldOut) -> str:
    times = "once" if event.generation == 1 else f"{event.generation} times"
    fresh = f", replaced {times}" if event.generation else ""
    return (
        f"  held-out episodes{fresh}: {event.passed} tests pass, {event.failed} fail "
        f"(look {event.look})"
    )


@line_of.register
def _(event: events.FoundEpisode) -> str:
    actions = count(len(event.find.actions), "action")
    return f"  {event.key} lies on seed {event.find.seed} after {actions}: the episode is kept"


@line_of.register
def _(event: events.SpeedMeasured) -> str:
    return (
        f"  speed: {event.single:.0f} us a frame single, {event.batched:.0f} us batched "
        f"(target {event.target:.0f})"
    )


@line_of.register
def _(event: events.Labelled) -> str:
    which = "held-out pictures" if event.held_out else "pictures"
    if not event.asked:
        return f"  labels: {event.rivals} rival readings, nothing further to ask of {which}"
    return (
        f"  labels: {event.rivals} rival readings, {event.pictures} {which} looked at twice: "
        f"{event.agreed} of {event.asked} answers agree, {event.contested} contested"
    )


@line_of.register
def _(event: events.LookedAgain) -> str:
    which = "held-out labels" if event.held_out else "labels"
    return (
        f"  {event.key} contradicts {event.contradicted} {which}: after another look "
        f"{event.withdrawn} withdrawn"
    )


@line_of.register
def _(event: events.Noticed) -> str:
    return f"  note: {event.text}"


@line_of.register
def _(event: events.Stopped) -> str:
    return event.reason
