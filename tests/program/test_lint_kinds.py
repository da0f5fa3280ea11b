"""What a program must not see: the clock, memory nobody wrote, addresses, its own past."""

from __future__ import annotations

import pytest
from clean_programs import HEAD

from synth.program import lint

TOP = """\
SEEN = [0]
TALLY = np.zeros(2, np.int64)
GRID = np.array([[1, 2], [3, 4]])
KIND = np.uint8
def helper(x, y=0):
    return x
def to(x, kind=np.uint8):
    return x.astype(kind)
def cast(x, *, kind='u1'):
    return x.astype(kind)
def write(x):
    x[0] = 1
    return x
"""


def found(body: str, top: str = TOP) -> set[str]:
    """The rules that a checker of these lines breaks."""
    lines = "".join(f"    {line}\n" for line in body.split("\n"))
    source = f"{HEAD}{top}def goal(now, initial):\n{lines}    return True\nSUBTASKS = [goal]\n"
    return {finding.rule for finding in lint(source)}


CLOCK = [
    "np.asarray(['now'], 'datetime64[s]')",
    "np.ones(1, dtype='m8')",
    "np.full((2, 2), 'today', '<M8[ms]')",
    "for k in (1, 2):\n    np.zeros(3, k)",
    "k = 'm' + '8'\nnp.arange(3, dtype=k)",
    "k = np.int8\nk = helper(k)\nnow.astype(k)",
    "np.eye(2, 2, 0, helper(3))",
    "now.view('S4')",
    "now.astype(bytes)",
    "now.sum(0, object)",
    "np.add.accumulate(now, 0, str)",
    "now.astype([('a', int)])",
    "np.zeros(*initial)",
    "np.add(now, 1, signature='MM->M')",
    "ndimage.shift(now, 1, output='m8[h]')",
    "ndimage.laplace(now, helper(3))",
    "to(now, helper(3))",
    "to(now, kind='O')",
    "to(*initial)",
    "to(now, **initial)",
    "list(map(to, now, initial))",
    "f = to\nf(now, initial)",
    "max(now, key=cast)",
    "cast(now, kind=initial)",
]


@pytest.mark.parametrize("body", CLOCK)
def test_no_array_of_dates_text_or_objects_can_be_made(body: str) -> None:
    """A dtype that cannot be read at its place, or is no number, is refused wherever it stands."""
    assert "S404" in found(body)


@pytest.mark.parametrize("body", ["x = 'M8[us]'", "x = ('timedelta64', 1)", "x = {'>m8[D]': 1}"])
def test_no_string_spells_a_dtype_of_dates(body: str) -> None:
    """Nor does one stand anywhere else, should it find another way to become a dtype."""
    assert found(body) == {"S406"}


FLOATS = [
    "now.view(np.float32)",
    "now.view('f4')",
    "now.view(dtype=np.float64)",
    "now.view(float)",
    "now.view(None)",
    "now.ravel()[:8].view(dtype='float16')",
    "k = np.float32 if initial else np.uint32\nnow.view(k)",
    "view(now, np.float64)",
    "now.view(initial.dtype)",
]


@pytest.mark.parametrize("body", FLOATS)
def test_bytes_are_not_viewed_as_floats(body: str) -> None:
    """By name or position, through names and helpers, and where it cannot be told."""
    assert found(body, TOP + "def view(x, kind=np.uint8):\n    return x.view(kind)\n") == {"S411"}


WHOLE = [
    "now.view(np.uint32)",
    "now.view('<u4')",
    "now.view()",
    "now.view(bool)",
    "now.view(dtype=int)",
    "now.view(KIND)",
    "k = np.uint8 if initial else np.int8\nnow.view(k)",
    "np.float32(now).view(np.uint32)",
    "now.astype(np.float32)",
]


@pytest.mark.parametrize("body", WHOLE)
def test_views_of_whole_numbers_and_other_ways_to_floats_pass(body: str) -> None:
    """Packed pixels, bits of floats, and numbers as floats."""
    assert found(body) == set()


