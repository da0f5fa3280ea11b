"""The programs in the docs are programs."""

from __future__ import annotations

import re
from pathlib import Path

from synth.program import lint, parse

PAGE = Path(__file__).parents[2] / "docs" / "builtin.md"


def test_the_programs_in_the_docs_are_clean() -> None:
    """Three of them, and each passes the lint."""
    programs = re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    assert len(programs) == 3
    for program in programs:
        assert lint(program) == []
        assert parse(program).perceives
