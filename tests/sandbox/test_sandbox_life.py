"""Workers and the zygote: how they start, end, and are replaced."""

from __future__ import annotations

import contextlib
import gc
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
from gone import assert_gone

from synth.errors import ProgramFault, SandboxUnavailable, UsageError
from synth.sandbox import Sandbox, layers
from synth.sandbox import host as host_module
from synth.sandbox import session as session_module
from synth.sandbox.host import Forked, Host, host
from synth.sandbox.process import WorkerProcess
from synth.sandbox.wire import HELLO

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    Make = Callable[..., Sandbox]

FINE = "def goal(now, initial):\n    return bool((now == initial).all())\n"
ENDLESS = "def goal(now, initial):\n    while True: pass\n"


def test_every_layer_holds_here() -> None:
    """On the machines that synth is tested on, all layers of the lockdown hold."""
    found = layers()
    assert [layer.name for layer in found] == [
        "seccomp",
        "landlock",
        "no_new_privs",
        "rlimits",
        "memfd",
    ]
    assert all(layer.holds for layer in found if layer.name != "landlock")
    assert all(layer.detail for layer in found)


def test_one_zygote_serves_many_programs(sandbox: Make, frame: NDArray[np.uint8]) -> None:
    """Starting, ending, crashing and hanging workers leaves the zygote alone."""
    sandbox(FINE)
    zygote = host.pid
    for _ in range(10):
        for source in (FINE, "def goal(n, i): return 3", "def goal(n, i): raise SystemExit"):
            box = sandbox(source)
            with contextlib.suppress(ProgramFault):
                box.check(frame, frame)
            box.close()
    assert host.pid == zygote


def test_each_program_has_a_worker_of_its_own(sandbox: Make) -> None:
    """Two sandboxes never share a process."""
    assert sandbox(FINE).pid != sandbox(FINE).pid


def test_after_a_fault_the_next_call_has_a_fresh_worker(
    sandbox: Make, frame: NDArray[np.uint8]
) -> None:
    """A fault ends the worker, and the sandbox stays usable."""
    box = sandbox(
        "count = 0\n"
        "def goal(now, initial):\n"
        "    global count\n"
        "    count += 1\n"
        "    if now[0, 0, 0] == 9: raise ValueError('nine')\n"
        "    return count == 1\n"
    )
    bad = frame.copy()
    bad[0, 0, 0] = 9
    first = box.pid
    assert box.check(frame, frame).tolist() == [True]
    assert box.check(frame, frame).tolist() == [False]
    with pytest.raises(ProgramFault, match="nine"):
        box.check(bad, bad)
    assert box.pid is None
    assert box.check(frame, frame).tolist() == [True]
    assert box.pid not in {None, first}


