"""What a sandbox answers: verdicts, progress, profiles, and clear words for bad input."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from synth.errors import ProgramFault, ProgramSyntaxError, UsageError
from synth.sandbox import Cell, Sandbox
from synth.sandbox import session as session_module
from synth.sandbox.host import host
from synth.sandbox.wire import FRAMES_OFFSET

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    Make = Callable[..., Sandbox]

PURE = """
import numpy as np
from scipy import ndimage
from synth import vision

def brighter(now, initial):
    return bool(now.sum() > initial.sum())

def brighter_progress(now, initial):
    return float(now.mean()) / 255

def blobs(now, initial):
    return np.bool_(ndimage.label(now[..., 0] > 128)[1] > 1)

def goal(now, initial):
    return vision.difference(now, initial).sum() > 3

SUBTASKS = [(brighter, blobs), goal]
"""


def in_process(now: NDArray[np.uint8], initial: NDArray[np.uint8]) -> list[bool]:
    """The same program, here."""
    space: dict[str, Any] = {}
    exec(PURE, space)
    return [bool(space[name](now, initial)) for name in ("brighter", "blobs", "goal")]


@pytest.fixture(scope="module")
def pure() -> Sandbox:
    """One sandbox for the properties below."""
    with Sandbox(PURE) as box:
        yield box


@pytest.fixture(scope="module")
def small() -> Sandbox:
    """The same with room for six frames of 7x5, so that every batch is cut."""
    patch = pytest.MonkeyPatch()
    patch.setattr(session_module, "CAPACITY", FRAMES_OFFSET + 6 * 7 * 5 * 3)
    with Sandbox(PURE) as box:
        room = box._session._worker.memory.room(7, 5)
        assert room < 60
        yield box
    patch.undo()


def scenes(seed: int, count: int, height: int = 7, width: int = 5) -> NDArray[np.uint8]:
    """Random frames."""
    rng = np.random.default_rng(seed)
    return rng.integers(0, 256, (count, height, width, 3)).astype(np.uint8)


def test_stages_are_read_from_the_program(pure: Sandbox) -> None:
    """Without stages given, the program's own SUBTASKS are parsed, not run."""
    assert pure.stages == (("brighter", "blobs"), ("goal",))
    assert pure.subtasks == ("brighter", "blobs", "goal")


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), height=st.integers(1, 40), width=st.integers(1, 40))
def test_one_frame_gets_the_verdicts_it_would_get_in_process(
    pure: Sandbox, seed: int, height: int, width: int
) -> None:
    """For any image of any size, the sandbox changes nothing but who runs the program."""
    now, initial = scenes(seed, 2, height, width)
    held = pure.check(now, initial)
    assert held.dtype == np.bool_
    assert held.tolist() == in_process(now, initial)


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), data=st.data())
def test_a_batch_gets_the_verdicts_of_its_pairs(
    pure: Sandbox, small: Sandbox, seed: int, data: st.DataObject
) -> None:
    """Whatever the pairs, cut into pieces or not, each row is that of its pair alone."""
    frames = scenes(seed, data.draw(st.integers(1, 80)))
    index = st.integers(0, len(frames) - 1)
    pairs = data.draw(st.lists(st.tuples(index, index), min_size=1, max_size=120))
    wanted = [in_process(frames[i], frames[j]) for i, j in pairs]
    for box in (pure, small):
        verdicts = box.verdicts(frames, pairs)
        assert verdicts.cells.dtype == np.uint8
        assert verdicts.holds.tolist() == wanted
        assert verdicts.total
        assert not verdicts.errors


@pytest.mark.parametrize("count", [1, 5, 6, 200])
def test_an_episode_gets_the_verdicts_of_its_frames(
    pure: Sandbox, small: Sandbox, count: int
) -> None:
    """A stack of frames is the same as one frame after the other, however long it is."""
    frames = scenes(count, count)
    wanted = [in_process(frame, frames[0]) for frame in frames]
    for box in (pure, small):
        assert box.check(frames, frames[0]).tolist() == wanted
        one_by_one = [box.check(frame, frames[0]).tolist() for frame in frames[:9]]
        assert one_by_one == wanted[:9]


