"""Programs that try to get out, each with the real thing: the kernel has to stop them.

The sandbox is used without the lint, and the programs get at the true builtins in one line,
so that nothing but the lockdown stands in their way.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import re
import signal
import socket
import threading
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from synth.errors import ProgramFault
from synth.sandbox import layers
from synth.sandbox.host import host
from synth.sandbox.lockdown import confine

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from synth.sandbox import Sandbox

    Make = Callable[..., Sandbox]

BREAK_OUT = """
import numpy as np
load = np.median.__wrapped__.__globals__["__builtins__"]["__import__"]
os, sys, ctypes, gc = load("os"), load("sys"), load("ctypes"), load("gc")
libc = ctypes.CDLL(None, use_errno=True)
def must(result):
    if result == -1:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return result
def goal(now, initial):
"""


def attack(*lines: str) -> str:
    """A program whose goal holds where the attack succeeds."""
    return BREAK_OUT + "".join(f"    {line}\n" for line in (*lines, "return True"))


def assert_stopped(
    make: Make, frame: NDArray[np.uint8], source: str, match: str = "Operation not permitted"
) -> None:
    """The program ends as a fault that says why, and the parent goes on."""
    with pytest.raises(ProgramFault, match=match):
        make(source).check(frame, frame)
    fine = make("def goal(now, initial):\n    return bool((now == initial).all())\n")
    assert fine.check(frame, frame).tolist() == [True]


FILES = {
    "read a file": 'os.open("/etc/passwd", os.O_RDONLY)',
    "open a file as Python does": 'load("io").open("/etc/passwd")',
    "create a file": 'os.open("/tmp/synth-was-here", os.O_CREAT | os.O_WRONLY)',
    "list a folder": 'os.listdir("/")',
    "look at a file": 'os.stat("/etc/passwd")',
    "remove a file": 'os.unlink("/tmp/synth-was-here")',
    "rename a file": 'os.rename("/tmp/synth-was-here", "/tmp/synth-was-there")',
    "make a folder": 'os.mkdir("/tmp/synth-was-here")',
    "make a link": 'os.symlink("/etc/passwd", "/tmp/synth-was-here")',
    "change rights": 'os.chmod("/tmp", 0o777)',
    "make a memory file": 'os.memfd_create("mine")',
    "read its own environment": 'os.open("/proc/self/environ", os.O_RDONLY)',
    "read the zygote's memory": 'os.open(f"/proc/{os.getppid()}/mem", os.O_RDWR)',
    "import what is not loaded": 'must(-1 if load("sqlite3") is None else 0)',
    "load native code": 'ctypes.CDLL("libresolv.so.2")',
}

PROCESSES = {
    "fork": "os.fork()",
    "fork behind Python's back": "must(libc.fork())",
    "vfork": "must(libc.vfork())",
    "start a shell": 'os.execv("/bin/sh", ["sh", "-c", "true"])',
    "run a command": 'must(libc.execve(b"/bin/true", None, None))',
    "spawn": 'os.posix_spawn("/bin/true", ["true"], {})',
    "kill its parent": "os.kill(1, 9)",
    "signal itself": "os.kill(0, 15)",
    "raise a signal in its thread": "must(libc.tgkill(1, 1, 9))",
    "trace": "must(libc.ptrace(16, 1, None, None))",
    "read another's memory": "must(libc.process_vm_readv(1, None, 0, None, 0, 0))",
    "lift a limit": 'load("resource").setrlimit(0, (1, 1))',
    "lift a limit natively": "must(libc.setrlimit(0, ctypes.create_string_buffer(16)))",
    "drop the death signal": "must(libc.prctl(1, 0, 0, 0, 0))",
    "become dumpable": "must(libc.prctl(4, 1, 0, 0, 0))",
    "change user": "must(libc.setuid(12))",
    "leave its namespace": "must(libc.unshare(0x10000000))",
    "mount": 'must(libc.mount(b"none", b"/tmp", b"tmpfs", 0, None))',
    "sleep": "must(libc.nanosleep(ctypes.create_string_buffer(16), None))",
    "set an alarm": "must(libc.setitimer(0, ctypes.create_string_buffer(32), None))",
    "catch signals": 'load("signal").signal(2, 1)',
}

NETWORK = {
    "make a socket": "must(libc.socket(2, 1, 0))",
    "make a local socket": "must(libc.socket(1, 1, 0))",
    "make a pair of sockets": "must(libc.socketpair(1, 1, 0, ctypes.create_string_buffer(8)))",
    "make a pipe": "os.pipe()",
    "copy a descriptor": "os.dup(4)",
    "send a descriptor": "must(libc.sendmsg(4, ctypes.create_string_buffer(64), 0))",
    "watch descriptors": "must(libc.epoll_create1(0))",
}

MEMORY = {
    "make its frames writable": (
        "must(libc.mprotect(ctypes.c_void_p(now.ctypes.data & ~4095), 4096, 3))"
    ),
    "make memory executable": "must(libc.mprotect(ctypes.c_void_p(id(now) & ~4095), 4096, 7))",
    "map executable memory": "must(0 if libc.mmap(None, 4096, 7, 0x22, -1, 0) != -1 else -1)",
    "map a file": "must(0 if libc.mmap(None, 4096, 1, 1, 3, 0) != -1 else -1)",
    "share memory": "must(libc.shmget(0, 4096, 0o1600))",
    "punch a hole into its frames": (
        "must(libc.madvise(ctypes.c_void_p(now.ctypes.data & ~4095), 4096, 9))"
    ),
    "lock memory": "must(libc.mlockall(1))",
}

ALL = {**FILES, **PROCESSES, **NETWORK, **MEMORY}


@pytest.mark.parametrize("line", ALL.values(), ids=ALL.keys())
def test_what_a_program_needs_the_kernel_for_is_refused(
    sandbox: Make, frame: NDArray[np.uint8], line: str
) -> None:
    """Every way out goes through a system call that is not on the list."""
    assert_stopped(
        sandbox,
        frame,
        attack(line),
        match="Operation not permitted|ModuleNotFound|cannot open|not allowed",
    )


def test_the_break_out_of_these_tests_is_real(sandbox: Make, frame: NDArray[np.uint8]) -> None:
    """The programs do hold the true os, sys and ctypes, so it is the kernel that stops them."""
    source = attack("return os.getpid() and sys.version_info > (3,) and libc is not None")
    plain = source.replace("os.getpid() and ", "os.sep == '/' and ")
    assert sandbox(plain).check(frame, frame).tolist() == [True]


def test_nothing_was_left_on_disk(sandbox: Make, frame: NDArray[np.uint8], tmp_path: Path) -> None:
    """A program cannot write where the parent can."""
    target = tmp_path / "mine"
    assert_stopped(sandbox, frame, attack(f"os.open({str(target)!r}, os.O_CREAT | os.O_RDWR)"))
    kept = tmp_path / "kept"
    kept.write_text("mine")
    assert_stopped(sandbox, frame, attack(f"os.truncate({str(kept)!r}, 0)"))
    assert not target.exists()
    assert kept.read_text() == "mine"


def test_a_listening_server_hears_nothing(sandbox: Make, frame: NDArray[np.uint8]) -> None:
    """A program cannot connect to a server that runs on the same machine."""
    folder = Path("/tmp")
    with socket.socket(socket.AF_UNIX) as server:
        address = folder / f"synth-test-{os.getpid()}"
        server.bind(str(address))
        server.listen()
        server.setblocking(False)
        try:
            assert_stopped(
                sandbox,
                frame,
                attack(
                    f"name = b'\\1\\0' + {str(address).encode()!r}.ljust(108, b'\\0')",
                    "must(libc.connect(4, name, 110))",
                ),
            )
            with pytest.raises(BlockingIOError):
                server.accept()
        finally:
            address.unlink()


def test_no_thread_can_be_started(sandbox: Make, frame: NDArray[np.uint8]) -> None:
    """A second thread, which could work between calls, does not start."""
    source = attack("load('_thread').start_new_thread(print, ())")
    assert_stopped(sandbox, frame, source, match="can't start new thread")


def test_no_descriptor_but_its_two_pipes_is_open(sandbox: Make, frame: NDArray[np.uint8]) -> None:
    """Whatever the parent had open, the worker has not; reads and writes elsewhere fail."""
    source = attack(
        "for fd in (*range(3), *range(4, 300)):",
        "    try:",
        "        os.read(fd, 1)",
        "        return False",
        "    except PermissionError: pass",
        "for fd in (*range(4), *range(5, 300)):",
        "    try:",
        "        os.write(fd, b'x')",
        "        return False",
        "    except PermissionError: pass",
    )
    assert sandbox(source).check(frame, frame).tolist() == [True]


def test_the_environment_is_all_but_empty(
    sandbox: Make, frame: NDArray[np.uint8], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A key in the parent's environment is in no memory that a program can see."""
    monkeypatch.setenv("SYNTH_TEST_SECRET", "a-key-that-nobody-must-see")
    host.close()  # the next zygote is started with the secret around it
    source = attack("return not any('SECRET' in name or 'KEY' in name for name in os.environ)")
    assert sandbox(source).check(frame, frame).tolist() == [True]


