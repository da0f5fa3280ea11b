"""One headless Chromium, spoken to over a pipe.

The DevTools protocol goes through two pipes that only this process holds: when it ends, in
whatever way, the pipes close, and the browser ends with it. So nobody is left behind by a kill.
"""

from __future__ import annotations

import atexit
import contextlib
import json
import os
import select
import shutil
import signal
import subprocess
import tempfile
import time
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from synth.errors import EnvironmentFault
from synth.extras import install

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["Browser", "browser_version", "find_browser", "require_browser", "shared_browser"]

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
"""What the browser may be called, in the order of preference."""

PATIENCE = 60.0
"""Seconds after which a browser that does not answer is given up."""

GRACE = 10.0
"""Seconds that a browser has to end by itself before it is killed."""

FLAGS = (
    "--headless",
    "--remote-debugging-pipe",
    # The pages are our own and MiniWoB's; a container seldom allows Chromium's own sandbox.
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    # A picture is drawn when it is asked for, not at the next of sixty ticks a second.
    "--disable-frame-rate-limit",
    "--disable-gpu-vsync",
    # Letters and edges the same on every screen.
    "--force-device-scale-factor=1",
    "--force-color-profile=srgb",
    "--disable-lcd-text",
    "--font-render-hinting=none",
    "--hide-scrollbars",
    "--lang=en-US",
    # Nothing that comes and goes by itself, and no word with anyone.
    "--disable-threaded-animation",
    "--disable-threaded-scrolling",
    "--disable-checker-imaging",
    "--disable-background-timer-throttling",
    "--disable-backgrounding-occluded-windows",
    "--disable-renderer-backgrounding",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-domain-reliability",
    "--disable-extensions",
    "--disable-sync",
    "--disable-breakpad",
    "--disable-features=Translate,OptimizationHints,MediaRouter,PaintHolding",
    "--no-first-run",
    "--no-default-browser-check",
    "--no-proxy-server",
    "--mute-audio",
)

LAUNCH = 'P=$1; R=$2; W=$3; shift 3; "$@" 3<"/dev/fd/$R" 4>"/dev/fd/$W"; rm -rf "$P"'
"""Chromium reads from descriptor 3 and writes to 4; not every shell can copy one above 9 there.

The shell outlives the browser only to throw its profile away, whoever ended it.
"""


