"""How fast a reward should be on pictures of a size, where a spec is written for the user."""

from __future__ import annotations

__all__ = ["speed_target"]

_TARGETS = (
    (96 * 96, 60),
    (192 * 128, 100),
    (160 * 160, 130),
    (256 * 128, 150),
    (144 * 256, 160),
    (256 * 192, 200),
)
"""Most pixels, and microseconds that are fast for a picture of so many."""
_SLOWEST = 300


def speed_target(width: int, height: int) -> int:
    """Microseconds a frame, for ``[target]``.

    Args:
        width: Of a picture, in pixels.
        height: Likewise.

    Example:
        >>> speed_target(96, 96)
        60
    """
    return next((us for most, us in _TARGETS if width * height <= most), _SLOWEST)
