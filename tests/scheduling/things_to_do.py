"""Things to do in other processes, and how they are lost."""

from __future__ import annotations

import os
import signal
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel

from synth.errors import IllegalAction
from synth.scheduling import Shared, kept_result


@dataclass(frozen=True)
class Piece:
    """A number, and a folder to note things in."""

    number: int
    folder: Path


class Square(BaseModel):
    """What comes of a piece."""

    value: int


def square(piece: Piece) -> int:
    """Nothing else."""
    return piece.number**2


def whose(_piece: Piece) -> int:
    """The process that does it."""
    return os.getpid()


def refuse(piece: Piece) -> int:
    """One of synth's own errors, whose constructor wants more than a message."""
    raise IllegalAction("not here", action=piece.number)


def stumble(_piece: Piece) -> int:
    """A bug."""
    raise ZeroDivisionError


def note(piece: Piece) -> int:
    """Note that it was begun; how often it was by now."""
    with (piece.folder / str(piece.number)).open("a") as file:
        file.write(".")
    return (piece.folder / str(piece.number)).stat().st_size


def die_once(piece: Piece) -> int:
    """Piece 0 takes its process with it, the first time."""
    if note(piece) == 1 and piece.number == 0:
        os.kill(os.getpid(), signal.SIGKILL)
    return piece.number


def die_always(piece: Piece) -> int:
    """Piece 0 takes its process with it, whenever it is done."""
    note(piece)
    if piece.number == 0:
        os.kill(os.getpid(), signal.SIGKILL)
    return piece.number


def keep(piece: Piece) -> int:
    """Make it once, whoever asks."""

    def make() -> Square:
        note(piece)
        return Square(value=square(piece))

    return kept_result(piece.folder / f"kept-{piece.number}.json", Square, make).value


def pick(numbers: Shared[tuple[int, ...]], piece: Piece) -> int:
    """The piece's place in something large."""
    return numbers.value[piece.number]