def test_progress_is_the_programs_own_or_else_the_verdict(pure: Sandbox, small: Sandbox) -> None:
    """The first has a progress function; the others are 1 where they hold and 0 elsewhere."""
    frames = scenes(3, 90)
    wanted = np.array([in_process(frame, frames[0]) for frame in frames], np.float32)
    wanted[:, 0] = frames.mean(axis=(1, 2, 3)) / 255
    for box in (pure, small):
        come = box.progress(frames, frames[0])
        assert come.dtype == np.float32
        np.testing.assert_allclose(come, wanted, rtol=1e-6)
        np.testing.assert_allclose(box.progress(frames[4], frames[0]), wanted[4], rtol=1e-6)


def test_a_frame_larger_than_the_memory_gets_a_larger_memory(small: Sandbox) -> None:
    """No picture is too large for want of room."""
    frames = scenes(1, 3, 200, 300)
    wanted = [in_process(frame, frames[0]) for frame in frames]
    assert small.check(frames[1], frames[0]).tolist() == wanted[1]
    assert small.verdicts(frames, [[0, 0], [1, 0], [2, 0]]).holds.tolist() == wanted
    assert small.check(frames, frames[0]).tolist() == wanted


def test_frames_may_lie_in_memory_as_they_like(pure: Sandbox) -> None:
    """Mirrored, transposed, strided and read-only arrays count as the pictures they show."""
    stack = scenes(5, 8, 12, 12)
    stack.setflags(write=False)
    for odd in (stack[:, ::-1], stack[:, ::2, 1::2], stack.swapaxes(1, 2), stack[::-2]):
        plain = odd.copy()
        wanted = [in_process(frame, plain[0]) for frame in plain]
        assert pure.check(odd, odd[0]).tolist() == wanted
        assert pure.check(odd[1], odd[0]).tolist() == wanted[1]
        assert pure.verdicts(odd, [[1, 0]]).holds.tolist() == wanted[1:2]


def test_nothing_in_gives_nothing_out(pure: Sandbox) -> None:
    """No frames or no pairs give empty arrays of the right shape."""
    frames = scenes(0, 2)
    assert pure.check(frames[:0], frames[0]).shape == (0, 3)
    assert pure.progress(frames[:0], frames[0]).shape == (0, 3)
    assert pure.verdicts(frames, np.empty((0, 2), int)).cells.shape == (0, 3)
    assert pure.verdicts(frames[:0], []).total


PERCEIVING = """
import numpy as np
calls = 0
def perceive(frame):
    global calls
    calls += 1
    return calls, int(frame[0, 0, 0])
def seen(now, initial):
    return now[1] == initial[1]
def twice(now, initial):
    return calls == 2
def first(now, initial):
    return initial[0] == 1
SUBTASKS = [seen, twice, first]
"""


def test_the_initial_frame_is_perceived_once_per_episode(
    sandbox: Make, frame: NDArray[np.uint8]
) -> None:
    """Single frames of one episode share what was perceived of their initial frame."""
    box = sandbox(PERCEIVING, "seen", "twice", "first")
    other = frame + np.uint8(1)
    assert box.check(frame, frame).tolist() == [True, True, True]
    assert box.check(other, frame).tolist() == [False, False, True]
    assert box.check(other, frame.copy()).tolist() == [False, False, True]
    assert box.check(other, other).tolist() == [True, False, False]


def test_a_changed_initial_frame_is_noticed(sandbox: Make, frame: NDArray[np.uint8]) -> None:
    """Also when the caller writes into the very same array."""
    box = sandbox(PERCEIVING, "seen", "twice", "first")
    now, initial = frame.copy(), frame.copy()
    assert box.check(now, initial).tolist() == [True, True, True]
    initial[0, 0, 0] = 77
    assert box.check(now, initial).tolist() == [False, False, False]
    now[0, 0, 0] = 77
    assert box.check(now, initial).tolist() == [True, False, False]
    box.verdicts(np.stack([frame, now]), [[0, 1]])
    assert box.check(frame, initial).tolist() == [False, False, False]


