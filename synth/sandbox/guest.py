"""The program itself, inside the worker: loaded, called, and its answers judged for type.

The restricted builtins and imports here are a convenience that turns a slip into a clear
message. They keep nobody in: from any numpy object `os` is a few attributes away. The
kernel's lockdown (`synth.sandbox.lockdown`), taken before this file sees a program, does.

This file is loaded by path inside the zygote. It does not talk to the parent:
`synth.sandbox.worker` does.
"""

from __future__ import annotations

import builtins
from dataclasses import dataclass, replace
from time import perf_counter
from typing import TYPE_CHECKING, Any

import numpy as np

from synth.sandbox.constants import Constants, stand_ins
from synth.sandbox.frozen import freeze
from synth.sandbox.tracing import Tracer
from synth.sandbox.wire import MAX_ERRORS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from types import TracebackType

__all__ = ["FALSE", "NOT_BOOL", "RAISED", "TRUE", "Guest", "Raised", "Stopwatch", "describe"]

FALSE, TRUE, RAISED, NOT_BOOL = 0, 1, 2, 3

_FILE = "<reward>"
_PER_FUNCTION = 4
_SLACK = 1e-6  # rounding that a progress outside [0, 1] is forgiven
_IMPORTS = frozenset({"synth", "synth.vision"})
_PACKAGES = frozenset({"numpy", "scipy"})  # their C code imports parts of them in our name
_WITHHELD = frozenset(
    {"open", "exec", "eval", "compile", "input", "breakpoint", "exit", "quit", "help"}
)
_NUMBERS = (int, float, np.bool_, np.integer, np.floating)
_NUMPY_BOOL = np.bool_


@dataclass(frozen=True, slots=True)
class Raised:
    """What went wrong in one cell, as it will be sent.

    Attributes:
        pair: Index of the pair within the request.
        subtask: Index of the sub-task.
        line: Line of the program, 0 where none is known.
        function: The function that was called.
        exception: The exception's type.
        message: Its text.
    """

    pair: int
    subtask: int
    line: int
    function: str
    exception: str
    message: str


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
        # Python's own `__import__` and `open` would only meet the lockdown; these say why.
        safe = {name: value for name, value in vars(builtins).items() if name not in _WITHHELD}
        safe |= {"__import__": _import, **stand_ins()}
        space: dict[str, Any] = {"__name__": "reward", "__builtins__": safe}
        exec(compile(source, _FILE, "exec", dont_inherit=True), space)  # noqa: S102 - what the sandbox is for
        self._constants = Constants(space, source)
        self.clock = Stopwatch(timed)
        for name in timed:
            if callable(space.get(name)):
                space[name] = self.clock.wrap(name, space[name])
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

    @property
    def sees_alike(self) -> bool:
        """Whether an initial frame is seen as any other is."""
        return self._perceive_initial is None

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
                self._note(pair, k, name, _wrong("a bool", answer))

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
                cells[at + k] = NOT_BOOL if isinstance(error, _WrongType) else RAISED
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
        tracer = Tracer(_FILE, frozenset({name, "perceive", "perceive_initial"}))
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
        told = self._constants.blamed(raised.message, _innermost(error.__traceback__))
        return replace(raised, message=told)


def _seen(name: str, function: Callable[[Any], Any], frame: Any) -> Any:
    try:
        # It may hold views of the frame: frames are mapped read-only, and lie where they are
        # until the last call that is given what was seen of them.
        return freeze(function(frame))
    except BaseException as error:  # noqa: BLE001 - a program may raise anything at all
        return _Broken(name, error)


class _WrongType(TypeError):
    """It returned something of the wrong type."""


def _wrong(wanted: str, answer: object) -> _WrongType:
    try:
        kind = str(type(answer).__name__)
    except BaseException:  # noqa: BLE001 - a hostile metaclass may raise anything at all
        kind = "something"
    return _WrongType(f"it returned {kind} instead of {wanted}")


def _flag(answer: Any) -> bool:
    # By identity and exact type: an object of the program's own may be true now and false later.
    if answer is not True and answer is not False and type(answer) is not _NUMPY_BOOL:
        raise _wrong("a bool", answer)
    return bool(answer)


def _share(answer: Any) -> float:
    if not isinstance(answer, _NUMBERS):
        raise _wrong("a number", answer)
    value = float(answer)
    if not -_SLACK <= value <= 1 + _SLACK:
        raise ValueError(f"it returned {value:g}, which is not within [0, 1]")
    return min(max(value, 0.0), 1.0)


class Stopwatch:
    """Time spent within named functions, their callees included.

    Args:
        names: The functions, in the order in which `read` reports.
    """

    def __init__(self, names: Sequence[str]) -> None:
        self._seconds = dict.fromkeys(names, 0.0)
        self._calls = dict.fromkeys(names, 0)
        self._depth = dict.fromkeys(names, 0)

    def wrap(self, name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        """The function, timed. Within a recursion only the outermost call counts its time."""
        seconds, calls, depth = self._seconds, self._calls, self._depth

        def timed(*args: Any, **kwargs: Any) -> Any:
            calls[name] += 1
            depth[name] += 1
            began = perf_counter()
            try:
                return function(*args, **kwargs)
            finally:
                depth[name] -= 1
                if not depth[name]:
                    seconds[name] += perf_counter() - began

        return timed

    def read(self) -> list[float]:
        """Seconds and calls of each function in turn."""
        return [x for name in self._calls for x in (self._seconds[name], float(self._calls[name]))]


def describe(error: BaseException, pair: int = 0, subtask: int = 0, function: str = "") -> Raised:
    """An exception as data, whatever its own methods do."""
    line = 0
    if isinstance(error, SyntaxError) and error.filename == _FILE:
        line = error.lineno or 0
    trace = _innermost(error.__traceback__)
    if trace is not None:
        line = trace.tb_lineno
    try:
        exception = str(type(error).__name__)
        message = str(error)
        if isinstance(error, SyntaxError):
            message = str(error.msg)
    except BaseException:  # noqa: BLE001 - a hostile __str__ may raise anything at all
        exception, message = "Exception", "(its text cannot be read)"
    if isinstance(error, _WrongType):
        exception = "TypeError"
    return Raised(pair, subtask, line, function, exception, message)


def _innermost(trace: TracebackType | None) -> TracebackType | None:
    """The innermost place of the program: below it is numpy, which nobody here can change."""
    found = None
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == _FILE:
            found = trace
        trace = trace.tb_next
    return found


def _callable(space: Mapping[str, Any], name: str) -> Callable[..., Any] | None:
    value = space.get(name)
    return value if callable(value) else None


def _import(
    name: str,
    space: Mapping[str, object] | None = None,
    local: Mapping[str, object] | None = None,
    names: Sequence[str] = (),
    level: int = 0,
) -> Any:
    if level or (name not in _IMPORTS and name.partition(".")[0] not in _PACKAGES):
        raise ImportError(f"a reward program may not import {name}")
    return __import__(name, space, local, names, level)
