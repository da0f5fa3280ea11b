"""Pictures in one colour."""

from __future__ import annotations

import numpy as np

RED, BLUE = (255, 0, 0), (0, 0, 255)


def flat(colour, size=8):
    """A picture in one colour."""
    return np.full((size, size, 3), colour, np.uint8)
