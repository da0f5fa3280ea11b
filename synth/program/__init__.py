"""Reward programs as text: parse, lint, merge. Nothing here runs one."""

from __future__ import annotations

from synth.program.parse import Program, parse, program_digest

__all__ = ["Program", "parse", "program_digest"]
