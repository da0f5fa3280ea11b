"""A person's answers: kept at once, overruling a model's, and tests from then on."""

from __future__ import annotations

import json
import threading
import urllib.error
import urllib.request
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from key_row import BESIDE, RIGHT, make_task
from typer.testing import CliRunner

from synth.cli.app import app
from synth.cli.label_page import LabelPage
from synth.episode import write_store
from synth.labels.desk import Desk
from synth.report import SubTaskAccuracy, measure_label_accuracy
from synth.suite import judge
from synth.task import TaskFolder, write_task
from synth.task.labels import LABELS, read_labels, write_labels
from synth.task.provenance import changed_files, file_digests, read_digests

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def folder(tmp_path: Path) -> TaskFolder:
    """The task on disk, with a reward, as it is committed."""
    task = make_task(tmp_path / "keys")
    write_store(task.path / "episodes", task.store)
    write_task(task.path / "task.toml", task.spec, task.plan)
    task.reward.write_text(RIGHT)
    digests = {"files": file_digests(task.path)}
    (task.path / "provenance.json").write_text(json.dumps(digests))
    return TaskFolder.read(task.path)


def test_an_answer_is_on_the_disk_at_once_and_is_a_test(folder: TaskFolder) -> None:
    """The audit stands on the labels as they are now, and knows them without a model."""
    desk = Desk(folder, BESIDE)
    assert desk.open == len(desk.waiting) > 0
    for one in desk.waiting:
        truth = one.exhibit.truth["has_key"]
        desk.answer(one, "yes" if truth else "no", by="Ada")
    now = TaskFolder.read(folder.path)
    assert len(now.labels) == desk.answered == len(desk.waiting)
    assert all(label.by == "Ada" and label.by_person for label in now.labels)
    assert changed_files(folder.path, read_digests(folder.path) or {}) == ()

    def red(source: str) -> bool:
        both = ("visible", "held_out")
        return bool(judge(source, now, splits=both, groups=("labels",)).failures)

    assert not red(RIGHT)
    assert red(BESIDE)
    assert Desk(now, RIGHT).open < len(desk.waiting)


def test_a_person_overrules_confirms_and_thinks_better_of_it(folder: TaskFolder) -> None:
    """Contested questions wait first; what is overruled is withdrawn in the person's name."""
    made = Desk(folder, BESIDE)
    one, two = made.waiting[:2]
    first = made.answer(one, "yes", by="m").model_copy(update={"looks": ("1", "2")})
    second = made.answer(two, "contested", by="m").model_copy(update={"looks": ("1", "2")})
    write_labels(folder.path, (first, second))
    desk = Desk(TaskFolder.read(folder.path), None)
    assert [w.label for w in desk.waiting] == [second, first]
    assert desk.open == 1
    assert desk.waiting[0].so_far == "contested, by m in 2 looks"
    desk.answer(desk.waiting[0], "no", by="Ada")
    desk.answer(desk.waiting[1], "no", by="Ada", remark="open means ajar, too")
    desk.answer(desk.waiting[1], "yes", by="Ada")
    labels = read_labels(folder.path)
    assert [(lb.answer, lb.by, lb.withdrawn_by) for lb in labels] == [
        ("yes", "m", "Ada"),
        ("contested", "m", "Ada"),
        ("no", "Ada", ""),
        ("yes", "Ada", ""),
    ]
    again = Desk(TaskFolder.read(folder.path), None)
    assert {w.label.by for w in again.waiting if w.label} == {"Ada"}


def test_agreeing_with_a_model_confirms_its_label(folder: TaskFolder) -> None:
    """It stays the model's, and nobody doubts it again."""
    made = Desk(folder, BESIDE)
    first = made.answer(made.waiting[0], "yes", by="m").model_copy(update={"looks": ("1", "2")})
    write_labels(folder.path, (first,))
    desk = Desk(TaskFolder.read(folder.path), None)
    desk.answer(desk.waiting[0], "yes", by="Ada")
    assert read_labels(folder.path) == (first.model_copy(update={"confirmed": True}),)


def test_a_label_that_is_changed_by_hand_is_noticed(folder: TaskFolder) -> None:
    """The reward was judged by other labels: the audit says which file."""
    desk = Desk(folder, BESIDE)
    desk.answer(desk.waiting[0], "yes", by="Ada")
    text = (folder.path / LABELS).read_text()
    (folder.path / LABELS).write_text(text.replace('"yes"', '"no"'))
    assert changed_files(folder.path, read_digests(folder.path) or {}) == (LABELS,)