def test_a_worker_is_replaced_before_its_cpu_time_runs_out(
    sandbox: Make, frame: NDArray[np.uint8], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The CPU limit is for runaways; an honest worker that has served long enough is renewed."""
    box = sandbox(FINE)
    first = box.pid
    assert box.check(frame, frame).tolist() == [True]
    assert box.pid == first
    monkeypatch.setattr(session_module, "_LIFE", 0.0)
    assert box.check(frame, frame).tolist() == [True]
    assert box.pid != first


def test_no_process_survives_the_parent() -> None:
    """Killed with SIGKILL in the middle of a call, a parent leaves neither zygote nor worker."""
    code = (
        "import sys, threading, numpy as np\n"
        "from synth.sandbox import Sandbox\n"
        "from synth.sandbox.host import host\n"
        f"box = Sandbox({ENDLESS!r}, stages=(('goal',),), deadline=600)\n"
        "frame = np.zeros((4, 4, 3), np.uint8)\n"
        "print(host.pid, box.pid, flush=True)\n"
        "box.check(frame, frame)\n"
    )
    parent = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
    handles = [os.pidfd_open(int(pid)) for pid in parent.stdout.readline().split()]
    parent.kill()
    parent.wait()
    parent.stdout.close()
    for handle in handles:
        assert_gone(handle)


def test_an_ordinary_end_of_the_parent_is_quiet() -> None:
    """A script that forgets to close its sandbox ends at once and without a word."""
    code = f"from synth.sandbox import Sandbox\nbox = Sandbox({FINE!r}, stages=(('goal',),))\n"
    ran = subprocess.run(
        [sys.executable, "-X", "dev", "-c", code],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (ran.returncode, ran.stdout, ran.stderr) == (0, "", "")


def test_garbage_collection_ends_the_worker() -> None:
    """A sandbox that nobody holds takes its worker with it."""
    box = Sandbox(FINE, stages=(("goal",),))
    pid = box.pid
    handle = os.pidfd_open(pid)
    del box
    gc.collect()
    assert_gone(handle)
    Sandbox(FINE, stages=(("goal",),)).close()  # by then the zygote has buried the dead
    assert not Path(f"/proc/{pid}").exists()


def test_leaving_the_context_ends_the_worker_and_a_later_call_starts_another(
    frame: NDArray[np.uint8],
) -> None:
    """Closing is no end: it only gives the process back."""
    with Sandbox(FINE, stages=(("goal",),)) as box:
        handle = os.pidfd_open(box.pid)
    assert box.pid is None
    assert_gone(handle)
    box.close()
    assert box.check(frame, frame).tolist() == [True]
    box.close()


def test_a_forked_child_has_workers_of_its_own(sandbox: Make, frame: NDArray[np.uint8]) -> None:
    """After a fork both sides go on, each with its own zygote and worker."""
    box = sandbox(FINE)
    worker, zygote = box.pid, host.pid
    pid = os.fork()
    if not pid:
        status = 1
        try:
            assert (box.pid, host.pid) == (None, None)
            assert box.check(frame, frame).tolist() == [True]
            assert box.pid != worker
            assert host.pid != zygote
            box.close()
            host.close()
            status = 0
        finally:
            os._exit(status)
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0
    assert box.check(frame, frame).tolist() == [True]
    assert (box.pid, host.pid) == (worker, zygote)


def test_threads_may_create_and_share_sandboxes(frame: NDArray[np.uint8]) -> None:
    """Eight threads at once, on sandboxes of their own and on a shared one, all get verdicts."""
    other = frame + np.uint8(1)
    wrong: list[object] = []
    with Sandbox(FINE, stages=(("goal",),)) as shared:

        def work() -> None:
            with Sandbox(FINE, stages=(("goal",),)) as own:
                for _ in range(20):
                    for box in (own, shared):
                        got = [*box.check(frame, frame), *box.check(other, frame)]
                        if got != [True, False]:
                            wrong.append(got)

        threads = [threading.Thread(target=work) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert not wrong


def test_an_interrupted_call_leaves_nothing_behind(sandbox: Make, frame: NDArray[np.uint8]) -> None:
    """After Ctrl-C the worker is gone, so that its late reply answers no other call."""

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    box = sandbox(ENDLESS)
    handle = os.pidfd_open(box.pid)
    before = signal.signal(signal.SIGALRM, interrupt)
    try:
        signal.setitimer(signal.ITIMER_REAL, 0.1)
        with pytest.raises(KeyboardInterrupt):
            box.check(frame, frame)
    finally:
        signal.signal(signal.SIGALRM, before)
    assert box.pid is None
    assert_gone(handle)


def test_ctrl_c_in_the_terminal_does_not_reach_the_zygote(sandbox: Make) -> None:
    """The zygote has a session of its own."""
    sandbox(FINE)
    assert os.getsid(host.pid) != os.getsid(0)


@pytest.mark.parametrize("deadline", [0, -1, float("nan"), float("inf"), 1e9])
def test_a_deadline_that_makes_no_sense_is_refused(deadline: float) -> None:
    """It is a usage error, before any process starts."""
    with pytest.raises(UsageError, match="deadline"):
        Sandbox(FINE, stages=(("goal",),), deadline=deadline)


def test_a_sandbox_without_sub_tasks_is_refused() -> None:
    """There would be nothing to ask."""
    with pytest.raises(UsageError, match="at least one sub-task"):
        Sandbox(FINE, stages=())


def test_a_worker_that_cannot_be_started_leaks_no_descriptor(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Whatever was opened for it is closed again."""

    def refuse(*_: object) -> Forked:
        raise SandboxUnavailable("no")

    monkeypatch.setattr(host, "fork", refuse)
    before = len(list(Path("/proc/self/fd").iterdir()))
    with pytest.raises(SandboxUnavailable):
        Sandbox(FINE, stages=(("goal",),))
    gc.collect()
    assert len(list(Path("/proc/self/fd").iterdir())) == before


def unconfined(order, descriptors: list[int]) -> Forked:
    """Stands in for a worker on a machine without seccomp: it says hello and nothing else."""
    os.write(descriptors[1], HELLO.pack(order.nonce, 0, 0, 0, 0, 1, b"seccomp: Invalid argument"))
    dummy = subprocess.Popen(["sleep", "60"])
    dummies.append(dummy)
    return Forked(dummy.pid, os.pidfd_open(dummy.pid))


dummies: list[subprocess.Popen[bytes]] = []


def test_without_confinement_nothing_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    """A worker that could not lock itself down is ended before it sees the program."""
    monkeypatch.setattr(host, "fork", unconfined)
    with pytest.raises(SandboxUnavailable, match=r"cannot confine.*Invalid argument.*--unsafe"):
        Sandbox(FINE, stages=(("goal",),))
    assert dummies.pop().wait() == -signal.SIGKILL


def test_unsafe_accepts_a_worker_that_is_not_confined(monkeypatch: pytest.MonkeyPatch) -> None:
    """With unsafe=True the same worker is kept, and says which layers it lacks."""
    monkeypatch.setattr(host, "fork", unconfined)
    worker = WorkerProcess(memory=1 << 20, cpu=1, shared=1 << 20, unsafe=True)
    assert not worker.layers.confined
    assert worker.layers.trouble == "seccomp: Invalid argument"
    worker.kill()
    assert dummies.pop().wait() == -signal.SIGKILL


def test_doctor_hears_which_layer_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where a layer does not hold, the detail says why."""
    monkeypatch.setattr(host, "fork", unconfined)
    found = {layer.name: layer for layer in layers()}
    dummies.pop().wait()
    assert not found["seccomp"].holds
    assert found["seccomp"].detail == "seccomp: Invalid argument"
    assert found["rlimits"].holds


def test_a_python_that_cannot_start_is_the_sandboxs_fault(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The message says what failed, and no half-started process stays."""
    fresh = Host()
    monkeypatch.setattr(sys, "executable", "/no/such/python")
    with pytest.raises(SandboxUnavailable, match="no/such/python"):
        fresh.fork(None, (0, 0, 0))
    monkeypatch.setattr(sys, "executable", "/bin/false")
    with pytest.raises(SandboxUnavailable, match="does not start: exit status 1"):
        fresh.fork(None, (0, 0, 0))
    assert fresh.pid is None


def test_a_zygote_without_numpy_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    """An import that fails in the zygote is reported in its own words."""
    monkeypatch.setattr(host_module, "_library_folders", list)
    with pytest.raises(SandboxUnavailable, match="ModuleNotFoundError: No module named 'numpy'"):
        Host().fork(None, (0, 0, 0))


def test_no_network_socket_is_opened(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where tests are forbidden sockets, which means the network, the sandbox starts."""

    def forbidden(*_: object, **__: object) -> None:
        raise AssertionError("a socket was opened")

    monkeypatch.setattr("socket.socket", forbidden)
    own = Host()
    own._start()
    assert own.pid is not None
    own.close()
