"""Where words go: results to standard output, progress and errors to standard error.

Colour and live drawing appear only where the stream is a terminal; elsewhere plain lines
do. This module knows nothing of what is printed.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["EpisodeProgress", "errors", "output"]


@cache
def output() -> Console:
    """For results."""
    return Console(soft_wrap=True, highlight=False)


@cache
def errors() -> Console:
    """For progress and errors."""
    return Console(stderr=True, soft_wrap=True, highlight=False)


class EpisodeProgress:
    """A bar on a terminal, nothing elsewhere.

    Args:
        label: What is counted.
        total: How many there will be.
    """

    def __init__(self, label: str, total: int) -> None:
        self._bar = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            console=errors(),
            transient=True,
            disable=not errors().is_terminal,
        )
        self._task = self._bar.add_task(label, total=total)

    def __enter__(self) -> Callable[..., None]:
        """Show the bar; call the result once per episode."""
        self._bar.start()
        return lambda *_: self._bar.advance(self._task)

    def __exit__(self, *_: object) -> None:
        """Remove the bar."""
        self._bar.stop()
