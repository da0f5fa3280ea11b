"""The zygote: imports numpy and scipy.ndimage once, then forks a worker per program.

Run as a script, ``python -P -s -S -B zygote.py CONTROL FOLDER...``, with an environment of a
few harmless variables: CONTROL is the descriptor of a socket to the parent, the folders hold
numpy and scipy. Of synth it loads, by path, the worker's own files and `synth.vision`,
under a package that has nothing else in it. It dies when the parent's end of the socket
closes, and its workers die with it.

It never sees a program or a frame, and it does not decide anything.
"""

from __future__ import annotations

import importlib.util
import os
import select
import signal
import socket
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

_HERE = Path(__file__).parent
_FILES = (
    *("seccomp", "lockdown", "tracing", "frozen", "constants", "bits", "checked", "ordered"),
    *("products", "steady", "mended", "given_names", "raised", "stopwatch", "initials"),
    *("guest", "mailbox", "worker"),
)
_REMEMBERED = 1024
_DESCRIPTORS = 4


def _load(name: str, path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise ImportError(f"{path} cannot be loaded")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    parent, _, own = name.rpartition(".")
    setattr(sys.modules[parent], own, module)
    return module


def _make_package() -> Any:
    """A `synth` that holds the protocol and nothing else; returns the protocol's module."""
    package, inner = ModuleType("synth"), ModuleType("synth.sandbox")
    package.__path__, inner.__path__ = [], []
    package.sandbox = inner  # type: ignore[attr-defined]  # a package made by hand
    sys.modules.update({"synth": package, "synth.sandbox": inner})
    return _load("synth.sandbox.wire", _HERE / "wire.py")


def _warm_up() -> None:
    """Have numpy and scipy import now what they would import on first use: later they cannot."""
    import numpy as np  # noqa: PLC0415 - imported here so that a failure can be reported
    from scipy import ndimage  # noqa: PLC0415 - as above

    image = np.arange(192, dtype=np.uint8).reshape(8, 8, 3)
    square = image[..., 0].astype(np.float64) + np.eye(8)
    mask = square > square.mean()
    for name in ("linalg", "fft", "ma", "random", "lib", "polynomial", "strings", "rec"):
        getattr(np, name)
    for method in ("all", "any", "sum", "prod", "max", "min", "mean", "var", "std", "ptp"):
        getattr(np, method)(square)
    square.clip(0, 1).round(1).cumsum().nonzero()
    np.linalg.svd(square)
    np.linalg.lstsq(square, square[0], rcond=None)
    np.fft.rfft2(square)
    np.unique(image.reshape(-1, 3), axis=0, return_counts=True)
    np.percentile(square, 50)
    np.median(square)
    np.histogram(square)
    np.einsum("ij,jk->ik", square, square)
    np.argsort(square, kind="stable")
    np.sort(np.array(["b", "a"]))
    np.corrcoef(square)
    np.random.default_rng(0).random()
    np.random.seed(0)  # noqa: NPY002 - the legacy generator too starts the same in every zygote
    str(image)
    b"\\N{BULLET}".decode("unicode-escape")  # has Python load unicodedata
    repr((image, square, mask, np.float32(0.1), np.ma.masked_array(square, mask)))
    f"{np.float64(1.5):.3f} {square.dtype}".encode()
    labels, _ = ndimage.label(mask)
    ndimage.find_objects(labels)
    ndimage.center_of_mass(mask, labels, [1])
    ndimage.binary_dilation(mask, iterations=2)
    ndimage.gaussian_filter(square, 1.0)
    ndimage.convolve(square, np.ones((3, 3)))
    ndimage.distance_transform_edt(mask)
    ndimage.zoom(square, 0.5)
    ndimage.rotate(square, 30)
    ndimage.sobel(square)
    for broken in ("square + [1, 2, 3]", "np.zeros(3)[7]", "int('x')", "ndimage.label(3, 3, 3)"):
        try:
            eval(broken)  # noqa: S307 - the four literals above, for the text of their errors
        except Exception as error:  # noqa: BLE001 - which exception is of no interest
            str(error)


class _Nursery:
    """The workers that are alive, and how the others ended.

    Args:
        control: The socket to the parent.
        wire: `synth.sandbox.wire`.
        worker: `synth.sandbox.worker`.
    """

    def __init__(self, control: socket.socket, wire: Any, worker: Any) -> None:
        self._control, self._wire, self._worker = control, wire, worker
        self._children: dict[int, int] = {}
        self._ended: dict[int, int] = {}
        self._poller = select.poll()
        self._poller.register(control, select.POLLIN)

    def serve(self) -> None:
        """Obey the parent until it is gone."""
        while True:
            ready = {descriptor for descriptor, _ in self._poller.poll()}
            # The dead first: an order could bury one of them, and give its number to another.
            for descriptor in ready - {self._control.fileno()}:
                self._reap(self._children[descriptor])
            if self._control.fileno() in ready and not self._obey():
                return

    def _obey(self) -> bool:
        size = self._wire.CONTROL.size
        message, descriptors, _, _ = socket.recv_fds(self._control, size, _DESCRIPTORS)
        if len(message) != size:
            return False
        order = self._wire.Order.unpack(message)
        if order.command == self._wire.Command.STATUS:
            self._control.sendall(self._wire.EXIT.pack(self._status(order.pid)))
        else:
            self._fork(order, descriptors)
        for descriptor in descriptors:
            os.close(descriptor)
        return True

    def _fork(self, order: Any, descriptors: list[int]) -> None:
        own = os.getpid()
        pid = os.fork()
        if not pid:
            self._worker.run(order, descriptors, own)
        self._ended.pop(pid, None)
        answer = self._wire.FORKED.pack(pid)
        if not hasattr(os, "pidfd_open"):
            self._control.sendall(answer)
            return
        handle = os.pidfd_open(pid)
        self._children[handle] = pid
        self._poller.register(handle, select.POLLIN)
        socket.send_fds(self._control, [answer], [handle])

    def _status(self, pid: int) -> int:
        if pid not in self._ended:
            self._reap(pid)
        return self._ended.pop(pid, self._wire.STRANGER)

    def _reap(self, pid: int) -> None:
        try:
            _, status = os.waitpid(pid, 0)
        except ChildProcessError:
            return
        self._ended[pid] = os.waitstatus_to_exitcode(status)
        while len(self._ended) > _REMEMBERED:  # of those that nobody asked about
            del self._ended[next(iter(self._ended))]
        for handle in [h for h, child in self._children.items() if child == pid]:
            del self._children[handle]
            self._poller.unregister(handle)
            os.close(handle)


def main() -> None:
    """Start, report, serve."""
    control = socket.socket(fileno=int(sys.argv[1]))
    sys.path += sys.argv[2:]
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    wire = _make_package()
    try:
        _load("synth.vision", _HERE.parent / "vision.py")
        for name in _FILES:
            worker = _load(f"synth.sandbox.{name}", _HERE / f"{name}.py")
        sys.modules["synth.sandbox.mended"].mend()
        _warm_up()
    except Exception as error:  # noqa: BLE001 - whatever it is, the parent must hear of it
        text = f"{type(error).__name__}: {error}"[:500]
        control.sendall(wire.GREETING.pack(0, text.encode("utf-8", "replace")))
        return
    import gc  # noqa: PLC0415 - used once, after everything else is loaded

    gc.collect()
    gc.freeze()
    control.sendall(wire.GREETING.pack(1, b""))
    _Nursery(control, wire, worker).serve()


if __name__ == "__main__":
    main()
