"""A page in a real browser: what it looks like to a reader, a keyboard and a screen reader."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Self

from synth.envs.screens.browser import shared_browser

AXE = Path(__file__).parent / "axe" / "axe.min.js"
PHONE, DESKTOP = (390, 844), (1280, 900)


class Tab:
    """One tab of the shared browser; a context manager."""

    def __init__(self, page: Path, *, size: tuple[int, int] = DESKTOP, dark: bool = False) -> None:
        self._browser = shared_browser()
        self._target = self._browser.call("Target.createTarget", url="about:blank")["targetId"]
        self._session = self._browser.call(
            "Target.attachToTarget", targetId=self._target, flatten=True
        )["sessionId"]
        width, height = size
        scheme = [{"name": "prefers-color-scheme", "value": "dark" if dark else "light"}]
        for method, parameters in (
            ("Page.enable", {}),
            ("Runtime.enable", {}),
            ("Network.enable", {}),
            (
                "Emulation.setDeviceMetricsOverride",
                {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": size == PHONE},
            ),
            ("Emulation.setEmulatedMedia", {"features": scheme}),
        ):
            self.call(method, **parameters)
        self._browser.forget()
        self.call("Page.navigate", url=page.resolve().as_uri())
        self._browser.wait_for("Page.loadEventFired", self._session)

    def call(self, method: str, **parameters: Any) -> dict[str, Any]:
        """A command of the DevTools protocol."""
        return self._browser.call(method, self._session, **parameters)

    def run(self, script: str) -> Any:
        """The value of an expression in the page."""
        told = self.call(
            "Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True
        )
        assert "exceptionDetails" not in told, told["exceptionDetails"]
        return told["result"].get("value")

    def press(self, key: str, code: int) -> None:
        """A key that has a name."""
        for kind in ("rawKeyDown", "keyUp"):
            self.call("Input.dispatchKeyEvent", type=kind, key=key, windowsVirtualKeyCode=code)

    def violations(self) -> list[str]:
        """What axe-core has against the page, a line each."""
        self.run(AXE.read_text(encoding="utf-8"))
        told = self.run("axe.run(document).then((found) => JSON.stringify(found.violations))")
        return [
            f"{one['id']}: {node['target']} {node['failureSummary']}"
            for one in json.loads(told)
            for node in one["nodes"]
        ]

    def events(self, *methods: str) -> list[dict[str, Any]]:
        """Events of the tab since it was opened."""
        return [
            e["params"]
            for e in self._browser._events
            if e.get("method") in methods and e.get("sessionId") == self._session
        ]

    def __enter__(self) -> Self:
        """The tab itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close it."""
        self._browser.call("Target.closeTarget", targetId=self._target)
