"""One worker: a process that belongs to one program, from its lockdown to its end.

It closes what it inherited, maps the frames read-only, locks itself down, says so, and then
answers requests until the pipe closes or the parent kills it. It keeps no deadline; the
parent does. What it says can be forged by the program it hosts, which shares its memory: a
forged verdict is worth no more than one the program returned.

This file is loaded by path inside the zygote.
"""

from __future__ import annotations

import fcntl
import json
import mmap
import os
import resource
import struct
import sys
import warnings
from typing import TYPE_CHECKING, Any, Never

import numpy as np

from synth.sandbox import wire
from synth.sandbox.guest import Guest
from synth.sandbox.initials import Initials
from synth.sandbox.lockdown import confine
from synth.sandbox.mailbox import BELL, Inbox
from synth.sandbox.raised import describe

if TYPE_CHECKING:
    from collections.abc import Sequence

    from synth.sandbox.raised import Raised
    from synth.sandbox.wire import Order

__all__ = ["REPLY_FD", "REQUEST_FD", "run"]

REQUEST_FD, REPLY_FD = 3, 4
_SPARE = 16


def run(order: Order, descriptors: Sequence[int], zygote: int) -> Never:
    """Be a worker until the end. Called in the child of a fork; never returns.

    Args:
        order: What the parent ordered.
        descriptors: The pipe to read from, the pipe to write to, the shared memory, and where
            there is one the page for replies to single frames.
        zygote: Process id of the zygote.
    """
    try:
        _serve(order, descriptors, zygote)
    finally:
        os._exit(wire.BROKEN)


def _serve(order: Order, descriptors: Sequence[int], zygote: int) -> None:
    requests, replies, frames, *page = descriptors
    memory = mmap.mmap(frames, order.shared, flags=mmap.MAP_SHARED, prot=mmap.PROT_READ)
    inbox = Inbox(memory, page[0]) if page else None
    requests = fcntl.fcntl(requests, fcntl.F_DUPFD, _SPARE)
    replies = fcntl.fcntl(replies, fcntl.F_DUPFD, _SPARE)
    os.dup2(requests, REQUEST_FD)
    os.dup2(replies, REPLY_FD)
    os.closerange(0, REQUEST_FD)
    os.closerange(REPLY_FD + 1, max(resource.getrlimit(resource.RLIMIT_NOFILE)[0], 1 << 16))
    sys.stdin = sys.stdout = sys.stderr = None  # print then does nothing
    warnings.simplefilter("ignore")
    held = confine(
        read_fd=REQUEST_FD, write_fd=REPLY_FD, memory=order.memory, cpu=order.cpu, parent=zygote
    )
    hello = wire.HELLO.pack(
        order.nonce,
        held.confined,
        held.seccomp,
        held.landlock,
        held.no_new_privs,
        held.rlimits,
        _text(held.trouble),
    )
    os.write(REPLY_FD, hello)
    if held.confined or order.unsafe:
        _Service(memory, inbox).serve()


