"""The system calls a worker may make, as a seccomp filter.

An allow-list: memory, time, the two pipes, the end. `read` and `write` pass for one file
descriptor each, `mmap` for anonymous memory that is not executable, `madvise` for the three
hints that allocators give. All else fails with EPERM, which Python turns into a
PermissionError; a call of another architecture (or x32) kills the process.

Written from the kernel's ``Documentation/userspace-api/seccomp_filter.rst``. This file is
loaded by path inside the zygote. It does not install the filter: `synth.sandbox.lockdown`
does.
"""

from __future__ import annotations

import platform
import struct

__all__ = ["build_filter"]

# Classic BPF: load a word of seccomp_data, compare, test bits, return.
_LOAD, _EQUAL, _AT_LEAST, _ANY_BIT, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_NUMBER, _ARCHITECTURE = 0, 4
_ALLOW, _KILL_PROCESS, _EPERM = 0x7FFF0000, 0x80000000, 0x00050001
_PROT_EXEC, _MAP_ANONYMOUS = 0x4, 0x20
_MADVICE = (4, 8, 14)  # MADV_DONTNEED, MADV_FREE, MADV_HUGEPAGE
_X32 = 0x40000000

# AUDIT_ARCH_*, then numbers from the kernel's syscall tables.
_TABLES: dict[str, tuple[int, dict[str, int]]] = {
    "x86_64": (
        0xC000003E,
        {
            "read": 0,
            "write": 1,
            "mmap": 9,
            "munmap": 11,
            "brk": 12,
            "rt_sigreturn": 15,
            "sched_yield": 24,
            "mremap": 25,
            "madvise": 28,
            "exit": 60,
            "gettimeofday": 96,
            "time": 201,
            "futex": 202,
            "restart_syscall": 219,
            "clock_gettime": 228,
            "exit_group": 231,
        },
    ),
    "aarch64": (
        0xC00000B7,
        {
            "read": 63,
            "write": 64,
            "mmap": 222,
            "munmap": 215,
            "brk": 214,
            "rt_sigreturn": 139,
            "sched_yield": 124,
            "mremap": 216,
            "madvise": 233,
            "exit": 93,
            "gettimeofday": 169,
            "futex": 98,
            "restart_syscall": 128,
            "clock_gettime": 113,
            "exit_group": 94,
        },
    ),
}


def build_filter(*, read_fd: int, write_fd: int, machine: str | None = None) -> bytes:
    """The filter as an array of ``struct sock_filter``.

    Args:
        read_fd: The one descriptor that may be read.
        write_fd: The one descriptor that may be written.
        machine: As `platform.machine` says it; by default this machine's.

    Returns:
        8 bytes per instruction.

    Raises:
        OSError: No table is known for this machine.
    """
    machine = machine or platform.machine()
    if machine not in _TABLES:
        raise OSError(f"no table of system calls for {machine}")
    architecture, numbers = _TABLES[machine]
    code = [
        (_LOAD, 0, 0, _ARCHITECTURE),
        (_EQUAL, 1, 0, architecture),
        (_RETURN, 0, 0, _KILL_PROCESS),
        (_LOAD, 0, 0, _NUMBER),
        (_AT_LEAST, 0, 1, _X32),
        (_RETURN, 0, 0, _KILL_PROCESS),
    ]
    special = {
        "read": _argument_in(0, (read_fd,)),
        "write": _argument_in(0, (write_fd,)),
        "madvise": _argument_in(2, _MADVICE),
        "mmap": [
            (_LOAD, 0, 0, _argument(2)),
            (_ANY_BIT, 2, 0, _PROT_EXEC),
            (_LOAD, 0, 0, _argument(3)),
            (_ANY_BIT, 1, 0, _MAP_ANONYMOUS),
            (_RETURN, 0, 0, _EPERM),
            (_RETURN, 0, 0, _ALLOW),
        ],
    }
    for name, number in numbers.items():
        body = special.get(name, [(_RETURN, 0, 0, _ALLOW)])
        code += [(_EQUAL, 0, len(body), number), *body]
    code.append((_RETURN, 0, 0, _EPERM))
    return b"".join(struct.pack("<HBBI", *instruction) for instruction in code)


def _argument(index: int) -> int:
    # Both machines are little-endian; the low word decides, as the kernel takes an int here.
    return 16 + 8 * index


def _argument_in(index: int, values: tuple[int, ...]) -> list[tuple[int, int, int, int]]:
    code = [(_LOAD, 0, 0, _argument(index))]
    code += [(_EQUAL, len(values) - i, 0, value) for i, value in enumerate(values)]
    return [*code, (_RETURN, 0, 0, _EPERM), (_RETURN, 0, 0, _ALLOW)]
