"""Texts that anybody may have written end in a message, whatever stands in them."""

from __future__ import annotations

import json
from functools import partial
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from synth.episode import read_store
from synth.errors import SynthError
from synth.experts.played import FILE, read_played
from synth.foreign import MOST_NESTED, UnreadableText, read_json, read_toml, whole_number
from synth.journal import read_journal
from synth.models.configured import configured
from synth.proven import read_goal_from
from synth.spec import load_spec
from synth.spec.tables import TargetSpec
from synth.task import read_task
from synth.task.labels import LABELS, read_labels
from synth.task.provenance import read_digests

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def limits(file: Path) -> object:
    """What such a file says of one model."""
    return configured("limits", ["openai:x"], TargetSpec, remedy="mend it", files=[file])


TOML: dict[str, Callable[[Path], object]] = {
    "spec.toml": load_spec,
    "task.toml": read_task,
    "synth.toml": limits,
}
JSON: dict[str, Callable[[Path], object]] = {
    "manifest.json": lambda file: read_store(file.parent),
    "provenance.json": lambda file: (read_digests(file.parent), read_goal_from(file.parent)),
    "journal.jsonl": lambda file: read_journal(file).records[0],
    LABELS: lambda file: read_labels(file.parent),
    FILE: lambda file: read_played(file.parent),
}
ODD_TOML = {
    "nested": "x = " + "[" * 100_000,
    "nested, and closed": f"x = {'[' * 150}{']' * 150}",
    "tables within each other": "\n".join(f"[{'.'.join('a' * n)}]" for n in range(1, 400, 40)),
    "an integer without end": "max_steps = " + "9" * 5_000,
    "a binary zero": "env = '\0'",
    "a date that is none": "env = 2026-99-99",
}
ODD_JSON = {
    "nested": "[" * 100_000,
    "nested, and closed": f'{{"files": {"[" * 150}{"]" * 150}}}',
    "an integer without end": '{"files": ' + "9" * 5_000 + "}",
    "half a character": '{"files": {"\\ud800": "x"}, "goal_from": "\\udfff"}',
    "a number": "5",
    "nothing known": '{"files": {"x": 5}}',
}


@pytest.mark.parametrize("odd", ODD_TOML)
@pytest.mark.parametrize("name", TOML)
def test_odd_toml_is_one_error_that_names_the_file(tmp_path: Path, name: str, odd: str) -> None:
    """Without end in any direction."""
    file = tmp_path / name
    file.write_text(ODD_TOML[odd], encoding="utf-8")
    if name == "synth.toml" and odd == "tables within each other":
        pytest.skip("tables that nobody asks for are not looked at")
    with pytest.raises(SynthError, match=name):
        TOML[name](file)


@pytest.mark.parametrize("odd", ODD_JSON)
@pytest.mark.parametrize("name", JSON)
def test_odd_json_is_one_error_that_names_the_place(tmp_path: Path, name: str, odd: str) -> None:
    """In every file of a task's folder that holds JSON, and a journal's torn last line is none."""
    file = tmp_path / name
    second = '{"type": "note"}\n' if name == "journal.jsonl" else ""
    file.write_text(f"{ODD_JSON[odd]}\n{second}", encoding="utf-8")
    with pytest.raises(SynthError, match=str(tmp_path)):
        JSON[name](file)


def refused(read: Callable[[], object]) -> str:
    """Why a text is not read, or ``""`` where it is."""
    try:
        read()
    except UnreadableText as error:
        return str(error)
    return ""


@given(st.integers(1, 3 * MOST_NESTED), st.sampled_from(["list", "table", "both"]))
def test_nesting_is_bounded_whatever_it_is_made_of(depth: int, kind: str) -> None:
    """So many brackets are read, and not one more, in both languages."""
    value: object = 1
    for level in range(depth):
        value = [value] if kind == "list" or (kind == "both" and level % 2) else {"k": value}
    text = json.dumps(value)
    # The value itself is a level, and so is the table that holds it.
    assert ("deep" in refused(lambda: read_json(text))) == (depth >= MOST_NESTED)
    inline = "x = " + text.replace('"k":', "k =")
    assert ("deep" in refused(lambda: read_toml(inline))) == (depth >= MOST_NESTED - 1)


@given(st.text())
def test_any_text_is_read_or_refused_in_one_way(text: str) -> None:
    """With a reason."""
    for read in (read_json, read_toml):
        why = refused(partial(read, text))
        assert not why or why.startswith(("not ", "it "))


@pytest.mark.parametrize(
    ("text", "number"),
    [("0", 0), ("12", 12), ("9" * 9, 10**9 - 1), ("1" * 10, None), ("9" * 5000, None)]
    + [(text, None) for text in ("", "-1", "1.5", "²", " 3", "0x1")],
)
def test_a_whole_number_is_digits_of_a_bounded_length(text: str, number: int | None) -> None:
    """Anything else is none, and costs nothing to refuse."""
    assert whole_number(text) == number
