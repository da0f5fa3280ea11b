"""The journal's file: locked, appended to durably, and recovered after a crash."""

from __future__ import annotations

import fcntl
import json
import os
import threading
from typing import TYPE_CHECKING, Self

from synth.errors import UsageError
from synth.journal.records import FORMAT, RunRecord, decode, encode
from synth.journal.tape import Tape

if TYPE_CHECKING:
    from pathlib import Path
    from types import TracebackType

    from synth.journal.records import Record

__all__ = ["Journal", "read_journal"]


def read_journal(path: Path) -> Tape:
    """Read a journal without locking or changing it; a torn last line is left out.

    Raises:
        UsageError: There is none, or a line other than the last is damaged.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise UsageError(f"{path}: the journal cannot be read ({error.strerror}).") from error
    return Tape(_parse(content, path)[0])


class Journal:
    """A journal open for writing; a context manager.

    `append` may be called from several threads at once.

    Args:
        path: Created where missing, with its folder.

    Raises:
        UsageError: Another process holds it, it cannot be written, or it is damaged.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._mutex = threading.Lock()
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._fd = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o644)
        except OSError as error:
            raise UsageError(f"{path}: cannot be written ({error.strerror}).") from error
        try:
            self._lock()
            self.tape = Tape(self._recover())
        except BaseException:  # the descriptor must not outlive a failed start
            os.close(self._fd)
            raise

    def append(self, record: Record) -> None:
        """Write one record down for good: it is on the disk when this returns.

        Raises:
            UsageError: The disk is full, the file can no longer be written, or it is closed.
        """
        line = encode(record)
        with self._mutex:
            if self._fd < 0:
                raise UsageError(f"{self.path}: this journal is closed.")
            self._write(line)
            self.tape.add(record)

    def close(self) -> None:
        """Release the lock; nothing is buffered. Closing twice is harmless."""
        with self._mutex:
            if self._fd >= 0:
                os.close(self._fd)
            self._fd = -1  # its number may be another file's tomorrow

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _lock(self) -> None:
        try:
            fcntl.flock(self._fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise UsageError(
                f"{self.path}: another synth process is working on this run; "
                "wait for it, or give the other one a different task or model."
            ) from None

    def _recover(self) -> tuple[Record, ...]:
        content = self.path.read_bytes()
        records, whole = _parse(content, self.path)
        if whole < len(content):
            os.ftruncate(self._fd, whole)
        if whole and content[whole - 1 : whole] != b"\n":
            os.write(self._fd, b"\n")
        os.fsync(self._fd)
        folder = os.open(self.path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
        return records

    def _write(self, line: bytes) -> None:
        start = os.fstat(self._fd).st_size
        try:
            rest = line
            while rest:
                rest = rest[os.write(self._fd, rest) :]
            os.fsync(self._fd)
        except OSError as error:
            os.ftruncate(self._fd, start)  # half a line must not glue itself to the next
            raise UsageError(f"{self.path}: cannot be written ({error.strerror}).") from error


def _parse(content: bytes, path: Path) -> tuple[tuple[Record, ...], int]:
    """The records, and how many bytes of `content` are whole.

    Only the last line may be torn. One that is complete but for its newline is kept: it may
    be an answer that was paid for. So is one that is whole but unknown, by refusing.
    """
    lines = content.split(b"\n")
    if not lines[-1]:
        lines.pop()
    records: list[Record] = []
    whole = 0
    for number, line in enumerate(lines, start=1):
        try:
            record = decode(line)
        except ValueError as error:
            if number == len(lines) and not _is_json(line):
                break
            raise UsageError(
                f"{path}, line {number}: not a record of a journal. "
                "Restore the file, or move it away to start the run anew."
            ) from error
        if isinstance(record, RunRecord) and record.format != FORMAT:
            raise UsageError(
                f"{path}: journal format {record.format} is not the one this version of synth "
                f"reads ({FORMAT}); move it away to start the run anew."
            )
        records.append(record)
        whole += len(line) + 1
    return tuple(records), min(whole, len(content))


def _is_json(line: bytes) -> bool:
    try:
        json.loads(line)
    except RecursionError:  # nothing that was torn closes so many brackets
        return True
    except ValueError:
        return False
    return True
