"""One tab of the browser: a page opened, touched, asked and photographed."""

from __future__ import annotations

import base64
import io
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from PIL import Image

from synth.envs.screens.browser import shared_browser
from synth.errors import EnvironmentFault

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["PAGES", "Tab"]

PAGES = Path(__file__).parent / "pages"
"""The pages and scripts that are our own."""


class Tab:
    """A page of its own size, whose clock stands still between actions.

    Args:
        width: Of the page, in pixels.
        height: Likewise.

    Raises:
        EnvironmentFault: There is no browser here.
    """

    def __init__(self, width: int, height: int) -> None:
        self._browser = shared_browser()
        self._target = self._browser.call("Target.createTarget", url="about:blank", newWindow=True)[
            "targetId"
        ]
        attached = self._browser.call("Target.attachToTarget", targetId=self._target, flatten=True)
        self._session: str = attached["sessionId"]
        self._call("Page.enable")
        self._call(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=1,
            mobile=False,
        )
        # A page that is not in front would neither get the keyboard nor draw at once.
        self._call("Emulation.setFocusEmulationEnabled", enabled=True)
        self._call("Emulation.setTimezoneOverride", timezoneId="UTC")
        still = (PAGES / "still.js").read_text(encoding="utf-8")
        self._call("Page.addScriptToEvaluateOnNewDocument", source=still)

    def open(self, url: str) -> None:
        """Load a page, and wait until it is there.

        Raises:
            EnvironmentFault: It cannot be loaded.
        """
        self._browser.forget()
        said = self._call("Page.navigate", url=url)
        if "errorText" in said:
            raise EnvironmentFault(f"Chromium cannot load {url}: {said['errorText']}.")
        self._browser.wait_for("Page.loadEventFired", self._session)

    def run(self, script: str) -> Any:
        """What an expression of JavaScript gives, as a JSON value.

        Raises:
            EnvironmentFault: It throws.
        """
        said = self._call("Runtime.evaluate", expression=script, returnByValue=True)
        if "exceptionDetails" in said:
            details = said["exceptionDetails"]
            what = details.get("exception", {}).get("description") or details["text"]
            raise EnvironmentFault(f"The page breaks: {what}")
        return said["result"].get("value")

    def click(self, x: float, y: float) -> None:
        """Press and release the button at a place of the page.

        The page's own pointer is then taken out of sight, so that nothing looks hovered over.
        """
        self.drag((x, y), (x, y))

    def drag(self, start: tuple[float, float], end: tuple[float, float]) -> None:
        """Press the button at one place and release it at another."""
        on_the_way = [("mouseMoved", end, "left")] if start != end else []
        events = [
            ("mousePressed", start, "left"),
            *on_the_way,
            ("mouseReleased", end, "left"),
            ("mouseMoved", (-1, -1), "none"),
        ]
        commands = [
            (
                "Input.dispatchMouseEvent",
                {"type": kind, "x": x, "y": y, "button": button, "clickCount": 1},
            )
            for kind, (x, y), button in events
        ]
        self._browser.calls(self._session, commands)

    def photograph(self, left: int, top: int, width: int, height: int) -> NDArray[np.uint8]:
        """``uint8[height, width, 3]``: a part of the page as it looks now."""
        clip = {"x": left, "y": top, "width": width, "height": height, "scale": 1}
        said = self._call("Page.captureScreenshot", format="png", optimizeForSpeed=True, clip=clip)
        with Image.open(io.BytesIO(base64.b64decode(said["data"]))) as picture:
            return np.array(picture.convert("RGB"))

    def close(self) -> None:
        """Close the tab; the browser stays for the others."""
        if self._browser.alive:
            self._browser.call("Target.closeTarget", targetId=self._target)

    def _call(self, method: str, **parameters: Any) -> dict[str, Any]:
        return self._browser.call(method, self._session, **parameters)
