"""What perceive and perceive_initial are given, how often, and what becomes of what they return."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from synth.errors import ProgramFault
from synth.sandbox import Cell, Sandbox
from synth.sandbox.initials import Initials
from tests.sandbox.conftest import scenes

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    Make = Callable[..., Sandbox]


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
    """Once per distinct frame and once per distinct initial frame, in no second pass."""
    frames = scenes(1, 3)
    box = sandbox(PERCEIVING, "seen", "twice", "first")
    pairs = [[0, 0], [1, 0], [2, 0], [1, 2], [0, 1]]
    times = {time.name: time for time in box.profile(frames, pairs)}
    assert times["perceive"].calls == pytest.approx((3 + 3) / 5)


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


ONE_OR_TWO = """
import numpy as np
def perceive(frame):
    return (float("nan"), int(frame[0, 0, 0]))
def same(now, initial):
    return now is initial
def equal(now, initial):
    return now == initial
SUBTASKS = [same, equal]
"""
BARE = """
def same(now, initial):
    return now is initial
SUBTASKS = [same]
"""


@pytest.mark.parametrize(("source", "names"), [(ONE_OR_TWO, ("same", "equal")), (BARE, ("same",))])
def test_a_picture_beside_itself_is_two_objects_in_every_call(
    sandbox: Make, frame: NDArray[np.uint8], source: str, names: tuple[str, ...]
) -> None:
    """A single call, a batch and a batch of copies answer alike, identity and NaN included."""
    box = sandbox(source, *names)
    frames = np.stack([frame, frame])
    single = box.check(frame, frame)
    together = box.verdicts(frames, np.array([[0, 0], [0, 1], [1, 1]], np.int32))
    assert not single.any()
    assert not together.cells.any()


COUNTING = """
calls = []
def perceive(frame):
    return frame[:2]
def perceive_initial(frame):
    global calls
    calls = (*calls, int(frame[0, 0, 0]))
    return frame[:2]
def same(now, initial):
    return now[1, 1, 0] == initial[1, 1, 0]
def count(now, initial):
    return len(calls) == 3
SUBTASKS = [same, count]
"""


def test_initial_frames_are_kept_from_batch_to_batch(sandbox: Make) -> None:
    """Each is perceived once, and what is kept of it does not change when frames take its place."""
    frames = np.stack([np.full((6, 6, 3), value, np.uint8) for value in (5, 6, 7, 8, 9)])
    box = sandbox(COUNTING, "same", "count")
    first = box.verdicts(frames, [[0, 0], [1, 1], [2, 2], [3, 0]])
    assert first.cells.tolist() == [[Cell.TRUE, Cell.FALSE]] * 2 + [
        [Cell.TRUE, Cell.TRUE],
        [Cell.FALSE, Cell.TRUE],
    ]
    second = box.verdicts(frames[::-1].copy(), [[0, 4], [4, 4], [3, 3], [2, 2]])
    assert second.cells[:, 0].tolist() == [Cell.FALSE, Cell.TRUE, Cell.TRUE, Cell.TRUE]
    assert (second.cells[:, 1] == Cell.TRUE).all()
    fourth = box.verdicts(frames, [[4, 4], [0, 0]])
    assert (fourth.cells[:, 1] == Cell.FALSE).all()


def test_no_more_initial_frames_are_kept_than_there_is_room_for() -> None:
    """The oldest go first; one that comes back is perceived again."""
    looked: list[int] = []

    def look(frame: NDArray[np.uint8]) -> int:
        looked.append(int(frame[0, 0, 0]))
        return looked[-1]

    initials = Initials(look)
    for value in [*range(9), *range(256), 3, 2]:
        assert initials.see(np.full((2, 2, 3), value, np.uint8)) == value
    assert looked == [*range(256)]
    assert initials.see(np.full((2, 2, 4), 1, np.uint8)) == 1
    assert initials.see(np.full((2, 2, 3), 0, np.uint8)) == 0
    assert looked[256:] == [1, 0]
    large = np.zeros((1500, 1500, 3), np.uint8)
    for value in (1, 2, 1, 3, 1):
        large[...] = value
        assert initials.see(large) == value
    assert looked[258:] == [1, 2, 3, 1]
