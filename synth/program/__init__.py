"""Reward programs as text: parse, lint, merge. Nothing here runs one."""

from __future__ import annotations

from synth.program.lint import Finding, lint
from synth.program.parse import Program, parse, program_digest

__all__ = ["Finding", "Program", "lint", "parse", "program_digest"]
