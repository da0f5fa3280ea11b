"""What `synth new` writes for environments that synth has an expert for."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from synth.envs.base import Defaults

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["KNOWN", "NOISE", "sized"]

NOISE = ("# Largest change of a channel by noise, of 255.", "noise = 4")
"""What may change in any picture."""


def sized(size: int) -> tuple[str, ...]:
    """Lines of ``[render]`` for pictures of that size."""
    return ("# Most pixels of the longer side; also: width and height, crop.", f"size = {size}")


def _with_expert(
    name: str, size: int, max_steps: int, *, options: tuple[str, ...] = ()
) -> Defaults:
    return Defaults(
        policy=f"synth.envs.gymnasium.experts:{name}",
        render=sized(size),
        metamorphic=NOISE,
        max_steps=max_steps,
        options=options,
    )


_LAKE = (
    "is_slippery = false",
    "# A random map for each seed.",
    'desc = "seed -> synth.envs.gymnasium.maps:frozen_lake"',
)

KNOWN: Mapping[str, Defaults] = MappingProxyType(
    {
        "Acrobot-v1": _with_expert("acrobot", 128, 300),
        "CliffWalking-v1": _with_expert("tabular", 192, 100),
        "FrozenLake-v1": _with_expert("tabular", 128, 60, options=_LAKE),
        "MountainCar-v0": _with_expert("mountain_car", 192, 200),
        "Taxi-v4": _with_expert("tabular", 192, 200),
    }
)
"""Defaults by id, without the module."""
