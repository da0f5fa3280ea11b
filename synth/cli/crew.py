"""The options of commands whose work fans out: how many at once, and where."""

from __future__ import annotations

from typing import Annotated

import typer

__all__ = ["Jobs", "Scheduler"]

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
