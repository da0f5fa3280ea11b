"""Checks by search: finds that were kept, and a bounded search for new ones.

The search plays the simulator, so it is left out where there is none; all that earlier
searches found is replayed like any other episode. A success that skips a sub-task is
blamed on the plan, as in `synth.suite.checks.necessity`. How episodes are drawn and finds
are shrunk is decided in `synth.search`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from synth.suite.diagnosis import pattern
from synth.suite.registry import check
from synth.suite.subject import Skip

if TYPE_CHECKING:
    from collections.abc import Iterator

    from synth.episode import Episode
    from synth.failure import Failure
    from synth.search import Counterexample
    from synth.spec import Spec
    from synth.suite.registry import Case

__all__: list[str] = []


def _searched(spec: Spec) -> bool:
    return spec.search is not None


@check("search")
def known_finds_are_told_right(case: Case) -> Iterator[Failure]:
    """The goal holds exactly at success in every episode that an earlier search found."""
    found = case.subject.episodes("found")
    case.require(found, "finds of earlier searches", "there is none")
    for episode in found:
        yield from _told(case, episode)


# Name and promise stand in the test files of committed tasks: both stay as they are.
@check("search", slow=True)
def no_lie_is_found(case: Case) -> Iterator[Failure]:
    """A search through drawn episodes finds none on which the goal lies."""
    for one in case.subject.search.counterexamples:
        if one.kind != "skipped_subtask":
            held = one.kind == "false_positive"
            yield _found(case, one, expected=str(not held), actual=str(held))


@check("necessity", when=_searched, slow=True)
def no_success_is_found_that_skips(case: Case) -> Iterator[Failure]:
    """A search through drawn episodes finds no success that does without a sub-task."""
    if case.subject.task.spec.gate.expert_completion < 1:
        # Some successes may skip something, and the one that a search finds may be of those.
        raise Skip("successes that skip", "gate.expert_completion allows some")
    case.require(case.plan.names[1:], "necessity", "the plan is the goal alone")
    for one in case.subject.search.counterexamples:
        if one.kind == "skipped_subtask":
            expected = f"{one.subtask} is credited in every success"
            yield _found(case, one, expected=expected, actual="a success skips it")


def _told(case: Case, episode: Episode) -> Iterator[Failure]:
    goal, name = case.evidence.goal(episode), case.plan.goal
    cause = pattern(case, name, episode.split)
    no_success, not_held = "the environment reports no success there", f"{name} does not hold"
    for frames, what, expected in (
        (episode.false_frames(goal), f"{name} holds, but {no_success}", "False"),
        (episode.missed_frames(goal), f"the environment reports success, but {not_held}", "True"),
    ):
        if len(frames):
            yield case.failure(
                f"{episode.id} ({episode.note}), frame {frames[0]}: {what}.{cause}",
                episode=episode,
                frame=int(frames[0]),
                subtask=name,
                expected=expected,
                actual="True" if expected == "False" else "False",
            )


def _found(case: Case, one: Counterexample, *, expected: str, actual: str) -> Failure:
    return case.failure(
        one.sentence,
        frame=one.frame,
        subtask=one.subtask,
        split=case.subject.last_split,
        expected=expected,
        actual=actual,
        find=one.find,
    )
