"""The parent's side of one worker: ask, wait no longer than the deadline, kill.

A worker is hostile. The parent reads exactly the bytes it expects behind the random number
it sent, and takes anything else as a breach; it never unpickles. After a breach, a missed
deadline or a death the worker is gone. Time in which a worker could have run and other processes
had the processor is not its own, and the deadline moves by it: a busy machine makes no program
wrong. Bytes go in and out; what
they mean is known to `synth.sandbox.session` and above.
"""

from __future__ import annotations

import array
import contextlib
import fcntl
import os
import select
import signal
import termios
import time
import weakref
from dataclasses import dataclass
from pathlib import Path

from synth.errors import ProgramFault, SandboxUnavailable
from synth.sandbox import wire
from synth.sandbox.host import host
from synth.sandbox.memory import SharedMemory
from synth.sandbox.placement import Placement

__all__ = ["Answer", "Layers", "PastDeadline", "WorkerLost", "WorkerProcess", "waited_seconds"]

_HELLO_SECONDS = 20.0
_DEATH_SECONDS = 2.0
_STARVED = 30.0
"""A deadline moves by so many times its own length at most, however busy the machine."""
_AT_ONCE = 0.05
_NOTICED = 0.01
"""Seconds of waiting that move a deadline; less is what any process waits."""
_NONCES = 512
_READ = 1 << 20


class WorkerLost(Exception):
    """The worker died by no fault of the program: another one may be asked the same.

    It died before it took up the request, or of SIGKILL, which no program can send: the kernel
    refuses it the call.
    """


@dataclass(frozen=True, slots=True)
class Layers:
    """Which layers of the lockdown hold, as the worker reported before it saw the program.

    Attributes:
        confined: Whether the mandatory one holds.
        seccomp: The system-call filter.
        landlock: Landlock's ABI, or 0.
        no_new_privs: No gain of privileges.
        rlimits: All resource limits.
        trouble: What went wrong, in words.
    """

    confined: bool
    seccomp: bool
    landlock: int
    no_new_privs: bool
    rlimits: bool
    trouble: str


@dataclass(frozen=True, slots=True)
class Answer:
    """A reply, its length checked.

    Attributes:
        failed: Whether the worker reports failure.
        body: Exactly as long as asked for.
        errors: `wire.ERROR` records, undecoded.
    """

    failed: bool
    body: bytes
    errors: tuple[bytes, ...]


class PastDeadline(ProgramFault):
    """It did not answer in time. Whether it would have, nobody can know from here."""


