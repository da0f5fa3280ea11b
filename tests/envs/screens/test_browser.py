"""The browser: found or asked for by name, and gone with the process that started it."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from synth.envs.screens import browser as browsers
from synth.envs.screens import miniwob
from synth.envs.screens.browser import Browser, require_browser, shared_browser
from synth.envs.screens.miniwob.environment import MiniWoBEnv
from synth.envs.screens.tab import Tab
from synth.errors import EnvironmentFault
from tests.envs.screens.conftest import needs_browser

STARTS = """
import signal
signal.signal(signal.SIGINT, signal.default_int_handler)  # ignored by what a script starts with &
from synth.envs.screens.browser import shared_browser
browser = shared_browser()
print(browser.call("SystemInfo.getProcessInfo")["processInfo"][0]["id"], flush=True)
input()
"""


@needs_browser
@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_a_killed_process_leaves_no_browser_behind(how: signal.Signals) -> None:
    """However the process ends, its browser ends with it, and the profile is thrown away."""
    process = subprocess.Popen(
        [sys.executable, "-c", STARTS],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    with process:
        browser = os.pidfd_open(int(process.stdout.readline()))
        process.send_signal(how)
        assert select.select([browser], [], [], 60)[0], "the browser goes on"
        os.close(browser)


@needs_browser
@pytest.mark.parametrize("slow", [False, True], ids=["ends-at-once", "does-not-end"])
def test_a_closed_browser_is_said_to_be_closed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, slow: bool
) -> None:
    """Who still holds it is told so, and its profile is gone, also where it had to be killed."""
    path = require_browser()
    if slow:
        monkeypatch.setattr(browsers, "GRACE", 0.1)
        path = tmp_path / "chromium"
        path.write_text(f'#!/bin/sh\n"{require_browser()}" "$@"\nsleep 600\n')
        path.chmod(0o755)
    browser = Browser(path)
    profile = next(
        p
        for p in Path(f"/proc/{browser._process.pid}/cmdline").read_text().split("\0")
        if "synth-chromium-" in p
    )
    browser.close()
    with pytest.raises(EnvironmentFault, match="was closed"):
        browser.call("Browser.getVersion")
    assert not Path(profile).exists()


@needs_browser
def test_what_a_page_throws_is_said() -> None:
    """An error of the page's script comes out as an environment's fault, with its words."""
    tab = Tab(100, 100)
    try:
        with pytest.raises(EnvironmentFault, match="no such thing"):
            tab.run("(() => { throw new Error('no such thing'); })()")
        with pytest.raises(EnvironmentFault, match="cannot load"):
            tab.open("http://127.0.0.1:9/nothing.html")
    finally:
        tab.close()
    assert shared_browser().alive


@needs_browser
def test_a_page_has_no_time_of_its_own() -> None:
    """Its clock stands, timers wait for it, and chance comes from where it is seeded."""
    tab = Tab(100, 100)
    try:
        tab.open("data:text/html,<p>still</p>")
        tab.run(
            "window.rung = []; setTimeout(() => rung.push('late'), 500);"
            "setInterval(() => rung.push(Date.now()), 200); requestAnimationFrame(() => 0)"
        )
        first = tab.run("[Date.now(), new Date().getTime(), performance.now(), rung]")
        again = tab.run("[Date.now(), new Date().getTime(), performance.now(), rung]")
        tab.run("still.pass(500)")
        start = first[0]
        assert first == again == [start, start, 0, []]
        assert tab.run("rung") == [start + 200, start + 400, "late"]
        assert tab.run("Date.now()") == start + 500
    finally:
        tab.close()


def test_without_a_browser_the_packages_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """The error names Debian's package and the extra."""
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(EnvironmentFault, match=r"apt-get install chromium.*\[screens\]"):
        require_browser("screens/Phone-v0")


def test_without_miniwob_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its pages come with the package; the error says how to get it."""
    monkeypatch.setattr(miniwob.environment, "find_spec", lambda _: None)
    with pytest.raises(EnvironmentFault, match=r"'miniwob'.*\[screens\]"):
        MiniWoBEnv("click-tab")
