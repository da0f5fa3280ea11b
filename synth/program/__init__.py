"""Reward programs as text: parse, lint, merge. None is run."""

from __future__ import annotations

from synth.program.lint import Finding, lint
from synth.program.merge import changed_functions, merge
from synth.program.parse import Program, parse, program_digest
from synth.program.reply import extract_code
from synth.program.unwritten import unwritten

__all__ = [
    "Finding",
    "Program",
    "changed_functions",
    "extract_code",
    "lint",
    "merge",
    "parse",
    "program_digest",
    "unwritten",
]
