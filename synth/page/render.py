"""From a report to one file of HTML that needs no other."""

from __future__ import annotations

import math
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from synth import __version__
from synth.page.answers import answers, duration, whether
from synth.page.blame import round_of
from synth.page.code import colours

if TYPE_CHECKING:
    from collections.abc import Iterable

    from synth.page.album import AlbumPicture, AlbumSheet
    from synth.page.index import Entry
    from synth.page.report import Report

__all__ = ["render_index", "render_page"]

KINDS = {
    "expert": ("Expert episodes", "The task done as it should be.", "expert episodes"),
    "near_miss": (
        "Near misses",
        "Almost right, and made on purpose; some succeed in another way, as the lowest lane says.",
        "near misses",
    ),
    "random": ("Random episodes", "Actions drawn by chance.", "random episodes"),
    "found": (
        "Counterexamples",
        "Found by a search, each an episode on which an earlier program was wrong.",
        "counterexamples",
    ),
    "scene": (
        "Scenes",
        "One arrangement of a world, the agent elsewhere in each picture: only the agent differs.",
        "scenes",
    ),
}
"""Heading, what they are, and the word for several."""

ASKED_TO = {
    "describe": "name the sub-tasks",
    "write": "write a program",
    "refine": "repair the program",
    "faster": "make it faster",
    "label": "look at pictures",
    "note": "nothing",
}


def render_page(report: Report, *, has_index: bool = False) -> str:
    """The page of one reward.

    Args:
        report: What it shows.
        has_index: Whether an ``index.html`` lies beside it.
    """
    speeds = [j.speed for one in report.rounds for j in one.judged if j.speed is not None]
    provenance = report.origin.provenance
    speed = speeds[-1] if speeds else None
    if provenance is not None and provenance.microseconds_single is not None:
        speed = (provenance.microseconds_single, provenance.microseconds_batched or 0.0)
    return _rendered(
        "page.html.j2",
        report.album.sheets(),
        r=report,
        answers=answers(report),
        lines_by=tuple(entry for entry in report.blame.lines.items() if entry[0]),
        rounds_of=round_of,
        speed=speed,
        duration=duration,
        whether=whether,
        KINDS=KINDS,
        ASKED_TO=ASKED_TO,
        album_size=len(report.album),
        has_index=has_index,
    )


def render_index(entries: Iterable[Entry], sheets: tuple[AlbumSheet, ...]) -> str:
    """The page of all rewards."""
    return _rendered("index.html.j2", sheets, entries=tuple(entries))


def _rendered(name: str, sheets: tuple[AlbumSheet, ...], **content: object) -> str:
    # The style sheet and the script are ours; all else that a page says is escaped.
    return (
        _templates()
        .get_template(name)
        .render(
            css=Markup(f"{_text('page.css')}\n{colours()}"),  # noqa: S704
            js=Markup(_text("page.js")),  # noqa: S704
            sheets=sheets,
            version=__version__,
            width_of=_width_of,
            breakable=_breakable,
            **content,
        )
    )


@cache
def _templates() -> Environment:
    return Environment(
        loader=PackageLoader("synth.page"),
        undefined=StrictUndefined,
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _text(name: str) -> str:
    return (resources.files("synth.page") / "templates" / name).read_text(encoding="utf-8")


def _width_of(picture: AlbumPicture, width: str) -> str:
    """How wide a picture is shown where a square one is `width`, as ``9rem``.

    Wide pictures, such as those of two views, get more of a line, but not all that they ask for.
    """
    aspect = picture.width / picture.height
    return f"{float(width.removesuffix('rem')) * math.sqrt(aspect):.3g}rem"


def _breakable(name: str) -> Markup:
    """An identifier that may be parted after its underscores."""
    return Markup("_<wbr>").join(name.split("_"))