def test_a_batch_perceives_each_frame_once(sandbox: Make) -> None:
    """Once per distinct frame, not once per pair, and in no second pass."""
    frames = scenes(1, 3)
    box = sandbox(PERCEIVING, "seen", "twice", "first")
    pairs = [[0, 0], [1, 0], [2, 0], [1, 2], [0, 1]]
    times = {time.name: time for time in box.profile(frames, pairs)}
    assert times["perceive"].calls == pytest.approx(3 / 5)


BEGINNING = """
def perceive(frame):
    return "now", frame[0, 0]
def perceive_initial(frame):
    if frame[0, 0, 0] == 7:
        raise ValueError("cannot begin")
    return "initial", frame[0, 0]
def right_kind(now, initial):
    return now[0] == "now" and initial[0] == "initial"
def same(now, initial):
    return bool((now[1] == initial[1]).all())
def same_progress(now, initial):
    return float((now[1] == initial[1]).mean())
SUBTASKS = [right_kind, same]
"""


def test_perceive_initial_takes_the_place_of_perceive_on_initial_frames(sandbox: Make) -> None:
    """One by one, by episode and in a batch; a frame that is both is seen in both ways."""
    frames = scenes(3, 3)
    box = sandbox(BEGINNING, "right_kind", "same")
    expected = [[True, bool((frames[i, 0, 0] == frames[0, 0, 0]).all())] for i in range(3)]
    assert [box.check(f, frames[0]).tolist() for f in frames] == expected
    assert box.check(frames, frames[0]).tolist() == expected
    assert box.verdicts(frames, [[i, 0] for i in range(3)]).holds.tolist() == expected
    assert box.progress(frames, frames[0])[0].tolist() == [1.0, 1.0]
    assert box.progress(frames[0], frames[0]).tolist() == [1.0, 1.0]


def test_perceive_initial_is_called_once_per_initial_frame(sandbox: Make) -> None:
    """So that what is looked for at the beginning is not paid on every frame."""
    box = sandbox(BEGINNING, "right_kind", "same")
    pairs = [[0, 0], [1, 0], [2, 0], [1, 2], [0, 1]]
    times = {time.name: time.calls for time in box.profile(scenes(1, 3), pairs)}
    assert times["perceive"] == pytest.approx(3 / 5)
    assert times["perceive_initial"] == pytest.approx(3 / 5)


def test_a_raising_perceive_initial_is_named(sandbox: Make) -> None:
    """Its pairs alone have no verdict, and the error says which function it was."""
    frames = np.zeros((2, 4, 4, 3), np.uint8)
    frames[1, 0, 0, 0] = 7
    verdicts = sandbox(BEGINNING, "right_kind", "same").verdicts(frames, [[0, 1], [1, 0]])
    assert verdicts.cells.tolist() == [[Cell.RAISED] * 2, [Cell.TRUE, Cell.FALSE]]
    assert [str(e) for e in verdicts.errors] == [
        "perceive_initial raised ValueError on line 6: cannot begin"
    ]


def test_perceive_initial_alone_cannot_be_loaded(sandbox: Make) -> None:
    """Where it is not linted either: there is no telling what a frame would be."""
    source = "def perceive_initial(frame): return frame\ndef goal(now, initial): return True\n"
    with pytest.raises(ProgramFault, match="perceive_initial, but no function perceive"):
        sandbox(source, "goal")


VIEWS = """
def perceive(frame):
    return frame[::2], [frame[0], frame[1:3, :, 0]]
def same(now, initial):
    return bool((now[0] == initial[0]).all() and (now[1][1] == initial[1][1]).all())
SUBTASKS = [same]
"""


def test_views_of_a_frame_may_be_kept(sandbox: Make) -> None:
    """A kept view shows its own frame still when other frames have been judged since."""
    frames = scenes(5, 4)
    copying = VIEWS.replace("frame[::2]", "frame[::2].copy()").replace(
        "frame[1:3, :, 0]", "frame[1:3, :, 0].copy()"
    )
    views, copies = sandbox(VIEWS, "same"), sandbox(copying, "same")
    for initial in (frames[0], frames[1]):
        for now in (*frames, frames[0][:2], *frames):  # a frame of another size lies elsewhere
            start = initial[: len(now)]
            assert views.check(now, start).tolist() == copies.check(now, start).tolist()
        assert views.check(frames, initial).tolist() == copies.check(frames, initial).tolist()
    pairs = [[i, j] for i in range(4) for j in range(4)]
    assert views.verdicts(frames, pairs).holds.tolist() == [[i == j] for i, j in pairs]