def test_the_rest_of_synth_is_out_of_reach(sandbox: Make, frame: NDArray[np.uint8]) -> None:
    """Of synth a worker holds its own files and vision, and neither episodes nor models."""
    source = attack(
        "names = {name for name in sys.modules if name.split('.')[0] == 'synth'}",
        "own = 'wire seccomp lockdown tracing constants frozen bits checked ordered products '",
        "own += 'steady mended given_names raised stopwatch guest initials mailbox worker'",
        "return names == {'synth', 'synth.vision', 'synth.sandbox'} | "
        "{'synth.sandbox.' + name for name in own.split()}",
    )
    assert sandbox(source).check(frame, frame).tolist() == [True]


@pytest.mark.parametrize(
    "lines",
    [
        ("while True: pass",),
        ("np.sort(np.tile(np.arange(1 << 20), 1 << 6))", "while True: pass"),
        ("libc.pause()", "while True: load('time').monotonic()"),
        ("lock = load('_thread').allocate_lock()", "lock.acquire()", "lock.acquire()"),
    ],
    ids=["an endless loop", "a busy C call", "a pause", "a deadlock"],
)
def test_a_program_that_does_not_end_is_killed(
    sandbox: Make, frame: NDArray[np.uint8], lines: tuple[str, ...]
) -> None:
    """The parent owns the deadline, whatever the program is stuck in."""
    box = sandbox(attack(*lines), deadline=0.3)
    pid = box.pid
    with pytest.raises(ProgramFault, match=r"deadline of 0\.3 s"):
        box.check(frame, frame)
    assert pid is not None
    assert not Path(f"/proc/{pid}").exists()


