"""How `builtin` does on the five tasks, and on environments it was not developed with.

Run ``python benchmarks/builtin.py``.
"""

from __future__ import annotations

HELD_OUT = (
    "MiniGrid-FourRooms-v0",
    "MiniGrid-LavaGapS7-v0",
    "MiniGrid-MultiRoom-N2-S4-v0",
    "MiniGrid-BlockedUnlockPickup-v0",
    "MiniGrid-RedBlueDoors-6x6-v0",
)
"""Of different kinds, chosen before the search was written and never run while it was."""
