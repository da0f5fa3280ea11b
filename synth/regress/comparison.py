"""The attempts at one task beside its committed reward.

Everything is asked of the same fresh episodes, which no recording holds and no run was shown.
Where the simulator is missing the recorded ones stand in, and that is said.
"""

from __future__ import annotations

import io
import shutil
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from synth.episode.replace import replace_file
from synth.errors import EnvironmentFault, RewardError, SpecError
from synth.loop import read_provenance
from synth.record.refresh import fresh_unrecorded
from synth.regress.figures import (
    RewardFigures,
    against_truth,
    by_labels,
    of_attempt,
    of_committed,
)
from synth.regress.frames import differing, match, watch
from synth.regress.strips import Timeline, film_strip
from synth.sandbox import CONFINED
from synth.task import read_reward

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from synth.episode import EpisodeStore
    from synth.record.serving import OnProgress
    from synth.regress.attempt import Attempted
    from synth.regress.frames import DifferingEpisode, MatchedCheckers, Watched
    from synth.sandbox import Sandboxes
    from synth.task import TaskFolder

__all__ = ["ComparedAttempt", "Yardstick", "compare_attempt", "draw_differences", "yardstick"]

FRESH = 20
"""Fresh episodes of each kind."""
PICTURES = 6
"""Film strips of one comparison."""


@dataclass(frozen=True, eq=False, slots=True)
class Yardstick:
    """A committed reward, and the episodes on which others are held against it.

    Attributes:
        task: The committed folder.
        source: The committed program.
        model: Who wrote it, as it was given on the command line; empty where nobody knows.
        figures: What is known of it.
        store: The episodes.
        watched: What the committed program says of them; ``None`` where it cannot be run.
        fresh: Whether they are fresh ones.
        why_not: Why they are not.
    """

    task: TaskFolder
    source: str
    model: str
    figures: RewardFigures
    store: EpisodeStore
    watched: Watched | None
    fresh: bool
    why_not: str = ""

    @property
    def words(self) -> str:
        """``60 fresh episodes, 608 frames``."""
        episodes = self.store.episodes
        kind = "fresh" if self.fresh else "recorded"
        frames = sum(len(e.frame_index) for e in episodes)
        told = f"{len(episodes)} {kind} episodes, {frames} frames"
        return told if self.fresh else f"{told}, since no fresh ones can be played: {self.why_not}"


@dataclass(frozen=True, slots=True, kw_only=True)
class ComparedAttempt:
    """One attempt beside the committed reward.

    Attributes:
        went: The attempt.
        good: Whether it counts as passed: it was accepted, and its goal is wrong on no more judged
            frames of the fresh episodes than the committed one's.
        figures: What is known of its program.
        matched: Its checkers and those of the committed program.
        differing: Episodes of which the two do not say the same.
        pictures: Film strips of some.
        problem: Why its program could not be held against the committed one; empty where it was.
    """

    went: Attempted
    good: bool
    figures: RewardFigures
    matched: tuple[MatchedCheckers, ...] = ()
    differing: int = 0
    pictures: tuple[Path, ...] = ()
    problem: str = ""

    @property
    def why(self) -> str:
        """Why it is not good, or what it passed."""
        if self.went.passed and not self.good and self.figures.goal is not None:
            goal = self.figures.goal
            return (
                f"accepted, but its goal is wrong on {goal.wrong} of {goal.frames} judged frames "
                "of fresh episodes"
            )
        return self.went.reason


def yardstick(
    task: TaskFolder,
    *,
    fresh: int = FRESH,
    sandboxes: Sandboxes = CONFINED,
    on_progress: OnProgress | None = None,
) -> Yardstick:
    """Judge a committed reward as it is today, and play fresh episodes for it.

    Args:
        task: The committed folder.
        fresh: Episodes of each kind; 0 takes the recorded ones.
        sandboxes: Where it runs.
        on_progress: Told of every episode.

    Raises:
        UsageError: There is no reward.
        SandboxUnavailable: This machine cannot confine it.
    """
    source, record = read_reward(task.reward, task.name), read_provenance(task.path)
    figures = of_committed(task, source, record, sandboxes)
    store, why_not = task.store, "none were asked for"
    if fresh:
        try:
            store = fresh_unrecorded(task.spec, task.store, fresh, on_progress=on_progress)
        except (EnvironmentFault, SpecError) as error:
            why_not = str(error)
    is_fresh = store is not task.store
    try:
        watched = watch(source, store, sandboxes)
    except RewardError:
        watched = None
    if watched is not None:
        truth = against_truth(store, watched, {}) if is_fresh else ()
        own = {name: name for name in task.plan.names}
        figures = replace(figures, truth=truth, labels=by_labels(task, source, own, sandboxes))
    model = record.model if record else ""
    return Yardstick(task, source, model, figures, store, watched, is_fresh, why_not)


