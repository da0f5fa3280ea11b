"""What the lint must not let pass: ways out, ways to cheat, and honest mistakes."""

from __future__ import annotations

import pytest
from clean_programs import HEAD

from synth.program import lint
from synth.program.testing import assert_lint

IN_CHECKER = [
    # Ways from numpy to os and sys.
    ("S401", "np.lib.format.os.system('id')"),
    ("S401", "np.lib.npyio.os"),
    ("S401", "np.lib.introspect.re"),
    ("S401", "np.lib._datasource.os"),
    ("S401", "np.lib.stride_tricks.as_strided(now, (9, 9))"),
    ("S401", "np.testing.suppress_warnings"),
    ("S401", "np.testing._private.utils.os"),
    ("S401", "np.f2py.os"),
    ("S401", "np.f2py.subprocess.run('id')"),
    ("S401", "np.ctypeslib.os"),
    ("S401", "np.ctypeslib.ctypes.CDLL(None)"),
    ("S401", "np.core.multiarray.os"),
    ("S401", "np._core._methods.os"),
    ("S401", "np._pytesttester.os"),
    ("S401", "np.random._pickle"),
    ("S401", "np.random.rand() > 0.5"),
    ("S401", "np.__config__.os"),
    ("S401", "np.__dict__['os']"),
    ("S401", "np.distutils.os"),
    ("S401", "np.compat.os"),
    ("S401", "np.sys.modules"),
    ("S401", "np.os.environ"),
    ("S401", "np.linalg.linalg"),
    ("S401", "np.linalg._linalg.functools"),
    ("S402", "np.linalg.norm.__wrapped__"),
    ("S401", "np.ma.core.inspect"),
    ("S401", "np.polynomial.os"),
    ("S401", "np.rec.fromfile('x')"),
    ("S401", "np.char.sys"),
    # Files, buffers, callbacks, state.
    ("S401", "np.load('x.npy', allow_pickle=True)"),
    ("S401", "np.save('x.npy', now)"),
    ("S401", "np.fromfile('/etc/passwd', np.uint8)"),
    ("S401", "np.loadtxt('/etc/passwd')"),
    ("S401", "np.genfromtxt('http://x')"),
    ("S401", "np.memmap('/etc/passwd')"),
    ("S401", "np.DataSource().open('x')"),
    ("S401", "np.frombuffer(now, np.uint8)"),
    ("S401", "np.frompyfunc(len, 1, 1)"),
    ("S401", "np.vectorize(len)(now)"),
    ("S401", "np.fromfunction(len, (3,))"),
    ("S401", "np.apply_along_axis(len, 0, now)"),
    ("S401", "np.seterr(call=len)"),
    ("S401", "np.set_printoptions(formatter={})"),
    ("S401", "np.dtype('O')"),
    ("S401", "np.object_"),
    ("S401", "np.matrix('1 2')"),
    ("S401", "np.nditer(now)"),
    ("S405", "np.ndarray((9,), np.uint8, now)"),
    ("S405", "(f := np.ndarray)((9,), np.uint8, now)"),
    ("S405", "(lambda make: make((9,)))(np.ndarray)"),
    ("S405", "np.ndarray.view(now)"),
    ("S405", "[np.ndarray][0]((9,))"),
    ("S405", "dict(a=np.ndarray)"),
    ("S401", "np.empty((9,))"),
    ("S401", "np.empty_like(now)"),
    ("S402", "np.ndarray.tofile(now, 'x')"),
    ("S402", "now.tofile('x')"),
    ("S402", "now.dump('x')"),
    ("S402", "now.ctypes.data"),
    ("S402", "now.data.obj"),
    ("S402", "now.base"),
    ("S402", "now.flags.writeable"),
    ("S402", "now.setflags(write=True)"),
    ("S402", "now.__array_interface__"),
    ("S404", "now.astype('O')"),
    ("S404", "np.array([now], dtype='object')"),
    ("S404", "np.zeros(3, dtype=[('a', 'O')])"),
    # scipy and vision as doors.
    ("S401", "ndimage._filters.np"),
    ("S401", "ndimage._ni_support.np.os"),
    ("S401", "ndimage.filters.gaussian_filter(now, 1)"),
    ("S401", "ndimage.generic_filter(now, len, 3)"),
    ("S401", "ndimage.geometric_transform(now, len)"),
    ("S401", "ndimage.labeled_comprehension(now, now, 1, len, int, 0)"),
    ("S401", "vision.np.load('x')"),
    ("S401", "vision.ndimage"),
    ("S401", "vision._near"),
    ("S401", "vision.__builtins__"),
    # Python's own machinery.
    ("S301", "getattr(np, 'lo' + 'ad')('x')"),
    ("S301", "eval('1')"),
    ("S301", "exec('import os')"),
    ("S301", "__import__('os')"),
    ("S301", "open('/etc/passwd').read()"),
    ("S301", "globals()['np']"),
    ("S301", "vars(np)"),
    ("S301", "type(now)"),
    ("S301", "iter(lambda: 1, 2)"),
    ("S301", "input()"),
    ("S301", "print(now)"),
    ("S301", "memoryview(now)"),
    ("S301", "__builtins__"),
    ("S301", "breakpoint()"),
    ("S301", "object()"),
    ("S402", "().__class__.__base__.__subclasses__()"),
    ("S402", "goal.__globals__['np']"),
    ("S402", "(lambda: 0).__code__"),
    ("S402", "(x for x in now).gi_frame.f_builtins"),
    ("S402", "'{0.__class__}'.format(now)"),
    ("S402", "'{a.__class__}'.format_map(now)"),
    ("S201", "f'{now.__class__}'"),
    ("S402", "len.__self__"),
    ("S402", "np.add.__class__"),
    ("S402", "np.add.at"),
    ("S402", "'x'.encode().decode()"),
    ("S202", "b'abc' == now"),
    # Aliases and rebinding.
    ("S304", "(m := np) is None"),
    ("S304", "[np][0].load('x')"),
    ("S304", "(lambda m: m.load('x'))(np)"),
    ("S304", "{'np': np}"),
    ("S302", "(np := vision).np.load('x')"),
    ("S302", "[np for np in (now,)]"),
    ("S302", "[1 for x in now if (np := x)]"),
    ("S302", "(lambda np: np.os)(now)"),
    ("S302", "{len: 1 for len in now}"),
    ("S302", "any((max := x) for x in now)"),
    ("S201", "dict(**now)"),
    ("S301", "[y for x in y]"),
    ("S301", "[y for y in y]"),
    ("S301", "[x for x in now if z]"),
    ("S301", "(x for x in now) and x"),
]  # fmt: skip


