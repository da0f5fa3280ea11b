"""Half the extents of things in x, y and z, in metres; radius twice for round ones."""

from __future__ import annotations

__all__ = ["BAR", "BLOCK", "BOWL", "BOX", "CORNER", "CRUMB", "DISCS", "DISK", "PAD", "SQUARE"]

BLOCK = (0.018, 0.018, 0.018)
DISK = (0.02, 0.02, 0.012)
BAR = (0.032, 0.018, 0.014)
CRUMB = (0.011, 0.011, 0.011)
"""A block of a pile."""
DISCS = ((0.046, 0.046, 0.01), (0.034, 0.034, 0.01), (0.022, 0.022, 0.01))
"""Of a tower of Hanoi, the largest first."""

BOWL = (0.055, 0.055, 0.01)
BOX = (0.058, 0.058, 0.01)

FLATNESS = 0.0005
SQUARE = (0.07, 0.07, FLATNESS)
PAD = (0.06, 0.06, FLATNESS)
CORNER = (0.05, 0.05, FLATNESS)
"""The arms of a mark."""