def compare_attempt(
    went: Attempted, beside: Yardstick, *, sandboxes: Sandboxes = CONFINED, draw: bool = True
) -> ComparedAttempt:
    """Hold what an attempt came to against the committed reward.

    Args:
        went: The attempt.
        beside: The committed reward.
        sandboxes: Where programs run.
        draw: Whether film strips are wanted, in ``differences`` of the attempt's folder.

    Raises:
        SandboxUnavailable: This machine cannot confine programs.
    """
    figures = of_attempt(went)
    if went.program is None or beside.watched is None:
        problem = "no answer held a program" if went.program is None else "the committed one faults"
        return ComparedAttempt(went=went, good=went.passed, figures=figures, problem=problem)
    source = went.program.read_text(encoding="utf-8")
    try:
        watched = watch(source, beside.store, sandboxes)
        matched = match(beside.watched, watched)
        partners = {pair.one: pair.other for pair in matched}
        labels = by_labels(beside.task, source, partners, sandboxes)
    except RewardError as error:
        return ComparedAttempt(went=went, good=False, figures=figures, problem=str(error))
    meant = {pair.other: beside.watched.column(pair.one) for pair in matched}
    truth = against_truth(beside.store, watched, meant) if beside.fresh else ()
    figures = replace(figures, truth=truth, labels=labels)
    goal, own = figures.goal, beside.figures.goal
    found = differing(beside.watched, watched, matched)
    pictures: tuple[Path, ...] = ()
    if draw:
        folder = went.attempt.folder / "differences"
        pictures = draw_differences(
            folder,
            beside.store,
            (beside.watched, watched),
            matched,
            found,
            sides=("committed", "candidate"),
        )
    return ComparedAttempt(
        went=went,
        good=went.passed and (goal is None or own is None or goal.wrong <= own.wrong),
        figures=figures,
        matched=matched,
        differing=len(found),
        pictures=pictures,
    )


def draw_differences(
    folder: Path,
    store: EpisodeStore,
    both: tuple[Watched, Watched],
    matched: Sequence[MatchedCheckers],
    found: Sequence[DifferingEpisode],
    *,
    sides: tuple[str, str],
    most: int = PICTURES,
) -> tuple[Path, ...]:
    """Draw the episodes of which two programs do not say the same.

    Held-out episodes are never drawn: pictures find their way into prompts.

    Args:
        folder: Emptied first.
        store: The episodes.
        both: What the two say of them.
        matched: Which checkers belong together.
        found: The episodes, the most telling first.
        sides: What the two are called.
        most: At most so many.

    Returns:
        The pictures' files.
    """
    shutil.rmtree(folder, ignore_errors=True)
    one, other = both
    drawn: list[Path] = []
    for here in (d for d in found if store.episodes[d.episode].split == "visible"):
        if len(drawn) == most:
            break
        episode = store.episodes[here.episode]
        mine, yours = one.holds[here.episode], other.holds[here.episode]
        lines = [
            Timeline(
                pair.one,
                pair.other,
                mine[:, one.subtasks.index(pair.one)],
                yours[:, other.subtasks.index(pair.other)],
            )
            for pair in matched
        ]
        told = f" ({episode.note})" if episode.note else ""
        told += f" \u201c{episode.mission}\u201d" if episode.mission else ""
        strip = film_strip(
            store.frames_of(episode),
            lines,
            episode.success,
            title=f"{episode.id}, seed {episode.seed}{told}: A {sides[0]}, B {sides[1]}",
        )
        stream = io.BytesIO()
        strip.save(stream, "png", optimize=True)
        path = folder / f"{len(drawn) + 1:02d}-{episode.id}.png"
        replace_file(path, stream.getvalue())
        drawn.append(path)
    return tuple(drawn)
