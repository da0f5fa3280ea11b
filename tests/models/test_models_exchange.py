"""The exchange folder: a request lies there whole, is put once, and is answered by anybody."""

from __future__ import annotations

import json
import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from PIL import Image

from synth.errors import ModelReplyError, ModelUnavailable, UsageError
from synth.models.exchange import ExchangeModel, waiting_requests
from synth.prompts.answers import plan_schema
from synth.prompts.render import render

if TYPE_CHECKING:
    from collections.abc import Callable

    from synth.prompts.requests import DescribeRequest, WriteRequest


class Person:
    """Somebody who looks into the folder while the model sleeps between two looks.

    Args:
        acts: What they do at the first sleep, the second, and so on; then nothing.
    """

    def __init__(self, *acts: Callable[[], object]) -> None:
        self.acts = list(acts)
        self.sleeps = 0

    def __call__(self, seconds: float) -> None:
        """Do the next thing."""
        self.sleeps += 1
        assert self.sleeps < 50, "the model waits for ever"
        if self.acts:
            self.acts.pop(0)()


def only_request(folder: Path) -> Path:
    """The folder of the one request that was put."""
    (found,) = [path for path in folder.glob("[!.]*") if path.is_dir()]
    return found


def writes(folder: Path, text: str, name: str = "answer.md") -> Callable[[], object]:
    """Somebody who writes that answer."""
    return lambda: (only_request(folder) / name).write_text(text, encoding="utf-8")


def nothing() -> None:
    """Somebody who does nothing."""


def test_a_request_is_put_whole_and_its_answer_taken(
    tmp_path: Path, describe: DescribeRequest
) -> None:
    """Prompt, pictures and schema are there; the answer comes back as it was written."""
    person = Person(nothing, writes(tmp_path, "{}\n"))
    reply = ExchangeModel(tmp_path, sleep=person).ask(describe)
    assert reply.text == "{}\n"
    assert reply.model == "multimodal model through the exchange folder"
    place = only_request(tmp_path)
    assert re.fullmatch(r"describe-0-0-[0-9a-f]{8}", place.name)
    assert json.loads((place / "schema.json").read_text()) == plan_schema()
    text = (place / "prompt.md").read_text(encoding="utf-8")
    assert "answer.md" in text.splitlines()[1]
    prompt = render(describe)
    assert prompt.system in text
    pictures = re.findall(r"!\[([^\]]+)\]\((pictures/[^)]+)\)", text)
    assert [name for name, _ in pictures] == [p.name for p in prompt.pictures]
    assert pictures[0][1] == "pictures/01-expert-0000-frame-0000.png"
    for _, file in pictures:
        assert Image.open(place / file).size == (480, 360)
    for part in prompt.parts:
        if hasattr(part, "text"):
            assert part.text in text, "nothing is left out"
    assert "Write the answer into `answer.md`" in (tmp_path / "README.md").read_text()


def test_a_program_is_asked_for_without_a_schema(tmp_path: Path, write: WriteRequest) -> None:
    """No schema is written where there is none."""
    ExchangeModel(tmp_path, sleep=Person(writes(tmp_path, "x = 1"))).ask(write)
    assert not (only_request(tmp_path) / "schema.json").exists()


def test_the_same_request_is_never_put_twice(tmp_path: Path, write: WriteRequest) -> None:
    """Running again finds folder and answer as they were left."""
    ExchangeModel(tmp_path, sleep=Person(writes(tmp_path, "x = 1"))).ask(write)
    before = {p: p.stat().st_mtime_ns for p in tmp_path.rglob("*")}
    asked: list[Path] = []
    again = ExchangeModel(tmp_path, sleep=Person(), on_wait=asked.append)
    assert again.ask(write).text == "x = 1"
    assert {p: p.stat().st_mtime_ns for p in tmp_path.rglob("*")} == before
    assert asked == [], "nobody is told to wait for what is there"


def test_another_prompt_at_the_same_place_is_another_request(
    tmp_path: Path, write: WriteRequest
) -> None:
    """An answer to other words is not taken for this one's."""
    ExchangeModel(tmp_path, sleep=Person(writes(tmp_path, "x = 1"))).ask(write)
    changed = replace(write, goal="show it")
    with pytest.raises(ModelUnavailable):
        ExchangeModel(tmp_path, sleep=Person(), timeout=2.0).ask(changed)
    assert len([p for p in tmp_path.iterdir() if p.is_dir()]) == 2


def test_an_answer_in_the_making_is_not_taken(tmp_path: Path, write: WriteRequest) -> None:
    """Half an answer, an empty one, and one still growing are waited for."""
    person = Person(
        writes(tmp_path, ""),
        writes(tmp_path, "  \n"),
        writes(tmp_path, "x ="),
        writes(tmp_path, "x = 1"),
        writes(tmp_path, "x = 12"),
    )
    assert ExchangeModel(tmp_path, sleep=person).ask(write).text == "x = 12"
    assert person.sleeps == 6


