"""The sandbox's parts on their own: filter, memory, batches, texts."""

from __future__ import annotations

import ctypes
import mmap
import os
import struct

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from synth.sandbox import seccomp
from synth.sandbox.batch import cut
from synth.sandbox.frozen import freeze
from synth.sandbox.memory import SharedMemory
from synth.sandbox.raised import describe
from synth.sandbox.seccomp import build_filter
from synth.sandbox.wire import ERROR, FRAMES_OFFSET, Order, read_text

ALLOW, EPERM, KILL = 0x7FFF0000, 0x00050001, 0x80000000
READ_FD, WRITE_FD = 3, 4


def run_filter(code: bytes, architecture: int, number: int, *args: int) -> int:
    """What the kernel's classic BPF machine would answer, for the six opcodes in use."""
    data = struct.pack("<IIQ6Q", number, architecture, 0, *args, *[0] * (6 - len(args)))
    program = list(struct.iter_unpack("<HBBI", code))
    at = value = 0
    while True:
        opcode, yes, no, k = program[at]
        at += 1
        if opcode == 0x20:
            (value,) = struct.unpack_from("<I", data, k)
        elif opcode == 0x06:
            return k
        else:
            holds = {0x15: value == k, 0x35: value >= k, 0x45: bool(value & k)}[opcode]
            at += yes if holds else no


@pytest.fixture(params=["x86_64", "aarch64"])
def machine(request: pytest.FixtureRequest) -> tuple[bytes, int, dict[str, int]]:
    """Filter, architecture and system calls of each machine there is a table for."""
    architecture, numbers = seccomp._TABLES[request.param]
    code = build_filter(read_fd=READ_FD, write_fd=WRITE_FD, machine=request.param)
    return code, architecture, numbers


def test_the_filter_lets_through_exactly_the_list(machine) -> None:
    """Of all system-call numbers, the listed ones pass and every other is refused."""
    code, architecture, numbers = machine
    conditional = {numbers[name] for name in ("read", "write", "madvise", "mmap")}
    for number in range(600):
        answer = run_filter(code, architecture, number)
        if number not in conditional:
            assert answer == (ALLOW if number in numbers.values() else EPERM), number


def test_the_filter_looks_at_arguments(machine) -> None:
    """Two descriptors, anonymous memory that is not executable, three kinds of advice."""
    code, architecture, numbers = machine
    answers = {
        ("read", READ_FD): ALLOW,
        ("read", WRITE_FD): EPERM,
        ("read", 0): EPERM,
        ("write", WRITE_FD): ALLOW,
        ("write", READ_FD): EPERM,
        ("write", 1): EPERM,
        ("mmap", 0, 4096, mmap.PROT_READ | mmap.PROT_WRITE, 0x22): ALLOW,
        ("mmap", 0, 4096, mmap.PROT_READ | mmap.PROT_WRITE, 0x02): EPERM,
        ("mmap", 0, 4096, mmap.PROT_READ | mmap.PROT_EXEC, 0x22): EPERM,
        ("mmap", 0, 4096, mmap.PROT_READ, 0x01): EPERM,
        ("madvise", 0, 4096, 4): ALLOW,
        ("madvise", 0, 4096, 8): ALLOW,
        ("madvise", 0, 4096, 14): ALLOW,
        ("madvise", 0, 4096, 9): EPERM,
        ("madvise", 0, 4096, 0): EPERM,
    }
    for (name, *args), wanted in answers.items():
        assert run_filter(code, architecture, numbers[name], *args) == wanted, (name, args)


def test_another_architecture_is_killed(machine) -> None:
    """Numbers mean something else there, so nothing of it passes; nor does x32."""
    code, architecture, _ = machine
    other = {0xC000003E: 0x40000003, 0xC00000B7: 0xC000003E}[architecture]
    assert run_filter(code, other, 0, READ_FD) == KILL
    assert run_filter(code, architecture, 0x40000000) == KILL


def test_an_unknown_machine_has_no_filter() -> None:
    """Rather than guess numbers, it says that it has none."""
    with pytest.raises(OSError, match="no table of system calls for riscv64"):
        build_filter(read_fd=3, write_fd=4, machine="riscv64")


def test_the_documented_number_of_calls_is_the_true_one() -> None:
    """The package says sixteen."""
    assert len(seccomp._TABLES["x86_64"][1]) == 16
    assert set(seccomp._TABLES["aarch64"][1]) == set(seccomp._TABLES["x86_64"][1]) - {"time"}


