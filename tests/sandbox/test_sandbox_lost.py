"""Workers that others kill, and machines that are busy: no fault of the program."""

from __future__ import annotations

import array
import fcntl
import os
import signal
import subprocess
import termios
from typing import TYPE_CHECKING

import numpy as np
import pytest
from gone import assert_gone

from synth.errors import ProgramFault
from synth.sandbox import Sandbox
from synth.sandbox import host as host_module
from synth.sandbox.host import host
from synth.sandbox.process import WorkerProcess
from synth.sandbox.waiting import waited_seconds

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    Make = Callable[..., Sandbox]

FINE = "def goal(now, initial):\n    return bool((now == initial).all())\n"
ENDLESS = "def goal(now, initial):\n    while True: pass\n"


def test_a_worker_killed_between_calls_is_replaced(sandbox: Make, frame: NDArray[np.uint8]) -> None:
    """What dies while idle is not the program's fault, and the next call does not notice."""
    box = sandbox(FINE)
    assert box.check(frame, frame).tolist() == [True]
    handle = os.pidfd_open(box.pid)
    os.kill(box.pid, signal.SIGKILL)
    assert_gone(handle)
    assert box.check(frame, frame).tolist() == [True]
    assert box.verdicts(frame[None], [[0, 0]]).holds.all()


SLOW = "def goal(now, initial):\n    for _ in range(3_000_000): pass\n    return True\n"


@pytest.mark.parametrize("victim", ["worker", "zygote"])
@pytest.mark.parametrize("form", ["single", "batch"])
def test_a_worker_killed_in_the_middle_of_a_call_is_replaced(
    sandbox: Make, frame: NDArray[np.uint8], monkeypatch: pytest.MonkeyPatch, victim: str, form: str
) -> None:
    """What somebody else kills, alone or with the zygote, is no fault: another worker is asked."""
    box = sandbox(SLOW)
    first = box.pid
    assert first is not None
    read = WorkerProcess._read

    def kill(self: WorkerProcess, *given: object) -> bytes:
        if self.pid == first:
            waiting = array.array("i", [1])
            while waiting[0]:  # until it has taken up the request
                fcntl.ioctl(self._unread, termios.FIONREAD, waiting)
            os.kill(first if victim == "worker" else host.pid, signal.SIGKILL)
        return read(self, *given)

    monkeypatch.setattr(WorkerProcess, "_read", kill)
    if form == "single":
        assert box.check(frame, frame).tolist() == [True]
    else:
        assert box.verdicts(frame[None], [[0, 0]]).holds.all()
    assert box.pid != first


def test_a_worker_killed_while_it_loads_is_replaced(
    sandbox: Make, frame: NDArray[np.uint8], monkeypatch: pytest.MonkeyPatch
) -> None:
    """So is one that was not ready yet."""
    met: list[int] = []
    read = WorkerProcess._read

    def kill(self: WorkerProcess, *given: object) -> bytes:
        if self.pid not in met and len(met) < 3:
            met.append(self.pid)
            if len(met) != 2:  # its first words, and the second one's answer to loading
                os.kill(self.pid, signal.SIGKILL)
        elif met[1:] == [self.pid]:
            os.kill(self.pid, signal.SIGKILL)
        return read(self, *given)

    monkeypatch.setattr(WorkerProcess, "_read", kill)
    assert sandbox(FINE).check(frame, frame).tolist() == [True]
    assert len(met) == 3


def test_a_zygote_killed_while_it_starts_is_started_again(
    sandbox: Make, frame: NDArray[np.uint8], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Twice in a row, here."""
    host.close()
    start, met = subprocess.Popen, []

    def kill(*given: object, **named: object) -> subprocess.Popen[bytes]:
        process = start(*given, **named)
        met.append(process.pid)
        if len(met) < 3:
            process.kill()
        return process

    monkeypatch.setattr(host_module.subprocess, "Popen", kill)
    assert sandbox(FINE).check(frame, frame).tolist() == [True]
    assert len(met) == 3


def test_a_killed_zygote_is_replaced(sandbox: Make, frame: NDArray[np.uint8]) -> None:
    """Workers die with the zygote; both come back at the next call."""
    box, other = sandbox(FINE), sandbox(FINE)
    zygote = host.pid
    handles = [os.pidfd_open(pid) for pid in (box.pid, other.pid)]
    os.kill(zygote, signal.SIGKILL)
    for handle in handles:
        assert_gone(handle)
    assert box.check(frame, frame).tolist() == [True]
    assert other.check(frame[None], frame).tolist() == [[True]]
    assert sandbox(FINE).check(frame, frame).tolist() == [True]
    assert host.pid != zygote


BUSY = """
def goal(frame, initial):
    total = 0
    for k in range(3_000_000):
        total += k
    return total > 0
"""


def test_a_busy_machine_makes_no_program_wrong(
    sandbox: Make, frame: NDArray[np.uint8], monkeypatch: pytest.MonkeyPatch
) -> None:
    """While others have the processor the deadline stands still; a loop without end meets it."""
    told = iter([0.0, *range(60, 10_000, 60)])
    monkeypatch.setattr("synth.sandbox.waiting.waited_seconds", lambda _: float(next(told)))
    monkeypatch.setattr("synth.sandbox.waiting._STARVED", 600.0)
    box = sandbox(BUSY, deadline=0.06)
    assert box.check(frame, frame).tolist() == [True]


def test_however_busy_the_machine_an_endless_loop_ends(
    sandbox: Make, frame: NDArray[np.uint8], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The deadline moves by a multiple of itself at most."""
    told = iter(range(0, 10_000, 60))
    monkeypatch.setattr("synth.sandbox.waiting.waited_seconds", lambda _: float(next(told)))
    monkeypatch.setattr("synth.sandbox.waiting._STARVED", 3.0)
    with pytest.raises(ProgramFault, match="deadline"):
        sandbox(ENDLESS, deadline=0.3).check(frame, frame)


def test_what_a_process_waits_for_is_read_from_the_system() -> None:
    """Seconds of its life in which it could have run; of one that is gone nothing is known."""
    assert waited_seconds(os.getpid()) >= 0.0
    assert waited_seconds(2**22 + 1) == 0.0