@pytest.mark.parametrize("name", ["answer.md", "answer.txt", "answer.json"])
def test_answers_may_have_three_names(tmp_path: Path, write: WriteRequest, name: str) -> None:
    """Whatever an editor saves as."""
    person = Person(writes(tmp_path, "\ufeffx = 1", name))
    assert ExchangeModel(tmp_path, sleep=person).ask(write).text == "x = 1"


def test_who_answered_may_be_written_beside(tmp_path: Path, write: WriteRequest) -> None:
    """The first line of model.txt names the model in the journal."""
    person = Person(writes(tmp_path, "Ada, by hand\nin May", "model.txt"), writes(tmp_path, "x"))
    assert (
        ExchangeModel(tmp_path, label="somebody", sleep=person).ask(write).model == "Ada, by hand"
    )


def test_waiting_is_told_once_and_ends_in_time(tmp_path: Path, write: WriteRequest) -> None:
    """The user learns where to look; giving up says what to do, and loses nothing."""
    told: list[Path] = []
    model = ExchangeModel(tmp_path, poll=0.5, timeout=2.0, on_wait=told.append, sleep=Person())
    with pytest.raises(ModelUnavailable, match=r"no answer after 2 seconds.*answer\.md"):
        model.ask(write)
    assert told == [only_request(tmp_path)]


def test_an_answer_that_is_not_text_is_an_error(tmp_path: Path, write: WriteRequest) -> None:
    """The message says how to save it."""
    person = Person(lambda: (only_request(tmp_path) / "answer.md").write_bytes(b"\xff\xfex\x00"))
    with pytest.raises(ModelReplyError, match="UTF-8"):
        ExchangeModel(tmp_path, sleep=person).ask(write)


def test_a_folder_that_cannot_be_used_is_named(tmp_path: Path, write: WriteRequest) -> None:
    """A file in its place is a usage error, not a traceback."""
    (tmp_path / "file").write_text("")
    with pytest.raises(UsageError, match="cannot be used"):
        ExchangeModel(tmp_path / "file", sleep=Person()).ask(write)


def test_a_crash_while_putting_leaves_no_half_request(
    tmp_path: Path, write: WriteRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A request appears with all its pictures or not at all."""

    def crash(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(Path, "rename", crash)
        with pytest.raises(KeyboardInterrupt):
            ExchangeModel(tmp_path, sleep=Person()).ask(write)
    assert [p.name for p in tmp_path.iterdir()] == ["README.md"]
    assert ExchangeModel(tmp_path, sleep=Person(writes(tmp_path, "x"))).ask(write).text == "x"


def test_several_requests_wait_side_by_side(tmp_path: Path, write: WriteRequest) -> None:
    """Samples of a round, asked in parallel, each find their own answer."""
    requests = [replace(write, sample=k) for k in range(4)]

    def answer_all(_: float) -> None:
        for place in tmp_path.glob("write-*"):
            if not (place / "answer.md").exists():
                (place / "answer.md").write_text(f"for {place.name[:9]}")

    model = ExchangeModel(tmp_path, poll=0.0, sleep=answer_all)
    with ThreadPoolExecutor(4) as pool:
        replies = list(pool.map(model.ask, requests))
    assert [r.text for r in replies] == [f"for write-1-{k}" for k in range(4)]


def test_two_askers_of_one_request_share_it(tmp_path: Path, write: WriteRequest) -> None:
    """Whoever is second finds the first one's folder, and no draft stays behind."""
    folders: list[Path] = []

    original = Path.rename

    def late(self: Path, target: Path) -> Path:
        if not folders:
            folders.append(target)
            ExchangeModel(tmp_path, sleep=Person(writes(tmp_path, "x"))).ask(write)
        return original(self, target)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Path, "rename", late)
        assert ExchangeModel(tmp_path, sleep=Person(writes(tmp_path, "x"))).ask(write).text == "x"
    assert sorted(p.name for p in tmp_path.iterdir()) == ["README.md", folders[0].name]


def test_requests_that_wait_are_found_and_those_answered_are_not(
    tmp_path: Path, write: WriteRequest
) -> None:
    """Whoever looks at the folder sees what there is to do; a missing folder has nothing."""
    assert waiting_requests(tmp_path / "none") == ()
    with pytest.raises(ModelUnavailable):
        ExchangeModel(tmp_path, poll=0, timeout=0).ask(write)
    (place,) = waiting_requests(tmp_path)
    assert place == only_request(tmp_path)
    (place / "answer.md").write_text("\n")  # an answer in the making
    assert waiting_requests(tmp_path) == (place,)
    (place / "answer.md").write_text("here it is")
    assert waiting_requests(tmp_path) == ()


def test_the_name_tells_nothing_about_the_machine(tmp_path: Path) -> None:
    """An absolute path does not get into journals; a relative one is as it was given."""
    assert ExchangeModel(tmp_path / "box").name == "exchange:box"
    assert ExchangeModel("runs/box").name == "exchange:runs/box"
