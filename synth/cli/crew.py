"""Commands whose work fans out: how many at once, and where; what waits for an answer."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from synth.cli.console import errors

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["FasterRounds", "Jobs", "Scheduler", "UnansweredRequests"]

FasterRounds = Annotated[
    int,
    typer.Option(
        min=0,
        help="Further rounds in which a right but slow program may become faster; 0 where the "
        "machine is too busy to time anything.",
    ),
]
Jobs = Annotated[
    int | None,
    typer.Option(min=1, max=256, help="Processes at once; as many as there are cores."),
]
Scheduler = Annotated[
    str | None,
    typer.Option(
        help="Work on a Dask cluster: the address of its scheduler, tcp://HOST:PORT. Its workers "
        "share this folder."
    ),
]


class UnansweredRequests:
    """Says of each request in exchange folders once that it waits for an answer.

    Workers cannot: they may be on another machine, and have no terminal.

    Args:
        models: Models as they are opened; those that are no exchange folders are left out.
    """

    def __init__(self, models: Iterable[str]) -> None:
        names = (model.partition(":") for model in models)
        self._folders = [Path(rest) for kind, _, rest in names if kind == "exchange" and rest]
        self._told: set[Path] = set()

    def tell(self) -> None:
        """Look, and print a line for each new one."""
        from synth.models.exchange import waiting_requests  # noqa: PLC0415 - start-up stays quick

        for folder in self._folders:
            for place in waiting_requests(folder):
                if place not in self._told:
                    self._told.add(place)
                    errors().print(f"  waiting for {place / 'answer.md'}", markup=False)
