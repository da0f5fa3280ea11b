"""One program and the workers that run it, one after another.

A session starts a worker when there is none, lays frames out in its memory, asks, and starts
another where the last one was lost through no fault of the program. It does not judge what
comes back (`synth.sandbox.replies` does) and is not thread-safe (`synth.sandbox.sandbox` is).
"""

from __future__ import annotations

import json
import time
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from synth.errors import ProgramFault
from synth.sandbox import wire
from synth.sandbox.batch import cut
from synth.sandbox.lateness import LOADING, STUCK, TRIED, why_late
from synth.sandbox.mailbox import SECONDS
from synth.sandbox.memory import CAPACITY
from synth.sandbox.process import WorkerLost, WorkerProcess
from synth.sandbox.replies import Forged, read_errors
from synth.sandbox.requests import lay_missions, request_of
from synth.sandbox.single import Single
from synth.sandbox.waiting import PastDeadline

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from numpy.typing import NDArray

    from synth.sandbox.process import Answer

__all__ = ["Session"]

MEMORY = 1 << 30
"""Bytes a program may take beyond numpy and its frames."""

_LIFE = 3600.0  # busy seconds after which a worker is replaced, before its CPU limit ends it
_ATTEMPTS = 10  # workers that may be lost over one request, before somebody has to look


