"""SIGKILL at every single file operation of what changes a task's folder, and then the same again.

Each time the folder is the old one or the new one, whole; the same again ends as if nobody had
killed; and nothing is left behind. With and without a file system that can exchange two names in
one step.
"""

from __future__ import annotations

import os
import shutil
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from flawed_programs import find_of, played
from squares import GOAL, PLAN_TEXT, SPEC, Squares, block, real_goal, real_program

from synth.episode import replace as replacing
from synth.episode import write_store
from synth.episode.exhibit import exhibit_at
from synth.labels.desk import Desk, Waiting
from synth.loop import promote, run_loop
from synth.models.scripted import ScriptedModel
from synth.mutation.ledger import MutantLedger
from synth.mutation.mutants import Mutant
from synth.record import folder as recording
from synth.record.folder import record_folder
from synth.spec import TargetSpec
from synth.task import TaskFolder
from synth.task.counterexamples import keep_finds, require_untouched
from synth.task.provenance import changed_files, file_digests

if TYPE_CHECKING:
    from collections.abc import Callable

EVENTS = frozenset(
    {
        *("os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.chmod", "os.link", "os.truncate"),
        *("shutil.rmtree", "tempfile.mkstemp"),
    }
)
MOST = 400
"""Operations of one command; more would mean that the count is wrong."""


def dies(do: Callable[[], object], at: int) -> bool:
    """Do it in a process that is killed before its operation number `at`; whether it was."""
    pid = os.fork()
    if pid == 0:
        seen = 0

        def count(event: str, given: tuple[object, ...]) -> None:
            nonlocal seen
            writes = event == "open" and isinstance(given[2], int) and given[2] & 3
            if event in EVENTS or writes:
                seen += 1
                if seen == at:
                    os.kill(os.getpid(), signal.SIGKILL)

        status = 1
        try:
            sys.addaudithook(count)
            do()
            status = 0
        finally:
            os._exit(status)
    _, ended = os.waitpid(pid, 0)
    assert os.WIFSIGNALED(ended) or ended == 0
    return os.WIFSIGNALED(ended)


def tree(folder: Path) -> dict[str, bytes]:
    """All files of a folder, those that nobody should see among them."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def at_every_operation(
    root: Path,
    prepare: Callable[[], object],
    do: Callable[[], object],
    check: Callable[[], object] = lambda: None,
) -> int:
    """Kill at each operation in turn; how many there are.

    Args:
        root: Holds all that is changed.
        prepare: Makes the state before, in an empty `root`.
        do: The command; it must find its way by what is on the disk.
        check: What a reader finds after each kill and after the same again.
    """
    wanted: dict[str, bytes] = {}
    for at in range(MOST):
        shutil.rmtree(root, ignore_errors=True)
        root.mkdir(parents=True)
        prepare()
        if not at:
            do()
            wanted = tree(root)
            continue
        if not dies(do, at):
            return at - 1
        check()
        do()
        check()
        assert tree(root) == wanted, f"operation {at}"
    raise AssertionError("there is no end of it")


@pytest.fixture(params=["exchanged", "moved"])
def _moves(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whether names can be exchanged in one step."""
    if request.param == "moved":
        monkeypatch.setattr(replacing, "_exchange", lambda *_: False)


