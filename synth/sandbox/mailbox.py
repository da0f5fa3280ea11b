"""How one frame is asked about without waking anybody.

A process that sleeps is late, and finds its caches cold: a program of 25 us takes 100 that way.
So for single frames parent and worker, on two processors, look at memory until the other has
written: the parent lays its request where the worker can only read, the worker its reply on a page
of its own that the parent copies and checks like any reply. Neither looks for long: a worker that
is not asked for some hundred microseconds says on its page that it sleeps, and is rung with the
pipe; a parent that waits longer has the reply sent by the pipe (`synth.sandbox.process`).

Each side writes its number last. That another processor sees the writes in this order holds for
x86-64, and only there is it used. Either side may still miss what the other has just written: so a
parent looks at the page again while it waits, and a worker at the mailbox before it sleeps.

This file is also loaded by path inside the zygote. It does not decide when to be used:
`synth.sandbox.pace` does.
"""

from __future__ import annotations

import contextlib
import mmap
import os
import platform
import time
from typing import TYPE_CHECKING

from synth.sandbox import wire

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["BELL", "POSSIBLE", "SECONDS", "Inbox", "Mailbox"]

SECONDS = 4e-4
"""How long a worker looks for the next request before it sleeps, and a parent for a reply."""
POSSIBLE = platform.machine() in ("x86_64", "AMD64") and hasattr(os, "memfd_create")

BELL = wire.REQUEST.pack(bytes(wire.NONCE), 0, 0, 1, 0, 0, 0, 0, 0)
"""Sent by the pipe, it says to look into the mailbox. It may be heard late, and for nothing."""

_WORD = 8
_POSTED = wire.MAILBOX_OFFSET // _WORD
_WAITING = _POSTED + wire.REQUEST.size // _WORD
_ASLEEP = wire.PAGE // _WORD - 1
_LOOKS = 32
"""Looks between two at the clock: half a microsecond and more each."""
_SEALS = 0x1 | 0x2 | 0x4  # SEAL, SHRINK, GROW: a page that shrank would end the parent
_F_ADD_SEALS = 1033


class Mailbox:
    """The parent's side.

    Args:
        memory: What the parent writes and the worker reads.

    Raises:
        OSError: The machine gives no page.

    Attributes:
        descriptor: Of the page that the worker writes; closed by `give_away`.
    """

    def __init__(self, memory: mmap.mmap) -> None:
        import fcntl  # noqa: PLC0415 - absent on some systems

        self.descriptor = os.memfd_create("synth-page", os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING)
        try:
            os.ftruncate(self.descriptor, wire.PAGE)
            fcntl.fcntl(self.descriptor, _F_ADD_SEALS, _SEALS)
            self._page = mmap.mmap(self.descriptor, wire.PAGE, prot=mmap.PROT_READ)
        except BaseException:  # the descriptor must not outlive a failed start
            os.close(self.descriptor)
            raise
        self._memory = memory
        self._ours = memoryview(memory).cast("Q")
        self._theirs = memoryview(self._page).cast("Q")

    def give_away(self) -> None:
        """Close the descriptor, once the worker has its own."""
        os.close(self.descriptor)

    def post(self, nonce: int, request: bytes) -> None:
        """Lay a request out.

        Args:
            nonce: Its first eight bytes, as the machine reads them.
            request: The `wire.REQUEST` behind them.
        """
        ours = self._ours
        ours[_WAITING] = 0
        start = wire.MAILBOX_OFFSET + _WORD
        self._memory[start : start + len(request)] = request
        ours[_POSTED] = nonce

    def watch(self, nonce: int, ring: Callable[[], None]) -> bool:
        """Look for the reply for a while; whether it is there.

        Args:
            nonce: Of the request.
            ring: Wakes the worker, if it sleeps; called once at most.
        """
        theirs, clock = self._theirs, time.perf_counter
        if theirs[_ASLEEP]:
            ring()
            ring = _nothing
        until = clock() + SECONDS
        while True:
            for _ in range(_LOOKS):
                if theirs[0] == nonce:
                    return True
            if theirs[_ASLEEP]:  # it went to sleep while the request was laid out
                ring()
                ring = _nothing
            if clock() > until:
                return theirs[0] == nonce

    def ask_for_post(self) -> None:
        """Have the reply sent by the pipe, unless it is on the page by now."""
        self._ours[_WAITING] = 1

    def has(self, nonce: int) -> bool:
        """Whether the reply to a request is on the page."""
        return self._theirs[0] == nonce

    def sleeps(self) -> bool:
        """Whether the worker says that it sleeps."""
        return self._theirs[_ASLEEP] != 0

    def copy(self, start: int, end: int) -> bytes:
        """A part of the page, as it is now."""
        return self._page[start:end]

    def close(self) -> None:
        """Let go of both memories."""
        self._ours.release()
        self._theirs.release()
        with contextlib.suppress(BufferError):
            self._page.close()


class Inbox:
    """The worker's side.

    Args:
        memory: The shared memory, read-only.
        page: The descriptor of the page.
    """

    def __init__(self, memory: mmap.mmap, page: int) -> None:
        self._memory = memory
        self._page = mmap.mmap(page, wire.PAGE)
        self._theirs = memoryview(memory).cast("Q")
        self._ours = memoryview(self._page).cast("Q")
        self._taken = self._theirs[_POSTED]
        self._ours[_ASLEEP] = 1

    def next(self) -> bytes:
        """The next request that is posted within `SECONDS`; otherwise nothing, and it sleeps."""
        theirs, taken, clock = self._theirs, self._taken, time.perf_counter
        until = clock() + SECONDS
        self._ours[_ASLEEP] = 0
        while True:
            for _ in range(_LOOKS):
                if theirs[_POSTED] != taken:
                    return self._take()
            if clock() > until:
                self._ours[_ASLEEP] = 1
                return self.posted()

    def posted(self) -> bytes:
        """The request in the mailbox; nothing where it was taken before the bell was heard."""
        return self._take() if self._theirs[_POSTED] != self._taken else b""

    def answer(self, reply: bytes) -> bool:
        """Lay a reply on the page; whether that was enough."""
        ours = self._ours
        if self._theirs[_WAITING] or len(reply) > wire.PAGE - _WORD:
            return False
        self._page[_WORD : len(reply)] = reply[_WORD:]
        ours[0] = int.from_bytes(reply[:_WORD], "little")
        return True

    def _take(self) -> bytes:
        self._ours[_ASLEEP] = 0
        self._taken = self._theirs[_POSTED]
        start = wire.MAILBOX_OFFSET
        return self._memory[start : start + wire.REQUEST.size]


def _nothing() -> None:
    """It was rung before."""
