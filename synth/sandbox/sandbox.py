"""`Sandbox`: a reward program, called without being trusted.

It turns arrays into requests and replies into verdicts. `synth.sandbox.process`
starts, asks and kills the worker; `synth.sandbox.lockdown` confines it.
"""

from __future__ import annotations

import os
import threading
import weakref
from typing import TYPE_CHECKING, Self

import numpy as np

from synth.errors import ProgramFault, UsageError
from synth.sandbox import wire
from synth.sandbox.inputs import as_frames, as_mission, as_missions, as_pairs, as_stack
from synth.sandbox.replies import (
    Forged,
    read_cells,
    read_errors,
    read_explanation,
    read_shares,
    read_times,
)
from synth.sandbox.session import Session
from synth.sandbox.verdicts import Cell, CellError, FunctionTime, Verdicts

if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import TracebackType

    from numpy.typing import NDArray

    from synth.plan import Stages
    from synth.sandbox.process import Answer

__all__ = ["Sandbox"]

_LONGEST = 86_400.0
_FRAME = 3  # axes: height, width, channels
_SHARE = 5  # bytes: a cell and a float32
_living: weakref.WeakSet[Sandbox] = weakref.WeakSet()


class Sandbox:
    """A reward program in a locked-down process of its own.

    The program is not linted here. It is a context manager; `close`, garbage collection and
    the end of this process all end the worker. Calls from several threads take turns. After
    a `ProgramFault` the worker is dead, and the next call starts a fresh one.

    Args:
        source: The program's text.
        deadline: Seconds that one call may take, however many frames it holds.
        unsafe: Run without a kernel lockdown where the machine has none.
        stages: Names of the sub-tasks stage by stage; by default read from the program.

    Raises:
        UsageError: The deadline is not a sensible number, or there are no sub-tasks.
        ProgramSyntaxError: No stages were given and the program does not tell them.
        ProgramFault: The program cannot be loaded.
        SandboxUnavailable: This machine cannot confine it.

    Attributes:
        source: The program's text.
        stages: Names of the sub-tasks stage by stage.
        subtasks: The same in one row; K of them.
    """

    def __init__(
        self,
        source: str,
        *,
        deadline: float = 10.0,
        unsafe: bool = False,
        stages: Stages | None = None,
    ) -> None:
        if not 0 < deadline <= _LONGEST:
            raise UsageError(f"a deadline of {deadline} s makes no sense; give 0 to {_LONGEST:g}.")
        if stages is None:
            from synth.program import parse  # noqa: PLC0415 - libcst is slow to import

            stages = parse(source).stages
        self.source, self.stages = source, stages
        self.subtasks = tuple(name for stage in stages for name in stage)
        if not self.subtasks:
            raise UsageError(
                "a sandbox needs at least one sub-task; give stages such as ((name,),)."
            )
        self._deadline, self._unsafe = float(deadline), unsafe
        self._known: dict[bytes, NDArray[np.bool_]] = {}
        self._lock = threading.Lock()
        self._session = Session(source, self.subtasks, deadline=deadline, unsafe=unsafe)
        _living.add(self)

    @property
    def pid(self) -> int | None:
        """Process id of the worker, ``None`` where there is none at present."""
        return self._session.pid

    def check(
        self,
        frames: NDArray[np.uint8],
        initial: NDArray[np.uint8],
        mission: str | None = None,
    ) -> NDArray[np.bool_]:
        """Which sub-tasks hold, frame by frame, without memory.

        Args:
            frames: ``uint8[T, H, W, 3]``, or one frame ``uint8[H, W, 3]``, which is quick.
            initial: ``uint8[H, W, 3]``, the first frame of the episode.
            mission: The words of the episode, where they vary: checkers get them third.

        Returns:
            ``bool[T, K]``, or ``bool[K]`` for one frame.

        Raises:
            UsageError: The arrays are not such frames, or the mission is no text.
            ProgramFault: The program raised, returned no bool, hung or was killed.
        """
        frames, initial = as_frames(frames, initial)
        mission = as_mission(mission)
        width = len(self.subtasks)
        with self._lock:
            if frames.ndim == _FRAME:
                answer = self._session.ask_one(wire.Op.CHECK_ONE, frames, initial, width, mission)
                known = self._known.get(answer.body)
                if known is None:
                    cells = self._cells(answer, width)
                    if cells.max() > Cell.TRUE:
                        raise self._complain(answer, cells, None)
                    known = self._known[answer.body] = cells[0].astype(np.bool_)
                return known.copy()
            held = np.empty((len(frames), width), np.bool_)
            for start, count, answer in self._session.ask_episode(
                wire.Op.CHECK, frames, initial, width, mission
            ):
                cells = self._cells(answer, width)
                if cells.max() > Cell.TRUE:
                    raise self._complain(answer, cells, start)
                held[start : start + count] = cells
            return held

    def progress(
        self,
        frames: NDArray[np.uint8],
        initial: NDArray[np.uint8],
        mission: str | None = None,
    ) -> NDArray[np.float32]:
        """How far each sub-task has come; without ``NAME_progress``, 1 where it holds, else 0.

        Args:
            frames: As for `check`.
            initial: As for `check`.
            mission: As for `check`.

        Returns:
            ``float32[T, K]`` in [0, 1], or ``float32[K]`` for one frame.

        Raises:
            UsageError: As for `check`.
            ProgramFault: As for `check`; also where progress is no number in [0, 1].
        """
        frames, initial = as_frames(frames, initial)
        mission = as_mission(mission)
        body = _SHARE * len(self.subtasks)
        with self._lock:
            if frames.ndim == _FRAME:
                answer = self._session.ask_one(wire.Op.PROGRESS_ONE, frames, initial, body, mission)
                one: NDArray[np.float32] = self._shares(answer, None)[0]
                return one
            come = np.empty((len(frames), len(self.subtasks)), np.float32)
            for start, count, answer in self._session.ask_episode(
                wire.Op.PROGRESS, frames, initial, body, mission
            ):
                come[start : start + count] = self._shares(answer, start)
            return come

    def verdicts(
        self,
        frames: NDArray[np.uint8],
        pairs: NDArray[np.integer],
        missions: Sequence[str] | None = None,
    ) -> Verdicts:
        """Verdicts on many pairs of frames in one pass; one bad frame does not cost the rest.

        Pairs are judged in the given order. ``perceive`` is called once per distinct frame,
        and ``perceive_initial``, or ``perceive`` where there is none, once per distinct initial
        frame that is not among the last 256; except that a batch larger than 64 MiB goes in
        several requests, each of which perceives what it needs.

        Args:
            frames: ``uint8[N, H, W, 3]``.
            pairs: ``int[P, 2]``, index of the frame and index of its initial frame.
            missions: P of them, the words of each pair's episode, where they vary.

        Returns:
            The verdicts.

        Raises:
            UsageError: They are not such frames, pairs and missions.
            ProgramFault: The program hung, was killed, or broke the reply format.
        """
        frames = as_stack(frames)
        order = as_pairs(pairs, len(frames))
        told = as_missions(missions, len(order))
        width = len(self.subtasks)
        cells = np.zeros((len(order), width), np.uint8)
        errors: list[CellError] = []
        with self._lock:
            for start, count, answer in self._session.ask_pairs(
                wire.Op.CHECK, frames, order, width, missions=told
            ):
                cells[start : start + count] = self._cells(answer, width)
                errors += self._errors(answer, start, count)
        return Verdicts(cells, tuple(errors[: wire.MAX_ERRORS]))

    def profile(
        self,
        frames: NDArray[np.uint8],
        pairs: NDArray[np.integer],
        missions: Sequence[str] | None = None,
    ) -> tuple[FunctionTime, ...]:
        """Where the program's time goes, measured in a fresh worker.

        The figures come from the program's own process: they help with an honest program,
        and bind no dishonest one.

        Args:
            frames: As for `verdicts`.
            pairs: As for `verdicts`, at least one.
            missions: As for `verdicts`.

        Returns:
            One entry per top-level function, in the order of the program.

        Raises:
            UsageError: The arrays are not such frames and pairs.
            ProgramFault: As for `verdicts`.
            ProgramSyntaxError: The program cannot be parsed.
        """
        from synth.program import parse  # noqa: PLC0415 - libcst is slow to import

        names = parse(self.source).functions
        frames = as_stack(frames)
        order = as_pairs(pairs, len(frames))
        told = as_missions(missions, len(order))
        if not len(order):
            raise UsageError("a profile needs at least one pair of frames.")
        session = Session(
            self.source, self.subtasks, deadline=self._deadline, unsafe=self._unsafe, timed=names
        )
        body = b""
        try:
            for _, _, answer in session.ask_pairs(
                wire.Op.PROFILE, frames, order, 0, fixed=16 * len(names), missions=told
            ):
                body = answer.body  # the clocks run on from request to request
            return read_times(body, names, len(order))
        except Forged as forged:
            raise session.fault(forged) from None
        finally:
            session.close()

    def explain(
        self,
        subtask: str,
        frame: NDArray[np.uint8],
        initial: NDArray[np.uint8],
        mission: str | None = None,
    ) -> tuple[str, ...]:
        """What the program computed on one frame, for whoever repairs it.

        It comes from the program's own process, as `profile` does: it helps with an honest
        program, and tells nothing certain of a dishonest one.

        Args:
            subtask: Whose checker is asked.
            frame: ``uint8[H, W, 3]``.
            initial: ``uint8[H, W, 3]``, the first frame of its episode.
            mission: As for `check`.

        Returns:
            A line for each function that was called, the checker's first:
            ``near: gap = 3.5 -> False``.

        Raises:
            UsageError: They are not such frames, or there is no such sub-task.
            ProgramFault: The program hung or was killed; that it raised is one of the lines.
        """
        if subtask not in self.subtasks:
            raise UsageError(f"the program has no sub-task {subtask}.")
        frame, initial = as_frames(frame, initial)
        session = Session(self.source, (subtask,), deadline=self._deadline, unsafe=self._unsafe)
        try:
            answer = session.ask_one(
                wire.Op.EXPLAIN, frame, initial, wire.EXPLANATION, as_mission(mission)
            )
            return read_explanation(answer.body)
        finally:
            session.close()

    def close(self) -> None:
        """End the worker. A later call starts another."""
        with self._lock:
            self._session.close()

    def __enter__(self) -> Self:
        """The sandbox itself."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """End the worker."""
        self.close()

    def __repr__(self) -> str:
        return f"Sandbox(subtasks={self.subtasks}, pid={self.pid})"

    def _abandon(self) -> None:
        """In a forked child: the worker is the parent's, and so may be the lock's holder."""
        self._lock = threading.Lock()
        self._session.abandon()

    def _cells(self, answer: Answer, width: int) -> NDArray[np.uint8]:
        try:
            return read_cells(answer.body, width)
        except Forged as forged:
            raise self._session.fault(forged) from None

    def _shares(self, answer: Answer, start: int | None) -> NDArray[np.float32]:
        try:
            cells, shares = read_shares(answer.body, len(self.subtasks))
        except Forged as forged:
            raise self._session.fault(forged) from None
        if cells.max() > Cell.TRUE:
            raise self._complain(answer, cells, start)
        return shares

    def _errors(self, answer: Answer, start: int, count: int) -> tuple[CellError, ...]:
        try:
            return read_errors(answer, self.subtasks, start, count)
        except Forged as forged:
            raise self._session.fault(forged) from None

    def _complain(
        self, answer: Answer, cells: NDArray[np.uint8], start: int | None
    ) -> ProgramFault:
        """End the worker; the error to raise over its first bad cell."""
        errors = self._errors(answer, start or 0, len(cells))
        self._session.close()
        row, column = np.argwhere(cells > Cell.TRUE)[0].tolist()
        where = "this frame" if start is None else f"frame {start + row}"
        first = errors[0] if errors else "it gave no verdict, and no reason"
        return ProgramFault(f"{where}, sub-task {self.subtasks[column]}: {first}.")


def _after_fork() -> None:
    for sandbox in _living:
        sandbox._abandon()  # noqa: SLF001 - of this module's own class


os.register_at_fork(after_in_child=_after_fork)
