"""Tasks of which there are pictures and no simulator: an ability of families."""

from __future__ import annotations

from typing import Protocol, runtime_checkable

__all__ = ["Unsimulated"]


@runtime_checkable
class Unsimulated(Protocol):
    """A family that makes no simulator: its episodes came from elsewhere."""

    def why_no_simulator(self, task: str) -> str:
        """A sentence that says so, and what can be done instead."""
        ...
