"""A full disk and a folder that may not be written to end in a message, never a traceback."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from synth.models.scripted import ScriptedModel

from .conftest import PLAN, PROGRAM, Command

RUN = ("run", "walk", "--model", "scripted:x")


def refusing(number: int, *, place: str | None) -> Callable[..., None]:
    """Stands in for whatever writes."""

    def refuse(*_: object, **__: object) -> None:
        raise OSError(number, os.strerror(number), place)

    return refuse


@pytest.mark.parametrize(
    ("writes", "number"),
    [
        ("synth.episode.files.write_frames", errno.ENOSPC),
        ("synth.episode.replace.swap_folder", errno.EROFS),
        ("pathlib.Path.mkdir", errno.EACCES),
    ],
)
def test_recording(
    checkout: Path,
    synth_command: Command,
    monkeypatch: pytest.MonkeyPatch,
    writes: str,
    number: int,
) -> None:
    """The place is named, nothing half-written stays, and the same command goes on."""
    with monkeypatch.context() as patch:
        patch.setattr(writes, refusing(number, place="generated/walk"))
        ran = synth_command("record", "walk")
    assert ran.code == 2, ran.all
    assert f"usage: generated/walk: {os.strerror(number)}. Make room" in ran.err
    assert not (checkout / "generated" / "walk" / "episodes").exists()
    assert synth_command("record", "walk").code == 0


@pytest.mark.slow
@pytest.mark.parametrize(
    ("options", "writes", "number"),
    [
        ((), "synth.episode.replace.tempfile.mkstemp", errno.EDQUOT),
        (("--bless",), "synth.episode.replace.shutil.copytree", errno.ENOSPC),
    ],
)
def test_a_run_and_its_blessing(
    synth_command: Command,
    scripted: Callable[..., ScriptedModel],
    monkeypatch: pytest.MonkeyPatch,
    options: tuple[str, ...],
    writes: str,
    number: int,
) -> None:
    """No answer that was paid for is lost: the same command asks nothing twice."""
    model = scripted(PLAN, PROGRAM)
    assert synth_command("record", "walk").code == 0
    with monkeypatch.context() as patch:
        patch.setattr(writes, refusing(number, place=None))
        ran = synth_command(*RUN, *options)
    assert ran.code == 2, ran.all
    assert os.strerror(number) in ran.err
    assert "Traceback" not in ran.all
    assert synth_command(*RUN, *options).code == 0
    assert [request.key for request in model.requests] == ["describe-0-0", "write-1-0"]


def test_other_errors_of_the_system_are_not_hidden(
    synth_command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is no fault of the disk is a bug, and shows itself."""
    patch = refusing(errno.EINVAL, place=None)
    monkeypatch.setattr("synth.episode.replace.swap_folder", patch)
    with pytest.raises(OSError, match="Invalid argument"):
        synth_command("record", "walk")
