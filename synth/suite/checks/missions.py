"""Checks on missions: the right deed for another mission completes nothing.

Such an episode shows the very pictures of a success, and the words of another one. A program
that does not heed its mission, or heeds a part of its words, takes it for one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from synth.suite.diagnosis import count
from synth.suite.registry import check

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from synth.episode import Episode
    from synth.failure import Failure
    from synth.suite.registry import Case

__all__: list[str] = []


@check("missions")
def never_completes_the_deed_of_another_mission(case: Case) -> Iterator[Failure]:
    """The goal holds on no frame of the right deed for another mission."""
    mistaken = [e for e in case.subject.episodes("near_miss") if e.fulfils is not None]
    case.require(mistaken, "right deeds for other missions", "none was recorded")
    for split in case.subject.splits:
        here = [episode for episode in mistaken if episode.split == split]
        lies = [e for e in here if len(e.false_frames(case.evidence.goal(e)))]
        if lies:
            yield _failure(case, lies, [e for e in here if e not in lies])


def _failure(case: Case, lies: Sequence[Episode], right: Sequence[Episode]) -> Failure:
    episode, name = lies[0], case.plan.goal
    at = int(episode.false_frames(case.evidence.goal(episode))[0])
    among = count(len(lies) + len(right), "such episode")
    return case.failure(
        f"{episode.id}, frame {at}: {name} holds, but what was done is right for another mission, "
        f"{episode.fulfils!r}, and the environment reports no success. So it is in {len(lies)} of "
        f"{among}.{_cause(name, lies, right)}",
        episode=episode,
        frame=at,
        subtask=name,
        expected="False",
        actual="True",
    )


def _cause(name: str, lies: Sequence[Episode], right: Sequence[Episode]) -> str:
    """What the program seems to make of the words, where it can be told."""
    if not right:
        return f" {name} seems not to heed the mission at all."
    unheeded = {_differing(episode) for episode in lies}
    heeded = {_differing(episode) for episode in right}
    if None in unheeded | heeded or unheeded & heeded:
        return ""
    was, wanted = (_words_at(_differing(lies[0]), text) for text in _pair(lies[0]))
    return (
        f" It is so where the two missions differ as {was!r} and {wanted!r} do, and not where they "
        "differ otherwise: a part of the words seems not to be heeded."
    )


def _pair(episode: Episode) -> tuple[str, str]:
    return episode.fulfils or "", episode.mission or ""


def _differing(episode: Episode) -> tuple[int, ...] | None:
    """At which words an episode's mission differs from the one fulfilled; ``None``: in number."""
    one, other = (text.split() for text in _pair(episode))
    if len(one) != len(other):
        return None
    return tuple(n for n, (a, b) in enumerate(zip(one, other, strict=True)) if a != b)


def _words_at(places: tuple[int, ...] | None, text: str) -> str:
    words = text.split()
    return " ".join(words[place] for place in places or ())
