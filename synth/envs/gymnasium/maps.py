"""Maps that differ from seed to seed, for ``"seed -> module:function"`` in ``[options]``."""

from __future__ import annotations

from gymnasium.envs.toy_text.frozen_lake import generate_random_map

__all__ = ["frozen_lake"]


def frozen_lake(seed: int) -> list[str]:
    """A random 4x4 lake that can be crossed, as `generate_random_map` makes it.

    Example:
        >>> frozen_lake(0)
        ['SFHF', 'FFFF', 'FHFF', 'FFFG']
    """
    rows: list[str] = generate_random_map(size=4, p=0.8, seed=seed)
    return rows