def test_a_call_in_c_that_never_checks_for_signals_is_killed_too(
    sandbox: Make, frame: NDArray[np.uint8]
) -> None:
    """SIGKILL needs no cooperation of the interpreter."""
    box = sandbox(attack("int('9' * 10 ** 7, 16) ** (10 ** 7)"), deadline=0.3)
    with pytest.raises(ProgramFault, match="deadline"):
        box.check(frame, frame)


def test_a_memory_bomb_bursts_in_the_worker(sandbox: Make, frame: NDArray[np.uint8]) -> None:
    """Beyond a gigabyte a program gets a MemoryError, and the machine keeps its memory."""
    assert_stopped(
        sandbox,
        frame,
        attack("hoard = []", "while True: hoard.append(np.empty(1 << 27, np.uint8))"),
        match="MemoryError",
    )


def test_deep_recursion_is_an_error(sandbox: Make, frame: NDArray[np.uint8]) -> None:
    """Python's own limit turns it into an exception of the program."""
    assert_stopped(sandbox, frame, attack("def down(): down()", "down()"), match="RecursionError")


def test_running_out_of_stack_kills_the_worker_alone(
    sandbox: Make, frame: NDArray[np.uint8]
) -> None:
    """Without the limit the stack overflows, or Python 3.12 and later see it coming."""
    source = attack(
        "sys.setrecursionlimit(10 ** 9)",
        "deep = []",
        "for _ in range(10 ** 6): deep = [deep]",
        "deep == [deep]",
    )
    assert_stopped(sandbox, frame, source, match="SIGSEGV|RecursionError")


