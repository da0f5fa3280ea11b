"""The parent's side of one worker: ask, wait no longer than the deadline, kill.

A worker is hostile. The parent reads exactly the bytes it expects behind the random number
it sent, and takes anything else as a breach; it never unpickles. After a breach, a missed
deadline or a death the worker is gone. Bytes go in and out; what they mean is known to
`synth.sandbox.session` and above.
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
from typing import TYPE_CHECKING, NamedTuple

from synth.errors import ProgramFault, SandboxUnavailable
from synth.sandbox import wire
from synth.sandbox.host import host
from synth.sandbox.mailbox import BELL, POSSIBLE, Mailbox
from synth.sandbox.memory import SharedMemory
from synth.sandbox.pace import Pace
from synth.sandbox.placement import Placement
from synth.sandbox.waiting import Wait

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["Answer", "Layers", "WorkerLost", "WorkerProcess"]

_HELLO_SECONDS = 20.0
_DEATH_SECONDS = 2.0
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


class Answer(NamedTuple):
    """A reply, its length checked.

    Attributes:
        failed: Whether the worker reports failure.
        body: Exactly as long as asked for.
        errors: `wire.ERROR` records, undecoded.
    """

    failed: bool
    body: bytes
    errors: tuple[bytes, ...]


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
        pace: Whether single calls are made by looking.
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
                descriptors = [self._unread, theirs, self.memory.descriptor]
                self._mailbox: Mailbox | None = None
                if POSSIBLE:
                    self._mailbox = Mailbox(self.memory.map)
                    given.callback(self._mailbox.give_away)
                    descriptors.append(self._mailbox.descriptor)
            except OSError as error:
                raise SandboxUnavailable(
                    f"there is no shared memory or pipe for a worker: {error}."
                ) from error
            order = wire.Order(wire.Command.FORK, unsafe, nonce, memory, cpu, self.memory.size)
            forked = host.fork(order, descriptors)
            ours.pop_all()
        self.pid, self._handle = forked.pid, forked.handle
        self.placement, self.pace = Placement(forked.pid), Pace(forked.pid)
        self._nonces, self._spent = b"", 0
        self._dead = False
        self._ended: int | None = None
        self._poll = select.poll()
        self._poll.register(self._replies, select.POLLIN)
        ends = (self._unread, self._requests, self._replies, self._handle)
        self._finalizer = weakref.finalize(self, _bury, os.getpid(), ends)
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

    def look(self, request: bytes, body: int, until: float, allowed: str) -> Answer:
        """Send one request about one frame and look for its reply (`synth.sandbox.mailbox`).

        Args:
            request: As for `ask`; it says that the reply belongs on the page.
            body: As for `ask`.
            until: As for `ask`.
            allowed: As for `ask`.

        Returns:
            The reply.

        Raises:
            PastDeadline: As for `ask`.
            ProgramFault: As for `ask`.
            WorkerLost: As for `ask`.
        """
        try:
            return self._look(request, body, until, allowed)
        except BaseException:  # as in `ask`
            self.kill()
            raise

    def kill(self) -> None:
        """End it, whatever it is doing, and wait until it is gone."""
        if self._finalizer.alive:
            self._slay()
            self._finalizer()
            if self._mailbox is not None:
                self._mailbox.close()
            self.memory.close()

    def _converse(self, request: bytes, body: int, until: float, allowed: str) -> Answer:
        nonce = self._nonce()
        os.write(self._requests, nonce + request)
        return self._hear(nonce, wire.REPLY.size + body, Wait(self.pid, until, allowed))

    def _hear(self, nonce: bytes, size: int, waiting: Wait) -> Answer:
        """A reply that comes by the pipe."""
        reply = self._read(b"", size, waiting)
        return self._answer(nonce, reply, size, lambda whole: self._read(reply, whole, waiting))

    def _look(self, request: bytes, body: int, until: float, allowed: str) -> Answer:
        box, nonce = self._mailbox, self._nonce()
        assert box is not None  # noqa: S101 - else `pace` never says so
        number, size = int.from_bytes(nonce, "little"), wire.REPLY.size + body
        box.post(number, request)
        if not box.watch(number, self._ring):
            box.ask_for_post()
            waiting = Wait(self.pid, until, allowed)
            waiting.for_bytes(self._poll, lambda: box.has(number))
            if not box.has(number):
                return self._hear(nonce, size, waiting)
        reply = box.copy(0, size)
        if reply.startswith(nonce + _WELL):  # as nearly all do, and the rest takes microseconds
            return Answer(False, reply[wire.REPLY.size :], ())
        return self._answer(nonce, reply, size, lambda whole: box.copy(0, whole))

    def _ring(self) -> None:
        os.write(self._requests, BELL)

    def _nonce(self) -> bytes:
        at = self._spent
        if at == len(self._nonces):
            self._nonces, at = os.urandom(wire.NONCE * _NONCES), 0
        self._spent = at + wire.NONCE
        return self._nonces[at : self._spent]

    def _answer(
        self, nonce: bytes, reply: bytes, size: int, rest: Callable[[int], bytes]
    ) -> Answer:
        """What a reply says, whose errors are still to be had where it announces some."""
        got, status, count = wire.REPLY.unpack_from(reply)
        if got != nonce or status > wire.Status.FAILED or count > wire.MAX_ERRORS:
            raise ProgramFault(_BREACH)
        failed = status == wire.Status.FAILED
        if not count and len(reply) == size:
            return Answer(failed, reply[wire.REPLY.size :], ())
        whole = size + count * wire.ERROR.size
        errors = rest(whole)
        if len(errors) != whole:
            raise ProgramFault(_BREACH)
        starts = range(size, whole, wire.ERROR.size)
        records = tuple(errors[start : start + wire.ERROR.size] for start in starts)
        return Answer(failed, reply[wire.REPLY.size : size], records)

    def _read(self, got: bytes, size: int, waiting: Wait) -> bytes:
        """At least `size` bytes, and one more where there is one too many."""
        pieces, have = [got], len(got)
        while have < size:
            waiting.for_bytes(self._poll)
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
            waiting = Wait(self.pid, until, f"{_HELLO_SECONDS:g} s")
            said = self._read(b"", wire.HELLO.size, waiting)
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


_WELL = wire.REPLY.pack(bytes(wire.NONCE), wire.Status.DONE, 0)[wire.NONCE :]
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
