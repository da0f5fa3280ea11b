"""No program can remember: what outlives a call cannot be written into, whichever way."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from synth.errors import ProgramFault
from synth.sandbox import Cell

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from synth.sandbox import Sandbox

    Make = Callable[..., Sandbox]

HEAD = """
import numpy as np
from scipy import ndimage
from synth import vision

COUNT = np.array([0, 0])
NOTES = [0]
GRID = [[0, 0], [0, 0]]
TABLE = {"n": 0}
KNOWN = {0}
BOX = np.array([None, None])
NESTED = ({"rows": np.zeros(2, np.int64)}, [1])

def tally(notes):
    notes.append(1)
    return len(notes)

def kept(now, told=[0]):
    told.append(1)

def goal(now, initial):
    LINES
    return bool(COUNT[0] > 2 or len(NOTES) > 3 or GRID[0][0] > 2 or TABLE["n"] > 2
                or len(KNOWN) > 3 or len(SUBTASKS) > 3 or NESTED[0]["rows"][0] > 2
                or len(NESTED[1]) > 3)

SUBTASKS = [goal]
"""

WRITES = {
    "an array in a loop over one": ("COUNT", "for count in [COUNT]:\n        count += 1"),
    "a row of an array": ("COUNT", "for row in COUNT.reshape(2, 1):\n        row += 1"),
    "an array in a container": ("COUNT", "box = {'n': COUNT}\n    box['n'][0] += 1"),
    "a lambda": ("COUNT", "(lambda count: count.put(0, count[0] + 1))(COUNT)"),
    "a default of a nested function": (
        "COUNT",
        "def add(count=COUNT):\n        count[0] += 1\n    add()",
    ),
    "a ufunc in a variable": ("COUNT", "add = np.add\n    add(COUNT, 1, COUNT)"),
    "positional out": ("COUNT", "ndimage.grey_dilation(COUNT + 1, 1, None, None, COUNT)"),
    "positional out over lines": (
        "COUNT",
        "ndimage.grey_dilation(\n        COUNT + 1, 1, None, None,\n        COUNT)",
    ),
    "copyto": ("COUNT", "for copy in [np.copyto]:\n        copy(COUNT, COUNT + 1)"),
    "a flat iterator": ("COUNT", "flat = [COUNT][0].flat\n    flat[0] = COUNT[0] + 1"),
    "a bound method": ("NOTES", "note = NOTES.append\n    note(1)"),
    "map": ("NOTES", "list(map(NOTES.append, [1]))"),
    "filter": ("NOTES", "list(filter(NOTES.append, [1]))"),
    "a key of sorted": ("NOTES", "sorted([[1]], key=NOTES.extend)"),
    "a method in an array": ("NOTES", "np.array([NOTES.append])[0](1)"),
    "a helper in a variable": ("NOTES", "ask = tally\n    ask(NOTES)"),
    "an operator in place": ("NOTES", "for notes in [NOTES]:\n        notes += [1]"),
    "a default": ("a default of kept", "kept(now)"),
    "a list in a list": ("GRID", "for row in GRID:\n        row[0] += 1"),
    "a list in a copied list": ("GRID", "rows = list(GRID)\n    rows[0][0] += 1"),
    "a dictionary": ("TABLE", "for table in [TABLE]:\n        table['n'] += 1"),
    "a dictionary's update": ("TABLE", "for table in [TABLE]:\n        table.update(n=9)"),
    "a set": ("KNOWN", "know = KNOWN.add\n    know(len(KNOWN))"),
    "a set in place": ("KNOWN", "for known in [KNOWN]:\n        known |= {len(known)}"),
    "an array of objects": ("BOX", "box = [BOX]\n    box[0][0] = [1]"),
    "an array within": ("NESTED", "rows = [NESTED[0]['rows']]\n    rows[0][0] += 1"),
    "a list within": ("NESTED", "note = NESTED[1].append\n    note(1)"),
    "the sub-tasks": ("SUBTASKS", "note = SUBTASKS.append\n    note(1)"),
}


@pytest.mark.parametrize("way", WRITES)
def test_writing_into_the_top_level_is_a_fault_that_names_it(
    sandbox: Make, frame: NDArray[np.uint8], way: str
) -> None:
    """Each way fails on every call, the first as the last, and says which constant it is."""
    place, lines = WRITES[way]
    source = HEAD.replace("LINES", lines)
    verdicts = sandbox(source).verdicts(frame[None], [(0, 0)] * 6)
    assert set(verdicts.cells.ravel().tolist()) == {Cell.RAISED}
    told = f"it writes into {place if ' ' in place else f'the constant {place}'}, "
    assert verdicts.errors[0].message.startswith(told)


@pytest.mark.parametrize(
    "line",
    ["list.append(NOTES, 1)", "any(map(dict.update, [TABLE], [{'n': 9}]))", "set.add(KNOWN, 7)"],
)
def test_the_types_themselves_change_nothing(
    sandbox: Make, frame: NDArray[np.uint8], line: str
) -> None:
    """What changes a list, a dictionary or a set is a method of the thing and not of its type."""
    with pytest.raises(ProgramFault, match=r"call (append|update|add) on a (list|dict|set)"):
        sandbox(HEAD.replace("LINES", line)).check(frame, frame)


def test_a_cache_of_pictures_is_a_fault(sandbox: Make, frame: NDArray[np.uint8]) -> None:
    """A dictionary of verdicts by a careless key would answer for the wrong picture."""
    source = """
