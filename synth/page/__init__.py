"""A reward's page: one file of HTML, made for looking at.

It answers what the reward checks, how anyone knows that it is right, who wrote it at what cost,
what was not checked, and what would fool it; and shows all that these answers stand on. Nothing
is loaded from elsewhere, so that it can be mailed, kept and opened from a disk.
"""

from __future__ import annotations

from synth.page.figures import KeptFigures
from synth.page.index import index_of
from synth.page.origin import Subjected, committed, of_run
from synth.page.render import render_page
from synth.page.report import gather_report

__all__ = [
    "KeptFigures",
    "Subjected",
    "committed",
    "gather_report",
    "index_of",
    "of_run",
    "render_page",
]
