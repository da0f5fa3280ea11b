"""What a program's top level holds once it is frozen: used as before, and never written into."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from synth.sandbox.constants import Constants
from synth.sandbox.given_names import given_names

PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.text(max_size=3),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.text(max_size=3), inner, max_size=4)
        | st.sets(st.integers(-9, 9), max_size=4)
        | st.tuples(inner, inner)
    ),
    max_leaves=12,
)


@settings(max_examples=100, deadline=None)
@given(value=PLAIN)
def test_a_frozen_constant_is_used_as_before(value: object) -> None:
    """It is equal, of its kind, reads as it did, and its copies can be written into."""
    space: dict[str, Any] = {"A": value, "B": value}
    Constants(space, "")
    frozen = space["A"]
    assert frozen == value
    assert repr(frozen) == repr(value)
    assert isinstance(frozen, type(value))
    assert space["B"] is frozen
    if isinstance(value, list):
        assert type(frozen + [1]) is type(frozen[:]) is type(frozen * 2) is list  # noqa: RUF005
        assert [*map(str, frozen)] == [*map(str, value)]
    if isinstance(value, dict):
        assert {**frozen} == value
        assert type(frozen.copy()) is type(frozen | {}) is dict
    if isinstance(value, set):
        assert type(frozen.copy()) is type(frozen | {1}) is set
        assert list(frozen) == list(value)
    for change in ("append", "update", "add", "clear"):
        if isinstance(value, list | dict | set) and hasattr(value, change):
            with pytest.raises(TypeError, match="the constant A"):
                getattr(frozen, change)(1)


def test_a_list_still_chooses_places() -> None:
    """NumPy takes a frozen list for places, as any list, and not for axes, as a tuple."""
    space: dict[str, Any] = {"ROWS": [2, 0], "VIEW": np.arange(6)[::2]}
    Constants(space, "")
    assert np.arange(9).reshape(3, 3)[space["ROWS"]].tolist() == [[6, 7, 8], [0, 1, 2]]
    with pytest.raises(ValueError, match="read-only"):
        space["VIEW"].base[0] = 1


def test_stand_ins_are_types_to_ordinary_code() -> None:
    """They make, tell and annotate as the types do that they stand for."""
    names = given_names()
    assert (names["list"]("ab"), names["dict"](a=1), names["set"]()) == (
        ["a", "b"],
        {"a": 1},
        set(),
    )
    assert isinstance([1], (names["list"], tuple))
    assert isinstance({}, names["list"] | names["dict"])
    assert not isinstance((1,), names["list"])
    assert names["list"][int] is names["list"]
    assert list(map(names["list"], ["a"])) == [["a"]]


class Trace:
    """Stands for an object that nothing here knows."""


@pytest.mark.parametrize("value", [None, 1.5, "text", (1, "a"), Trace, Trace(), np, np.float32(1)])
def test_what_cannot_be_written_into_stays_the_same_object(value: object) -> None:
    """Numbers, text, tuples of them, classes and modules are let be."""
    space: dict[str, Any] = {"A": value}
    Constants(space, "")
    assert space["A"] is value


def test_a_list_that_holds_itself_is_frozen_once() -> None:
    """A circle of lists stays a circle."""
    knot: list[Any] = [1]
    knot.append((knot, {"knot": knot}))
    space: dict[str, Any] = {"A": knot}
    Constants(space, "")
    assert space["A"][1][0] is space["A"][1][1]["knot"] is space["A"]
    with pytest.raises(TypeError, match="writes into the constant A"):
        space["A"][1][0].append(2)