def in_child(action) -> int:
    """Run in a fork; the exit status, or minus the signal."""
    pid = os.fork()
    if not pid:
        status = 99
        try:
            status = action()
        finally:
            os._exit(status)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def test_sealed_memory_stays_sealed_without_any_lockdown() -> None:
    """Whoever holds the descriptor, root included, can neither write, nor resize, nor unseal."""
    memory = SharedMemory(1 << 20)
    memory.frames(1, 2, 2)[:] = 7
    libc = ctypes.CDLL(None, use_errno=True)

    def refused(action) -> bool:
        try:
            action()
        except OSError:
            return True
        return False

    def attack() -> int:
        view = mmap.mmap(memory.descriptor, 1 << 20, prot=mmap.PROT_READ)
        address = np.frombuffer(view, np.uint8).ctypes.data
        read_only = libc.mprotect(ctypes.c_void_p(address), ctypes.c_size_t(4096), 3) == -1
        tries = [
            refused(lambda: os.write(memory.descriptor, b"x")),
            refused(lambda: os.ftruncate(memory.descriptor, 0)),
            refused(lambda: os.ftruncate(memory.descriptor, 1 << 21)),
            refused(lambda: mmap.mmap(memory.descriptor, 1 << 20)),
            refused(lambda: os.write(os.open(f"/proc/self/fd/{memory.descriptor}", 1), b"x")),
            read_only,
        ]
        return sum(bit << i for i, bit in enumerate(tries))

    assert in_child(attack) == 0b111111
    assert (memory.frames(1, 2, 2) == 7).all()
    memory.give_away()
    memory.close()


def test_memory_without_memfd_is_a_file_without_a_name(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where there is no memfd, the descriptor given away cannot write and leads to no path."""
    monkeypatch.delattr(os, "memfd_create")
    memory = SharedMemory(FRAMES_OFFSET + 4096)
    memory.frames(1, 2, 2)[:] = 5
    assert os.pread(memory.descriptor, 12, FRAMES_OFFSET) == b"\5" * 12
    with pytest.raises(OSError, match="Bad file descriptor"):
        os.write(memory.descriptor, b"x")
    with pytest.raises(PermissionError):
        mmap.mmap(memory.descriptor, 4096)
    assert os.fstat(memory.descriptor).st_nlink == 0
    memory.give_away()
    memory.close()


@given(
    pairs=st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30)), max_size=60),
    room=st.integers(2, 12),
    most=st.integers(1, 20),
)
def test_pieces_hold_every_pair_once_in_order(
    pairs: list[tuple[int, int]], room: int, most: int
) -> None:
    """However a batch is cut, putting the pieces together gives the batch."""
    array = np.array(pairs, np.int64).reshape(-1, 2)
    together = []
    for piece in cut(array, room, most):
        assert piece.start == len(together)
        assert 0 < len(piece.pairs) <= most
        assert len(piece.used) <= room
        assert (np.diff(piece.used) > 0).all()
        together += piece.used[piece.pairs].tolist()
    assert together == array.tolist()


def test_pieces_are_as_large_as_they_may_be() -> None:
    """A piece ends only where the next pair would not fit."""
    pairs = np.array([[0, 1], [1, 2], [2, 0], [3, 0], [4, 5]])
    assert [len(piece.pairs) for piece in cut(pairs, 3)] == [3, 1, 1]
    assert [len(piece.pairs) for piece in cut(pairs, 4)] == [4, 1]
    assert [len(piece.pairs) for piece in cut(pairs, 6)] == [5]


@given(st.binary(max_size=80))
def test_texts_from_a_worker_are_printable(raw: bytes) -> None:
    """Whatever bytes a worker sends, what comes out can go to a terminal or a prompt."""
    text = read_text(raw)
    assert text.isprintable()
    assert text == text.strip()


def test_a_text_is_cut_to_its_record() -> None:
    """A record has one length, and text that is too long loses its end."""
    record = ERROR.pack(0, 0, 0, 1, b"f" * 99, b"E", b"m" * 999)
    assert [len(read_text(raw)) for raw in ERROR.unpack(record)[-3:]] == [64, 1, 320]


@given(
    st.builds(
        Order,
        command=st.integers(1, 2),
        unsafe=st.booleans(),
        nonce=st.binary(min_size=8, max_size=8),
        memory=st.integers(0, 2**63),
        cpu=st.integers(0, 2**32),
        shared=st.integers(0, 2**40),
        pid=st.integers(0, 2**22),
    )
)
def test_an_order_arrives_as_it_was_given(order: Order) -> None:
    """Packing and unpacking an order changes nothing."""
    assert Order.unpack(order.pack()) == order


def test_freezing_keeps_values_and_locks_arrays() -> None:
    """What perceive returned is equal afterwards, and unwritable."""
    array = np.arange(3)
    frozen = freeze({"a": [array, {1}], "b": (1, "x", None, np.float32(2))})
    assert type(frozen["a"]) is tuple
    assert frozen["a"][0] is array
    assert not frozen["a"][0].flags.writeable
    assert frozen["a"][1] == frozenset({1})
    assert frozen["b"] == (1, "x", None, 2.0)
    with pytest.raises(TypeError):
        frozen["c"] = 1


def test_the_line_of_an_error_is_the_programs_innermost() -> None:
    """An error deep inside numpy is blamed on the line of the program that called it."""
    source = (
        "import numpy as np\ndef f():\n    return np.zeros(3).reshape(2, 2)\ndef g():\n    f()\n"
    )
    space: dict = {}
    exec(compile(source, "<reward>", "exec"), space)
    with pytest.raises(ValueError, match="cannot reshape") as caught:
        space["g"]()
    raised = describe(caught.value, function="g")
    assert (raised.line, raised.function, raised.exception) == (3, "g", "ValueError")
