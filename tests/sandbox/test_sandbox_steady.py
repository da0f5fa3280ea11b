"""No address shows: not in a set's order, in text, or in bytes, however a program asks."""

from __future__ import annotations

import builtins
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from synth.errors import ProgramFault
from synth.sandbox import Sandbox
from synth.sandbox.given_names import given_names
from synth.sandbox.steady import compiled

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

SHOWING = (
    "{None, 1}",
    "{x for x in (None, 1)}",
    "set([range(3)])",
    "frozenset([(1, (None, 2))])",
    "{float('nan')}",
    "{np.float32('nan'), 1}",
    "{object()}",
    "{np.uint8, np.int8}",
    "{1}.add(None)",
    "{1}.update([2], [None])",
    "{1}.union([2], (x for x in (None,)))",
    "{1}.symmetric_difference([...])",
    "{1}.symmetric_difference_update([None])",
    "list(map({1}.union, [[None]]))",
    "frozenset([1]).union([None])",
    "{None: 1}.keys() | [2]",
    "{1: 2}.items() ^ [None]",
    "[2, 3] | {None: 1}.keys()",
    "str(iter([1]))",
    "str((1, [zip()]))",
    "str({'a': len})",
    "str(np.array([None]))",
    "str.join(',', map(str, [np.s_]))",
    "'%s' % zip()",
    "'%s' % (zip(),)",
    "'%(a)s' % {'a': np.mgrid}",
    "shown % [len]",
    "np.array([None]).tobytes()",
    "np.array([2**70])[:1].tobytes()",
    "[a.tobytes for a in [np.full(1, None)]]",
)


@pytest.mark.parametrize("expression", SHOWING)
def test_what_would_show_an_address_raises(expression: str) -> None:
    """By displays, comprehensions, calls, methods, methods as values, views and operators."""
    with pytest.raises(TypeError):
        run(f"shown = '%s'\nresult = {expression}")


@pytest.mark.parametrize("kind", ["set", "frozenset"])
def test_a_set_is_filled_by_its_own_methods(kind: str) -> None:
    """``set.union(a, b)`` would go past `a`."""
    with pytest.raises(AttributeError, match=f"call union on a {kind}, not on the type"):
        run(f"{kind}.union({{1}}, [None])")


def test_text_that_is_changed_in_place_shows_none() -> None:
    """``text %= x`` is ``text % x``."""
    with pytest.raises(TypeError, match="% takes numbers, text"):
        run("text = '%s'\ntext %= zip()")


SOUND = (
    "{1, 2} | {3}",
    "sorted({x % 3 for x in range(9)})",
    "{(1, 'a'), (2, 'b')} & {(1, 'a')}",
    "{'a': 1, 'b': 2}.keys() & {'a'}",
    "{'a': 1}.keys() == {'a': 2}.keys(), 'a' in {'a': 1}.keys(), len({1: 2}.items())",
    "[key + str(value) for key, value in {'a': 1}.items()]",
    "{**{'a': 1}}.items() >= {('a', 1)}",
    "list(reversed({1: 2, 3: 4}.keys())), list(reversed({1: 2, 3: 4}.items()))",
    "next(reversed({1: 2, 3: 4}.keys())), list(reversed({1: 2, 3: 4}.values()))",
    "dict({1: 2}.items()), list({1: 2}.keys()), max({1: 2, 3: 4}.keys())",
    "'%d,%d' % (3, 4), '%s %r' % ('a', [1, (2.5, None)]), 7 % int('4'), -7 % 3.5",
    "(np.arange(9) % np.array([2, 3, 4] * 3)).tolist()",
    "str(3), str(), str(2.5), str(True), str(np.uint8(3)), str([1, (2, 'a')]), str(range(3))",
    "np.arange(3, dtype=np.uint8).tobytes()",
    "np.argsort([2, 1, 2]).tolist(), np.array([[3, 1], [0, 2]]).argsort(0).tolist()",
    "np.argsort(-np.arange(3), kind='heapsort').tolist(), np.argsort([1, 0], -1, 'stable')[0]",
    "isinstance({1}, set), isinstance(frozenset(), frozenset), isinstance('a', str)",
    "frozenset({1, 2}) - {2}, {1}.union(), set('aba') == {'a', 'b'}",
    "{np.uint8(3), np.float32(0.5), True, b'x'} == {b'x', 3, 0.5, 1}",
    "' '.join(map(str, [1, 2])), str.upper('a'), sorted(['b', 'A'], key=str.lower)",
    "[a for a in {1: 2}.items() for b in {3: 4}.keys()]",
)


