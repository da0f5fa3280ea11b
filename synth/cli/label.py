"""``synth label``: a person looks at the pictures that decide, and answers or overrules."""

from __future__ import annotations

import getpass
from typing import TYPE_CHECKING, Annotated

import typer

from synth.cli.console import errors, output
from synth.errors import UsageError
from synth.spec import load_spec
from synth.task.paths import RUNS, task_folder

if TYPE_CHECKING:
    from pathlib import Path

    from synth.labels.desk import Desk, Waiting
    from synth.task.labels import LabelAnswer

__all__ = ["label"]

ANSWERS: dict[str, LabelAnswer] = {"y": "yes", "n": "no", "?": "cannot_tell"}
HELP = "y: holds, n: does not, ?: cannot tell, s: skip, q: stop. Words after y, n or ? are a remark"


def label(
    task: Annotated[str, typer.Argument(help="A spec's name, or its path.")],
    by: Annotated[
        str | None, typer.Option(help="Your name, as it is kept with your answers.")
    ] = None,
    page: Annotated[
        bool, typer.Option("--page", help="Answer in a browser, on a page of this machine.")
    ] = False,
    view: Annotated[
        bool, typer.Option("--open/--no-open", help="Open each picture in a viewer.")
    ] = True,
    known: Annotated[
        bool, typer.Option("--known", help="Only what was answered before; choose no pictures.")
    ] = False,
) -> None:
    """Look at the pictures that decide, and say whether a sub-task holds in them."""
    from synth.labels.desk import Desk  # noqa: PLC0415 - start-up stays quick
    from synth.task import TaskFolder  # noqa: PLC0415
    from synth.task.folder import read_reward  # noqa: PLC0415

    folder = TaskFolder.read(task_folder(load_spec(task).name))
    name = (by or getpass.getuser()).strip()
    if not name or len(name) > 80:  # noqa: PLR2004 - a name, not a text
        raise UsageError("--by: give a name of 1 to 80 characters.")
    source = None
    if not known and folder.reward.exists():
        source = read_reward(folder.reward, folder.name)
    desk = Desk(
        folder,
        source,
        on_split=lambda split: errors().print(
            f"choosing {split.replace('_', '-')} pictures that tell readings apart ..."
        ),
    )
    out = output()
    if folder.spec.labels is None:
        out.print(
            "this task's spec has no \\[labels] table: what you answer is kept, and no audit "
            "makes a test of it until it has one"
        )
    if not desk.waiting:
        out.print(f"{folder.name}: there is nothing to answer")
        return
    out.print(
        f"{folder.name}: {desk.open} questions wait, "
        f"{len(desk.waiting) - desk.open} are answered and can be overruled"
    )
    try:
        if page:
            _on_a_page(folder.name, desk, name)
        else:
            _in_the_terminal(desk, name, RUNS / folder.name / "label.png", view=view)
    finally:
        out.print(f"{desk.answered} answers kept in {folder.path / 'labels.jsonl'}", markup=False)


def _in_the_terminal(desk: Desk, by: str, picture: Path, *, view: bool) -> None:
    out = output()
    out.print(HELP, markup=False)
    shown = ""
    for number, one in enumerate(desk.waiting, start=1):
        if one.exhibit.reference != shown:
            shown = one.exhibit.reference
            _show(one, picture, view=view and out.is_terminal)
        out.print()
        out.print(f"{number} of {len(desk.waiting)}: {shown}, see {picture}", markup=False)
        out.print(f"{one.subtask.name}: {one.subtask.visible}", markup=False)
        if one.so_far:
            out.print(f"answered so far: {one.so_far}", markup=False)
        said = _ask()
        if said is None:
            return
        letter, remark = said
        if letter in ANSWERS:
            desk.answer(one, ANSWERS[letter], by=by, remark=remark)


def _ask() -> tuple[str, str] | None:
    """A letter and a remark; ``None`` to stop."""
    while True:
        try:
            said = input("holds? [y/n/?/s/q] ").strip()
        except EOFError:
            return None
        letter, remark = said[:1].lower(), said[1:].strip()
        if letter == "q":
            return None
        if letter in ANSWERS or letter == "s":
            return letter, remark
        output().print(HELP, markup=False)


def _show(one: Waiting, picture: Path, *, view: bool) -> None:
    from synth.episode.replace import replace_file  # noqa: PLC0415 - as above
    from synth.prompts.beside import beside  # noqa: PLC0415
    from synth.prompts.pictures import encode_png  # noqa: PLC0415

    replace_file(picture, encode_png(beside(one.exhibit.initial, one.exhibit.frame)))
    if view:
        typer.launch(str(picture))


def _on_a_page(task: str, desk: Desk, by: str) -> None:
    from synth.cli.label_page import LabelPage  # noqa: PLC0415 - as above

    with LabelPage(task, desk, by) as served:
        output().print(f"open {served.url}", markup=False)
        output().print("every answer is kept at once; Ctrl-C ends it", markup=False)
        served.serve()
