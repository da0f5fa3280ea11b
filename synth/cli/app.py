"""The command line: the commands, and how an error leaves the process.

A command is a function in a module of its own, registered here by one line, and loaded when it is
called: what ``synth --help`` says of it is read from its file.

Whatever synth raises on purpose becomes one message that names the party at fault, and the exit
code documented in the README. What it does not raise on purpose stays a traceback: it is
a bug, and hiding it would help nobody.
"""

from __future__ import annotations

import ast
import errno
import importlib
import os
import sys
from pathlib import Path
from typing import Any, NoReturn

import typer
from typer.core import TyperGroup

from synth.cli.console import complain, errors
from synth.errors import SynthError, UsageError

__all__ = ["NAMES", "app", "command", "main"]

INTERRUPTED = 130
_UNWRITABLE = frozenset(
    {errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES, errno.EPERM, errno.EFBIG, errno.EIO}
)
"""Errors of a full disk or of a folder that may not be written to; no fault of synth's."""

COMMANDS = (
    "synth.cli.tasks:tasks",
    "synth.cli.new:new",
    "synth.cli.import_:import_",
    "synth.cli.play:play",
    "synth.cli.record:record",
    "synth.cli.record:suite",
    "synth.cli.run:run",
    "synth.cli.label:label",
    "synth.cli.accuracy:accuracy",
    "synth.cli.sweep:sweep",
    "synth.cli.mutants:mutants",
    "synth.cli.hunt:hunt",
    "synth.cli.regress:regress",
    "synth.cli.bless:bless",
    "synth.cli.diff:diff",
    "synth.cli.report:report",
    "synth.cli.matrix:matrix",
    "synth.cli.export:export",
    "synth.cli.train:train",
    "synth.cli.curves:curves",
    "synth.cli.hacking:hacking",
    "synth.cli.doctor:doctor",
)
"""In the order of the help; a new command is one file and one line here."""

# `import` is a word of Python's own.
_SPOTS = {spot.partition(":")[2].rstrip("_"): spot for spot in COMMANDS}
NAMES = tuple(_SPOTS)
"""Of the commands, in that order."""


class LoadedWhenCalled(TyperGroup):
    """Commands that stand for those of `COMMANDS` until one of them is called."""

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """As typer's, with what the help says of it."""
        stub = super().get_command(ctx, cmd_name)
        if stub is not None and not stub.help:
            stub.help = _promise(_SPOTS[cmd_name])
        return stub

    def resolve_command(self, ctx: Any, args: list[str]) -> tuple[Any, Any, list[str]]:
        """As typer's, with the command itself."""
        name, stub, rest = super().resolve_command(ctx, args)
        return name, stub and command(str(name)), rest


def command(name: str) -> Any:
    """A command, loaded with all that it needs."""
    module, _, function = _SPOTS[name].partition(":")
    alone = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
    alone.command(name)(getattr(importlib.import_module(module), function))
    return typer.main.get_command(alone)


def _promise(spot: str) -> str:
    """The first line of a command's docstring, without loading what the command needs."""
    module, _, function = spot.partition(":")
    file = Path(__file__).with_name(f"{module.rpartition('.')[2]}.py")
    tree = ast.parse(file.read_text(encoding="utf-8"))
    one = next(n for n in tree.body if isinstance(n, ast.FunctionDef) and n.name == function)
    return (ast.get_docstring(one) or "").partition("\n")[0]


app = typer.Typer(
    name="synth",
    cls=LoadedWhenCalled,
    help="Reward functions that are programs: written by vision-language models, proven by tests.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
for name in NAMES:
    app.command(name)(lambda: None)


@app.callback(invoke_without_command=True)
def version(
    context: typer.Context,
    show: bool = typer.Option(False, "--version", help="Print the version and exit."),
) -> None:
    """Hold the options that belong to no command."""
    if show:
        from synth import __version__  # noqa: PLC0415 - only for this option

        typer.echo(f"synth {__version__}")
        raise typer.Exit
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())
        raise typer.Exit(2)


def _say(error: SynthError) -> NoReturn:
    """Name the party at fault, and exit with its code."""
    complain(error)
    sys.exit(error.exit_code)


def main() -> None:
    """Run the command line and exit with the documented code."""
    # A spec may name an expert that lives in the user's own project.
    sys.path.append(str(Path.cwd()))
    try:
        app()
    except SynthError as error:
        _say(error)
    except OSError as error:
        if error.errno in (errno.ENOTDIR, errno.EEXIST) and error.filename:
            from synth.task.paths import require_room  # noqa: PLC0415 - only for this message

            try:
                require_room(Path(os.fsdecode(error.filename)))
            except UsageError as told:
                _say(told)
        if error.errno not in _UNWRITABLE:
            raise
        place = f"{error.filename}: " if error.filename else "the disk: "
        _say(
            UsageError(
                f"{place}{error.strerror}. Make room, or give this user the right to write there; "
                "what was finished is kept, and the same command goes on."
            )
        )
    except KeyboardInterrupt:
        errors().print("interrupted; run the same command again to continue.")
        sys.exit(INTERRUPTED)