@pytest.mark.parametrize("expression", SOUND)
def test_ordinary_sets_text_and_bytes_are_as_in_python(expression: str) -> None:
    """The same value as without synth."""
    expected = eval(expression, {"np": np})
    assert run(f"result = {expression}")["result"] == expected


@settings(max_examples=100, deadline=None)
@given(
    start=st.sets(st.integers(-9, 9)),
    steps=st.lists(
        st.tuples(
            st.sampled_from(["add", "discard", "update", "union", "difference", "|", "&", "^"]),
            st.integers(-9, 9),
        ),
        max_size=8,
    ),
)
def test_a_set_filled_step_by_step_holds_what_it_does_in_python(
    start: set[int], steps: list[tuple[str, int]]
) -> None:
    """Every method and operator leaves the same items."""
    lines = [f"s = {{{', '.join(map(str, start))}}}" if start else "s = set()"]
    for name, value in steps:
        if name in {"add", "discard"}:
            lines.append(f"s.{name}({value})")
        elif name == "update":
            lines.append(f"s.update([{value}, {value + 1}])")
        elif len(name) > 1:
            lines.append(f"s = s.{name}([{value}])")
        else:
            lines.append(f"s = s {name} {{{value}}}")
    plain: dict[str, Any] = {}
    exec("\n".join(lines), plain)
    assert run("\n".join(lines))["s"] == plain["s"]


def test_a_program_is_told_what_its_set_may_not_hold(
    sandbox: Callable[..., Sandbox], frame: NDArray[np.uint8]
) -> None:
    """In the sandbox too, with the line of the program."""
    box = sandbox(
        "def goal(now, initial):\n    first = list({None, int(now[0, 0, 0])})\n    return not 1\n",
        "goal",
    )
    with pytest.raises(ProgramFault, match=r"(?s)line 2.*a set that holds NoneType has no order"):
        box.check(frame, frame)


def test_an_error_does_not_tell_where_something_lies(
    sandbox: Callable[..., Sandbox], frame: NDArray[np.uint8]
) -> None:
    """What Python names in a message is named without its address."""
    box = sandbox("def goal(now, initial):\n    return {1: 2}[zip()]\n", "goal")
    with pytest.raises(ProgramFault, match="<zip object>"):
        box.check(frame, frame)


HOLDING = {
    "{None}": "a set that holds NoneType has no order that lasts; leave None out",
    "{(1, (2, None))}": "a set that holds NoneType within a tuple .* leave None out, put -1",
    "{(1.0, float('nan'))}": "a set that holds NaN within a tuple .* leave NaN out, put -1",
    "{(1, range(3))}": "a set that holds range within a tuple .* put numbers, text or tuples",
    "{'a': None}.items() ^ [1]": "a set that holds NoneType within a tuple",
}


@pytest.mark.parametrize("expression", HOLDING)
def test_what_a_set_may_not_hold_is_named_where_it_lies(expression: str) -> None:
    """Not the tuple is at fault, but the None within, and what to write instead depends on it."""
    with pytest.raises(TypeError, match=HOLDING[expression]):
        run(f"result = {expression}")


def test_a_result_that_holds_itself_is_named(
    sandbox: Callable[..., Sandbox], frame: NDArray[np.uint8]
) -> None:
    """Perceive is told what it returned, not that Python's stack has an end."""
    box = sandbox(
        "def perceive(frame):\n    seen = [1]\n    seen.append(seen)\n    return seen\n"
        "def goal(now, initial):\n    return True\n",
        "goal",
    )
    with pytest.raises(ProgramFault, match="holds itself, or is nested too deep"):
        box.check(frame, frame)


def run(source: str) -> dict[str, Any]:
    """The names that a text of a program leaves behind."""
    space: dict[str, Any] = {"np": np, "__builtins__": vars(builtins) | given_names()}
    exec(compiled(source, "<reward>"), space)
    return space