MEMORY = [
    "np.subtract(now, 1, where=now > 1)",
    "np.sqrt(now, where=now > 1, out=None)",
    "np.multiply.outer(now, now, where=False)",
    "now.clip(1, 2, where=False)",
    "x = None\nnp.add(now, 1, out=x, where=False)",
    "np.divmod(now, 2, out=(None, None), where=False)",
    "np.add(now, 1, out={}.get(1), where=False)",
    "np.divmod(now, 2, now.copy(), where=False)",
    "np.divmod(now, 2, now.copy(), None, where=False)",
    "np.modf(now, out=now.copy(), where=False)",
]


@pytest.mark.parametrize("body", [*MEMORY, "np.pad(now, 2, 'empty')", "m = 'e'\nnp.pad(now, 2, m)"])
def test_no_result_has_gaps(body: str) -> None:
    """An element that is not computed must have been written before."""
    assert "S407" in found(body)


BLIND = [
    "ndimage.label(now, output=np.asarray([initial][0]))",
    "ndimage.label(now, None, now.copy())",
    "ndimage.label(*initial)",
    "ndimage.binary_dilation(now, origin=2)",
    "ndimage.binary_erosion(now, None, 1, None, None, 0, 4)",
    "ndimage.binary_hit_or_miss(now, origin2=initial)",
    "ndimage.binary_propagation(now, origin=(9, 9))",
    "ndimage.distance_transform_cdt(now, metric=np.ones(3))",
    "ndimage.distance_transform_cdt(now, initial)",
]


@pytest.mark.parametrize("body", BLIND)
def test_scipy_is_not_given_what_it_does_not_check(body: str) -> None:
    """It would write past a lock, or read what lies beyond an array."""
    assert "S410" in found(body)


INNOCENT = [
    "ndimage.label(now, np.ones((3, 3)))",
    "ndimage.binary_dilation(now, np.ones((3, 3)), 2)",
    "ndimage.distance_transform_cdt(now)",
    "ndimage.distance_transform_cdt(now, 'taxicab')",
    "q = now.copy()\nr = now.copy()\nnp.divmod(now, 2, out=(q, r), where=now > 1)",
    "np.divmod(now, 2)",
]


@pytest.mark.parametrize("body", INNOCENT)
def test_ordinary_calls_of_scipy_pass(body: str) -> None:
    """What is checked, and what leaves no gap, may be given."""
    assert not found(body)


VALUES = [
    "f = np.multiply",
    "f = now.mean",
    "list(map(now.view, ['f4']))",
    "list(map(now.astype, ['O']))",
    "f = min",
    "f = next",
    "list(map(next, initial))",
    "list(map(SEEN.append, [1]))",
    "max([1], key=SEEN.remove)",
    "list(map(np.zeros, [1], ['i4']))",
    "(lambda f: f(1))(SEEN.insert)",
    "x = (vision.blobs, 1)",
    "x = {'f': now.fill}",
    "f = dict",
]


@pytest.mark.parametrize("body", VALUES)
def test_what_is_called_is_called_by_its_name(body: str) -> None:
    """Methods, builtins and functions of modules are not kept to be called under another name."""
    assert "S408" in found(body)


@pytest.mark.parametrize(
    "body", ["list.insert(SEEN, 0, 1)", "set.add(SEEN, 1)", "dict.pop(initial, 1)"]
)
def test_methods_are_called_on_their_values(body: str) -> None:
    """A method taken from its type would write into an argument."""
    assert "S409" in found(body)


ADDRESSES = [
    "str(helper)",
    "x = '%r' % (lambda: 1)",
    "x = {helper: 1}",
    "x = {helper, write}",
    "x = np.array([helper, helper])",
    "f = helper\nx = str(f)",
    "f = helper\nf = 3\nx = str(f)",
    "def f():\n    return 1\nreturn f",
    "x = str(enumerate(now))",
    "it = zip(now, now)\nx = [it]",
    "x = str(n for n in now)",
    "x = '%s' % now.flat",
    "return map(int, now)",
    "x = helper == write",
    "def f():\n    return zip(now)\nx = str(f())",
    "f = lambda: zip(now)\nx = [f()]",
    "def f(g=helper):\n    return str(g)",
]


