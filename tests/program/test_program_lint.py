"""The lint as a whole: its report, its rules, its manners."""

from __future__ import annotations

import contextlib
import re
from pathlib import Path

import pytest
from clean_programs import CLEAN
from hypothesis import given, settings
from hypothesis import strategies as st

from synth.errors import ProgramSyntaxError
from synth.program import lint
from synth.program.lint import RULES, registry
from synth.program.testing import assert_lint

DOCS = Path(__file__).parents[2] / "docs" / "lint.md"

BAD = """\
import numpy as np
import os


def goal(now, initial):
    text = "\N{SNOWMAN}"; np.load(text)
    return np.argwere(now).any()


SUBTASKS = [goal]
"""


def test_a_finding_prints_as_a_report():
    """Rule, line, column in characters, the line with a caret, and what to write instead."""
    reports = [str(finding) for finding in lint(BAD)]
    assert reports[1] == (
        "line 6, column 17: S401 np.load is not available.\n"
        '        text = "\N{SNOWMAN}"; np.load(text)\n'
        "                    ^\n"
        "    Use array operations of np, ndimage or vision."
    )
    assert reports[2].endswith("Did you mean np.argwhere?")


def test_findings_come_in_source_order():
    """The first finding is the first one a reader meets."""
    found = lint(BAD)
    assert found == sorted(found, key=lambda finding: (finding.line, finding.column))
    assert [finding.line for finding in found] == [2, 6, 7]


def test_what_is_no_program_raises():
    """A text without SUBTASKS is a syntax error rather than a finding."""
    with pytest.raises(ProgramSyntaxError, match="does not define SUBTASKS"):
        lint("x = 1")


def test_the_helper_shows_the_report():
    """`assert_lint` fails with what the lint found, as a user would see it."""
    with pytest.raises(
        AssertionError, match=r"(?s)expected \['S101:3'\].*np.load is not available"
    ):
        assert_lint(BAD, ["S101:3"])
    assert_lint(BAD, ["S101:2", "S401:6", "S401:7"])


def test_a_rule_is_one_function():
    """A registered rule is applied without touching anything else, and ids are unique."""
    bad = "def goal(now, initial):\n    return 13 > 12\nSUBTASKS = [goal]\n"

    @registry.rule("S999", "No thirteen.")
    def no_thirteen(context):
        for node in context.nodes:
            if getattr(node, "value", None) == 13:
                yield registry.Hit(node, "thirteen.", "Use twelve.")

    try:
        with pytest.raises(ValueError, match="two rules S999"):
            registry.rule("S999", "Another.")(no_thirteen)
        assert_lint(bad, ["S999:2"])
    finally:
        del RULES["S999"]


def test_every_rule_is_in_the_documentation():
    """docs/lint.md lists each rule once, with the rule's own sentence."""
    text = DOCS.read_text(encoding="utf-8")
    rows = dict(re.findall(r"^\| (S\d+) \| (.*?) \|$", text, re.MULTILINE))
    assert rows == {rule.id: rule.summary for rule in RULES.values()}


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_no_text_makes_the_lint_crash(data):
    """Damaged programs give findings or a ProgramSyntaxError, and nothing else."""
    source = CLEAN[data.draw(st.sampled_from(sorted(CLEAN)))]
    for _ in range(data.draw(st.integers(1, 4))):
        start = data.draw(st.integers(0, len(source)))
        end = start + data.draw(st.integers(0, 30))
        patch = data.draw(
            st.one_of(
                st.text(max_size=6),
                st.sampled_from(
                    ["(", "lambda: ", "[x for x in ", "\n", "    ", "np", "=", "*", ":"]
                ),
            )
        )
        source = source[:start] + patch + source[end:]
    with contextlib.suppress(ProgramSyntaxError):
        lint(source)