@pytest.fixture(scope="module")
def runs(squares: Squares, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Two accepted runs with different programs."""
    patient = SPEC.model_copy(update={"target": TargetSpec(microseconds_per_frame=1e6)})
    folders = []
    for name, extra in (("one", ""), ("two", "# another")):
        model = ScriptedModel(
            [PLAN_TEXT, block(real_program("False", extra)), block(real_goal(GOAL))]
        )
        folder = tmp_path_factory.mktemp("runs") / name
        assert run_loop(Squares(patient, squares.store), model, folder).accepted
        folders.append(folder)
    return folders[0], folders[1]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """``generated``."""
    return tmp_path / "generated"


def whole(folder: Path) -> None:
    """A task as its provenance has it."""
    task = TaskFolder.read(folder)
    assert task.digests is None or task.digests == file_digests(folder)


@pytest.mark.slow
@pytest.mark.usefixtures("_moves")
def test_a_promotion(runs: tuple[Path, Path], squares: Squares, root: Path) -> None:
    """Another reward takes the place of a committed one, or does not."""
    task, (one, two) = root / "squares", runs

    def prepare() -> None:
        write_store(task / "episodes", squares.store)
        promote(one, task)

    assert at_every_operation(root, prepare, lambda: promote(two, task), lambda: whole(task)) > 20


@pytest.mark.slow
@pytest.mark.usefixtures("_moves")
@pytest.mark.parametrize("before", [False, True])
def test_a_recording(
    squares: Squares, root: Path, monkeypatch: pytest.MonkeyPatch, before: bool
) -> None:
    """Episodes are there, of the one recording or of the other."""
    monkeypatch.setattr(recording, "record", lambda *_, **__: squares.store)
    episodes = root / "squares" / "episodes"

    def prepare() -> None:
        if before:
            write_store(episodes, squares.store)
            (episodes / "contact-sheet.png").write_bytes(b"another")

    def do() -> None:
        record_folder(SPEC, episodes, force=True)

    assert at_every_operation(root, prepare, do) > 8


@pytest.mark.slow
@pytest.mark.usefixtures("_moves")
def test_a_find_is_kept(runs: tuple[Path, Path], squares: Squares, root: Path) -> None:
    """Episodes and their digests change together, so that the next hunt is not refused."""
    task = root / "squares"
    found = [(played(SPEC, find_of(7)), "a lie")]

    def prepare() -> None:
        write_store(task / "episodes", squares.store)
        promote(runs[0], task)

    def do() -> None:
        there = TaskFolder.read(task)
        require_untouched(there)
        keep_finds(there, found)

    def check() -> None:
        there = TaskFolder.read(task)
        assert changed_files(task, there.digests or {}) == ()

    assert at_every_operation(root, prepare, do, check) > 10


@pytest.mark.slow
@pytest.mark.usefixtures("_moves")
def test_an_answer_about_a_picture_is_kept(
    runs: tuple[Path, Path], squares: Squares, root: Path
) -> None:
    """Labels and their digest change together."""
    task = root / "squares"

    def prepare() -> None:
        write_store(task / "episodes", squares.store)
        promote(runs[0], task)

    def do() -> None:
        there = TaskFolder.read(task)
        picture = exhibit_at(there.store, f"{there.store.episodes[0].id}:0")
        assert picture is not None
        asked = Waiting(picture, there.plan.subtasks[0], None)
        Desk(there, None).answer(asked, "no", by="person")

    def check() -> None:
        there = TaskFolder.read(task)
        assert changed_files(task, there.digests or {}) == ()

    assert at_every_operation(root, prepare, do, check) > 10


@pytest.mark.slow
def test_mutants(runs: tuple[Path, Path], squares: Squares, root: Path) -> None:
    """What the suite said of some is known, and the ledger goes when all is said."""
    task, ledger = root / "squares", root / "mutants.jsonl"
    mutants = [Mutant(f"m{n:04}", "x", 1, f"x = {n}\n", "") for n in range(4)]

    def prepare() -> None:
        write_store(task / "episodes", squares.store)
        promote(runs[0], task)

    def do() -> None:
        said = MutantLedger(ledger, TaskFolder.read(task), "x = 9\n")
        for mutant in mutants:
            if said.get(mutant, "suite") is None:
                said.add(mutant, "suite", f"test of {mutant.id}")
        assert [said.get(m, "suite") for m in mutants] == [f"test of {m.id}" for m in mutants]
        said.close()

    assert at_every_operation(root, prepare, do) > 5


def test_a_link_stays_a_link_and_leads_to_the_new_folder(tmp_path: Path) -> None:
    """Whoever keeps tasks elsewhere keeps them there."""
    (tmp_path / "there").mkdir()
    (tmp_path / "here").symlink_to(tmp_path / "there")
    (tmp_path / "there" / "old").write_bytes(b"old")
    with replacing.rebuilt_folder(tmp_path / "here", from_old=True) as fresh:
        replacing.replace_file(fresh / "new", b"new")
    assert (tmp_path / "here").is_symlink()
    assert {path.name for path in (tmp_path / "there").iterdir()} == {"old", "new"}
    assert {path.name for path in tmp_path.iterdir()} == {"here", "there"}


def test_what_living_processes_are_making_is_left_alone(root: Path) -> None:
    """Only what the dead left is swept away."""
    root.mkdir()
    dead = os.fork()
    if dead == 0:
        os._exit(0)
    os.waitpid(dead, 0)
    parent = os.getppid()
    for pid in (dead, parent):
        (root / f".task-{pid}-new").mkdir()
        (root / f".note-{pid}-abc.tmp").write_bytes(b"half")
    (root / "task").mkdir()
    replacing.recover_folder(root / "task")
    replacing.replace_file(root / "note", b"whole")
    assert {path.name for path in root.iterdir()} == {
        *("task", "note", f".task-{parent}-new", f".note-{parent}-abc.tmp")
    }
