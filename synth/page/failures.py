"""Failures with their frames, those of a run's rounds as well as those of today's suite.

Which pictures go with a visible failure the loop has decided (`synth.loop.failure_frames`), since
a model saw them. A held-out one no model may ever see; a person may, and it is marked as such.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from synth.episode.exhibit import exhibit_at
from synth.errors import SynthError
from synth.loop.failure_frames import failure_frames
from synth.loop.verdict import check_of
from synth.record.player import missing
from synth.suite.perturbed import picture_of
from synth.suite.registry import find_check
from synth.task.found import play

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    import numpy as np
    from numpy.typing import NDArray

    from synth.failure import Failure, Find
    from synth.page.album import Album, AlbumPicture
    from synth.page.strips import FilmStrip, FilmStrips
    from synth.prompts.requests import FailureReport
    from synth.task import TaskFolder

__all__ = ["Plate", "ShownFailure", "of_failures", "of_report", "promise_of"]

LAST = 3
"""Frames of an episode that is not recorded, from its end."""


@dataclass(frozen=True, slots=True)
class Plate:
    """A picture with words.

    Attributes:
        picture: The picture.
        words: What it is.
        should: What the sub-task at fault should say of it; ``None`` where nobody knows.
    """

    picture: AlbumPicture
    words: str
    should: bool | None = None


@dataclass(frozen=True, slots=True)
class ShownFailure:
    """A failed assertion, for people.

    Attributes:
        test: Its id.
        promise: What a program that passes does.
        sentence: What is wrong.
        subtask: The sub-task at fault; empty where the whole program is.
        expected: In words.
        actual: In words.
        also: Further failures of the same check on the same sub-task.
        held_out: Whether no model may see it.
        plates: Its pictures.
        command: What plays its episode again, where a search made it.
        missing: Why there are no pictures, where there should be some.
        strip: What the program says of the whole episode, where that is among the recorded ones.
    """

    test: str
    promise: str
    sentence: str
    subtask: str
    expected: str
    actual: str
    also: int
    held_out: bool
    plates: tuple[Plate, ...]
    command: str = ""
    missing: str = ""
    strip: FilmStrip | None = None


def promise_of(test: str) -> str:
    """What a program does that passes a test; nothing where no such check is known any more."""
    try:
        return find_check(check_of(test)).promise
    except LookupError:
        return ""


def of_report(report: FailureReport, album: Album) -> ShownFailure:
    """A failure as a model was told of it."""
    labels = report.labels or (None,) * len(report.shots)
    plates = tuple(
        Plate(album.add(shot.frame), shot.caption, label)
        for shot, label in zip(report.shots, labels, strict=True)
    )
    return _shown(report.failure, report.also, plates)


def of_failures(
    failures: Iterable[Failure], task: TaskFolder, album: Album, strips: FilmStrips | None
) -> tuple[ShownFailure, ...]:
    """Failures of a suite, one of each check and sub-task, with the number of the others.

    Args:
        failures: In the suite's order.
        task: What was judged by.
        album: Where pictures go.
        strips: Makes the strips of their episodes; ``None`` where the program cannot be run.
    """
    first: dict[tuple[str, str | None, bool], Failure] = {}
    counted: Counter[tuple[str, str | None, bool]] = Counter()
    for failure in failures:
        sort = (check_of(failure.test), failure.subtask, failure.held_out)
        first.setdefault(sort, failure)
        counted[sort] += 1
    shown = [_of(f, counted[sort] - 1, task, album) for sort, f in first.items()]
    return tuple(_with_strips(shown, first.values(), task, strips))


def _with_strips(
    shown: Iterable[ShownFailure],
    failures: Iterable[Failure],
    task: TaskFolder,
    strips: FilmStrips | None,
) -> Iterator[ShownFailure]:
    """The same with the strip of each episode, where it first fails."""
    recorded = {episode.id: episode for episode in task.store.episodes}
    told: set[str] = set()
    for one, failure in zip(shown, failures, strict=True):
        episode = recorded.get(failure.episode or "")
        # What a perturbed picture or a still shows is no frame of the episode.
        plain = failure.still is None and failure.variant is None
        if strips is None or episode is None or not plain or episode.id in told:
            yield one
            continue
        told.add(episode.id)
        at = failure.frame
        focus = at if at is not None and at <= len(episode) else episode.first_success
        yield replace(one, strip=replace(strips.episode(episode), focus=focus))


def _of(failure: Failure, also: int, task: TaskFolder, album: Album) -> ShownFailure:
    command = "" if failure.find is None else failure.find.command(task.name)
    try:
        plates = tuple(_plates(failure, task, album))
    except (LookupError, SynthError) as error:
        # The sentence is worth showing all the same, and so is the reason.
        return _shown(failure, also, (), command, f"Its pictures cannot be shown: {error}")
    return _shown(failure, also, plates, command)


def _shown(
    failure: Failure,
    also: int,
    plates: tuple[Plate, ...],
    command: str = "",
    why: str = "",
) -> ShownFailure:
    return ShownFailure(
        failure.test,
        promise_of(failure.test),
        failure.message,
        failure.subtask or "",
        failure.expected,
        failure.actual,
        also,
        failure.held_out,
        plates,
        command,
        why,
    )


def _plates(failure: Failure, task: TaskFolder, album: Album) -> Iterator[Plate]:
    if failure.find is not None:
        yield from _found(failure.find, task, album)
    elif failure.held_out:
        for frame, words in _held_out(failure, task):
            yield Plate(album.add(frame), words)
    else:
        for one in failure_frames(failure, task.plan.goal, task):
            yield Plate(album.add(one.shot.frame), one.shot.caption, one.label)


def _found(find: Find, task: TaskFolder, album: Album) -> Iterator[Plate]:
    """The start and the end of an episode that only the search has seen."""
    reason = missing(task.spec)
    if reason:
        raise LookupError(reason)
    rolled = play(task.spec, find)
    last = len(rolled.frames) - 1
    for t in sorted({0, *range(max(last - LAST + 1, 0), last + 1)}):
        what = "the initial frame" if t == 0 else "the frame at fault" if t == last else "before it"
        words = f"seed {find.seed}, frame {t} of {last}: {what}"
        yield Plate(album.add(rolled.frames[t]), words)


def _held_out(failure: Failure, task: TaskFolder) -> Iterator[tuple[NDArray[np.uint8], str]]:
    """The initial frame, what it is compared with, and the frame at fault."""
    if failure.episode is None:
        return
    store, episode = task.store, task.store[failure.episode]
    yield store.initial_of(episode), f"{episode.id}: the initial frame"
    for reference, words in ((failure.beside, "compared with"), (failure.still, "at fault")):
        exhibit = None if reference is None else exhibit_at(store, reference)
        if exhibit is not None:
            yield exhibit.frame, f"{reference}: {words}"
    at = failure.frame
    if failure.still is not None or at is None or not 0 < at < len(episode.frame_index):
        return
    frames = store.frames_of(episode)
    if at > 1:
        yield frames[at - 1], f"{episode.id}, frame {at - 1}: before it"
    changed = picture_of(store, task.spec, failure)
    yield frames[at], f"{episode.id}, frame {at} of {len(episode)}: the frame at fault"
    if changed is not None:
        yield changed, f"{episode.id}, frame {at}: changed ({failure.variant})"
