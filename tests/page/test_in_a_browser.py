"""The page as a reader meets it, in headless Chromium."""

from __future__ import annotations

import pytest

from .browser import DESKTOP, PHONE, Tab
from .conftest import Made, needs_browser

pytestmark = needs_browser

STRIP = "window.strip = document.querySelector('.strip'); 0"


@pytest.mark.parametrize(("size", "dark"), [(DESKTOP, False), (PHONE, True)])
def test_axe_finds_nothing(made: Made, size: tuple[int, int], dark: bool) -> None:
    """No violation, with everything unfolded, on a desktop in light and on a phone in dark."""
    with Tab(made.page, size=size, dark=dark) as tab:
        tab.run("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
        assert tab.violations() == []
        assert tab.run("document.documentElement.scrollWidth") <= size[0]


def test_the_index_has_no_violations(made: Made) -> None:
    """The index, too."""
    from .conftest import command  # noqa: PLC0415 - beside its use

    command("report")
    with Tab(made.page.parent / "index.html", dark=True) as tab:
        assert tab.violations() == []


def test_nothing_is_asked_of_anyone(made: Made) -> None:
    """The browser loads the file and what lies in it, and the script raises nothing."""
    with Tab(made.page) as tab:
        urls = [told["request"]["url"] for told in tab.events("Network.requestWillBeSent")]
        assert urls[0] == made.page.resolve().as_uri()
        assert all(url.startswith("data:") for url in urls[1:])
        assert tab.events("Runtime.exceptionThrown") == []
        assert tab.run("document.title") == "walk: a reward, and what is known of it"


def test_a_keyboard_scrubs_a_strip(made: Made) -> None:
    """Arrow keys move the frame, and the words and the picture follow."""
    with Tab(made.page) as tab:
        tab.run(
            "window.strip = document.querySelector('.strip'); strip.querySelector('input').focus()"
        )
        tab.press("Home", 36)
        first = tab.run("strip.querySelector('.screen figcaption').textContent")
        tab.press("ArrowRight", 39)
        second = tab.run("strip.querySelector('.screen figcaption').textContent")
        assert first.startswith("frame 0 of")
        assert second.startswith("frame 1 of")
        assert tab.run("strip.querySelector('input').getAttribute('aria-valuetext')") == second
        wanted = tab.run("strip.dataset.frames.split(' ')[1]").split(".")
        style = tab.run("strip.querySelector('.screen .f').getAttribute('style')")
        assert f"--x: {wanted[1]}" in style.replace("--x:", "--x: ").replace("  ", " ")


def test_a_mouse_scrubs_a_strip(made: Made) -> None:
    """A press at the far end of a timeline shows the last frame, at its beginning the first."""
    with Tab(made.page) as tab:
        tab.run(STRIP)
        tab.run("strip.scrollIntoView({behavior: 'instant'})")
        last = tab.run("strip.dataset.frames.split(' ').length - 1")
        for share, frame in ((0.01, 0), (0.99, last), (0.01, 0)):
            x, y = tab.run(
                "(() => { const at = strip.querySelector('.scrub').getBoundingClientRect();"
                f" return [at.left + {share} * at.width, at.top + at.height / 2]; }})()"
            )
            for kind in ("mousePressed", "mouseReleased"):
                tab.call(
                    "Input.dispatchMouseEvent", type=kind, x=x, y=y, button="left", clickCount=1
                )
            assert tab.run("Number(strip.querySelector('input').value)") == frame


def test_light_and_dark_are_a_press_away(made: Made) -> None:
    """The button turns the page's colours round, whatever the system prefers."""
    with Tab(made.page, dark=True) as tab:
        before = tab.run("getComputedStyle(document.body).backgroundColor")
        tab.run("document.getElementById('theme').click()")
        assert tab.run("getComputedStyle(document.body).backgroundColor") != before
