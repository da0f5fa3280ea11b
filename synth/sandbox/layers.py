"""Which layers of the lockdown hold on this machine, for ``synth doctor``.

Each is tried out in a worker rather than guessed from versions. Nothing is printed here.
"""

from __future__ import annotations

import os
from dataclasses import dataclass

from synth.errors import SandboxUnavailable
from synth.sandbox.memory import CAPACITY
from synth.sandbox.process import WorkerLost, WorkerProcess
from synth.sandbox.session import MEMORY

__all__ = ["Layer", "layers"]

_NAMES = ("seccomp", "landlock", "no_new_privs", "rlimits", "memfd")


@dataclass(frozen=True, slots=True)
class Layer:
    """One layer.

    Attributes:
        name: As the kernel's manuals call it.
        holds: Whether it took hold.
        detail: What it does, or why it does not hold.
    """

    name: str
    holds: bool
    detail: str


def layers() -> tuple[Layer, ...]:
    """Try every layer in a worker of its own.

    Returns:
        ``seccomp``, ``landlock``, ``no_new_privs``, ``rlimits`` and ``memfd``, in this order.
        Only the first is mandatory (on macOS `sandbox_init` stands in for it).
    """
    try:
        worker = WorkerProcess(memory=MEMORY, cpu=60, shared=CAPACITY, unsafe=True)
    except (SandboxUnavailable, WorkerLost) as error:
        return tuple(Layer(name, False, str(error)) for name in _NAMES)
    held, sealed = worker.layers, hasattr(os, "memfd_create")
    worker.kill()
    why = held.trouble or "the kernel does not offer it"
    abi = f"no file, no network, no other process (ABI {held.landlock})"
    return (
        Layer("seccomp", held.seccomp, "an allow-list of system calls" if held.seccomp else why),
        Layer("landlock", held.landlock > 0, abi if held.landlock else why),
        Layer(
            "no_new_privs",
            held.no_new_privs,
            "no gain of privileges" if held.no_new_privs else why,
        ),
        Layer("rlimits", held.rlimits, "memory, CPU, files, processes" if held.rlimits else why),
        Layer("memfd", sealed, "frames sealed" if sealed else "an unlinked file takes its place"),
    )