@pytest.mark.parametrize(("rule", "expression"), IN_CHECKER, ids=lambda value: value)
def test_an_expression_that_leads_out_is_found(rule, expression):
    """Each expression is reported by the rule that is meant for it, on its line."""
    source = f"{HEAD}def goal(now, initial):\n    return {expression}\n\n\nSUBTASKS = [goal]\n"
    found = {(finding.rule, finding.line) for finding in lint(source)}
    assert (rule, HEAD.count("\n") + 2) in found


STATEMENTS = [
    ("S201", "while True:\n    pass"),
    ("S201", "try:\n    pass\nexcept Exception as np:\n    pass"),
    ("S201", "try:\n    pass\nexcept* ValueError:\n    pass"),
    ("S201", "with now as np:\n    pass"),
    ("S201", "class A:\n    pass"),
    ("S201", "global np"),
    ("S201", "del now"),
    ("S201", "del now[0]"),
    ("S201", "raise ValueError"),
    ("S201", "assert now"),
    ("S201", "yield now"),
    ("S201", "x = yield"),
    ("S201", "yield from now"),
    ("S201", "match now:\n    case np:\n        pass"),
    ("S201", "async def f():\n    await now"),
    ("S201", "def f():\n    nonlocal now"),
    ("S201", "@len\ndef f():\n    pass"),
    ("S101", "import os"),
    ("S101", "import numpy as np"),
    ("S101", "from os import path"),
    ("S101", "import os as np"),
    ("S302", "np = now"),
    ("S302", "np: int = now"),
    ("S302", "np += 1"),
    ("S302", "for np in now:\n    pass"),
    ("S302", "for i, (len, j) in now:\n    pass"),
    ("S302", "a, *np = now"),
    ("S302", "def len():\n    pass"),
    ("S302", "def f(*np):\n    pass"),
    ("S302", "def f(**vision):\n    pass"),
    ("S302", "def f(a, /, *, ndimage=1):\n    pass"),
    ("S303", "__class__ = 1"),
    ("S303", "def __getattr__(name):\n    pass"),
    ("S303", "\u00e9 = 1"),
    ("S403", "goal.count = 1"),
    ("S403", "now.shape = (1, 2)"),
    ("S403", "now.shape += (1,)"),
    ("S403", "for now.x in (1, 2):\n    pass"),
    ("S403", "(a, now.x) = (1, 2)"),
    ("S502", "def f(x=[]):\n    pass"),
    ("S502", "f = lambda x={}: x"),
    ("S502", "def f(*, x=set()):\n    pass"),
    ("S503", "def f(x: now.sort()):\n    pass"),
    ("S503", "x: (lambda: 1)() = 2"),
    ("S504", "f = lambda n: f(n - 1)"),
    ("S504", "def f(n):\n    return f(n)"),
    ("S602", "now[0] = 1"),
    ("S602", "now[0] += 1"),
    ("S602", "now += 1"),
    ("S602", "now['seen'] = True"),
    ("S602", "initial['n'].append(1)"),
    ("S602", "now.sort()"),
    ("S602", "now.fill(0)"),
    ("S602", "np.add(now, 1, out=now)"),
    ("S602", "np.add(now, 1, out=(now,))"),
    ("S602", "np.copyto(now, initial)"),
    ("S602", "np.putmask(now, now > 1, 0)"),
    ("S602", "ndimage.gaussian_filter(now, 1, output=now)"),
    ("S602", "x = now\nx[0] = 1"),
    ("S602", "np.add(now, 1, now)"),
    ("S602", "np.negative(initial, now['mask'])"),
    ("S602", "next(now['cells'])"),
    ("S602", "now.flat[0] = 1"),
    ("S602", "x = now[1:]\nx[0] = 1"),
    ("S602", "x = now.reshape(-1)\nx[0] = 1"),
    ("S602", "x = np.asarray(now)\nx[0] = 1"),
    ("S602", "x = now.T\nx |= 1"),
    ("S602", "x = now['mask']\nx += initial['mask']"),
    ("S602", "a, b = now, initial\nb[0] = 1"),
    ("S602", "a, b = 1, (2, now)\nb[1][0] = 1"),
    ("S602", "(x := now)[0] = 1"),
    ("S602", "x = now if initial else 3\nx[0] = 1"),
    ("S602", "if initial:\n    x = now\nelse:\n    x = [1]\nx[0] = 1"),
    ("S602", "for row in now:\n    row[0] = 1"),
    ("S602", "for i, row in enumerate(now):\n    row[0] = 1"),
    ("S602", "x = [1]\nfor i in (1, 2):\n    x[0] = 1\n    x = now"),
    ("S602", "max(now, key=len).clear()"),
    ("S602", "now.setdefault('n', []).append(1)"),
    ("S602", "[row.sort() for row in now]"),
    ("S602", "f = lambda: now.sort()"),
    ("S602", "def f():\n    now.sort()"),
    ("S602", "helper(now)"),
    ("S602", "helper(x=now)"),
    ("S602", "outer(now['mask'])"),
    ("S602", "far(now)"),
    ("S602", "same(now)[0] = 1"),
    ("S602", "vision.crop(now, (0, 0, 1, 1))[0] = 1"),
    ("S601", "SEEN.append(now)"),
    ("S601", "SEEN[0] = 1"),
    ("S601", "x = SEEN\nx += [1]"),
    ("S601", "helper(SEEN)"),
    ("S601", "ARRAY[0] += 1"),
    ("S601", "TABLE['n']['m'] = 2"),
    ("S601", "np.add(ARRAY, 1, out=ARRAY)"),
]  # fmt: skip

