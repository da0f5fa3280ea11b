"""What a sandbox answers: verdicts, progress, profiles, and clear words for bad input."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from synth.errors import ProgramFault, ProgramSyntaxError, UsageError
from synth.sandbox import Sandbox
from synth.sandbox import session as session_module
from synth.sandbox.host import host
from synth.sandbox.wire import FRAMES_OFFSET
from tests.sandbox.conftest import scenes

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
