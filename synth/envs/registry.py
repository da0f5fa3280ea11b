"""Which family makes an environment id.

To add a family, write one module with a `Family` in it and add one line to `HOMES`. A
module listed here must import without its simulator, so that asking costs nothing; it
imports the simulator in `Family.make`.
"""

from __future__ import annotations

import difflib
import importlib
from typing import TYPE_CHECKING

from synth.errors import SpecError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from synth.envs.base import Family
    from synth.spec import Spec

__all__ = ["HOMES", "families", "family_of", "unknown_env"]

HOMES: tuple[tuple[str, str], ...] = (("synth.envs.minigrid", "FAMILY"),)
"""Module and name of every family, asked in this order."""


def families() -> tuple[Family, ...]:
    """Every family, in the order in which they are asked."""
    return tuple(getattr(importlib.import_module(module), name) for module, name in HOMES)


def family_of(spec: Spec) -> Family:
    """The first family that claims the spec's environment.

    Raises:
        SpecError: None does.
    """
    for family in families():
        if family.claims(spec.env):
            return family
    known = [env_id for family in families() for env_id in family.known()]
    names = ", ".join(family.name for family in families())
    raise unknown_env(spec, known, f"Families that synth knows: {names}.")


def unknown_env(spec: Spec, known: Iterable[str], otherwise: str = "") -> SpecError:
    """The error for an environment id that does not exist.

    Args:
        spec: Whose ``env`` it is.
        known: Ids that do exist; the nearest are named.
        otherwise: The remedy where none is near.
    """
    near = difflib.get_close_matches(spec.env, sorted(known), n=3, cutoff=0.6)
    remedy = f"Nearest known: {', '.join(near)}." if near else otherwise
    return SpecError(
        f"there is no environment {spec.env!r}.",
        file=f"specs/{spec.name}.toml",
        key="env",
        remedy=remedy,
    )
