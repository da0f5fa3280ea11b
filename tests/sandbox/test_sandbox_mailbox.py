"""Single frames asked for by looking at memory: the same answers as by the pipe, and as safe."""

from __future__ import annotations

import os
import signal
import time
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from synth.errors import ProgramFault
from synth.sandbox import Sandbox, wire
from synth.sandbox.mailbox import BELL, POSSIBLE, SECONDS, Mailbox
from synth.sandbox.memory import SharedMemory
from synth.sandbox.pace import Pace
from synth.sandbox.placement import Placement
from synth.sandbox.process import WorkerProcess
from tests.sandbox.conftest import scenes

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    Make = Callable[..., Sandbox]

pytestmark = pytest.mark.skipif(not POSSIBLE, reason="only on Linux on x86-64")

JUDGE = """
def perceive(frame):
    return frame[..., 0].astype(int)

def brighter(now, initial):
    return bool(now.sum() > initial.sum())

def brighter_progress(now, initial):
    return min(1.0, abs(int(now.sum() - initial.sum())) / 1000)

def even(now, initial):
    if now[0, 0] == 7:
        raise ValueError(f"seven beside {now[0, 1]}")
    return bool(now[0, 0] % 2 == 0)

SUBTASKS = [brighter, even]
"""
SLOW = "def goal(now, initial):\n    for _ in range(100_000): pass\n    return True\n"
FORGER = """
import numpy as np
load = np.median.__wrapped__.__globals__["__builtins__"]["__import__"]
os, sys, struct = load("os"), load("sys"), load("struct")
frame = None
def service():
    frame = sys._getframe()
    while "nonce" not in frame.f_locals:
        frame = frame.f_back
    return frame
def lay(status=0, errors=0, body=b"\\1", fake=None):
    names = service().f_locals
    inbox, nonce = names["self"]._inbox, fake or names["nonce"]
    inbox._page[8:12 + len(body)] = bytes([status, errors, 0, 0]) + body
    inbox._ours[0] = int.from_bytes(nonce, "little")
def error(pair=0, subtask=0):
    return struct.pack("<IHHI64s64s320s", pair, subtask, 0, 1, b"f", b"E", b"m")
def goal(now, initial):
"""