class Browser:
    """A running Chromium.

    Args:
        path: Of its program.

    Raises:
        EnvironmentFault: It does not start.
    """

    def __init__(self, path: Path) -> None:
        self.pid = os.getpid()
        self._number = 0
        self._buffer = bytearray()
        self._events: list[dict[str, Any]] = []
        self._profile = profile = tempfile.mkdtemp(prefix="synth-chromium-")
        theirs_in, self._out = os.pipe()
        self._in, theirs_out = os.pipe()
        fds = (str(theirs_in), str(theirs_out))
        command = (str(path), *FLAGS, f"--user-data-dir={profile}", "about:blank")
        try:
            self._process = subprocess.Popen(
                ["/bin/sh", "-c", LAUNCH, "sh", profile, *fds, *command],
                pass_fds=(theirs_in, theirs_out),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                # Ctrl-C in a terminal is for us; we close the browser ourselves.
                start_new_session=True,
            )
        finally:
            os.close(theirs_in)
            os.close(theirs_out)
        self.alive = True
        try:
            self.call("Browser.getVersion")
        except BaseException:
            # Ctrl-C does not reach the browser, and nobody else knows of it yet.
            self.close()
            raise

    def call(self, method: str, session: str | None = None, **parameters: Any) -> dict[str, Any]:
        """One command of the DevTools protocol, and its result.

        Args:
            method: For example ``Page.navigate``.
            session: Of a tab; ``None`` for the browser itself.
            **parameters: JSON values.

        Raises:
            EnvironmentFault: The browser refuses, is gone, or does not answer.
        """
        return self.calls(session, [(method, parameters)])

    def calls(
        self, session: str | None, commands: Sequence[tuple[str, dict[str, Any]]]
    ) -> dict[str, Any]:
        """Several commands, sent at once and carried out in their order; the last one's result.

        Raises:
            EnvironmentFault: As for `call`.
        """
        numbers, messages = {}, bytearray()
        for method, parameters in commands:
            self._number += 1
            message: dict[str, Any] = {"id": self._number, "method": method, "params": parameters}
            if session is not None:
                message["sessionId"] = session
            messages += json.dumps(message).encode() + b"\0"
            numbers[self._number] = method
        self._write(bytes(messages))
        result: dict[str, Any] = {}
        deadline = time.monotonic() + PATIENCE
        while numbers:
            answer = self._read(deadline, next(iter(numbers.values())))
            method_answered = numbers.pop(answer.get("id", 0), None)
            if method_answered is None:
                self._events.append(answer)
            elif "error" in answer:
                raise EnvironmentFault(
                    f"Chromium refuses {method_answered}: {answer['error']['message']}."
                )
            elif answer["id"] == self._number:
                result = answer["result"]
        return result

    def wait_for(self, event: str, session: str) -> None:
        """Wait until an event of a tab has come since the last `forget`."""
        deadline = time.monotonic() + PATIENCE
        while not any(e.get("method") == event and e["sessionId"] == session for e in self._events):
            self._events.append(self._read(deadline, event))

    def forget(self) -> None:
        """Let go of the events that have come so far."""
        self._events.clear()

    def close(self) -> None:
        """End the browser, and wait until it is gone."""
        self.alive = False
        if self.pid != os.getpid():
            return  # a fork's copy: the browser is its parent's
        for fd in (self._out, self._in):
            with contextlib.suppress(OSError):  # closed before
                os.close(fd)
        try:
            self._process.wait(timeout=GRACE)
        except subprocess.TimeoutExpired:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
            # The shell that would have thrown it away was killed too.
            shutil.rmtree(self._profile, ignore_errors=True)

    def _write(self, message: bytes) -> None:
        if not self.alive or self.pid != os.getpid():
            raise EnvironmentFault("Chromium was closed; make the environment anew.")
        try:
            while message:
                message = message[os.write(self._out, message) :]
        except OSError as error:
            self.close()
            raise EnvironmentFault("Chromium ended unexpectedly; try again.") from error

    def _read(self, deadline: float, what: str) -> dict[str, Any]:
        while (end := self._buffer.find(0)) < 0:
            left = deadline - time.monotonic()
            if left <= 0 or not select.select([self._in], [], [], left)[0]:
                self.close()
                raise EnvironmentFault(
                    f"Chromium did not answer {what} within {PATIENCE:g} s, and was ended. "
                    "Try again."
                )
            piece = os.read(self._in, 1 << 20)
            if not piece:
                self.close()
                raise EnvironmentFault(
                    "Chromium ended unexpectedly. See what `chromium --headless --no-sandbox "
                    "about:blank` says."
                )
            self._buffer += piece
        answer: dict[str, Any] = json.loads(self._buffer[:end])
        del self._buffer[: end + 1]
        return answer


_SHARED: list[Browser] = []
"""The browser of this process, if any has been needed."""


def shared_browser() -> Browser:
    """The browser of this process, started when it is first needed; it ends with the process.

    Raises:
        EnvironmentFault: There is none here, or it does not start.
    """
    while _SHARED and not (_SHARED[0].alive and _SHARED[0].pid == os.getpid()):
        _SHARED.pop()
    if not _SHARED:
        browser = Browser(require_browser())
        atexit.register(browser.close)
        _SHARED.append(browser)
    return _SHARED[0]


def find_browser() -> Path | None:
    """Where Chromium is; ``None`` where it is not installed."""
    found = next((path for name in NAMES if (path := shutil.which(name))), None)
    return None if found is None else Path(found)


def require_browser(what: str = "A screen") -> Path:
    """Where Chromium is.

    Args:
        what: Needs it, for the message.

    Raises:
        EnvironmentFault: It is not installed.
    """
    found = find_browser()
    if found is None:
        raise EnvironmentFault(
            f"{what} needs Chromium, which is not installed. Run `apt-get install chromium "
            f"fonts-liberation` (Debian's packages) and `{install('screens')}`."
        )
    return found


@cache
def browser_version() -> str | None:
    """Its version, such as ``156.0.8078.108``; ``None`` where it is not installed."""
    found = find_browser()
    if found is None:
        return None
    said = subprocess.run([found, "--version"], capture_output=True, text=True, check=False).stdout
    return next((word for word in said.split() if word[:1].isdigit()), None)