class _Service:
    """Takes requests and answers them.

    Args:
        memory: The shared memory, read-only.
        inbox: Where requests about single frames come in without a pipe.
    """

    def __init__(self, memory: mmap.mmap, inbox: Inbox | None) -> None:
        self._memory, self._inbox = memory, inbox
        self._guest: Guest | None = None
        self._shape = (0, 0)
        self._initial: tuple[Any, ...] = ()

    def serve(self) -> None:
        """Take and answer requests until the pipe closes."""
        looks = False
        while request := self._next(looks):
            looks = self._reply(request)

    def _next(self, looks: bool) -> bytes:
        inbox = self._inbox
        if looks and inbox is not None and (request := inbox.next()):
            return request
        while True:
            request = os.read(REQUEST_FD, wire.REQUEST.size)
            if len(request) != wire.REQUEST.size:
                return b""
            if request != BELL or inbox is None:
                return request
            if request := inbox.posted():
                return request

    def _reply(self, request: bytes) -> bool:
        """Answer a request; whether the next one may come by the mailbox."""
        nonce, op, fresh, looks, pairs, frames, height, width, text = wire.REQUEST.unpack(request)
        status, guest = wire.Status.DONE, self._guest
        if op == wire.Op.LOAD:
            body, errors = b"", self._load(text)
            status = wire.Status.FAILED if errors else wire.Status.DONE
        elif guest is None:
            os._exit(wire.BROKEN)
        else:
            guest.begin()
            if op == wire.Op.CHECK_ONE:
                body = self._one(guest, (height, width), bool(fresh), text)
            elif op == wire.Op.PROGRESS_ONE:
                body = self._one(guest, (height, width), bool(fresh), text, progress=True)
            elif op == wire.Op.EXPLAIN:
                body = self._explain(guest, (height, width), text)
            else:
                body = self._many(guest, op, pairs, (frames, height, width), text)
            errors = guest.errors
        reply = wire.REPLY.pack(nonce, status, len(errors)) + body
        if errors:
            reply += b"".join(_pack(error) for error in errors)
        if looks and self._inbox is not None and self._inbox.answer(reply):
            return True
        sent = os.write(REPLY_FD, reply)
        while sent < len(reply):
            sent += os.write(REPLY_FD, reply[sent : sent + (1 << 16)])
        return bool(looks)

    def _load(self, length: int) -> list[Raised]:
        order = json.loads(self._memory[:length])
        try:
            self._guest = Guest(order["source"], order["subtasks"], order["timed"])
        except BaseException as error:  # noqa: BLE001 - a program may raise anything at all
            return [describe(error)]
        return []

    def _frames(self, count: int, height: int, width: int) -> Any:
        return np.ndarray((count, height, width, 3), np.uint8, self._memory, wire.FRAMES_OFFSET)

    def _missions(self, length: int) -> list[str]:
        """The distinct missions of a request; none where its episodes have none."""
        end = wire.MISSIONS_OFFSET + length
        return json.loads(self._memory[wire.MISSIONS_OFFSET : end]) if length else []

    def _one(
        self,
        guest: Guest,
        size: tuple[int, int],
        fresh: bool,
        text: int,
        *,
        progress: bool = False,
    ) -> bytes:
        if fresh or self._shape != size:
            self._shape = size
            self._pair = self._frames(2, *size)
            self._initial = (guest.initials.see(self._pair[0]), *self._missions(text))
        cells = bytearray(guest.width)
        given = (guest.see(self._pair[1]), *self._initial)
        if progress:
            values = guest.measure(0, given, cells, 0)
            return bytes(cells) + struct.pack(f"<{guest.width}f", *values)
        guest.judge(0, given, cells, 0)
        return bytes(cells)

    def _explain(self, guest: Guest, size: tuple[int, int], text: int) -> bytes:
        initial, frame = self._frames(2, *size)
        lines = guest.explain(frame, initial, self._missions(text))
        told = "\n".join(lines).encode("utf-8", "replace")[: wire.EXPLANATION]
        return told.ljust(wire.EXPLANATION, b"\0")

    def _many(
        self, guest: Guest, op: int, pairs: int, shape: tuple[int, int, int], text: int
    ) -> bytes:
        self._shape, self._initial = (0, 0), ()  # its frames are overwritten
        missions = [(mission,) for mission in self._missions(text)]
        told = np.ndarray(pairs, np.int32, self._memory, wire.NUMBERS_OFFSET).tolist()
        frames = self._frames(*shape)
        order = np.ndarray((pairs, 2), np.int32, self._memory).tolist()
        cells = bytearray(pairs * guest.width)
        values: list[float] = []
        # What perceive returned may be large: each is kept until its last use only.
        last = {i: p for p, (i, _) in enumerate(order)}
        last_first = {j: p for p, (_, j) in enumerate(order)}
        seen: dict[int, Any] = {}
        first: dict[int, Any] = {}
        # What is timed pays for each first picture once a request, whatever was asked before.
        initials = Initials(guest.see_initial) if op == wire.Op.PROFILE else guest.initials
        at = 0
        for p, (i, j) in enumerate(order):
            if i not in seen:
                seen[i] = guest.see(frames[i])
            # Never one object with what was seen of the same picture as a frame, as there never is
            # in a single call: `is`, and equality of what holds a NaN, would tell the two apart.
            if j not in first:
                first[j] = initials.see(frames[j])
            given = (seen[i], first[j], *(missions[told[p]] if missions else ()))
            if op == wire.Op.PROGRESS:
                values += guest.measure(p, given, cells, at)
            else:
                guest.judge(p, given, cells, at)
            at += guest.width
            if last[i] == p:
                del seen[i]
            if last_first[j] == p:
                del first[j]
        if op == wire.Op.PROFILE:
            return np.array(guest.clock.read(), "<f8").tobytes()
        return bytes(cells) + np.array(values, "<f4").tobytes()


def _pack(error: Raised) -> bytes:
    return wire.ERROR.pack(
        error.pair,
        error.subtask,
        0,
        error.line & 0xFFFFFFFF,
        _text(error.function),
        _text(error.exception),
        _text(error.message),
    )


def _text(text: str) -> bytes:
    # struct cuts what is too long; the slice keeps a monstrous text from being encoded first.
    return text[:400].encode("utf-8", "replace")