class Session:
    """A program and its present worker.

    Args:
        source: The program's text.
        subtasks: Names of its checkers.
        deadline: Seconds that one call may take.
        unsafe: Whether a worker may run unconfined.
        timed: Functions whose time is taken.

    Raises:
        ProgramFault: The program cannot be loaded.
        SandboxUnavailable: This machine cannot confine it.
    """

    def __init__(
        self,
        source: str,
        subtasks: tuple[str, ...],
        *,
        deadline: float,
        unsafe: bool,
        timed: tuple[str, ...] = (),
    ) -> None:
        order = {"source": source, "subtasks": subtasks, "timed": timed}
        self._text = json.dumps(order).encode()
        self._deadline, self._unsafe, self._width = deadline, unsafe, len(subtasks)
        self._allowed = f"{deadline:g} s"
        self._busy = 0.0
        self._single = Single()
        self._worker: WorkerProcess | None = None
        self._ready(0)

    @property
    def pid(self) -> int | None:
        """Process id of the worker, where there is one."""
        worker = self._worker
        return worker.pid if worker is not None and worker.alive else None

    def close(self) -> None:
        """End the worker."""
        if self._worker is not None:
            self._worker.kill()
            self._worker = None

    def abandon(self) -> None:
        """Let go of a worker that belongs to another process."""
        self._worker = None

    def ask_one(
        self,
        op: int,
        frame: NDArray[np.uint8],
        initial: NDArray[np.uint8],
        body: int,
        mission: str | None = None,
    ) -> Answer:
        """Ask about one frame. The worker keeps what it perceived of the initial one.

        Args:
            op: One of `wire.Op`.
            frame: ``uint8[H, W, 3]``.
            initial: ``uint8[H, W, 3]``.
            mission: The words of the episode, where they vary.
            body: Bytes that the reply's body must have.
        """
        for _ in range(_ATTEMPTS):
            worker = self._ready(2 * initial.nbytes)
            request, looks = self._single.lay(worker, op, frame, initial, mission)
            if looks:
                worker.placement.apart()
            else:
                worker.placement.near()
            until = time.monotonic() + self._deadline
            try:
                answer = self._ask(worker, request, body, until, looks=looks)
            except WorkerLost:
                continue
            except PastDeadline as late:
                raise ProgramFault(f"{late} {STUCK}") from None
            worker.pace.ended()
            return answer
        raise ProgramFault(_RESTLESS)

    def ask_episode(
        self,
        op: int,
        frames: NDArray[np.uint8],
        initial: NDArray[np.uint8],
        body: int,
        mission: str | None = None,
    ) -> Iterator[tuple[int, int, Answer]]:
        """Ask about the frames of one episode.

        Args:
            op: One of `wire.Op`.
            frames: ``uint8[T, H, W, 3]``.
            initial: ``uint8[H, W, 3]``.
            body: Bytes per frame that the reply's body must have.
            mission: As for `ask_one`.

        Yields:
            Index of the first frame, how many there are, and the reply on them.
        """
        limit = _Limit(self._deadline)
        start = 0
        while start < len(frames):
            with limit.paused():
                worker = self._ready(2 * initial.size)
            room = worker.memory.room(*initial.shape[:2]) - 1  # the initial frame takes a slot
            part = frames[start : start + min(room, wire.MAX_PAIRS)]

            def lay(slots: NDArray[np.uint8], part: NDArray[np.uint8] = part) -> None:
                slots[0] = initial
                slots[1:] = part

            pairs = np.zeros((len(part), 2), np.int32)
            pairs[:, 0] = np.arange(1, len(part) + 1)
            told = None if mission is None else (mission,) * len(part)
            batch = _Batch(pairs, (len(part) + 1, *initial.shape[:2]), lay, told)
            yield start, len(part), self._ask_many(op, batch, body * len(part), limit)
            start += len(part)

    def ask_pairs(
        self,
        op: int,
        frames: NDArray[np.uint8],
        pairs: NDArray[np.int64],
        body: int,
        *,
        fixed: int = 0,
        missions: Sequence[str] | None = None,
    ) -> Iterator[tuple[int, int, Answer]]:
        """Ask about pairs of frames, in their order.

        Args:
            op: One of `wire.Op`.
            frames: ``uint8[N, H, W, 3]``.
            pairs: ``int64[P, 2]``.
            body: Bytes per pair that the reply's body must have.
            fixed: Bytes that it must have besides.
            missions: Of each pair, where missions vary.

        Yields:
            Index of the first pair, how many there are, and the reply on them.
        """
        limit = _Limit(self._deadline)
        height, width = frames.shape[1:3]
        with limit.paused():
            room = self._ready(2 * height * width * 3).memory.room(height, width)
        for piece in cut(pairs, room, _most(missions)):

            def lay(slots: NDArray[np.uint8], used: NDArray[np.int64] = piece.used) -> None:
                if used[-1] - used[0] + 1 == len(used):
                    slots[:] = frames[used[0] : used[-1] + 1]
                else:  # mode="raise" would go through a copy
                    np.take(frames, used, axis=0, out=slots, mode="clip")

            count = len(piece.pairs)
            told = None if missions is None else missions[piece.start : piece.start + count]
            batch = _Batch(piece.pairs, (len(piece.used), height, width), lay, told)
            answer = self._ask_many(op, batch, body * count + fixed, limit)
            yield piece.start, count, answer

    def fault(self, forged: Forged) -> ProgramFault:
        """End the worker over a forged reply; the error to raise."""
        self.close()
        return ProgramFault(f"the program tampered with its replies: {forged}.")

    def _ask_many(self, op: int, batch: _Batch, body: int, limit: _Limit) -> Answer:
        count = len(batch.pairs)
        for _ in range(_ATTEMPTS):
            with limit.paused():
                worker = self._ready(2 * batch.shape[1] * batch.shape[2] * 3)
            self._single.forget()  # its frames are overwritten
            worker.placement.anywhere()
            # Laid out anew on each attempt: a fresh worker has fresh memory.
            worker.memory.pairs(count)[:] = batch.pairs
            batch.lay(worker.memory.frames(*batch.shape))
            told = lay_missions(worker.memory, batch.missions)
            request = request_of(op, pairs=count, shape=batch.shape, text=told)
            began = time.monotonic()
            try:
                return self._ask(worker, request, body, limit.until)
            except WorkerLost:
                limit.until += time.monotonic() - began
            except PastDeadline as late:
                why = self._why_late(batch, limit.until - began)
                raise ProgramFault(f"{late} {why}") from None
        raise ProgramFault(_RESTLESS)

    def _why_late(self, batch: _Batch, seconds: float) -> str:
        try:
            return why_late(
                lambda pair, left: self._ask_alone(batch, pair, left),
                len(batch.pairs),
                seconds,
                trial=min(TRIED, self._deadline),
            )
        finally:
            self.close()

    def _ask_alone(self, batch: _Batch, pair: int, seconds: float) -> None:
        worker = self._ready(2 * batch.shape[1] * batch.shape[2] * 3)
        self._single.forget()
        worker.memory.pairs(1)[:] = batch.pairs[pair]
        batch.lay(worker.memory.frames(*batch.shape))
        told = lay_missions(
            worker.memory, None if batch.missions is None else (batch.missions[pair],)
        )
        request = request_of(wire.Op.CHECK, pairs=1, shape=batch.shape, text=told)
        self._ask(worker, request, self._width, time.monotonic() + seconds)

    def _ask(
        self,
        worker: WorkerProcess,
        request: bytes,
        body: int,
        until: float,
        *,
        looks: bool = False,
    ) -> Answer:
        ask, more = (worker.look, SECONDS) if looks else (worker.ask, 0.0)
        began = time.monotonic()
        answer = ask(request, body, until, self._allowed)
        # A worker that looks computes on after its answer.
        self._busy += time.monotonic() - began + more
        return answer

    def _ready(self, frames: int) -> WorkerProcess:
        """A worker with the program loaded and room for so many bytes of frames."""
        size = wire.FRAMES_OFFSET + frames
        worker = self._worker
        if (
            worker is not None
            and worker.alive
            and worker.memory.size >= size
            and self._busy < _LIFE
        ):
            return worker
        self.close()
        for _ in range(_ATTEMPTS):
            try:
                worker = WorkerProcess(
                    memory=MEMORY,
                    cpu=int(_LIFE + self._deadline) + 1,
                    shared=max(size, CAPACITY),
                    unsafe=self._unsafe,
                )
                worker.memory.put_text(self._text)
                request = request_of(wire.Op.LOAD, text=len(self._text))
                self._worker, self._busy = worker, 0.0
                self._single.forget()
                answer = self._ask(worker, request, 0, time.monotonic() + self._deadline)
            except WorkerLost:
                continue
            except PastDeadline as late:
                raise ProgramFault(f"{late} It was still being loaded: {LOADING}") from None
            if answer.failed:
                raise self._cannot_load(answer)
            return worker
        raise ProgramFault(_RESTLESS)

    def _cannot_load(self, answer: Answer) -> ProgramFault:
        self.close()
        try:
            (error,) = read_errors(answer, ("",), 0, 1)
        except (Forged, ValueError):
            return ProgramFault("the program cannot be loaded.")
        where = f" on line {error.line}" if error.line else ""
        return ProgramFault(
            f"the program cannot be loaded: it raised {error.exception}{where}: {error.message}"
        )