def test_a_crash_in_native_code_is_a_fault(sandbox: Make, frame: NDArray[np.uint8]) -> None:
    """A null pointer ends the worker, with its signal named."""
    assert_stopped(sandbox, frame, attack("ctypes.string_at(0)"), match="SIGSEGV")


def test_writing_into_its_frames_kills_the_worker(sandbox: Make, frame: NDArray[np.uint8]) -> None:
    """The pages are read-only, whichever way a program writes, and the parent's frame stays."""
    before = frame.copy()
    source = attack("ctypes.memset(now.ctypes.data, 0, now.nbytes)")
    assert_stopped(sandbox, frame, source, match="SIGSEGV")
    assert (frame == before).all()


@pytest.mark.parametrize(
    "line",
    ["now[0] = 0", "now.setflags(write=True)", "now += 1", "np.copyto(now, initial)"],
)
def test_frames_cannot_be_written_with_numpy(
    sandbox: Make, frame: NDArray[np.uint8], line: str
) -> None:
    """Numpy refuses, since the buffer itself is read-only."""
    assert_stopped(sandbox, frame, attack(line), match="read-only|WRITEABLE|UFuncTypeError")


@pytest.mark.parametrize(
    ("line", "match"),
    [
        ("os._exit(0)", "ended its own process \\(exit status 0\\)"),
        ("os._exit(7)", "exit status 7"),
        ("raise SystemExit", "goal raised SystemExit on line 11"),
        ("raise KeyboardInterrupt('stop')", "raised KeyboardInterrupt on line 11: stop"),
        ("raise MemoryError", "raised MemoryError on line 11"),
        ("raise GeneratorExit", "raised GeneratorExit"),
        ("raise BaseException('base')", "raised BaseException on line 11: base"),
        ("raise BaseExceptionGroup('many', [KeyboardInterrupt()])", "many"),
        ("sys.exit('bye')", "raised SystemExit on line 11: bye"),
    ],
)
def test_leaving_in_an_odd_way_is_a_fault(
    sandbox: Make, frame: NDArray[np.uint8], line: str, match: str
) -> None:
    """Whatever a program raises, the parent sees one kind of error, with the line."""
    assert_stopped(sandbox, frame, attack(line), match=match)


@pytest.mark.parametrize(
    ("method", "match"),
    [
        ("return 'x' * 10 ** 8", "x{100,320}\\."),
        ("raise KeyboardInterrupt", "its text cannot be read"),
        ("return 7", "its text cannot be read"),
        ("return '\\x1b[2J\\n\\0\\u202e gone'", r"E: \[2J    gone|E.*\[2J +gone"),
        ("return '\\udc80\\ud800'", r"raised E on line \d+: \?\?"),
        ("return chr(0x10ffff) * 999", "raised E"),
    ],
)
def test_a_hostile_exception_text_does_no_harm(
    sandbox: Make, frame: NDArray[np.uint8], method: str, match: str
) -> None:
    """Error text is bounded, printable, and its reading cannot break the worker."""
    source = attack(
        "class E(Exception):",
        "    def __str__(self):",
        f"        {method}",
        "raise E",
    )
    with pytest.raises(ProgramFault, match=match) as caught:
        sandbox(source).check(frame, frame)
    assert str(caught.value).isprintable()
    assert len(str(caught.value)) < 600


def test_an_exception_text_that_never_ends_meets_the_deadline(
    sandbox: Make, frame: NDArray[np.uint8]
) -> None:
    """Formatting an error counts as running the program."""
    source = attack(
        "class E(Exception):", "    def __str__(self):", "        while True: pass", "raise E"
    )
    with pytest.raises(ProgramFault, match="deadline"):
        sandbox(source, deadline=0.3).check(frame, frame)


@pytest.mark.parametrize(
    "value", ["1", "None", "'yes'", "now", "np.array(True)", "np.array([True])", "NotImplemented"]
)
def test_what_is_no_bool_is_a_fault(sandbox: Make, frame: NDArray[np.uint8], value: str) -> None:
    """Truthiness is not a verdict."""
    with pytest.raises(ProgramFault, match=r"it returned \w+ instead of a bool"):
        sandbox(attack(f"return {value}")).check(frame, frame)


