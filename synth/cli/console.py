"""Where words go: results to standard output, progress and errors to standard error.

Colour and live drawing appear only where the stream is a terminal; elsewhere plain lines
do. This module knows nothing of what is printed.
"""

from __future__ import annotations

import time
from functools import cache
from typing import TYPE_CHECKING, Self

from rich.console import Console

if TYPE_CHECKING:
    from collections.abc import Callable

    from synth.errors import SynthError

__all__ = ["EpisodeProgress", "PhaseProgress", "complain", "errors", "output"]

SECONDS = 10.0
"""Between two lines of progress where there is no terminal."""
UNCHANGED = 300.0
"""Before the same line is said again there."""


@cache
def output() -> Console:
    """For results."""
    return Console(soft_wrap=True, highlight=False)


@cache
def errors() -> Console:
    """For progress and errors."""
    return Console(stderr=True, soft_wrap=True, highlight=False)


def complain(error: SynthError, about: str = "") -> None:
    """Say what went wrong, behind the party at fault.

    Args:
        error: What is said.
        about: Which of several things it happened to.
    """
    words = f"{about}: {error}" if about else str(error)
    errors().print(f"[bold red]{error.fault}:[/] ", end="")
    errors().print(words, markup=False, highlight=False, soft_wrap=True)


class PhaseProgress:
    """How far work has come, in named phases: a bar on a terminal, a line now and then elsewhere.

    Work that takes less than ten seconds leaves no line in a pipe.

    Args:
        label: What is done, in front of the phase; possibly nothing.
        console: Where to; standard error by default.
        now: A clock, in seconds.

    Example:
        >>> with PhaseProgress("recording doorkey") as tell:
        ...     tell("near misses", 3, 40)
    """

    def __init__(
        self,
        label: str = "",
        console: Console | None = None,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        from rich.progress import (  # noqa: PLC0415 - `synth --help` shows no bar
            BarColumn,
            MofNCompleteColumn,
            Progress,
            TextColumn,
            TimeElapsedColumn,
        )

        self._label, self._now = label, now
        self._console = console or errors()
        self._bar = Progress(
            TextColumn("{task.description}", markup=False),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            console=self._console,
            transient=True,
            disable=not self._console.is_terminal,
        )
        self._task = self._bar.add_task(label, total=None)
        self._said, self._line = now(), ""

    def __enter__(self) -> Self:
        """Show the bar."""
        self._bar.start()
        return self

    def __call__(self, phase: str, done: int, total: int | None = None) -> None:
        """Say how far a phase is.

        Args:
            phase: What is being done.
            done: How much of it is done.
            total: How much there is, where that is known.
        """
        words = f"{self._label}: {phase}" if self._label else phase
        self._bar.update(self._task, description=words, completed=done, total=total)
        of = f"{done} of {total}" if total is not None else f"{done}"
        line, now = f"  {words}, {of}", self._now()
        pause = SECONDS if line != self._line else UNCHANGED
        if self._console.is_terminal or now - self._said < pause:
            return
        self._said, self._line = now, line
        self._console.print(line, markup=False)

    def __exit__(self, *_: object) -> None:
        """Remove the bar."""
        self._bar.stop()


class EpisodeProgress:
    """Progress of one phase whose steps are counted here.

    Args:
        label: What is counted.
        total: How many there will be.
    """

    def __init__(self, label: str, total: int) -> None:
        self._progress, self._label, self._total = PhaseProgress(), label, total
        self._done = 0

    def __enter__(self) -> Callable[..., None]:
        """Show it; call the result once per episode."""
        self._progress.__enter__()

        def advance(*_: object) -> None:
            self._done += 1
            self._progress(self._label, self._done, self._total)

        return advance

    def __exit__(self, *_: object) -> None:
        """Remove it."""
        self._progress.__exit__()
