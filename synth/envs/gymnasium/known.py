"""What `synth new` writes for environments that synth has an expert for."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from synth.envs.base import Defaults

__all__ = ["KNOWN"]

KNOWN: Mapping[str, Defaults] = MappingProxyType({})
"""Defaults by id, without the module."""