class WorkerProcess:
    """A worker, from its fork to its end.

    Args:
        memory: Bytes of address space it may take.
        cpu: Seconds of CPU time in its whole life.
        shared: Bytes of shared memory.
        unsafe: Whether it may run unconfined.

    Raises:
        SandboxUnavailable: It cannot be started or confined.
        WorkerLost: Somebody killed it before it was ready.

    Attributes:
        pid: Its process id.
        memory: The shared memory.
        placement: Which processor it runs on.
        layers: What it said of its lockdown.
        alive: Whether it may be asked.
    """

    def __init__(self, *, memory: int, cpu: int, shared: int, unsafe: bool) -> None:
        nonce = os.urandom(wire.NONCE)
        with contextlib.ExitStack() as ours, contextlib.ExitStack() as given:
            try:
                self.memory = SharedMemory(shared)
                given.callback(self.memory.give_away)
                # The read end stays open here too: what lies unread in it tells whether a worker
                # that is gone ever took up the request, and a write never meets a broken pipe.
                self._unread, self._requests = _pipe(ours, ours)
                self._replies, theirs = _pipe(ours, given)
            except OSError as error:
                raise SandboxUnavailable(
                    f"there is no shared memory or pipe for a worker: {error}."
                ) from error
            order = wire.Order(wire.Command.FORK, unsafe, nonce, memory, cpu, self.memory.size)
            forked = host.fork(order, self._unread, theirs, self.memory.descriptor)
            ours.pop_all()
        self.pid, self._handle = forked.pid, forked.handle
        self.placement = Placement(forked.pid)
        self._nonces, self._spent = b"", 0
        self._dead = False
        self._ended: int | None = None
        self._poll = select.poll()
        self._poll.register(self._replies, select.POLLIN)
        descriptors = (self._unread, self._requests, self._replies, self._handle)
        self._finalizer = weakref.finalize(self, _bury, os.getpid(), descriptors)
        self.layers = self._greet(nonce, unsafe=unsafe)

    @property
    def alive(self) -> bool:
        """Whether it may be asked."""
        return self._finalizer.alive

    def ask(self, request: bytes, body: int, until: float, allowed: str) -> Answer:
        """Send one request and read its reply.

        Args:
            request: A `wire.REQUEST` without its nonce.
            body: Length of the body that the reply must have.
            until: `time.monotonic` of the deadline.
            allowed: The deadline in words, for the message.

        Returns:
            The reply.

        Raises:
            PastDeadline: It did not answer in time. It is dead now.
            ProgramFault: It broke the format, or died. It is dead now.
            WorkerLost: It was dead before, or somebody killed it.
        """
        try:
            return self._converse(request, body, until, allowed)
        except BaseException:  # also on Ctrl-C: a reply still to come would be out of turn
            self.kill()
            raise

    def kill(self) -> None:
        """End it, whatever it is doing, and wait until it is gone."""
        if self._finalizer.alive:
            self._slay()
            self._finalizer()
            self.memory.close()

    def _converse(self, request: bytes, body: int, until: float, allowed: str) -> Answer:
        at = self._spent
        if at == len(self._nonces):
            self._nonces, at = os.urandom(wire.NONCE * _NONCES), 0
        self._spent = at + wire.NONCE
        nonce = self._nonces[at : self._spent]
        os.write(self._requests, nonce + request)
        size = wire.REPLY.size + body
        reply = self._read(b"", size, until, allowed)
        got, status, count = wire.REPLY.unpack_from(reply)
        if got != nonce or status > wire.Status.FAILED or count > wire.MAX_ERRORS:
            raise ProgramFault(_BREACH)
        failed = status == wire.Status.FAILED
        if not count and len(reply) == size:
            return Answer(failed, reply[wire.REPLY.size :], ())
        whole = size + count * wire.ERROR.size
        reply = self._read(reply, whole, until, allowed)
        if len(reply) != whole:
            raise ProgramFault(_BREACH)
        starts = range(size, whole, wire.ERROR.size)
        errors = tuple(reply[start : start + wire.ERROR.size] for start in starts)
        return Answer(failed, reply[wire.REPLY.size : size], errors)

    def _read(self, got: bytes, size: int, until: float, allowed: str) -> bytes:
        """At least `size` bytes, and one more where there is one too many."""
        pieces, have = [got], len(got)
        patience: _Patience | None = None
        while have < size:
            left = until - time.monotonic()
            # Most answers come at once, and are not worth a look at what the worker waits for.
            now = min(left, _AT_ONCE) if patience is None else left
            if left <= 0 or not self._poll.poll(now * 1000):
                if patience is None and left > 0:
                    patience = _Patience(self.pid, left)
                    continue
                if patience is not None and (more := patience.more()):
                    until += more
                    continue
                raise PastDeadline(
                    f"the program ran past its deadline of {allowed} and was killed."
                )
            piece = os.read(self._replies, min(size - have + 1, _READ))
            if not piece:
                self._mourn()
            pieces.append(piece)
            have += len(piece)
        return b"".join(pieces)

    def _mourn(self) -> None:
        """Say how the worker died."""
        unread = array.array("i", [0])
        fcntl.ioctl(self._unread, termios.FIONREAD, unread)
        ended = self._slay()
        # None: the zygote is gone, too, and its workers die of SIGKILL with it.
        if unread[0] == wire.REQUEST.size or ended in (None, -signal.SIGKILL):
            raise WorkerLost("the worker was killed")
        raise ProgramFault(_epitaph(ended))

    def _slay(self) -> int | None:
        """Kill it, wait for its end, and have the zygote bury it; returns how it ended."""
        if self._dead:
            return self._ended
        with contextlib.suppress(ProcessLookupError):
            if self._handle >= 0:
                signal.pidfd_send_signal(self._handle, signal.SIGKILL)
            else:
                os.kill(self.pid, signal.SIGKILL)  # no pidfds: the zygote has not reaped it yet
        if self._handle >= 0:
            gone = select.poll()
            gone.register(self._handle, select.POLLIN)
            gone.poll(_DEATH_SECONDS * 1000)
        self._dead, self._ended = True, host.status(self.pid)
        return self._ended

    def _greet(self, nonce: bytes, *, unsafe: bool) -> Layers:
        try:
            until = time.monotonic() + _HELLO_SECONDS
            said = self._read(b"", wire.HELLO.size, until, f"{_HELLO_SECONDS:g} s")
            got, confined, seccomp, abi, privileges, rlimits, why = wire.HELLO.unpack(said)
        except (ProgramFault, wire.Malformed) as error:
            self.kill()
            raise SandboxUnavailable(
                f"a worker ended before it was locked down: {error}"
            ) from error
        except BaseException:  # lost, or on Ctrl-C: no worker is left behind
            self.kill()
            raise
        layers = Layers(
            bool(confined), bool(seccomp), abi, bool(privileges), bool(rlimits), wire.read_text(why)
        )
        if got != nonce or not (layers.confined or unsafe):
            self.kill()
            raise SandboxUnavailable(
                f"this machine cannot confine a reward program ({layers.trouble}); "
                "run on Linux with seccomp, or, for programs you have read, with --unsafe."
            )
        return layers


