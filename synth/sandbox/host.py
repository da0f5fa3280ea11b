"""The parent's side of the zygote: start it, have it fork, survive its death.

There is one zygote per parent process, started on first use and shared by all threads. A
process forked from this one starts a zygote of its own.
"""

from __future__ import annotations

import _socket
import atexit
import importlib.util
import os
import signal
import socket
import subprocess
import sys
import threading
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from synth.errors import SandboxUnavailable
from synth.sandbox import wire

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["Forked", "Host", "host"]

_START_SECONDS = 300.0
"""A second on an idle machine; one that cannot start ends, and is not waited for."""
_ANSWER_SECONDS = 20.0
_ATTEMPTS = 5
_INHERITED = ("LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "PYTHONHOME", "SYSTEMROOT")
_ENVIRONMENT = {
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "VECLIB_MAXIMUM_THREADS": "1",
    "PYTHONHASHSEED": "0",  # the order within a set must not differ from run to run
    "LC_ALL": "C.UTF-8",
}


@dataclass(frozen=True, slots=True)
class Forked:
    """A newborn worker.

    Attributes:
        pid: Its process id.
        handle: Its pidfd, or -1 where there are none.
    """

    pid: int
    handle: int


class _ZygoteKilled(Exception):
    """Somebody killed the zygote before it was ready."""


class Host:
    """One zygote, restarted when it is found dead."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._control: _socket.socket | None = None
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int | None:
        """The zygote's process id, while one is running."""
        return self._process.pid if self._process else None

    def fork(self, order: wire.Order, descriptors: Sequence[int]) -> Forked:
        """Have a worker forked.

        Args:
            order: A `wire.Command.FORK`.
            descriptors: The pipe that it reads, the one that it writes, the shared memory, and
                where there is one the page (`synth.sandbox.mailbox`).

        Returns:
            The worker, which locks itself down now and then says hello.

        Raises:
            SandboxUnavailable: No zygote can be started.
        """
        with self._lock:
            problem = ""
            for _ in range(_ATTEMPTS):
                try:
                    control = self._running()
                    socket.send_fds(control, [order.pack()], [*descriptors])  # type: ignore[arg-type]  # sendmsg is all it needs
                    answer, handles, _, _ = socket.recv_fds(control, wire.FORKED.size, 1)  # type: ignore[arg-type]  # recvmsg is all it needs
                    if len(answer) == wire.FORKED.size:
                        for handle in handles:
                            os.set_inheritable(handle, False)
                        return Forked(wire.FORKED.unpack(answer)[0], handles[0] if handles else -1)
                    problem = "it closed the connection"
                except _ZygoteKilled:
                    problem = "it was killed while it started"
                except OSError as error:
                    problem = str(error)
                self._stop()
        raise SandboxUnavailable(
            f"the process that starts workers died {_ATTEMPTS} times ({problem}); "
            "see whether the machine is out of memory or processes."
        )

    def status(self, pid: int) -> int | None:
        """How a dead worker ended: its exit status, or minus a signal; ``None`` if unknown."""
        with self._lock:
            if self._control is None:
                return None
            try:
                self._control.sendall(wire.Order(wire.Command.STATUS, pid=pid).pack())
                answer = self._control.recv(wire.EXIT.size, socket.MSG_WAITALL)
                ended = int(wire.EXIT.unpack(answer)[0])
            except (OSError, wire.Malformed):
                self._stop()
                return None
        return None if ended == wire.STRANGER else ended

    def close(self) -> None:
        """End the zygote, and with it all workers."""
        with self._lock:
            self._stop()

    def abandon(self) -> None:
        """Let go of a zygote that belongs to the process this one was forked from."""
        if self._control is not None:
            self._control.close()
        if self._process is not None:
            self._process.returncode = 0  # not ours: nothing is to be waited for
        self.__init__()  # type: ignore[misc]  # a fresh lock too: a thread that is gone may hold it

    def _running(self) -> _socket.socket:
        if self._control is None:
            self._start()
        assert self._control is not None  # noqa: S101 - _start sets it or raises
        return self._control

    def _start(self) -> None:
        # The plain pair: whoever forbids sockets to tests means the network, and puts another
        # class in place of `socket.socket`.
        ours, theirs = _socket.socketpair()
        script = Path(__file__).with_name("zygote.py")
        with closing(theirs):
            command = [sys.executable, "-P", "-s", "-S", "-B", str(script), str(theirs.fileno())]
            inherited = {name: os.environ[name] for name in _INHERITED if name in os.environ}
            try:
                process = subprocess.Popen(
                    [*command, *_library_folders()],
                    env=_ENVIRONMENT | inherited,
                    pass_fds=(theirs.fileno(),),
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.DEVNULL,
                    cwd="/",
                    start_new_session=True,  # Ctrl-C in the terminal reaches the parent alone
                )
            except OSError as error:
                ours.close()
                raise SandboxUnavailable(
                    f"Python cannot be started for the sandbox: {error}."
                ) from error
        self._control, self._process = ours, process
        ours.settimeout(_START_SECONDS)
        try:
            greeting = ours.recv(wire.GREETING.size, socket.MSG_WAITALL)
        except TimeoutError as error:
            self._stop()
            raise SandboxUnavailable(
                f"the sandbox did not start within {_START_SECONDS:g} s: the machine is too busy. "
                "Run the same command again, with less beside it."
            ) from error
        except OSError as error:
            self._stop()
            raise SandboxUnavailable(f"the sandbox does not start: {error}.") from error
        ready, why = wire.GREETING.unpack(greeting.ljust(wire.GREETING.size, b"\0"))
        if not ready:
            self._stop()
            if process.returncode == -signal.SIGKILL and not greeting:
                raise _ZygoteKilled
            reason = wire.read_text(why) or f"exit status {process.returncode}"
            raise SandboxUnavailable(f"the sandbox does not start: {reason}.")
        ours.settimeout(_ANSWER_SECONDS)

    def _stop(self) -> None:
        if self._control is not None:
            self._control.close()
        if self._process is not None:
            self._process.kill()
            self._process.wait()
        self._control = self._process = None


def _library_folders() -> list[str]:
    found = (importlib.util.find_spec(name) for name in ("numpy", "scipy"))
    folders = [str(Path(spec.origin).parent.parent) for spec in found if spec and spec.origin]
    return list(dict.fromkeys(folders))


host = Host()
atexit.register(host.close)
os.register_at_fork(after_in_child=host.abandon)
