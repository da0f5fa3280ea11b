"""The program itself, inside the worker: loaded, called, and its answers judged for type.

The kernel's lockdown (`synth.sandbox.lockdown`) is taken before this file sees a program.

This file is loaded by path inside the zygote. It does not talk to the parent:
`synth.sandbox.worker` does.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from synth.sandbox.constants import Constants
from synth.sandbox.frozen import freeze
from synth.sandbox.given_names import given_names
from synth.sandbox.initials import Initials
from synth.sandbox.raised import FILE, Raised, WrongType, describe, innermost
from synth.sandbox.steady import compiled
from synth.sandbox.stopwatch import Stopwatch
from synth.sandbox.tracing import Tracer
from synth.sandbox.wire import MAX_ERRORS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

__all__ = ["FALSE", "NOT_BOOL", "RAISED", "TRUE", "Guest"]

FALSE, TRUE, RAISED, NOT_BOOL = 0, 1, 2, 3

_PER_FUNCTION = 4
_SLACK = 1e-6  # rounding that a progress outside [0, 1] is forgiven
_NUMBERS = (int, float, np.bool_, np.integer, np.floating)
_NUMPY_BOOL = np.bool_


class _Broken:
    """Stands where perceive or perceive_initial raised."""

    def __init__(self, function: str, error: BaseException) -> None:
        self.function = function
        self.error = error


class Guest:
    """One program.

    Args:
        source: Its text.
        subtasks: Names of the checkers in plan order.
        timed: Names of functions whose time is taken.

    Raises:
        BaseException: Whatever the text raises on being compiled or run.
        LookupError: A checker is missing, or ``perceive`` where ``perceive_initial`` is not.
    """

    def __init__(self, source: str, subtasks: Sequence[str], timed: Sequence[str] = ()) -> None:
        space: dict[str, Any] = {"__name__": "reward", "__builtins__": given_names()}
        exec(compiled(source, FILE), space)  # noqa: S102 - what the sandbox is for
        self._constants = Constants(space, source)
        self.clock = Stopwatch(timed)
        for name in timed:
            if callable(space.get(name)):
                space[name] = self.clock.wrap(name, space[name])
        self.initials = Initials(self.see_initial)
        self.errors: list[Raised] = []
        self._counts: dict[str, int] = {}
        self._perceive = _callable(space, "perceive")
        self._perceive_initial = _callable(space, "perceive_initial")
        if self._perceive_initial is not None and self._perceive is None:
            raise LookupError("the program defines perceive_initial, but no function perceive")
        self._checkers: list[tuple[str, Callable[..., Any]]] = []
        self._meters: list[tuple[str, Callable[..., Any] | None]] = []
        for name in subtasks:
            checker = _callable(space, name)
            if checker is None:
                raise LookupError(f"the program defines no function {name}")
            self._checkers.append((name, checker))
            self._meters.append((f"{name}_progress", _callable(space, f"{name}_progress")))

    @property
    def width(self) -> int:
        """How many sub-tasks there are."""
        return len(self._checkers)

    def begin(self) -> None:
        """Forget the errors of the request before."""
        self.errors, self._counts = [], {}

    def see(self, frame: Any) -> Any:
        """What the checkers get in place of a frame."""
        if self._perceive is None:
            return frame
        return _seen("perceive", self._perceive, frame)

    def see_initial(self, frame: Any) -> Any:
        """What the checkers get in place of the initial frame."""
        if self._perceive_initial is None:
            return self.see(frame)
        return _seen("perceive_initial", self._perceive_initial, frame)

    def judge(self, pair: int, given: tuple[Any, ...], cells: bytearray, at: int) -> None:
        """Ask every checker about one pair.

        Args:
            pair: Index of the pair within the request.
            given: What checkers are called with: what `see` made of the frame and of the
                initial frame, and the mission where there is one.
            cells: The answers go to ``cells[at:at + K]``, all 0 before.
            at: Where this pair's cells begin.
        """
        if self._is_broken(pair, given, cells, at):
            return
        for k, (name, checker) in enumerate(self._checkers):
            try:
                answer = checker(*given)
            except BaseException as error:  # noqa: BLE001 - a program may raise anything at all
                cells[at + k] = RAISED
                self._note(pair, k, name, error)
                continue
            if answer is True:
                cells[at + k] = TRUE
            elif answer is False:
                continue
            elif type(answer) is _NUMPY_BOOL:
                cells[at + k] = bool(answer)
            else:
                cells[at + k] = NOT_BOOL
                self._note(pair, k, name, WrongType.of("a bool", answer))

    def measure(self, pair: int, given: tuple[Any, ...], cells: bytearray, at: int) -> list[float]:
        """Ask every sub-task how far it has come; without a progress function, whether it holds.

        Args:
            pair: As for `judge`.
            given: As for `judge`.
            cells: As for `judge`; RAISED and NOT_BOOL mark values that mean nothing.
            at: As for `judge`.

        Returns:
            K numbers in [0, 1].
        """
        if not any(meter for _, meter in self._meters):
            self.judge(pair, given, cells, at)
            return [float(cell == TRUE) for cell in cells[at : at + len(self._checkers)]]
        values = [0.0] * len(self._checkers)
        if self._is_broken(pair, given, cells, at):
            return values
        for k, (name, meter) in enumerate(self._meters):
            called = name if meter else self._checkers[k][0]
            try:
                if meter:
                    values[k] = _share(meter(*given))
                else:
                    values[k] = float(_flag(self._checkers[k][1](*given)))
            except BaseException as error:  # noqa: BLE001 - a program may raise anything at all
                cells[at + k] = NOT_BOOL if isinstance(error, WrongType) else RAISED
                self._note(pair, k, called, error)
        return values

    def explain(self, frame: Any, initial: Any, missions: Sequence[str]) -> list[str]:
        """What the first sub-task's checker, and all that it rests on, computed; see `Tracer`.

        Args:
            frame: The frame.
            initial: The first frame of its episode.
            missions: The words of the episode, or nothing.
        """
        name, checker = self._checkers[0]
        tracer = Tracer(FILE, frozenset({name, "perceive", "perceive_initial"}))
        first, now = initial, frame
        try:
            if self._perceive is not None:
                # The initial picture goes first, so that what is told of `perceive` is the frame's.
                first = freeze(tracer.call(self._perceive_initial or self._perceive, initial))
                now = freeze(tracer.call(self._perceive, frame))
            tracer.call(checker, now, first, *missions)
        except BaseException as error:  # noqa: BLE001 - a program may raise anything at all
            raised = self._describe(error)
            told = f"{raised.exception} on line {raised.line}: {raised.message}"
            return [*tracer.lines(name), f"raised {told}"]
        return tracer.lines(name)

    def _is_broken(self, pair: int, given: tuple[Any, ...], cells: bytearray, at: int) -> bool:
        for seen in given:
            if type(seen) is _Broken:
                width = len(self._checkers)
                cells[at : at + width] = bytes([RAISED]) * width
                self._note(pair, 0, seen.function, seen.error)
                return True
        return False

    def _note(self, pair: int, subtask: int, function: str, error: BaseException) -> None:
        count = self._counts.get(function, 0)
        # A checker that raises on every frame must not crowd out the others' first errors.
        if count < _PER_FUNCTION and len(self.errors) < MAX_ERRORS:
            self._counts[function] = count + 1
            self.errors.append(self._describe(error, pair, subtask, function))

    def _describe(self, error: BaseException, *where: Any) -> Raised:
        raised = describe(error, *where)
        told = self._constants.blamed(raised.message, innermost(error.__traceback__))
        return replace(raised, message=told)


def _seen(name: str, function: Callable[[Any], Any], frame: Any) -> Any:
    try:
        # It may hold views of the frame: frames are mapped read-only, and lie where they are
        # until the last call that is given what was seen of them.
        return freeze(function(frame))
    except BaseException as error:  # noqa: BLE001 - a program may raise anything at all
        return _Broken(name, error)


def _flag(answer: Any) -> bool:
    # By identity and exact type: an object of the program's own may be true now and false later.
    if answer is not True and answer is not False and type(answer) is not _NUMPY_BOOL:
        raise WrongType.of("a bool", answer)
    return bool(answer)


def _share(answer: Any) -> float:
    if not isinstance(answer, _NUMBERS):
        raise WrongType.of("a number", answer)
    value = float(answer)
    if not -_SLACK <= value <= 1 + _SLACK:
        raise ValueError(f"it returned {value:g}, which is not within [0, 1]")
    return min(max(value, 0.0), 1.0)


def _callable(space: Mapping[str, Any], name: str) -> Callable[..., Any] | None:
    value = space.get(name)
    return value if callable(value) else None