@pytest.mark.parametrize("kept", ["frame[0]", "frame.reshape(-1)", "frame.T"])
def test_a_view_of_a_frame_cannot_be_written(sandbox: Make, kept: str) -> None:
    """Neither through what perceive returned nor through the array it is a view of."""
    source = (
        f"def perceive(frame):\n    return {kept}\n"
        "def goal(now, initial):\n    now.setflags(write=True)\n    return True\n"
    )
    with pytest.raises(ProgramFault, match=r"WRITEABLE|writeable"):
        sandbox(source, "goal").check(*scenes(2, 2))


KEEPING = """
import numpy as np
from synth import vision
def perceive(frame):
    mask = frame[..., 0] > 100
    return {"mask": mask, "list": [mask.copy(), [1]], "set": {1}, "blobs": vision.blobs(mask),
            "tuple": (mask.copy(), frame)}
def goal(now, initial):
    LINE
    return True
SUBTASKS = [goal]
"""


@pytest.mark.parametrize(
    "line",
    [
        "now['mask'][0] = True",
        "now['list'][0][0] = True",
        "now['tuple'][0][0] = True",
        "now['tuple'][1][0] = True",
        "now['blobs'][0]._labels[0] = 1",
        "now['list'].append(1)",
        "now['list'][1].append(1)",
        "now['set'].add(1)",
        "now['mine'] = 1",
        "initial['mask'] &= True",
    ],
)
def test_what_perceive_returned_cannot_be_written(
    sandbox: Make, frame: NDArray[np.uint8], line: str
) -> None:
    """Arrays, lists, sets, dictionaries and the fields of blobs are locked, however nested."""
    with pytest.raises(ProgramFault, match=r"read-only|has no attribute|not support item assign"):
        sandbox(KEEPING.replace("LINE", line)).check(frame, frame)


FAILING = """
import numpy as np
def perceive(frame):
    if frame[0, 0, 0] == 1:
        raise ValueError("cannot see")
    return frame
def odd(now, initial):
    if now[0, 0, 0] == 2:
        return 1
    return False
def goal(now, initial):
    if now[0, 0, 0] == 3:
        return {}["lost"]
    return True
SUBTASKS = [odd, goal]
"""


def test_one_bad_frame_does_not_cost_the_rest(sandbox: Make) -> None:
    """Cells say what happened where, and the errors say why, with the line."""
    frames = np.zeros((5, 4, 4, 3), np.uint8)
    frames[:, 0, 0, 0] = range(5)
    verdicts = sandbox(FAILING, "odd", "goal").verdicts(frames, [[i, 0] for i in range(5)])
    false, true, raised, no_bool = Cell
    assert verdicts.cells.tolist() == [
        [false, true],
        [raised, raised],
        [no_bool, true],
        [false, raised],
        [false, true],
    ]
    assert not verdicts.total
    assert verdicts.holds.tolist() == [[c == true for c in row] for row in verdicts.cells]
    assert [str(error) for error in verdicts.errors] == [
        "perceive raised ValueError on line 5: cannot see",
        "odd raised TypeError: it returned int instead of a bool",
        "goal raised KeyError on line 13: 'lost'",
    ]
    assert [(e.pair, e.subtask) for e in verdicts.errors] == [(1, "odd"), (2, "odd"), (3, "goal")]


def test_an_initial_frame_that_cannot_be_perceived_spoils_its_pairs_only(sandbox: Make) -> None:
    """The pair is at fault, whichever of its two frames it is."""
    frames = np.zeros((2, 4, 4, 3), np.uint8)
    frames[1, 0, 0, 0] = 1
    verdicts = sandbox(FAILING, "odd", "goal").verdicts(frames, [[0, 1], [0, 0]])
    assert verdicts.cells.tolist() == [[Cell.RAISED] * 2, [Cell.FALSE, Cell.TRUE]]