_RESTLESS = (
    f"{_ATTEMPTS} of the program's workers were ended by SIGKILL over one request: something else "
    "kills them, or the machine ran out of memory; see what does."
)


class _Limit:
    """Until when one call may take; what is spent on workers that are lost is not counted.

    A program cannot kill its own process, so time lost that way is not the program's.

    Args:
        seconds: How long it may take.
    """

    def __init__(self, seconds: float) -> None:
        self.until = time.monotonic() + seconds

    @contextmanager
    def paused(self) -> Iterator[None]:
        """While a worker is started, the clock stands still."""
        began = time.monotonic()
        yield
        self.until += time.monotonic() - began


@dataclass(frozen=True, eq=False, slots=True)
class _Batch:
    """What one request is about.

    Attributes:
        pairs: ``int32[P, 2]``, indices into the frames.
        shape: How many frames, their height and width.
        lay: Writes the frames, ``uint8[*shape, 3]``.
        missions: Of each pair, where missions vary.
    """

    pairs: NDArray[np.int32]
    shape: tuple[int, int, int]
    lay: Callable[[NDArray[np.uint8]], None]
    missions: Sequence[str] | None = None


def _most(missions: Sequence[str] | None) -> int:
    """How many pairs one request may carry, so that there is room for their missions."""
    if not missions:
        return wire.MAX_PAIRS
    sizes = [len(json.dumps(mission)) + 2 for mission in set(missions)]
    if sum(sizes) + 2 <= wire.MAX_MISSIONS:
        return wire.MAX_PAIRS
    return min(wire.MAX_PAIRS, (wire.MAX_MISSIONS - 2) // max(sizes))