@pytest.mark.parametrize("body", ADDRESSES)
def test_functions_and_iterators_are_no_data(body: str) -> None:
    """Their addresses do not come into text, sets, keys, arrays or results."""
    assert "S505" in found(body)


def test_a_parameter_that_gets_a_function_is_followed() -> None:
    """A helper that prints what it is handed prints an address."""
    assert "S505" in found("show(helper)", TOP + "def show(f):\n    return str(f)\n")


INTO_DATA = [
    "t = np.array(['x' * 99])\nt[0] = f",
    "np.copyto(x, f)",
    "x.fill(f)",
    "return {1: 2}[f]",
    "return np.zeros(f)",
    "return [1].index(f)",
    "return x.reshape(f)",
    "return np.quantile(x, 0.3, method=f)",
    "return np.asarray(f)",
    "return [f]",
    "return {'f': f}",
    "return f",
    "return [f for _ in x]",
    "return sum((), f)",
    "g = f or 1\nx[0] = g",
    "f = f if x else 1\nx[0] = f",
    "def inner():\n    x[0] = f\nreturn inner()",
    "return on(f)",
]


@pytest.mark.parametrize("body", INTO_DATA)
@pytest.mark.parametrize("call", ["h(lambda: 0)", "h(write)", "h(f=write)"])
def test_a_function_that_a_helper_is_handed_is_called_and_nothing_else(
    body: str, call: str
) -> None:
    """Its address shows in an array, in a key or in what numpy says of it, here and further on."""
    lines = "".join(f"    {line}\n" for line in body.split("\n"))
    top = f"{TOP}def h(f, x=None):\n{lines}    return 1\ndef on(g):\n    return np.ones(g)\n"
    assert "S505" in found(call, top)
    assert found("h(1)", top) <= {"S601", "S602"}


@pytest.mark.parametrize("body", ["x[0] = it", "return np.array(it)", "return [it]", "x.fill(it)"])
def test_an_iterator_that_a_helper_is_handed_is_read_and_nothing_else(body: str) -> None:
    """It has an address as well."""
    assert "S505" in found("h(zip(now))", f"{TOP}def h(it, x=None):\n    {body}\n")


LOST = [
    "h(1, lambda: 0)",
    "h(*now, lambda: 0)",
    "h(1, other=lambda: 0)",
    "x = dict(key=lambda: 0)",
    "x = {}\nx.update(key=helper)",
]


@pytest.mark.parametrize("body", LOST)
def test_a_function_is_not_handed_to_where_it_is_lost_sight_of(body: str) -> None:
    """Among ``*rest`` and ``**more``, behind a star, or as a key of a dictionary named key."""
    assert found(body, TOP + "def h(f, *rest, **more):\n    return 1\n") == {"S505"}


@pytest.mark.parametrize(
    "body", ["x = dict(key=now.mean)", "show(key=now.mean)", "show(key=np.sum)"]
)
def test_a_method_is_not_kept_under_the_name_of_key(body: str) -> None:
    """It stands in the key= of what sorts or chooses, and there alone."""
    assert "S408" in found(body, TOP + "def show(key):\n    return key\n")


WRITES = [
    "t = TALLY\nt -= 1",
    "for row in GRID:\n    row += 1",
    "row = GRID[0]\nrow += 1",
    "for i, row in enumerate([TALLY]):\n    row += 1",
    "for x in (SEEN, SEEN):\n    x.append(1)",
    "[x.clear() for x in [SEEN]]",
    "np.cumsum(now, 0, None, TALLY)",
    "now.max(0, TALLY)",
    "ndimage.sobel(now, 0, TALLY)",
    "ndimage.distance_transform_edt(now, None, True, False, TALLY)",
    "list(map(write, [TALLY]))",
    "sorted([TALLY], key=write)",
    "f = write\nf(TALLY)",
    "f = write if initial else helper\nf(SEEN)",
    "def f(x=TALLY):\n    x[0] = 1",
    "def f():\n    return SEEN\nx = f()\nx.append(1)",
    "f = lambda: SEEN\nf().append(1)",
    "x = max([TALLY], key=len)\nx[0] = 1",
    "np.nan_to_num(TALLY, copy=False)",
    "np.median(TALLY, overwrite_input=True)",
]