def spoken(folder: TaskFolder, monkeypatch: pytest.MonkeyPatch, *lines: str) -> str:
    """What ``synth label`` prints in a checkout, when these lines are typed."""
    checkout = folder.path.parent
    (checkout / "specs").mkdir(exist_ok=True)
    (checkout / "specs" / "keys.toml").write_text(
        'env = "Keys-v0"\n[expert]\npolicy = "keys:walk"\n[labels]\nframes = 12\n'
    )
    generated = checkout / "generated"
    generated.mkdir(exist_ok=True)
    if not (generated / "keys").exists():
        (generated / "keys").symlink_to(folder.path)
    monkeypatch.chdir(checkout)
    arguments = ["label", "keys", "--by", "Ada", "--no-open"]
    return CliRunner().invoke(app, arguments, input="".join(f"{line}\n" for line in lines)).output


def test_the_terminal_asks_one_by_one_and_can_be_left_at_any_time(
    folder: TaskFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each picture lies where it says, each answer is kept, and the next time goes on."""
    said = spoken(folder, monkeypatch, "y", "what?", "n it lies there", "s", "?", "q")
    assert "key_taken: no yellow is left" in said
    assert "y: holds, n: does not" in said
    assert "3 answers kept" in said
    assert (folder.path.parent / "runs" / "keys" / "label.png").read_bytes().startswith(b"\x89PNG")
    labels = read_labels(folder.path)
    assert [(lb.answer, lb.remark) for lb in labels] == [
        ("yes", ""),
        ("no", "it lies there"),
        ("cannot_tell", ""),
    ]
    again = spoken(folder, monkeypatch)
    assert "answered so far: cannot tell, by Ada" in again
    assert "0 answers kept" in again


@pytest.fixture
def page(folder: TaskFolder) -> Iterator[LabelPage]:
    """The page, served by a thread."""
    with LabelPage("keys", Desk(folder, BESIDE), "Ada") as served:
        thread = threading.Thread(target=served.serve)
        thread.start()
        yield served
        served.stop()
        thread.join()


def test_the_page_shows_what_waits_and_keeps_an_answer(page: LabelPage, folder: TaskFolder) -> None:
    """Pictures and buttons; nothing is fetched from elsewhere."""
    with urllib.request.urlopen(page.url) as answer:
        html = answer.read().decode()
        policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "http" not in html.replace(page.url, "")
    assert html.count("<section") == len(page.desk.waiting)
    with urllib.request.urlopen(f"{page.url}0.png") as answer:
        assert answer.read().startswith(b"\x89PNG")
    data = b"number=0&answer=yes&remark=a+look"
    with urllib.request.urlopen(f"{page.url}answer", data) as answer:
        assert "you answered: yes" in answer.read().decode()
    (label,) = read_labels(folder.path)
    assert (label.answer, label.by, label.remark) == ("yes", "Ada", "a look")


@pytest.mark.parametrize(
    ("path", "data", "headers"),
    [
        ("/", None, {}),
        ("/wrong/", None, {}),
        ("TOKEN/99.png", None, {}),
        ("TOKEN/../x", None, {}),
        ("TOKEN/", None, {"Host": "elsewhere.example"}),
        ("/answer", b"number=0&answer=yes", {}),
        ("TOKEN/answer", b"number=0&answer=perhaps", {}),
        ("TOKEN/answer", b"number=99&answer=yes", {}),
        ("TOKEN/answer", b"x" * 5000, {}),
    ],
)
def test_the_page_answers_to_nobody_else(
    page: LabelPage, folder: TaskFolder, path: str, data: bytes | None, headers: dict[str, str]
) -> None:
    """Without the address that was printed, or with anything odd, there is nothing here."""
    root = page.url.removesuffix(f"{page.token}/")
    url = f"{root}{path.replace('TOKEN', page.token).lstrip('/')}"
    with pytest.raises(urllib.error.HTTPError):
        urllib.request.urlopen(urllib.request.Request(url, data, headers))
    assert read_labels(folder.path) == ()


def test_labels_are_held_against_truth_where_it_is_known(folder: TaskFolder) -> None:
    """Right, wrong and withdrawn answers, by who gave them."""
    desk = Desk(folder, BESIDE)
    for number, one in enumerate(desk.waiting):
        right = one.exhibit.truth["has_key"] == (number > 0)
        desk.answer(one, "yes" if right else "no", by="Ada" if number else "Bob")
    now = TaskFolder.read(folder.path)
    row = SubTaskAccuracy("key_taken", "has_key", 1, 0, 0, 1.0, 1.0)
    by = {figures.by: figures for figures in measure_label_accuracy(now, [row])}
    assert (by["Bob"].labels, by["Bob"].right) == (1, 0)
    assert by["Bob"].wrong == (desk.waiting[0].exhibit.reference,)
    assert by["Ada"].right == by["Ada"].labels == len(desk.waiting) - 1
    for untold in ("", "told_since_then"):  # by the family, or when the pictures were recorded
        bob, ada = measure_label_accuracy(now, [replace(row, predicate=untold)])
        assert bob.predicate == ada.predicate == ""
        assert (bob.labels, ada.labels) == (1, len(desk.waiting) - 1)