AROUND = """\
SEEN = [1]
ARRAY = np.zeros(3)
TABLE = {"n": {}}
def helper(x):
    x[0] = 1
def outer(y):
    z = y[1:]
    helper(z)
def far(x):
    return farther(x)
def farther(x):
    return farthest(x)
def farthest(x):
    return x.sort()
def same(x):
    return x[::2]
"""


@pytest.mark.parametrize(("rule", "statement"), STATEMENTS, ids=lambda value: value)
def test_a_statement_that_may_not_stand_is_found(rule, statement):
    """Each statement is reported by the rule that is meant for it."""
    body = "".join(f"    {line}\n" for line in statement.split("\n"))
    source = f"{HEAD}{AROUND}def goal(now, initial):\n{body}    return True\nSUBTASKS = [goal]\n"
    first = (HEAD + AROUND).count("\n") + 2
    last = first + statement.count("\n")
    assert rule in {finding.rule for finding in lint(source) if first <= finding.line <= last}


TOP_LEVEL = [
    ("S101:1", "import os"),
    ("S101:1", "import numpy"),
    ("S101:1", "import numpy as numpy"),
    ("S101:1", "import numpy as np, os"),
    ("S101:1", "from numpy import *"),
    ("S101:1", "from numpy import load"),
    ("S101:1", "import scipy.ndimage as ndimage"),
    ("S101:1", "from scipy import ndimage as nd"),
    ("S101:1", "from scipy import ndimage, io"),
    ("S101:1", "from synth import vision as v"),
    ("S101:1", "from . import vision"),
    ("S101:1", "from __future__ import annotations"),
    ("S101:1", "from typing import Any"),
    ("S101:1", "import math"),
    ("S101:1", "import cv2"),
    ("S102:1", "max(1, 2)"),
    ("S102:1", "for i in (1,):\n    pass"),
    ("S102:1", "if True:\n    pass"),
    ("S102:2", "X = 1\nX += 1"),
    ("S102:2", "X = 1\n'''not a docstring'''"),
    ("S103:1", "X = [i for i in range(9)]"),
    ("S103:1", "X = lambda: 1"),
    ("S103:1", "X = (Y := 3)"),
    ("S103:1", "X = 9 ** 9"),
    ("S103:1", "X = goal"),
    ("S103:1", "X = max(1, 2)"),
    ("S103:1", "X = 1 if True else 2"),
    ("S103:2", "X = {}\nX['a'] = 1"),
    ("S104:2", "X = 1\nX = 2"),
    ("S104:2", "X = 1\ndef X():\n    pass"),
    ("S105:1", "X = Y\nY = 1"),
    ("S105:1", "X = X"),
    ("S105:1", "def f(a=LATER):\n    return a\nLATER = 1"),
]  # fmt: skip


