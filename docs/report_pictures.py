"""Takes screenshots of a report, on a desktop, on a phone and in the dark.

    synth report doorkey --measure --mutants 80 && python docs/report_pictures.py
    python docs/report_pictures.py runs/reports/fetch.html FOLDER

``docs/pictures/report-desktop.png``, ``report-phone.png`` and ``report-dark.png``. How long the
page took to load in each, how much of that the browser's main thread worked (which a busy machine
does not change), and how large it is, is printed.
"""

from __future__ import annotations

import base64
import sys
from dataclasses import dataclass
from pathlib import Path

from PIL import Image

from synth.envs.screens.browser import shared_browser

PAGE = Path("runs/reports/doorkey.html")
HERE = Path(__file__).parent / "pictures"


@dataclass(frozen=True)
class View:
    """How a page is looked at.

    Attributes:
        name: Of the picture.
        width: Of the window, in pixels.
        height: Of the picture.
        start: The element at whose top the picture begins; the page's own where empty.
        dark: Whether the system prefers dark colours.
        phone: Whether it is a phone.
    """

    name: str
    width: int
    height: int
    start: str = ""
    dark: bool = False
    phone: bool = False


VIEWS = (
    View("report-desktop", 1280, 1640),
    View("report-phone", 390, 1500, "#watch", phone=True),
    View("report-dark", 1280, 1300, "#program", dark=True),
)


def take(page: Path, view: View, path: Path) -> str:
    """Take one screenshot; what there is to say of the loading."""
    browser = shared_browser()
    target = browser.call("Target.createTarget", url="about:blank")["targetId"]
    tab = browser.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
    scheme = {"name": "prefers-color-scheme", "value": "dark" if view.dark else "light"}
    size = {"width": view.width, "height": 900, "deviceScaleFactor": 1, "mobile": view.phone}
    browser.call("Page.enable", tab)
    browser.call("Performance.enable", tab, timeDomain="threadTicks")
    browser.call("Emulation.setDeviceMetricsOverride", tab, **size)
    browser.call("Emulation.setEmulatedMedia", tab, features=[scheme])
    browser.forget()
    browser.call("Page.navigate", tab, url=page.resolve().as_uri())
    browser.wait_for("Page.loadEventFired", tab)

    def value(script: str) -> float:
        told = browser.call("Runtime.evaluate", tab, expression=script, returnByValue=True)
        return float(told["result"]["value"])

    place = f"document.querySelector('{view.start}').getBoundingClientRect().top + scrollY"
    top = value(place) if view.start else 0
    clip = {"x": 0, "y": top, "width": view.width, "height": view.height, "scale": 1}
    shot = browser.call("Page.captureScreenshot", tab, captureBeyondViewport=True, clip=clip)
    path.write_bytes(base64.b64decode(shot["data"]))
    # Few colours are enough for flat paint, and the repository stays small.
    with Image.open(path) as picture:
        picture.convert("RGB").quantize(256).save(path, optimize=True)
    told = browser.call("Performance.getMetrics", tab)["metrics"]
    worked = next(one["value"] for one in told if one["name"] == "TaskDuration")
    took = value("performance.getEntriesByType('navigation')[0].loadEventEnd")
    browser.call("Target.closeTarget", targetId=target)
    return f"{path}: loaded in {took:.0f} ms, {1000 * worked:.0f} ms of work"


def main(page: Path = PAGE, folder: Path = HERE) -> None:
    """Take all."""
    print(f"{page}: {page.stat().st_size / 1e6:.2f} MB")
    for view in VIEWS:
        print(take(page, view, folder / f"{view.name}.png"))


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
