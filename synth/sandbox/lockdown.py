"""What a worker takes upon itself before it sees the program: none of it can be undone.

In this order: no new privileges, no memory dumps or ptrace, death with the zygote, an empty
Landlock ruleset (best effort: it forbids what seccomp forbids already), resource limits, and
last the seccomp filter, without which a worker refuses to go on. On macOS the
pure-computation profile of ``sandbox_init`` stands in for all but the limits; that branch
follows Apple's header and has not been run on a Mac.

Linux facts are from prctl(2), landlock(7), seccomp(2) and getrlimit(2). This file is loaded
by path inside the zygote. It does not close descriptors: `synth.sandbox.worker` does.
"""

from __future__ import annotations

import ctypes
import os
import resource
import signal
import struct
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from synth.sandbox.seccomp import build_filter

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["Held", "confine"]

_PR_SET_PDEATHSIG, _PR_SET_DUMPABLE, _PR_SET_SECCOMP, _PR_SET_NO_NEW_PRIVS = 1, 4, 22, 38
_SECCOMP_MODE_FILTER = 2
_LANDLOCK_CREATE, _LANDLOCK_RESTRICT = 444, 446
_LANDLOCK_VERSION = 1
# From which ABI on: every file right, every network right, every scope there is.
_FILE_RIGHTS = {1: 0x1FFF, 2: 0x3FFF, 3: 0x7FFF, 5: 0xFFFF}
_NETWORK_ABI, _NETWORK_RIGHTS = 4, 0x3
_SCOPE_ABI, _SCOPES = 6, 0x3


@dataclass(frozen=True, slots=True)
class Held:
    """Which layers took hold.

    Attributes:
        confined: Whether the mandatory layer holds (seccomp, or sandbox_init on macOS).
        seccomp: Whether the system-call filter is installed.
        landlock: Landlock's ABI, 0 where it did not take hold.
        no_new_privs: Whether privileges can no longer be gained.
        rlimits: Whether all resource limits are set.
        trouble: What went wrong, in words.
    """

    confined: bool
    seccomp: bool = False
    landlock: int = 0
    no_new_privs: bool = False
    rlimits: bool = False
    trouble: str = ""


def confine(*, read_fd: int, write_fd: int, memory: int, cpu: int, parent: int) -> Held:
    """Take every layer that this machine has.

    Args:
        read_fd: The one descriptor that may still be read.
        write_fd: The one descriptor that may still be written.
        memory: Bytes of address space beyond what is mapped already.
        cpu: Seconds of CPU time in the whole life of the process.
        parent: The zygote's process id.

    Returns:
        What holds now. The caller decides whether that is enough.
    """
    trouble: list[str] = []
    memory += _mapped()
    if sys.platform == "darwin":
        rlimits = _try(trouble, "rlimits", lambda: _limit(memory, cpu))
        confined = _try(trouble, "sandbox_init", _confine_on_macos)
        return Held(confined=confined, rlimits=rlimits, trouble="; ".join(trouble))
    if not sys.platform.startswith("linux"):
        return Held(confined=False, trouble=f"there is no confinement for {sys.platform}")
    libc = ctypes.CDLL(None, use_errno=True)
    privileges = _try(trouble, "no_new_privs", lambda: _prctl(libc, _PR_SET_NO_NEW_PRIVS, 1))
    _try(trouble, "dumpable", lambda: _prctl(libc, _PR_SET_DUMPABLE, 0))
    _try(trouble, "pdeathsig", lambda: _prctl(libc, _PR_SET_PDEATHSIG, signal.SIGKILL))
    if os.getppid() != parent:
        os._exit(0)  # the zygote died before the line above took effect
    abi = _landlock(libc)
    rlimits = _try(trouble, "rlimits", lambda: _limit(memory, cpu))
    filtered = _try(trouble, "seccomp", lambda: _filter(libc, read_fd, write_fd))
    return Held(
        confined=filtered and privileges,
        seccomp=filtered,
        landlock=abi,
        no_new_privs=privileges,
        rlimits=rlimits,
        trouble="; ".join(trouble),
    )


def _try(trouble: list[str], name: str, step: Callable[[], None]) -> bool:
    try:
        step()
    except (OSError, ValueError, AttributeError) as error:
        trouble.append(f"{name}: {error}")
        return False
    return True


def _mapped() -> int:
    # RLIMIT_AS counts what is mapped already, numpy and the frames among it.
    statm = Path("/proc/self/statm")
    return int(statm.read_text().split()[0]) * resource.getpagesize() if statm.exists() else 0


def _limit(memory: int, cpu: int) -> None:
    limits = {
        resource.RLIMIT_CORE: 0,
        resource.RLIMIT_CPU: cpu,
        resource.RLIMIT_FSIZE: 0,
        resource.RLIMIT_NPROC: 0,
        resource.RLIMIT_NOFILE: 0,
        resource.RLIMIT_AS: memory,
    }
    for what, most in limits.items():
        resource.setrlimit(what, (most, most))


def _prctl(libc: ctypes.CDLL, option: int, value: int, pointer: int | None = None) -> None:
    if libc.prctl(option, ctypes.c_ulong(value), ctypes.c_void_p(pointer), 0, 0):
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code))


def _landlock(libc: ctypes.CDLL) -> int:
    abi: int = libc.syscall(_LANDLOCK_CREATE, None, ctypes.c_size_t(0), _LANDLOCK_VERSION)
    if abi < 1:
        return 0
    rights = max(value for since, value in _FILE_RIGHTS.items() if since <= abi)
    fields = [rights]
    if abi >= _NETWORK_ABI:
        fields.append(_NETWORK_RIGHTS)
    if abi >= _SCOPE_ABI:
        fields.append(_SCOPES)
    rules = struct.pack(f"={len(fields)}Q", *fields)
    ruleset = libc.syscall(_LANDLOCK_CREATE, rules, ctypes.c_size_t(len(rules)), 0)
    if ruleset < 0:
        return 0
    refused = libc.syscall(_LANDLOCK_RESTRICT, ruleset, 0)
    os.close(ruleset)
    return 0 if refused else abi


def _filter(libc: ctypes.CDLL, read_fd: int, write_fd: int) -> None:
    code = build_filter(read_fd=read_fd, write_fd=write_fd)
    buffer = ctypes.create_string_buffer(code, len(code))

    class Program(ctypes.Structure):
        _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.c_void_p))

    program = Program(len(code) // 8, ctypes.addressof(buffer))
    _prctl(libc, _PR_SET_SECCOMP, _SECCOMP_MODE_FILTER, ctypes.addressof(program))


def _confine_on_macos() -> None:
    libc = ctypes.CDLL("/usr/lib/libSystem.dylib", use_errno=True)
    message = ctypes.c_char_p()
    named = ctypes.c_uint64(1)
    if libc.sandbox_init(b"pure-computation", named, ctypes.byref(message)):
        raise OSError((message.value or b"refused").decode(errors="replace"))
