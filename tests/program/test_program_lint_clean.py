"""What the lint must let pass: a false alarm costs a round and teaches nothing."""

from __future__ import annotations

import numpy as np
import pytest
from clean_programs import CLEAN, HEAD

from synth.program import parse
from synth.program.testing import assert_lint


@pytest.mark.parametrize("name", CLEAN)
def test_ordinary_programs_are_clean(name):
    """Programs as capable models write them have no findings."""
    assert_lint(CLEAN[name])


@pytest.mark.parametrize("name", CLEAN)
def test_the_clean_programs_are_real(name):
    """Every program of the corpus runs on images, tiny ones too, and gives bools."""
    program = parse(CLEAN[name])
    space = {}
    # This is our own text, written above, not a model's: it needs no sandbox.
    exec(compile(program.source, name, "exec"), space)
    rng = np.random.default_rng(0)
    for shape in ((96, 96, 3), (48, 64, 3)):
        frame, initial = rng.integers(0, 256, (2, *shape), np.uint8)
        for now in (frame, np.zeros_like(frame)):
            seen = [space["perceive"](f) if program.perceives else f for f in (now, initial)]
            for subtask in program.subtasks:
                assert space[subtask](*seen) in (True, False)
            for subtask in program.progress:
                assert 0.0 <= space[f"{subtask}_progress"](*seen) <= 1.0


CHECKER = {
    "a local named like a constant": "red = RED\nreturn red > 2",
    "a local that shadows a top-level name": "RED = 2\nreturn RED > 2",
    "a comprehension variable named like a function": "return any(cell for cell in (1, 2))",
    "writing into a copy of a parameter": "now = now.copy()\nnow[0] = 1\nreturn now.sum() > 0",
    "writing into a copy of a constant": "seen = list(SEEN)\nseen.append(2)\nreturn seen == SEEN",
    "boolean indexing gives a copy": "bright = now[now > 3]\nbright += 1\nreturn bright.size > 2",
    "counting from a number of a frame": "n = int(now[0, 0, 0])\nn += 1\nreturn n > 2",
    "a single pixel is a number": "n = now[0, 0, 0]\nn += 1\nreturn bool(n > 2)",
    "counting from what perceive counted": "n = now['n']\nn += 1\nn -= 2\nreturn n > 2",
    "counting from a shape": "h, w = now.shape[:2]\nh -= 1\nreturn h > w",
    "sorting in place what was made here": "xs = [r for r in now]\nxs.sort()\nreturn len(xs) > 1",
    "a helper that changes what it made": "return len(rows(now)) > 0",
    "helpers with defaults and keywords": "return bool(near(1, c=(2, 3)))",
    "next with a default": "return next((x for x in (1, 2) if x > 1), None) is not None",
    "unused imports and constants": "return True",
    "an empty helper": "return empty(1) is None",
    "a helper defined further down": "return later(now)",
    "a nested function with its own names": (
        "def inner(row, k=1):\n    total = row.sum() + k\n    return total\n"
        "return bool(inner(now) > inner(initial))"
    ),
    "a local function named like a helper that writes": (
        "def writer(x):\n    return x.sum()\nreturn bool(writer(now))"
    ),
    "what an inner function returns is not returned": "n = counted(now)\nn += 1\nreturn n > 1",
    "dtypes as strings": "return bool(now.astype('int32').sum() > np.zeros(3, dtype='u1').sum())",
    "string work on keys": "return '_'.join(['a', 'b']).startswith('a') and 'x'.upper() in now",
    "a helper's dtype": (
        "return bool(to(now).any() and to(now, np.uint8).any() and to(now, kind=bool).any())"
    ),
    "isinstance with arrays": "return isinstance(now, (list, np.ndarray))",
    "a lambda that is not recursive": "f = lambda f: f + 1\nreturn f(1) > 1",
}
AROUND = """\
RED = 3
SEEN = [1]
A = (1, 2)
B = {'a': A, 'b': [A, -3.5]}
C = frozenset({1})
D = A[0] * 16 + 1
E, F = 1, 2
G = np.zeros((2, 2), dtype=np.uint8)
H = ndimage.generate_binary_structure(2, 1)
Cell = tuple[int, int]
def cell(x):
    return x
def rows(f):
    out = []
    out.append(f)
    return out
def near(a, b=3, *, c=(1, 2), d=None):
    return a > b
def to(x, kind=np.float32, *, size=1):
    return x.astype(kind)[:size]
def empty(x):
    pass
def writer(x):
    x[0] = 1
def counted(x):
    def inner():
        return x
    return int(inner().sum())
"""


@pytest.mark.parametrize("name", CHECKER)
def test_ordinary_idioms_are_clean(name):
    """Single idioms that a simpler lint would trip over."""
    body = CHECKER[name].replace("\n", "\n    ")
    checker = f"def goal(now, initial):\n    {body}\n"
    later = "def later(f):\n    return f.max() > 3\n"
    assert_lint(f"{HEAD}{AROUND}{checker}{later}SUBTASKS = [goal]\n")
