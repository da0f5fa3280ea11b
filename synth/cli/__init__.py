"""The ``synth`` command. Start-up is kept quick: each command imports what it needs."""

from __future__ import annotations

from synth.cli.app import main

__all__ = ["main"]