SEEN = {}

def remembered(seen, now):
    key = int(now[0, 0, 0])
    if key not in seen:
        seen[key] = bool(now.max() > 200)
    return seen[key]

def goal(now, initial):
    kept = {"seen": SEEN}
    return remembered(kept["seen"], now)

SUBTASKS = [goal]
"""
    with pytest.raises(ProgramFault, match="writes into the constant SEEN"):
        sandbox(source).check(frame, frame)


RETURNED = {
    "zip": "zip(range(9))",
    "map": "map(abs, [1, 2])",
    "filter": "filter(None, [1, 2])",
    "enumerate": "enumerate([1, 2])",
    "list_reverseiterator": "reversed([1, 2])",
    "generator": "(n for n in range(9))",
    "ndenumerate": "np.ndenumerate(np.zeros(2))",
    "flatiter": "np.zeros(1).flat",
    "function": "lambda now: notes.append(1)",
    "builtin_function_or_method": "notes.append",
    "an array of objects": "np.array([None, 1])",
}


@pytest.mark.parametrize("within", ["{}", "(1, [{}])", "{{'a': {{'b': {}}}}}", "{{1: ({},)}}"])
@pytest.mark.parametrize("kind", RETURNED)
@pytest.mark.parametrize("entry", ["perceive", "perceive_initial"])
def test_perceive_may_return_nothing_that_changes_at_a_look(
    sandbox: Make, frame: NDArray[np.uint8], entry: str, kind: str, within: str
) -> None:
    """Iterators, functions, bound methods and arrays of objects are refused, however nested."""
    source = f"""
import numpy as np

def perceive(frame):
    return PLAIN

def {entry}(frame):
    notes = [0]
    return {within.format(RETURNED[kind])}

PLAIN = 1

def goal(now, initial):
    return True

SUBTASKS = [goal]
"""
    with pytest.raises(ProgramFault, match=rf"{entry} .*it returned .*{kind}"):
        sandbox(source).check(frame, frame)


def test_what_is_returned_as_a_view_is_locked_to_its_base(
    sandbox: Make, frame: NDArray[np.uint8]
) -> None:
    """The array that a view shows is as unwritable as the view."""
    source = """
import numpy as np

def perceive(frame):
    whole = np.zeros((4, 4))
    return whole[1:3]

def goal(now, initial):
    now.base[0] = 1
    return True

SUBTASKS = [goal]
"""
    with pytest.raises(ProgramFault, match="read-only"):
        sandbox(source).check(frame, frame)


def test_plain_things_arrive_as_they_were(sandbox: Make, frame: NDArray[np.uint8]) -> None:
    """Numbers, text, slices, blobs, views of dictionaries and named tuples are taken as ever."""
    source = """
import numpy as np
from scipy import ndimage
from synth import vision

SIZES = {"a": [1, 2]}

def perceive(frame):
    mask = frame[..., 0] > 100
    found = {"n": 1, "m": [2]}
    return (mask, vision.blobs(mask), ndimage.find_objects(ndimage.label(mask)[0]), found.values(),
            found.items(), np.unique_counts(mask), np.float16(1), frame.dtype, SIZES, range(3), 1j)

def goal(now, initial):
    mask, blobs, places, values, items, unique, half, kind, sizes, three, turn = now
    return bool(mask[places[0]].any() and blobs[0].mask.any() and 1 in list(values)
                and dict(items)["m"] == (2,) and unique.counts.sum() == mask.size and half == 1
                and kind == np.uint8 and sizes["a"] == (1, 2) and len(three) == 3 and turn)

SUBTASKS = [goal]
"""
    assert sandbox(source).check(frame, frame).tolist() == [True]


def test_an_explanation_meets_the_same_fault(sandbox: Make, frame: NDArray[np.uint8]) -> None:
    """What is told of a program for repair is told of it as it is judged."""
    source = HEAD.replace("LINES", "for count in [COUNT]:\n        count += 1")
    lines = sandbox(source).explain("goal", frame, frame)
    assert "it writes into the constant COUNT" in lines[-1]


def test_an_iterator_at_the_top_level_is_not_loaded(sandbox: Make) -> None:
    """What is used up by being looked at can be no constant."""
    with pytest.raises(ProgramFault, match="the constant STEPS is or holds a map, which"):
        sandbox("STEPS = map(abs, [1])\ndef goal(now, initial):\n    return True\n")
