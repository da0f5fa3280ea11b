"""Helpers for testing lint rules, in the manner of LibCST's ``assertCodemod``.

They ship with the package, so that a rule added elsewhere is tested in one call too.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from synth.program.lint import lint

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["assert_lint"]


def assert_lint(source: str, expected: Iterable[str] = ()) -> None:
    """Assert what the lint finds.

    Args:
        source: A reward program.
        expected: ``RULE:LINE`` for each finding, in any order: ``["S101:3"]``. None means that
            the program is clean.

    Raises:
        AssertionError: The findings differ; the message shows them as a user would see them.
    """
    findings = lint(source)
    actual = sorted({f"{finding.rule}:{finding.line}" for finding in findings})
    wanted = sorted(set(expected))
    if actual != wanted:
        report = "\n".join(str(finding) for finding in findings) or "nothing"
        raise AssertionError(f"expected {wanted}, the lint found {actual}:\n{report}")
