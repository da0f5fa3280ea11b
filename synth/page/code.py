"""Source text with colours, by pygments, in light and in dark."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING

from markupsafe import Markup
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import get_lexer_by_name

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["code_lines", "colours", "diff_lines"]

LIGHT, DARK = "xcode", "lightbulb"
"""Of pygments' own styles the ones whose every colour has a contrast of 4.5 on our paper."""

AROUND = 3
"""Lines of context in a diff."""


def code_lines(source: str) -> tuple[Markup, ...]:
    """A Python text as lines of HTML, each with its own tags closed."""
    return _lines(source, "python")


def diff_lines(before: str, after: str) -> tuple[Markup, ...]:
    """What changed between two texts, as a unified diff in lines of HTML; none where nothing."""
    text = difflib.unified_diff(before.splitlines(), after.splitlines(), n=AROUND, lineterm="")
    # The two lines of headings name files, of which there are none.
    return _lines("\n".join(list(text)[2:]), "diff")


def colours() -> str:
    """The style sheet for both themes; rules hold within ``.code``."""
    light, dark = _rules(LIGHT), _rules(DARK)
    return (
        f"{light}\n@media (prefers-color-scheme: dark) {{ :root:not([data-theme=light]) {{\n{dark}"
        f"\n}} }}\n:root[data-theme=dark] {{\n{dark}\n}}"
    )


def _rules(style: str) -> str:
    rules: Sequence[str] = HtmlFormatter(style=style).get_token_style_defs(".code")
    # Our paper, and no boxes around what a lexer does not know.
    return "\n".join(rule for rule in rules if " .err " not in rule)


def _lines(source: str, lexer: str) -> tuple[Markup, ...]:
    if not source:
        return ()
    text = highlight(source, get_lexer_by_name(lexer, stripnl=False), HtmlFormatter(nowrap=True))
    # pygments escapes what it did not make itself.
    return tuple(Markup(line) for line in text.rstrip("\n").split("\n"))  # noqa: S704