@pytest.mark.parametrize("value", ["True", "np.True_", "(now == initial).all()"])
def test_both_kinds_of_bool_count(sandbox: Make, frame: NDArray[np.uint8], value: str) -> None:
    """Python's bool and numpy's are verdicts."""
    assert sandbox(attack(f"return {value}")).check(frame, frame).tolist() == [True]


def test_patching_numpy_stays_in_the_worker(sandbox: Make, frame: NDArray[np.uint8]) -> None:
    """A program may spoil its own numpy; the next program has a fresh one."""
    spoil = attack(
        "np.ndarray = np.bool_ = np.array = None",
        "load('builtins').len = None",
        "os.write = os.read = None",
        "sys.modules.clear()",
    )
    with contextlib.suppress(ProgramFault):  # it may well break the worker around it
        sandbox(spoil).check(frame, frame)
    other = sandbox(
        "import numpy as np\ndef goal(now, initial):\n    return np.ndarray is not None\n"
    )
    assert other.check(frame, frame).tolist() == [True]


def test_printing_is_harmless(sandbox: Make, frame: NDArray[np.uint8], capfd) -> None:
    """Output goes nowhere, however much there is of it."""
    source = "def goal(now, initial):\n    print('x' * 10 ** 7)\n    return True\n"
    assert sandbox(source).check(frame, frame).tolist() == [True]
    assert capfd.readouterr() == ("", "")


def test_another_process_of_the_user_cannot_look_in(
    sandbox: Make, frame: NDArray[np.uint8]
) -> None:
    """A worker is not dumpable: its memory is closed to everyone but root."""
    box = sandbox("def goal(now, initial):\n    return True\n")
    assert box.check(frame, frame).tolist() == [True]
    status = Path(f"/proc/{box.pid}/status").read_text()
    lines = dict(line.split(":\t", 1) for line in status.splitlines() if ":\t" in line)
    assert lines["NoNewPrivs"] == "1"
    assert lines["Seccomp"] == "2"
    assert lines["Threads"] == "1"
    limits = Path(f"/proc/{box.pid}/limits").read_text()
    for name in ("core file size", "file size", "processes", "open files"):
        assert f"Max {name:<21} 0 " in limits
    (space,) = re.findall(r"Max address space +(\d+) ", limits)
    assert 1 << 30 < int(space) < 1 << 32


def test_the_lockdown_needs_no_root() -> None:
    """Every layer holds for an ordinary user too, and then refuses what it should."""
    ours, theirs = os.pipe()
    wait, release = os.pipe()
    own, pid = os.getpid(), os.fork()
    if not pid:
        with contextlib.suppress(PermissionError):
            os.setgroups([])
            os.setgid(65534)
            os.setuid(65534)
        ctypes.CDLL(None).prctl(4, 1, 0, 0, 0)  # dumpable again, which a change of user undid
        held = confine(read_fd=wait, write_fd=theirs, memory=1 << 30, cpu=9, parent=own)
        try:
            list(Path("/").iterdir())
        except PermissionError:
            os.write(theirs, bytes([held.confined, held.landlock > 0, held.rlimits]))
        os.read(wait, 1)
        os._exit(0)
    os.close(theirs)
    holds = {layer.name: layer.holds for layer in layers()}
    wanted = [holds["seccomp"], holds["landlock"], holds["rlimits"]]
    assert os.read(ours, 4) == bytes(wanted)
    assert Path(f"/proc/{pid}/mem").stat().st_uid == 0  # root's, since it is not dumpable
    os.write(release, b"x")
    for descriptor in (ours, wait, release):
        os.close(descriptor)
    os.waitpid(pid, 0)


def test_a_worker_killed_by_a_stranger_is_named(sandbox: Make, frame: NDArray[np.uint8]) -> None:
    """Whoever kills each worker in the middle of its call is told of: by the signal."""
    box = sandbox(attack("while True: pass"), deadline=60.0)
    over = threading.Event()

    def kill() -> None:
        while not over.wait(0.01):
            if (pid := box.pid) is not None:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)

    killer = threading.Thread(target=kill)
    killer.start()
    try:
        with pytest.raises(ProgramFault, match=r"workers were ended by SIGKILL.*out of memory"):
            box.check(frame, frame)
    finally:
        over.set()
        killer.join()
