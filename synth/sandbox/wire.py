"""What parent, zygote and worker say to each other: fixed-size binary, and nothing else.

A request is one `REQUEST`. A reply is one `REPLY`, then a body whose length follows from
the request, then as many `ERROR` records as the reply's head announces. Frames, pairs, missions
and the program's text never pass here; they lie in the shared memory (`synth.sandbox.memory`).

This file is also loaded by path inside the zygote, so it imports the standard library only.
It does not read or write anything.
"""

from __future__ import annotations

import struct
from dataclasses import astuple, dataclass

__all__ = [
    "BROKEN",
    "CONTROL",
    "ERROR",
    "EXIT",
    "EXPLANATION",
    "FORKED",
    "FRAMES_OFFSET",
    "GREETING",
    "HELLO",
    "MAILBOX_OFFSET",
    "MAX_ERRORS",
    "MAX_MISSIONS",
    "MAX_PAIRS",
    "MISSIONS_OFFSET",
    "NONCE",
    "NUMBERS_OFFSET",
    "PAGE",
    "REPLY",
    "REQUEST",
    "STRANGER",
    "Command",
    "Malformed",
    "Op",
    "Order",
    "Status",
    "read_text",
]

NONCE = 8
"""Bytes of the random number that a reply must repeat."""

REQUEST = struct.Struct("<8sBBHIIIII")
"""Nonce, operation, whether the initial frame or the mission is new, whether the reply belongs
on the page, pairs, frames, height, width, bytes of text: of the program, or of the missions, of
which there may be none."""

REPLY = struct.Struct("<8sBBxx")
"""Nonce, status, number of `ERROR` records behind the body."""

ERROR = struct.Struct("<IHHI64s64s320s")
"""Pair, sub-task, unused, line, function, exception's type, message (UTF-8, zero-padded)."""

HELLO = struct.Struct("<8sBBBBB3x240s")
"""A worker's first words, said before it has seen the program: nonce, confined, seccomp,
Landlock's ABI, no_new_privs, rlimits, what went wrong (UTF-8)."""

GREETING = struct.Struct("<B7x504s")
"""The zygote's first words: ready, and if not, why (UTF-8)."""

CONTROL = struct.Struct("<BB6x8sQQQQ")
"""Parent to zygote: the fields of an `Order`."""

FORKED = struct.Struct("<q")
"""Zygote to parent: the worker's process id; where there are pidfds, one comes along."""

EXIT = struct.Struct("<q")
"""Zygote to parent: exit status, or minus the signal that killed the worker."""

BROKEN = 70
"""Exit status of a worker whose own code failed, which only a program can bring about."""

STRANGER = 1 << 32
"""In place of an exit status: it was no worker of this zygote."""

MAX_ERRORS = 16
"""Errors that one reply may carry."""

EXPLANATION = 4096
"""Bytes of an explanation: lines of UTF-8, zero-padded."""

MAX_PAIRS = 1 << 16
"""Pairs that one request may carry."""

NUMBERS_OFFSET = MAX_PAIRS * 8
"""Where the number of each pair's mission lies, ``int32[P]``, behind the pairs, ``int32[P, 2]``."""

MISSIONS_OFFSET = NUMBERS_OFFSET + MAX_PAIRS * 4
"""Where the distinct missions lie, as a JSON list."""

MAX_MISSIONS = 1 << 17
"""Bytes that they may take."""

MAILBOX_OFFSET = MISSIONS_OFFSET + MAX_MISSIONS
"""Where a request about one frame lies (`synth.sandbox.mailbox`)."""

PAGE = 1 << 14
"""Bytes of the page that a worker writes its replies to single frames on."""

FRAMES_OFFSET = MAILBOX_OFFSET + 4096
"""Where frames begin in the shared memory."""


Malformed = struct.error
"""What unpacking raises."""


class Command:
    """What the parent asks of the zygote."""

    FORK = 1
    STATUS = 2


class Op:
    """What the parent asks of a worker."""

    LOAD = 1
    CHECK_ONE = 2
    PROGRESS_ONE = 3
    CHECK = 4
    PROGRESS = 5
    PROFILE = 6
    EXPLAIN = 7


class Status:
    """How a worker got on."""

    DONE = 0
    FAILED = 1


@dataclass(frozen=True, slots=True)
class Order:
    """What the parent orders from the zygote.

    Attributes:
        command: One of `Command`.
        unsafe: Whether the worker may go on unconfined.
        nonce: What the worker's first words must repeat.
        memory: Bytes the worker may take.
        cpu: Seconds of CPU time the worker may take in its life.
        shared: Bytes of shared memory.
        pid: The worker whose exit status is wanted.
    """

    command: int
    unsafe: bool = False
    nonce: bytes = bytes(NONCE)
    memory: int = 0
    cpu: int = 0
    shared: int = 0
    pid: int = 0

    def pack(self) -> bytes:
        """The order as one `CONTROL`."""
        return CONTROL.pack(*astuple(self))

    @classmethod
    def unpack(cls, message: bytes) -> Order:
        """The order that one `CONTROL` holds."""
        command, unsafe, *rest = CONTROL.unpack(message)
        return cls(command, bool(unsafe), *rest)


def read_text(raw: bytes) -> str:
    """Text from an untrusted side: what is not printable becomes a space."""
    text = raw.rstrip(b"\0").decode("utf-8", "replace")
    return "".join(c if c.isprintable() else " " for c in text).strip()
