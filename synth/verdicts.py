"""A program asked about many frames: each distinct pair of frame and initial frame once.

Where missions vary a pair is told apart by the words of its episode as well.

Everything that wants verdicts in bulk asks here. `ask` judges episodes that are all there,
one batch for each size of picture; `LiveVerdicts` judges episodes as they come and remembers
them. Both grant the program the same time (`patience`)::

    shown = [Footage.of(rollout.frames) for rollout in rollouts]
    answers = ask(parse(source), shown)
    answers.holds(0)     # bool[T+1, K]: what the program says of the first episode

What a verdict should have been is not known here.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Self

import numpy as np

from synth.episode import frame_digest
from synth.sandbox import CONFINED, Cell

if TYPE_CHECKING:
    from collections.abc import Container, Iterator, Sequence
    from types import TracebackType

    from numpy.typing import NDArray

    from synth.plan import Stages
    from synth.program import Program
    from synth.sandbox import Answerers, CellError

    # The mission, where there is one, and digests of the initial frame and of the frame.
    _Key = tuple[str | None, bytes, bytes]
    Picture = tuple[NDArray[np.uint8], NDArray[np.uint8], str | None]
    """A frame, the initial one of its episode, and the words of that, where they vary."""

__all__ = ["Answers", "Footage", "LiveVerdicts", "ask", "patience"]

BASE = 10.0
PER_PAIR = 0.02  # seconds; three times the slowest published program
SHUFFLE = 20240204  # any fixed seed: a shuffled pass must be the same on every run
AT_ONCE = 250
"""Pairs in one call of `LiveVerdicts`, whose worker has one deadline for all its calls."""


def patience(pairs: int) -> float:
    """Seconds that a program may take over so many pairs, loading included."""
    return BASE + PER_PAIR * pairs


@dataclass(frozen=True, eq=False, slots=True)
class Footage:
    """The pictures of one episode of T actions.

    Attributes:
        frames: ``uint8[N, H, W, 3]``; episodes may share one stack.
        index: ``int[T+1]`` into `frames`; the first is the initial frame.
        mission: The words of the episode, where they vary.
    """

    frames: NDArray[np.uint8]
    index: NDArray[np.integer]
    mission: str | None = None

    @classmethod
    def of(cls, frames: NDArray[np.uint8], mission: str | None = None) -> Self:
        """Footage of the frames of one episode in order, equal ones kept once.

        Args:
            frames: ``uint8[T+1, H, W, 3]``.
            mission: The words of the episode, where they vary.
        """
        known: dict[bytes, int] = {}
        index = np.array(
            [known.setdefault(frame_digest(frame), len(known)) for frame in frames], dtype=np.int64
        )
        _, first = np.unique(index, return_index=True)
        return cls(frames[first], index, mission)


@dataclass(frozen=True, eq=False, slots=True)
class Answers:
    """What a program says of some episodes. P distinct pairs, K sub-tasks.

    Attributes:
        stages: The program's sub-tasks, stage by stage.
        pairs: ``int64[P, 2]``: frame and initial frame, numbered through all distinct stacks
            in the order in which they came; sorted, those of one mission together. Each is
            there once for each mission.
        cells: ``uint8[P, K]`` of `Cell`.
        errors: The first few errors; `CellError.pair` is a row of `cells`.
        rows: For each episode ``int64[T+1]``, the row in `cells` of each of its frames.
    """

    stages: Stages
    pairs: NDArray[np.int64]
    cells: NDArray[np.uint8]
    errors: tuple[CellError, ...]
    rows: tuple[NDArray[np.int64], ...]

    def of(self, episode: int) -> NDArray[np.uint8]:
        """``uint8[T+1, K]`` of `Cell`: the verdicts on the episode of that number."""
        return self.cells[self.rows[episode]]

    def holds(self, episode: int) -> NDArray[np.bool_]:
        """``bool[T+1, K]``; a checker that raised, or gave no bool, does not hold."""
        holds: NDArray[np.bool_] = self.of(episode) == Cell.TRUE
        return holds


def ask(
    program: Program,
    shown: Sequence[Footage],
    *,
    shuffled: bool = False,
    sandboxes: Answerers = CONFINED,
) -> Answers:
    """Run a program over episodes, each distinct pair once, in a fresh worker for each size.

    Only frames that some episode shows reach the program.

    Args:
        program: The program; it must lint.
        shown: The episodes; their pictures may be of several sizes.
        shuffled: Ask in another order, always the same one. A pure function cannot tell.
        sandboxes: Where the program runs.

    Raises:
        ProgramFault: The program hung, crashed or broke the reply format as a whole.
            A checker that raises on one frame is not such a case: it becomes a cell.
        SandboxUnavailable: This machine cannot confine it.
    """
    stacks = list({id(one.frames): one.frames for one in shown}.values())
    starts = np.cumsum([0, *map(len, stacks)])
    start_of = {id(stack): int(at) for stack, at in zip(stacks, starts, strict=False)}
    words = sorted({one.mission for one in shown if one.mission is not None})
    pairs, told, rows = _distinct([(one, start_of[id(one.frames)]) for one in shown], words)
    stages = program.stages
    cells = np.zeros((len(pairs), sum(map(len, stages))), np.uint8)
    errors: list[CellError] = []
    for batch in _by_size(pairs, stacks, starts):
        order = np.random.default_rng(SHUFFLE).permutation(batch) if shuffled else batch
        frames, local = _sent(pairs[order], stacks, starts)
        with sandboxes.open(program, deadline=patience(len(order))) as sandbox:
            missions = [words[n] for n in told[order]] if words else None
            verdicts = sandbox.verdicts(frames, local, missions)
        cells[order] = verdicts.cells
        errors += [replace(e, pair=int(order[e.pair])) for e in verdicts.errors]
    return Answers(stages, pairs, cells, tuple(errors), rows)


def _distinct(
    shown: Sequence[tuple[Footage, int]], words: Sequence[str]
) -> tuple[NDArray[np.int64], NDArray[np.int64], tuple[NDArray[np.int64], ...]]:
    """The distinct pairs, the mission of each, and for each episode the row of each of its frames.

    Args:
        shown: Episodes, each with the number of its stack's first frame.
        words: The distinct missions; a mission is its number among them.
    """
    if not shown:
        return np.zeros((0, 2), np.int64), np.zeros(0, np.int64), ()
    number = {mission: n for n, mission in enumerate(words)}
    every = [one.index.astype(np.int64) + start for one, start in shown]
    told = [number[one.mission] if one.mission is not None else 0 for one, _ in shown]
    triples = np.concatenate(
        [
            np.stack([np.full_like(index, n), index, np.full_like(index, index[0])], axis=1)
            for index, n in zip(every, told, strict=True)
        ]
    )
    distinct, inverse = np.unique(triples, axis=0, return_inverse=True)
    ends = np.cumsum([len(index) for index in every])[:-1]
    return distinct[:, 1:], distinct[:, 0], tuple(np.split(inverse.reshape(-1), ends))


def _by_size(
    pairs: NDArray[np.int64], stacks: Sequence[NDArray[np.uint8]], starts: NDArray[np.int64]
) -> Iterator[NDArray[np.int64]]:
    """Rows of the pairs whose pictures are of one size, size by size."""
    stack_of = np.searchsorted(starts, pairs[:, 0], side="right") - 1
    sizes = [stack.shape[1:] for stack in stacks]
    for size in sorted(set(sizes)):
        of_size = [n for n, one in enumerate(sizes) if one == size]
        yield np.flatnonzero(np.isin(stack_of, of_size))


def _sent(
    pairs: NDArray[np.int64], stacks: Sequence[NDArray[np.uint8]], starts: NDArray[np.int64]
) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """The frames that pairs of one size name, in the order in which they first name them.

    The sandbox sends a large batch in pieces, and a piece holds what its pairs name: frames
    that lie in the pairs' own order are sent about once each, whatever that order is.

    Returns:
        ``uint8[N, H, W, 3]``, to be read only, and the pairs as indices into it.
    """
    used, first, local = np.unique(pairs.reshape(-1), return_index=True, return_inverse=True)
    by_appearance = np.argsort(first)
    rank = np.empty_like(by_appearance)
    rank[by_appearance] = np.arange(len(used))
    wanted = used[by_appearance]
    stack_of = np.searchsorted(starts, wanted, side="right") - 1
    if len(stacks) == 1 and np.array_equal(wanted, np.arange(len(stacks[0]))):
        return stacks[0], pairs  # hundreds of megabytes, as they lie
    frames = np.empty((len(wanted), *stacks[int(stack_of[0])].shape[1:]), np.uint8)
    for n in np.unique(stack_of):
        here = stack_of == n
        if here.all():  # mode="raise" would go through a copy
            np.take(stacks[int(n)], wanted - starts[n], axis=0, out=frames, mode="clip")
        else:
            frames[here] = stacks[int(n)][wanted[here] - starts[n]]
    return frames, rank[local].reshape(-1, 2)


class LiveVerdicts:
    """A program in its sandbox with a memory for its verdicts; a context manager.

    For episodes that are made while the program is asked, as by a search.

    Args:
        program: The program; it must lint. K sub-tasks.
        sandboxes: Where the program runs.

    Raises:
        ProgramFault: The program cannot be loaded.
        SandboxUnavailable: This machine cannot confine it.

    Attributes:
        stages: Its sub-tasks, stage by stage.
    """

    def __init__(self, program: Program, *, sandboxes: Answerers = CONFINED) -> None:
        self.stages: Stages = program.stages
        self._sandbox = sandboxes.open(program, deadline=patience(AT_ONCE))
        self._cells: dict[_Key, NDArray[np.uint8]] = {}
        self._shares: dict[_Key, NDArray[np.float32]] = {}

    def cells(
        self,
        frames: NDArray[np.uint8],
        initial: NDArray[np.uint8],
        mission: str | None = None,
    ) -> NDArray[np.uint8]:
        """Verdicts on frames of one episode.

        Args:
            frames: ``uint8[T, H, W, 3]``; none give none.
            initial: ``uint8[H, W, 3]``.
            mission: The words of the episode, where they vary.

        Returns:
            ``uint8[T, K]`` of `Cell`.

        Raises:
            ProgramFault: The program hung, was killed, or broke the reply format.
        """
        keys, fresh = _unknown(frames, (initial, mission), self._cells)
        for some in _pieces(fresh):
            asked = np.concatenate([frames[[t for _, t in some]], initial[None]])
            pairs = [(n, len(some)) for n in range(len(some))]
            told = None if mission is None else [mission] * len(pairs)
            cells = self._sandbox.verdicts(asked, np.array(pairs), told).cells
            self._cells |= zip((key for key, _ in some), cells, strict=True)
        width = sum(map(len, self.stages))
        return np.array([self._cells[key] for key in keys], np.uint8).reshape(-1, width)

    def holds(
        self,
        frames: NDArray[np.uint8],
        initial: NDArray[np.uint8],
        mission: str | None = None,
    ) -> NDArray[np.bool_]:
        """Which sub-tasks hold; a checker that raises, or gives no bool, does not.

        Args:
            frames: As for `cells`.
            initial: As for `cells`.
            mission: As for `cells`.

        Returns:
            ``bool[T, K]``.

        Raises:
            ProgramFault: As for `cells`.
        """
        holds: NDArray[np.bool_] = self.cells(frames, initial, mission) == Cell.TRUE
        return holds

    def holds_of(self, pictures: Sequence[Picture]) -> NDArray[np.bool_]:
        """Which sub-tasks hold in pictures of many episodes, asked about together.

        Args:
            pictures: N frames ``uint8[H, W, 3]``, each with the initial one of its episode and
                the words of that, ``None`` where missions do not vary.

        Returns:
            ``bool[N, K]``.

        Raises:
            ProgramFault: As for `cells`.
        """
        starts = {id(initial): frame_digest(initial) for _, initial, _ in pictures}
        keys = [
            (mission, starts[id(initial)], frame_digest(frame))
            for frame, initial, mission in pictures
        ]
        fresh = {key: n for n, key in enumerate(keys) if key not in self._cells}
        for some in _pieces(list(fresh.items())):
            initials = {key[1]: pictures[n][1] for key, n in some}
            place = {start: len(some) + i for i, start in enumerate(initials)}
            asked = np.stack([*(pictures[n][0] for _, n in some), *initials.values()])
            pairs = [(i, place[key[1]]) for i, (key, _) in enumerate(some)]
            told = [key[0] for key, _ in some if key[0] is not None]
            cells = self._sandbox.verdicts(asked, np.array(pairs), told or None).cells
            self._cells |= zip((key for key, _ in some), cells, strict=True)
        width = sum(map(len, self.stages))
        said = np.array([self._cells[key] for key in keys], np.uint8).reshape(-1, width)
        holds: NDArray[np.bool_] = said == Cell.TRUE
        return holds

    def progress(
        self,
        frames: NDArray[np.uint8],
        initial: NDArray[np.uint8],
        mission: str | None = None,
    ) -> NDArray[np.float32]:
        """How far each sub-task has come; see `synth.sandbox.Sandbox.progress`.

        Args:
            frames: As for `cells`.
            initial: As for `cells`.
            mission: As for `cells`.

        Returns:
            ``float32[T, K]`` in [0, 1].

        Raises:
            ProgramFault: As for `cells`; also where progress is no number in [0, 1].
        """
        keys, fresh = _unknown(frames, (initial, mission), self._shares)
        for some in _pieces(fresh):
            shares = self._sandbox.progress(frames[[t for _, t in some]], initial, mission)
            self._shares |= zip((key for key, _ in some), shares, strict=True)
        width = sum(map(len, self.stages))
        return np.array([self._shares[key] for key in keys], np.float32).reshape(-1, width)

    def close(self) -> None:
        """End the program's worker."""
        self._sandbox.close()

    def __enter__(self) -> Self:
        """The verdicts themselves."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """End the program's worker."""
        self.close()


def _unknown(
    frames: NDArray[np.uint8],
    of: tuple[NDArray[np.uint8], str | None],
    known: Container[_Key],
) -> tuple[list[_Key], list[tuple[_Key, int]]]:
    """The key of each frame, and the keys that are not known yet, each with one of its frames."""
    initial, mission = of
    start = frame_digest(initial)
    keys = [(mission, start, frame_digest(frame)) for frame in frames]
    return keys, list({key: t for t, key in enumerate(keys) if key not in known}.items())


def _pieces(fresh: list[tuple[_Key, int]]) -> Iterator[list[tuple[_Key, int]]]:
    for at in range(0, len(fresh), AT_ONCE):
        yield fresh[at : at + AT_ONCE]