def test_errors_are_few_and_of_every_function(sandbox: Make) -> None:
    """A program that fails everywhere fills the list neither alone nor without end."""
    source = "def a(n, i): raise ValueError('a')\ndef b(n, i): raise ValueError('b')\n"
    frames = np.zeros((1, 4, 4, 3), np.uint8)
    errors = sandbox(source, "a", "b").verdicts(frames, [[0, 0]] * 500).errors
    assert [error.function for error in errors].count("a") == 4
    assert [error.function for error in errors].count("b") == 4


def test_errors_of_later_pieces_name_the_right_pair(
    sandbox: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Pairs are counted through the whole batch, not per request."""
    monkeypatch.setattr(session_module, "CAPACITY", FRAMES_OFFSET + 4 * 48)
    frames = np.zeros((300, 4, 4, 3), np.uint8)
    frames[290, 0, 0, 0] = 3
    box = sandbox(FAILING, "odd", "goal")
    (error,) = box.verdicts(frames, [[i, 0] for i in range(300)]).errors
    assert (error.pair, error.subtask) == (290, "goal")
    with pytest.raises(ProgramFault, match="frame 290, sub-task goal: goal raised KeyError"):
        box.check(frames, frames[0])
    with pytest.raises(ProgramFault, match="frame 290, sub-task goal: goal raised KeyError"):
        box.progress(frames, frames[0])


@pytest.mark.parametrize(
    ("value", "match"),
    [
        ("1.01", r"ValueError: it returned 1\.01, which is not within \[0, 1\]"),
        ("-0.2", "not within"),
        ("float('nan')", "not within"),
        ("float('inf')", "not within"),
        ("10 ** 400", "OverflowError"),
        ("None", "it returned NoneType instead of a number"),
        ("'0.5'", "it returned str instead of a number"),
        ("now", "it returned ndarray instead of a number"),
    ],
)
def test_progress_that_is_no_share_is_a_fault(
    sandbox: Make, frame: NDArray[np.uint8], value: str, match: str
) -> None:
    """Progress is a number in [0, 1], and the fault names the function."""
    source = f"def goal(n, i): return True\ndef goal_progress(now, i): return {value}\n"
    box = sandbox(source)
    with pytest.raises(ProgramFault, match=match) as caught:
        box.progress(frame, frame)
    assert "goal_progress" in str(caught.value)
    assert box.check(frame, frame).tolist() == [True]


@pytest.mark.parametrize(
    ("value", "share"),
    [("1", 1.0), ("True", 1.0), ("np.float32(0.25)", 0.25), ("1 + 1e-9", 1.0), ("-1e-9", 0.0)],
)
def test_numbers_of_all_kinds_and_their_rounding_are_progress(
    sandbox: Make, frame: NDArray[np.uint8], value: str, share: float
) -> None:
    """Integers, bools and numpy's numbers count, and a rounding error is forgiven."""
    source = (
        "import numpy as np\n"
        f"def goal(n, i): return True\ndef goal_progress(now, i): return {value}\n"
    )
    assert sandbox(source).progress(frame, frame).tolist() == [share]


def test_a_profile_says_where_the_time_goes(sandbox: Make) -> None:
    """Every top-level function, in order, callees included, recursion counted once."""
    source = (
        "def slow(n):\n    return sum(range(2000)) if n == 0 else slow(n - 1)\n"
        "def unused(n):\n    return n\n"
        "def early(now, initial):\n    return slow(3) < 0\n"
        "def goal(now, initial):\n    return True\n"
        "SUBTASKS = [early, goal]\n"
    )
    frames = scenes(2, 4)
    times = sandbox(source, "early", "goal").profile(frames, [[i, 0] for i in range(4)])
    assert [(time.name, time.calls) for time in times] == [
        ("slow", 4.0),
        ("unused", 0.0),
        ("early", 1.0),
        ("goal", 1.0),
    ]
    slow, unused, early, goal = (time.microseconds for time in times)
    assert early >= slow > goal > unused == 0.0


def test_a_profile_uses_a_worker_of_its_own(pure: Sandbox) -> None:
    """The timed program is another process, and it is gone afterwards."""
    before = pure.pid
    pure.profile(scenes(1, 2), [[0, 1]])
    assert pure.pid == before
    with pytest.raises(UsageError, match="at least one pair"):
        pure.profile(scenes(1, 2), [])


@pytest.mark.parametrize(
    ("source", "match"),
    [
        ("def goal(now, initial)\n    pass", "raised SyntaxError on line 1: expected ':'"),
        ("x = 1\nx = y\n", "raised NameError on line 2: name 'y' is not defined"),
        ("x = 1\n", "raised LookupError: the program defines no function goal"),
        ("goal = 3\n", "defines no function goal"),
        ("import os\n", "raised ImportError on line 1: a reward program may not import os"),
        ("from . import vision\n", "ImportError"),
        ("open('x')\n", "raised NameError on line 1"),
        ("(" * 5000, "cannot be loaded"),
    ],
)
def test_a_program_that_does_not_load_is_a_fault(sandbox: Make, source: str, match: str) -> None:
    """The fault comes at once, with the line."""
    with pytest.raises(ProgramFault, match=match):
        sandbox(source)


def test_a_program_that_tells_no_stages_is_a_syntax_error() -> None:
    """Where the stages have to be read from it, it must be a reward program."""
    with pytest.raises(ProgramSyntaxError, match="SUBTASKS"):
        Sandbox("def goal(now, initial): return True\n")


FRAME = np.zeros((4, 5, 3), np.uint8)


@pytest.mark.parametrize(
    ("frames", "initial", "match"),
    [
        (FRAME.astype(float), FRAME, r"frames must be .* not float64\[4, 5, 3\]"),
        (FRAME, FRAME.astype(np.int64), r"the initial frame must be .* not int64"),
        (FRAME[..., 0], FRAME, r"not uint8\[4, 5\]"),
        (np.zeros((4, 5, 4), np.uint8), FRAME, r"not uint8\[4, 5, 4\]"),
        (FRAME[:0], FRAME, r"not uint8\[0, 5, 3\]"),
        (FRAME, FRAME[None], r"the initial frame must be uint8\[H, W, 3\]"),
        (FRAME[:3], FRAME, "3x5 pixels but the initial frame is 4x5"),
        (FRAME.tolist(), FRAME, "not list"),
        (None, FRAME, "not NoneType"),
        (FRAME.view(np.ma.MaskedArray)[None, None], FRAME, "not uint8"),
    ],
)
def test_what_are_no_frames_is_a_usage_error(
    pure: Sandbox, frames: Any, initial: Any, match: str
) -> None:
    """The message says what is wanted and what came, and nothing is cast in silence."""
    for method in (pure.check, pure.progress):
        with pytest.raises(UsageError, match=match):
            method(frames, initial)


@pytest.mark.parametrize(
    ("frames", "pairs", "match"),
    [
        (FRAME, [[0, 0]], r"frames must be uint8\[T, H, W, 3\]"),
        (FRAME[None], [[0, 1]], "pairs name frame 1, but there are 1 frames"),
        (FRAME[None], [[-1, 0]], "pairs name frame -1"),
        (FRAME[None], [0, 0], r"pairs must be int\[P, 2\]"),
        (FRAME[None], [[0.0, 0.0]], "not float64"),
        (FRAME[None], [[True, False]], "not bool"),
        (FRAME[None], [[0, 0, 0]], r"int64\[1, 3\]"),
    ],
)
def test_what_are_no_pairs_is_a_usage_error(
    pure: Sandbox, frames: Any, pairs: Any, match: str
) -> None:
    """Negative indices are not wrapped, and nothing is cast in silence."""
    with pytest.raises(UsageError, match=match):
        pure.verdicts(frames, pairs)


def test_ordinary_programs_find_everything_loaded(sandbox: Make) -> None:
    """What numpy and ndimage import lazily was imported before the files were closed."""
    lines = """
        np.linalg.svd(g); np.linalg.lstsq(g, g[0], rcond=None); np.fft.fft2(g); str(f); repr(f)
        np.unique(f.reshape(-1, 3), axis=0, return_inverse=True); np.percentile(g, 30)
        np.histogram(g, bins="auto"); np.pad(g, 3, mode="reflect"); np.corrcoef(g)
        np.polyfit(np.arange(64), g[0], 2); np.lib.stride_tricks.sliding_window_view(g, (3, 3))
        np.einsum("ijk,ijl->kl", f, f, optimize=True); np.vectorize(abs)(g); np.median(g)
        np.ma.masked_array(g, g > 3).mean(); np.random.default_rng(1).normal(); np.isin(g, [1])
        np.char.upper(np.array(["a"])); np.dot(np.ones((300, 300)), np.ones((300, 300)))
        ndimage.label(g > 3); ndimage.gaussian_filter(g, 2); ndimage.median_filter(g, 5)
        ndimage.percentile_filter(g, 5, 5); ndimage.generic_filter(g[:5, :5], sum, 3)
        ndimage.binary_fill_holes(g > 3); ndimage.grey_opening(g, 3); ndimage.zoom(g, 2)
        ndimage.distance_transform_cdt(g > 3); ndimage.rotate(g, 20); ndimage.extrema(g)
        ndimage.watershed_ift(f[..., 0], np.eye(64, dtype=np.int8)); ndimage.value_indices(f)
        ndimage.labeled_comprehension(g, f[..., 0], [1, 2], np.mean, float, 0)
        vision.blobs(g > 100); vision.colours(f); vision.hsv_mask(f, (0, 30))
        vision.tile_hashes(f, 8); "abc".encode("latin-1"); len("\\N{BULLET}"); f"{g[0, 0]:.3e}"
    """
    source = (
        "import numpy as np\nfrom scipy import ndimage\nfrom synth import vision\n"
        "def goal(f, initial):\n    g = f[..., 0].astype(float)\n"
        + "".join(f"    {line.strip()}\n" for line in lines.strip().splitlines())
        + "    return True\n"
    )
    scene = scenes(8, 1, 64, 64)[0]
    assert sandbox(source).check(scene, scene).tolist() == [True]


def test_sets_of_words_have_one_order_everywhere(sandbox: Make, frame: NDArray[np.uint8]) -> None:
    """Hashes of strings are the same in every worker, so that no verdict depends on luck."""
    source = (
        "def goal(now, initial):\n"
        "    raise ValueError(''.join(sorted('abcdefghij', key=hash)) + str(hash('key')))\n"
    )
    texts = set()
    for _ in range(2):
        with pytest.raises(ProgramFault) as caught:
            sandbox(source).check(frame, frame)
        texts.add(str(caught.value))
        host.close()  # the next one comes from another zygote
    assert len(texts) == 1


def test_randomness_is_not_to_be_had(sandbox: Make, frame: NDArray[np.uint8]) -> None:
    """An unseeded generator fails, and the old global one repeats itself in every worker."""
    fresh = "import numpy as np\ndef goal(n, i): return np.random.default_rng().random() < 2\n"
    with pytest.raises(ProgramFault, match="Operation not permitted"):
        sandbox(fresh).check(frame, frame)
    legacy = "import numpy as np\ndef goal(n, i): raise ValueError(str(np.random.rand()))\n"
    texts = set()
    for _ in range(2):
        with pytest.raises(ProgramFault) as caught:
            sandbox(legacy).check(frame, frame)
        texts.add(str(caught.value))
    assert len(texts) == 1


def test_state_shows_when_two_orders_are_compared(sandbox: Make) -> None:
    """Workers keep the names that a program binds, fresh workers do not: so two orders tell."""
    source = "n = 0\ndef goal(now, initial):\n    global n\n    n += 1\n    return n % 2 == 0\n"
    frames = scenes(4, 3)
    pairs = np.array([[0, 0], [1, 0], [2, 0]])
    forwards = sandbox(source).verdicts(frames, pairs).cells
    backwards = sandbox(source).verdicts(frames, pairs[::-1]).cells[::-1]
    assert (sandbox(source).verdicts(frames, pairs).cells == forwards).all()
    assert forwards.ravel().tolist() == [0, 1, 0]
    shifted = sandbox(source).verdicts(frames, np.roll(pairs, 1, axis=0)).cells
    assert (np.roll(shifted, -1, axis=0) != forwards).any()
    assert (backwards == forwards).all()  # a count of three reads the same from both ends