@pytest.mark.parametrize("body", WRITES)
def test_constants_are_not_written_into_by_detours(body: str) -> None:
    """Other names, loops, positions, helpers under another name and `map` are followed."""
    assert "S601" in found(body)


def test_functions_do_not_name_the_subtasks() -> None:
    """The list of sub-tasks belongs to who runs the program."""
    assert "S603" in found("x = len(SUBTASKS)")


CHOSEN = """\
def chosen(values, keep=None, *, key=None):
    if keep is not None and not isinstance(keep, int):
        values = [v for v in values if keep(v)]
    test = keep or (lambda v: v > 3)
    low = lambda v: test(v) and v < 9
    def rest(v):
        return keep and keep(v)
    found = [*filter(keep, values), *map(test, values), *map(low, values), *map(rest, values)]
    if not keep:
        return leading(found, key=key) if key else found
    return chosen_of(found, keep) or key is None
def chosen_of(values, test):
    return any(test(v) for v in values)
"""
ORDINARY = """\
x = np.zeros(now.shape[:2], dtype=KIND) + np.ones_like(now, now.dtype).sum()
kind = np.int32 if initial else bool
x = now.astype(kind).sum(axis=0, dtype=np.int64)
x = ndimage.uniform_filter(now, 3, output=np.float32)
buffer = now * 0.0
x = np.divide(now, 2, out=buffer[:1], where=now > 1)
x = np.add(now, 1, buffer, where=now > 1)
x = np.sum(now, where=now > 3) + now.max(where=now > 3, initial=0)
x = np.pad(now, 2) + np.pad(now, 2, mode='edge') + np.pad(now, 2, 'constant')
counts = {'today': 1, 'now': 2}
best = max(counts, key=counts.get)
x = sorted(['b', 'a'], key=str.lower) + list(map(str.strip, ['a ']))
x = list(map(np.sum, now)) + list(map(np.maximum, now, now)) + list(map(len, now))
x = np.iinfo(np.int32).max + now.max()
limits = np.finfo(np.float32)
x = limits.max
x = isinstance(now, (list, tuple)) or isinstance(now, dict | int)
pairs = zip(*np.nonzero(now))
for a, b in pairs:
    x = a
cells = zip(now, now)
cells = list(cells)
x = [cells]
rows, columns = map(int, initial)
bright = lambda f: f > 3
x = ','.join(str(n) for n in rows) + '%d' % len(rows)
x = chosen(now, helper) if helper(now) else max(now, key=helper)
x = chosen(now), chosen(now, keep=bright, key=lambda v: -v), leading(now, key=len)
x = total(zip(rows, rows)), listed(n for n in rows), total([1, 2])
x = bright(now).any() and any(test(now) for test in (bright, helper))
for test in [bright, helper]:
    x = test(now)
x = total(n for n in rows) + len(list(cells_of(now)))
n = GRID[0, 0]
n += 1
n = GRID[0][0]
n += 1
for a, b in GRID:
    a += 1
for place, value in np.ndenumerate(now):
    x = place
x = np.sum(now.flat) + now.flat[0]
x = 3 in (n for n in rows) or all(map(bool, rows))
x = dict(zip(rows, rows)), tuple(reversed(rows)), next((n for n in rows), None)
x = np.hypot(*now), np.stack([*rows]), np.ix_(*rows)
first = next(filter(None, rows), 0)
def pairs_of(m):
    return zip(m, m)
x = list(pairs_of(now))
both = lambda m: zip(m, m)
x = list(both(now))
here = []
here.append(1)"""


def test_ordinary_lines_are_let_pass() -> None:
    """What people write every day is none of these."""
    top = (
        TOP
        + "def total(values):\n    return sum(values)\n"
        + "def cells_of(mask):\n    return zip(*np.nonzero(mask))\n"
        + "def listed(values):\n    values = list(values)\n    return np.array(values), [values]\n"
        + "def leading(values, key):\n    return sorted(values, key=key)[0]\n"
        + CHOSEN
    )
    assert found(ORDINARY, top) == set()