class _Patience:
    """By how much a deadline moves, since others had the processor.

    Args:
        pid: Of the worker.
        left: Seconds until the deadline.
    """

    def __init__(self, pid: int, left: float) -> None:
        self._pid, self._waited = pid, waited_seconds(pid)
        self._most = _STARVED * left

    def more(self) -> float:
        """Seconds that the worker has waited since the last look; 0.0 where it is not worth it."""
        waited = waited_seconds(self._pid)
        more = min(waited - self._waited, self._most)
        if more < _NOTICED:
            return 0.0
        self._waited, self._most = waited, self._most - more
        return more


def waited_seconds(pid: int) -> float:
    """How long a process could have run in its life and others had the processor.

    Args:
        pid: Of the process; 0.0 where the system does not tell, or it is gone.
    """
    try:
        # On the processor, waiting for it, both in nanoseconds, and how often it was put there:
        # https://docs.kernel.org/scheduler/sched-stats.html
        fields = Path(f"/proc/{pid}/schedstat").read_bytes().split()
        return int(fields[1]) / 1e9
    except (OSError, IndexError, ValueError):
        return 0.0


_BREACH = (
    "the program's worker answered out of turn or out of form and was killed; "
    "reward programs return values and do nothing else."
)

_REASONS = {
    signal.SIGSEGV: "it crashed in native code, or its recursion ran out of stack",
    signal.SIGBUS: "it touched memory that is not there",
    signal.SIGABRT: "native code gave up",
    signal.SIGXCPU: "it used up its CPU time",
    signal.SIGSYS: "it made a system call of another architecture",
}


def _pipe(readers: contextlib.ExitStack, writers: contextlib.ExitStack) -> tuple[int, int]:
    reading, writing = os.pipe()
    readers.callback(os.close, reading)
    writers.callback(os.close, writing)
    return reading, writing


def _epitaph(ended: int) -> str:
    if ended == wire.BROKEN:
        return "the program broke the worker around it; it must not touch what it did not make."
    if ended >= 0:
        return f"the program ended its own process (exit status {ended}); let it return instead."
    try:
        name = signal.Signals(-ended).name
    except ValueError:
        name = f"signal {-ended}"
    reason = _REASONS.get(-ended, "the program must have raised it")  # type: ignore[call-overload]  # Signals are ints
    return f"the program's worker was ended by {name}: {reason}."


def _bury(owner: int, descriptors: tuple[int, int, int, int]) -> None:
    """Kill without a word to the zygote, since a garbage collector may call this anywhere.

    Where there are no pidfds the closing of its pipe is what ends the worker.
    """
    *pipes, handle = descriptors
    if os.getpid() == owner:  # in a forked child the worker belongs to the parent
        with contextlib.suppress(OSError):
            if handle >= 0:
                signal.pidfd_send_signal(handle, signal.SIGKILL)
    for descriptor in (*pipes, handle):
        if descriptor >= 0:
            os.close(descriptor)