@pytest.mark.parametrize(("expected", "text"), TOP_LEVEL, ids=lambda value: value)
def test_the_top_level_only_declares(expected, text):
    """Nothing at the top level does more than declare imports, constants and functions."""
    source = f"{text}\ndef goal(now, initial):\n    return True\nSUBTASKS = [goal]\n"
    found = {f"{finding.rule}:{finding.line}" for finding in lint(source)}
    assert expected in found


GOAL = "def goal(now, initial):\n    return True\n"
SIGNATURES = [
    ("def goal(now):\n    return True", ["S501:1"]),
    ("def goal(now, initial, mission, extra):\n    return True", ["S501:1"]),
    ("def goal(now, initial=None):\n    return True", ["S501:1"]),
    ("def goal(*frames):\n    return True", ["S501:1"]),
    ("def goal(now, initial, **rest):\n    return True", ["S501:1"]),
    ("def goal(now, *, initial):\n    return True", ["S501:1"]),
    ("def goal(now, initial, /):\n    return True", []),
    (f"{GOAL}def goal_progress(now):\n    return 1.0", ["S501:3"]),
    (f"{GOAL}def perceive(now, initial):\n    return 1", ["S501:3"]),
    (f"{GOAL}def perceive(x=1):\n    return 1", ["S501:3"]),
    (
        f"{GOAL}def perceive(f):\n    return 1\ndef perceive_initial(f, g):\n    return 1",
        ["S501:5"],
    ),
    (f"{GOAL}def a(x):\n    return b(x)\ndef b(x):\n    return a(x)", ["S504:3", "S504:5"]),
    ("def goal(now, initial):\n    return goal(initial, now)", ["S504:1"]),
    (f"{GOAL}def a(x):\n    return max(x, key=a)", ["S504:3"]),
]


@pytest.mark.parametrize(("text", "expected"), SIGNATURES)
def test_signatures_and_recursion(text, expected):
    """Checkers take two parameters, perceive one, and no function reaches itself."""
    assert_lint(f"{text}\nSUBTASKS = [goal]\n", expected)


def test_a_third_parameter_is_for_missions_alone():
    """Where the task is known to have none, it is told; where nothing is known, it may be."""
    source = "def goal(now, initial, mission):\n    return True\nSUBTASKS = [goal]\n"
    assert [finding.rule for finding in lint(source, missions=False)] == ["S501"]
    assert lint(source) == lint(source, missions=True) == []


def test_without_their_import_modules_are_unknown():
    """Using np without importing it is told, with the line to add."""
    source = "def goal(now, initial):\n    return np.any(now)\nSUBTASKS = [goal]\n"
    (finding,) = lint(source)
    assert (finding.rule, finding.hint) == ("S301", "Add `import numpy as np` at the top.")


def test_perceive_may_not_write_into_the_frame():
    """The frame is shared with every other checker, so perceive only reads it."""
    perceive = "def perceive(frame):\n    frame[0] = 1\n    return {}\n"
    assert_lint(f"{perceive}{GOAL}SUBTASKS = [goal]\n", ["S602:2"])
    both = perceive + perceive.replace("perceive", "perceive_initial")
    assert_lint(f"{both}{GOAL}SUBTASKS = [goal]\n", ["S602:2", "S602:5"])


def test_confusable_identifiers_are_told():
    """A letter that Python would turn into the n of np does not slip through."""
    name = "\N{FULLWIDTH LATIN SMALL LETTER N}p"
    body = f"def goal(now, initial):\n    return {name}.load('x')\n"
    source = f"{HEAD}{body}SUBTASKS = [goal]\n"
    assert "S401" in {finding.rule for finding in lint(source)}