@pytest.fixture
def looking(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every single call is made by looking."""
    monkeypatch.setattr(Pace, "looks", lambda _: True)


def worker_of(box: Sandbox) -> WorkerProcess:
    """The sandbox's present worker."""
    worker = box._session._worker
    assert worker is not None
    return worker


def box_of(box: Sandbox) -> Mailbox:
    """The mailbox of its worker."""
    mailbox = worker_of(box)._mailbox
    assert mailbox is not None
    return mailbox


def until_asleep(box: Sandbox) -> None:
    """Wait until the worker says that it sleeps."""
    end = time.monotonic() + 20
    while not box_of(box).sleeps():
        assert time.monotonic() < end


def told(box: Sandbox, frame: NDArray[np.uint8], first: NDArray[np.uint8]) -> object:
    """Verdict and progress, or what is wrong."""
    try:
        return box.check(frame, first).tolist(), box.progress(frame, first).tolist()
    except ProgramFault as fault:
        return str(fault)


@pytest.mark.usefixtures("looking")
def test_looking_gives_what_the_pipe_gives(monkeypatch: pytest.MonkeyPatch, sandbox: Make) -> None:
    """Whatever frames follow one another, with batches and faults between them."""
    names = ("brighter", "even")
    looked, piped = sandbox(JUDGE, *names), sandbox(JUDGE, *names)
    pictures = scenes(3, 12)
    pictures[2:4, 0, 0, 0] = 7  # raises
    order = st.lists(st.tuples(st.integers(0, 11), st.integers(0, 1), st.booleans()), max_size=8)

    @settings(max_examples=60, deadline=None)
    @given(order)
    def same(calls: list[tuple[int, int, bool]]) -> None:
        for now, first, batch in calls:
            seen = []
            for box, looks in ((looked, True), (piped, False)):
                monkeypatch.setattr(Pace, "looks", lambda _, looks=looks: looks)
                seen.append(told(box, pictures[now], pictures[first]))
                if batch:
                    seen[-1] = (seen[-1], box.verdicts(pictures, [[now, first]]).cells.tolist())
            assert seen[0] == seen[1]

    same()


@pytest.mark.usefixtures("looking")
def test_frames_of_other_sizes_follow_one_another(sandbox: Make) -> None:
    """What lies in the memory of one size is not taken for the other's."""
    box = sandbox(JUDGE, "brighter", "even")
    for height, width in [(7, 5), (8, 8), (7, 5), (5, 7), (8, 8)]:
        first, bright = np.zeros((2, height, width, 3), np.uint8)
        bright[-1, -1] = 2
        assert box.check(bright, first).tolist() == [True, True]
        assert box.check(first, first).tolist() == [False, True]


@pytest.mark.usefixtures("looking")
def test_whoever_is_awake_or_asleep_is_heard(sandbox: Make, frame: NDArray[np.uint8]) -> None:
    """Calls come at all distances around the time that a worker looks; none is missed."""
    box = sandbox("def goal(now, initial):\n    return bool(now[0, 0, 0])\n", deadline=5)
    first = frame.copy()
    gaps = np.random.default_rng(0).uniform(0.5, 1.5, 400) * SECONDS
    for k, gap in enumerate(gaps):
        frame[0, 0, 0] = k % 2
        end = time.perf_counter() + gap
        while time.perf_counter() < end:
            pass
        assert box.check(frame, first).tolist() == [bool(k % 2)]


@pytest.mark.usefixtures("looking")
def test_a_bell_that_is_heard_late_is_no_request(sandbox: Make, frame: NDArray[np.uint8]) -> None:
    """Rung for nothing, and often, a worker answers each request once."""
    box = sandbox("def goal(now, initial):\n    return bool(now[0, 0, 0])\n")
    first = frame.copy()
    for k in range(60):
        frame[0, 0, 0] = k % 2
        os.write(worker_of(box)._requests, BELL * (k % 3))
        if k % 7 == 0:
            until_asleep(box)
        assert box.check(frame, first).tolist() == [bool(k % 2)]
    assert box.check(frame[None], first).tolist() == [[True]]


@pytest.mark.usefixtures("looking")
def test_a_slow_answer_comes_by_the_pipe(sandbox: Make, frame: NDArray[np.uint8]) -> None:
    """Longer than a parent looks; quick ones before and after it do not get mixed up."""
    box = sandbox(SLOW.replace("100_000", "100_000 * int(now[0, 0, 0])"))
    first = frame.copy()
    for k in range(12):
        frame[0, 0, 0] = k % 2
        assert box.check(frame, first).tolist() == [True]


@pytest.mark.usefixtures("looking")
def test_an_endless_program_meets_its_deadline(sandbox: Make, frame: NDArray[np.uint8]) -> None:
    """Looking or not, the parent does not wait for ever."""
    box = sandbox(
        "def goal(now, initial):\n    while now[0, 0, 0] == 0: pass\n    return True\n",
        deadline=0.3,
    )
    with pytest.raises(ProgramFault, match=r"deadline of 0\.3 s"):
        box.check(frame, frame)
    frame[0, 0, 0] = 1
    assert box.check(frame, frame).tolist() == [True]


@pytest.mark.usefixtures("looking")
def test_a_worker_killed_while_its_parent_looks_is_replaced(
    sandbox: Make, frame: NDArray[np.uint8], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before it answers, and after it has been waited for."""
    box = sandbox(SLOW)
    watch = Mailbox.watch
    killed: list[int] = []

    def kill(self: Mailbox, nonce: int, ring: Callable[[], None]) -> bool:
        if len(killed) < 2:
            killed.append(worker_of(box).pid)
            if len(killed) == 2:
                watch(self, nonce, ring)
            os.kill(killed[-1], signal.SIGKILL)
            return False
        return watch(self, nonce, ring)

    monkeypatch.setattr(Mailbox, "watch", kill)
    assert box.check(frame, frame).tolist() == [True]
    assert len(set(killed)) == 2
    assert box.pid not in killed


def forge(*lines: str) -> str:
    """A program that forges a reply on its page and then returns False."""
    return FORGER + "".join(f"    {line}\n" for line in (*lines, "return False"))


@pytest.mark.usefixtures("looking")
@pytest.mark.parametrize(
    ("line", "match"),
    [
        ("lay(status=2)", "out of turn or out of form"),
        ("lay(errors=17)", "out of turn or out of form"),
        ("lay(body=b'\\x09')", "tampered"),
        ("lay(errors=1, body=b'\\2' + error(pair=1))", "tampered"),
        ("lay(errors=1, body=b'\\2' + error(subtask=1))", "tampered"),
        ("lay(fake=bytes(8))", "deadline"),
    ],
    ids=["status", "too many errors", "verdict", "no pair", "no sub-task", "nonce"],
)
def test_a_forged_page_is_a_breach(
    sandbox: Make, frame: NDArray[np.uint8], line: str, match: str
) -> None:
    """A page is checked value by value, as what comes by the pipe is."""
    box = sandbox(forge(line, "while True: pass"), deadline=0.5)
    with pytest.raises(ProgramFault, match=match):
        box.check(frame, frame)
    assert box.pid is None


@pytest.mark.usefixtures("looking")
def test_what_lies_in_the_pipe_beside_the_page_is_a_breach(
    sandbox: Make, frame: NDArray[np.uint8]
) -> None:
    """A worker that answers in both ways is found out at the next answer by the pipe."""
    box = sandbox(forge("if now[0, 0, 0]: os.write(4, bytes(13))"))
    first = frame.copy()
    for _ in range(9):  # the first calls take longer than a parent looks
        assert box.check(first, first).tolist() == [False]
    frame[0, 0, 0] = 1
    with pytest.raises(ProgramFault, match="out of turn or out of form"):
        _ = [box.check(frame, first), box.check(first[None], first)]


def test_nobody_can_shrink_the_page() -> None:
    """A page that got shorter would end the parent."""
    memory = SharedMemory(wire.FRAMES_OFFSET + 4096)
    mailbox = Mailbox(memory.map)
    with pytest.raises(PermissionError):
        os.ftruncate(mailbox.descriptor, 0)
    mailbox.give_away()
    mailbox.close()
    memory.give_away()
    memory.close()


class Clock:
    """A clock that is set by hand, and how long processes have waited."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = self.waited = 0.0
        monkeypatch.setattr("synth.sandbox.pace.time.perf_counter", lambda: self.now)
        monkeypatch.setattr("synth.sandbox.pace.waited_seconds", lambda _: self.waited)
        monkeypatch.setattr("synth.sandbox.pace.TOLD", True)
        monkeypatch.setattr("os.sched_getaffinity", lambda _: {0, 1})

    def calls(self, pace: Pace, count: int, gap: float, waited: float = 0.0) -> list[bool]:
        """So many calls of no length, so far apart."""
        made = []
        for _ in range(count):
            self.now += gap
            self.waited += waited
            made.append(pace.looks())
            pace.ended()
        return made


def test_looking_begins_with_quick_calls_and_ends_with_rare_ones(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Nobody looks for what does not come soon."""
    clock = Clock(monkeypatch)
    pace = Pace(1)
    assert not any(clock.calls(pace, 500, 2 * SECONDS))
    assert not any(clock.calls(pace, 40, SECONDS / 4)[:10])
    assert all(clock.calls(pace, 2000, SECONDS / 4)[100:])
    assert not any(clock.calls(pace, 5000, 2 * SECONDS)[2000:])


def test_who_is_put_off_once_goes_on_looking(monkeypatch: pytest.MonkeyPatch) -> None:
    """Some milliseconds now and then are nobody else's want of the processor."""
    clock = Clock(monkeypatch)
    pace = Pace(1)
    clock.calls(pace, 200, SECONDS / 4)
    for _ in range(20):
        clock.waited += 0.003
        assert all(clock.calls(pace, 1000, SECONDS / 4))


def test_looking_ends_where_others_want_the_processor_and_is_tried_ever_more_seldom(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A busy machine is left to those who compute."""
    clock = Clock(monkeypatch)
    pace = Pace(1)
    gap = SECONDS / 4
    made = clock.calls(pace, 400_000, gap, waited=gap / 2)
    tried = [k * gap for k in range(1, len(made)) if made[k] and not made[k - 1]]
    pauses = np.diff(tried)
    assert len(tried) >= 5
    assert np.all(pauses[1:] > 0.99 * pauses[:-1])
    assert sum(made) < 0.03 * len(made)
    assert any(clock.calls(pace, 200_000, gap)[-64:])


def test_one_processor_is_not_enough_for_looking(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two that look there would wait for each other's time to be up."""
    clock = Clock(monkeypatch)
    monkeypatch.setattr("os.sched_getaffinity", lambda _: {0})
    assert not any(clock.calls(Pace(1), 1000, SECONDS / 4))


@pytest.mark.skipif(len(os.sched_getaffinity(0)) < 2, reason="takes two processors")
def test_whoever_looks_is_kept_off_its_parents_processor() -> None:
    """And may run anywhere again afterwards."""
    everywhere = os.sched_getaffinity(0)
    with Sandbox("def goal(now, initial):\n    return True\n", stages=(("goal",),)) as box:
        assert box.pid is not None
        placement = Placement(box.pid)
        os.sched_setaffinity(0, {min(everywhere)})
        try:
            placement.near()
            assert os.sched_getaffinity(box.pid) == {min(everywhere)}
        finally:
            os.sched_setaffinity(0, everywhere)
        placement.apart()
        assert len(os.sched_getaffinity(box.pid)) == len(everywhere) - 1
        placement.anywhere()
        assert os.sched_getaffinity(box.pid) == everywhere


@pytest.mark.usefixtures("looking")
def test_the_time_of_a_looking_worker_is_counted(sandbox: Make, frame: NDArray[np.uint8]) -> None:
    """What it computes and what it looks afterwards: it is replaced before its time is used up."""
    box = sandbox(SLOW)
    box.check(frame, frame)
    before, began = box._session._busy, time.monotonic()
    for _ in range(20):
        box.check(frame, frame)
    spent, counted = time.monotonic() - began, box._session._busy - before
    assert 0.5 * spent + 20 * SECONDS < counted <= spent + 20 * SECONDS
