"""Programs that write to the reply pipe themselves, with and without the right nonce."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from synth.errors import ProgramFault

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np
    from numpy.typing import NDArray

    from synth.sandbox import Sandbox

    Make = Callable[..., Sandbox]

FORGER = """
import numpy as np
load = np.median.__wrapped__.__globals__["__builtins__"]["__import__"]
os, sys, struct = load("os"), load("sys"), load("struct")
def find(name):
    frame = sys._getframe()
    while name not in frame.f_locals:
        frame = frame.f_back
    return frame.f_locals[name]
def head(status=0, errors=0):
    return find("nonce") + bytes([status, errors, 0, 0])
def error(pair=0, subtask=0):
    return struct.pack("<IHHI64s64s320s", pair, subtask, 0, 1, b"f", b"E", b"m")
def goal(now, initial):
"""


def forge(*lines: str) -> str:
    """A program that forges and then returns False."""
    return FORGER + "".join(f"    {line}\n" for line in (*lines, "return False"))


@pytest.mark.parametrize(
    "line",
    [
        "os.write(4, bytes(13))",
        "os.write(4, b'x')",
        "os.write(4, bytes(60000))",
        "os.write(4, os.sep.encode() * 8 + bytes(5))",
        "os.write(4, head() + b'\\1\\1')",
        "os.write(4, head() + b'\\1' + bytes(5000))",
        "os.write(4, head(status=2) + b'\\1')",
        "os.write(4, head(errors=17) + b'\\1')",
        "os.write(4, head(errors=1) + b'\\1' + error() + b'x')",
        "os.write(4, head()[::-1] + b'\\1')",
    ],
    ids=[
        "no nonce",
        "a byte too early",
        "a flood",
        "a wrong nonce",
        "a byte too many",
        "far too many bytes",
        "an unknown status",
        "too many errors",
        "a byte behind the errors",
        "a mangled head",
    ],
)
def test_a_reply_out_of_form_is_a_breach(
    sandbox: Make, frame: NDArray[np.uint8], line: str
) -> None:
    """Anything but the exact bytes behind the right nonce ends the worker."""
    box = sandbox(forge(line))
    with pytest.raises(ProgramFault, match="out of turn or out of form"):
        box.check(frame, frame)
    assert box.pid is None


def test_the_nonce_alone_makes_a_reply_valid(sandbox: Make, frame: NDArray[np.uint8]) -> None:
    """The right bytes behind a wrong nonce are refused, behind the right one they count."""
    right = "os.write(4, head() + b'\\1')"
    wrong = "os.write(4, bytes(8) + head()[8:] + b'\\1')"
    assert sandbox(forge(right, "os._exit(0)")).check(frame, frame).tolist() == [True]
    with pytest.raises(ProgramFault, match="out of turn"):
        sandbox(forge(wrong, "os._exit(0)")).check(frame, frame)


@pytest.mark.parametrize(
    "line",
    [
        "os.write(4, head() + b'\\x09')",
        "os.write(4, head(errors=1) + b'\\2' + error(pair=1))",
        "os.write(4, head(errors=1) + b'\\2' + error(subtask=1))",
    ],
    ids=["an unknown verdict", "an error of no pair", "an error of no sub-task"],
)
def test_a_value_out_of_range_is_a_breach(
    sandbox: Make, frame: NDArray[np.uint8], line: str
) -> None:
    """A well-formed reply is still checked value by value."""
    with pytest.raises(ProgramFault, match="tampered"):
        sandbox(forge(line, "os._exit(0)")).check(frame, frame)


def test_forged_progress_is_checked_too(sandbox: Make, frame: NDArray[np.uint8]) -> None:
    """Progress outside [0, 1], or not a number, cannot be smuggled past the worker."""
    for value in ("1.5", "-0.5", "float('nan')", "float('inf')"):
        line = f"os.write(4, head() + b'\\0' + struct.pack('<f', {value}))"
        with pytest.raises(ProgramFault, match="tampered"):
            sandbox(forge(line, "os._exit(0)")).progress(frame, frame)


def test_a_half_reply_meets_the_deadline(sandbox: Make, frame: NDArray[np.uint8]) -> None:
    """A worker that begins a reply and goes on computing is killed like any other."""
    box = sandbox(forge("os.write(4, head())", "while True: pass"), deadline=0.3)
    with pytest.raises(ProgramFault, match="deadline"):
        box.check(frame, frame)


def test_a_half_reply_and_an_exit_is_a_death(sandbox: Make, frame: NDArray[np.uint8]) -> None:
    """A worker that dies within its reply gives no verdict."""
    with pytest.raises(ProgramFault, match="exit status 3"):
        sandbox(forge("os.write(4, head())", "os._exit(3)")).check(frame, frame)


def test_a_second_reply_is_found_at_the_next_call_at_the_latest(
    sandbox: Make, frame: NDArray[np.uint8]
) -> None:
    """A forged reply before the true one leaves one too many, and never answers another call."""
    box = sandbox(forge("os.write(4, head() + b'\\1')"))

    def two_calls() -> None:
        assert box.check(frame, frame).tolist() == [True]
        box.check(frame, frame)

    with pytest.raises(ProgramFault, match="out of turn"):
        two_calls()


def test_a_program_that_reads_requests_itself_is_cut_off(
    sandbox: Make, frame: NDArray[np.uint8]
) -> None:
    """Waiting for the next request within a call is running past the deadline."""
    box = sandbox(forge("os.read(3, 64)"), deadline=0.3)
    with pytest.raises(ProgramFault, match="deadline"):
        box.check(frame, frame)


def test_a_worker_that_answers_and_exits_is_replaced(
    sandbox: Make, frame: NDArray[np.uint8]
) -> None:
    """A forged verdict is worth a returned one; the next call simply has a fresh worker."""
    box = sandbox(forge("os.write(4, head() + b'\\1')", "os._exit(0)"))
    pids = set()
    for _ in range(3):
        assert box.check(frame, frame).tolist() == [True]
        pids.add(box.pid)
    assert len(pids) == 3


def test_forged_replies_of_a_batch_are_checked(sandbox: Make, frame: NDArray[np.uint8]) -> None:
    """Batches go through the same checks."""
    for line in ("os.write(4, bytes(99))", "os.write(4, head() + b'\\1\\1\\1\\1')"):
        with pytest.raises(ProgramFault, match="out of turn"):
            sandbox(forge(line)).verdicts(frame[None], [[0, 0], [0, 0]])
    with pytest.raises(ProgramFault, match="tampered"):
        sandbox(forge("os.write(4, head() + b'\\7\\7')", "os._exit(0)")).verdicts(
            frame[None], [[0, 0], [0, 0]]
        )


def test_a_forged_load_is_checked(sandbox: Make) -> None:
    """A program that answers while it is being loaded gains nothing."""
    start = FORGER.partition("def goal")[0]
    rest = "\ndef goal(now, initial):\n    return False\n"
    with pytest.raises(ProgramFault, match="out of turn"):
        sandbox(start + "os.write(4, head() + b'more')" + rest)
    with pytest.raises(ProgramFault, match="cannot be loaded: it raised E on line 1: m"):
        sandbox(start + "os.write(4, head(1, 1) + error())\nos._exit(0)" + rest)
    with pytest.raises(ProgramFault, match=r"cannot be loaded\.$"):
        sandbox(start + "os.write(4, head(1, 1) + error(pair=5))\nos._exit(0)" + rest)
