"""Two programs beside each other, frame by frame.

Their plans may differ, in names and in number. Sub-tasks of the same name belong together, and the
goals always; of the rest nobody says which mean the same, so they are matched where they say the
same on most frames (an assignment problem). A sub-task beyond the other plan's number has no
partner.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.optimize import linear_sum_assignment

from synth.program import parse
from synth.sandbox import CONFINED
from synth.verdicts import Footage, ask

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from synth.episode import EpisodeStore
    from synth.sandbox import Sandboxes

__all__ = ["DifferingEpisode", "MatchedCheckers", "Watched", "differing", "match", "watch"]


@dataclass(frozen=True, eq=False, slots=True)
class Watched:
    """What a program says of some episodes.

    Attributes:
        subtasks: Names in the program's order, the goal last.
        holds: For each episode ``bool[T+1, K]``; what raised does not hold.
    """

    subtasks: tuple[str, ...]
    holds: tuple[NDArray[np.bool_], ...]

    def column(self, subtask: str) -> NDArray[np.bool_]:
        """``bool[N]``, one sub-task's verdicts on all frames of all episodes."""
        k = self.subtasks.index(subtask)
        return np.concatenate([holds[:, k] for holds in self.holds])


@dataclass(frozen=True, slots=True)
class MatchedCheckers:
    """Two checkers that are taken to mean the same.

    Attributes:
        one: Name in the first program.
        other: Name in the second.
        frames: Frames that both were asked about.
        differing: Frames of which they do not say the same.
    """

    one: str
    other: str
    frames: int
    differing: int

    @property
    def same(self) -> float:
        """Share of the frames of which both say the same."""
        return 1.0 - self.differing / self.frames if self.frames else 1.0


@dataclass(frozen=True, eq=False, slots=True)
class DifferingEpisode:
    """An episode of which two programs do not say the same.

    Attributes:
        episode: Its place in the store.
        frames: ``bool[T+1, M]``, where each pair of matched checkers differs.
    """

    episode: int
    frames: NDArray[np.bool_]

    @property
    def first(self) -> int:
        """The first frame on which any pair differs."""
        return int(np.argmax(self.frames.any(axis=1)))


def watch(source: str, store: EpisodeStore, sandboxes: Sandboxes = CONFINED) -> Watched:
    """Ask a program about every frame of every episode of a store.

    Raises:
        ProgramFault: It hung or crashed as a whole.
        ProgramSyntaxError: It is no program.
        SandboxUnavailable: This machine cannot confine it.
    """
    program = parse(source)
    shown = [Footage(store.frames, e.frame_index, e.mission) for e in store.episodes]
    answers = ask(program, shown, sandboxes=sandboxes)
    names = tuple(name for stage in program.stages for name in stage)
    return Watched(names, tuple(answers.holds(k) for k in range(len(shown))))


def match(one: Watched, other: Watched) -> tuple[MatchedCheckers, ...]:
    """Which checkers of two programs belong together, in the first one's order."""
    names = {one.subtasks[-1]: other.subtasks[-1]}
    taken = set(names.values())
    for name in one.subtasks[:-1]:
        if name in other.subtasks[:-1] and name not in taken:
            names[name] = name
            taken.add(name)
    rest = [name for name in one.subtasks if name not in names]
    left = [name for name in other.subtasks if name not in taken]
    if rest and left:
        cost = np.array(
            [[np.count_nonzero(one.column(a) != other.column(b)) for b in left] for a in rest]
        )
        rows, columns = linear_sum_assignment(cost)
        names |= {rest[r]: left[c] for r, c in zip(rows, columns, strict=True)}
    frames = sum(len(holds) for holds in one.holds)
    return tuple(
        MatchedCheckers(
            name,
            names[name],
            frames,
            int(np.count_nonzero(one.column(name) != other.column(names[name]))),
        )
        for name in one.subtasks
        if name in names
    )


def differing(
    one: Watched, other: Watched, pairs: Sequence[MatchedCheckers]
) -> tuple[DifferingEpisode, ...]:
    """The episodes of which two programs do not say the same, most differing goals first."""
    ours = [one.subtasks.index(pair.one) for pair in pairs]
    theirs = [other.subtasks.index(pair.other) for pair in pairs]
    found = []
    for k, (mine, yours) in enumerate(zip(one.holds, other.holds, strict=True)):
        frames = mine[:, ours] != yours[:, theirs]
        if frames.any():
            found.append(DifferingEpisode(k, frames))
    # The goal is what pays; of equal ones the episode with most frames at odds, then the earlier.
    return tuple(sorted(found, key=lambda d: (-d.frames[:, -1].sum(), -d.frames.sum(), d.episode)))
