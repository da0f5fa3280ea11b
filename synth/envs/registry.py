"""Which family makes an environment id.

To add a family, write one module with a `Family` in it and add one line to `HOMES`, above
the last: the last family takes whatever Gymnasium knows. A module listed here must import
without its simulator, so that asking costs nothing; it imports the simulator in
`Family.make`.
"""

from __future__ import annotations

import difflib
import importlib
from typing import TYPE_CHECKING, Any

import gymnasium

from synth.envs.keys import wrong_key
from synth.envs.named import import_named
from synth.envs.unsimulated import Unsimulated
from synth.errors import EnvironmentFault

if TYPE_CHECKING:
    from collections.abc import Iterable

    from synth.envs.base import Family
    from synth.errors import SpecError
    from synth.spec import Spec

__all__ = [
    "HOMES",
    "families",
    "family_of",
    "registered",
    "require_simulator",
    "unknown_env",
    "why_no_simulator",
]

HOMES: tuple[tuple[str, str], ...] = (
    ("synth.envs.minigrid", "FAMILY"),
    ("synth.envs.screens", "FAMILY"),
    ("synth.envs.tabletop", "FAMILY"),
    ("synth.envs.rooms", "FAMILY"),
    ("synth.envs.panda", "FAMILY"),
    ("synth.envs.recorded", "FAMILY"),
    ("synth.envs.gymnasium", "FAMILY"),
)
"""Module and name of every family, asked in this order: who knows more comes first."""


def families() -> tuple[Family, ...]:
    """Every family, in the order in which they are asked."""
    return tuple(getattr(importlib.import_module(module), name) for module, name in HOMES)


def family_of(spec: Spec) -> Family:
    """The first family that claims the spec's environment.

    The spec's ``modules``, and the one of ``module:Id``, are imported first, since they may
    register it.

    Raises:
        SpecError: None does, or a module cannot be imported.
    """
    for module in spec.modules:
        import_named(spec, "modules", module)
    if ":" in spec.env:
        import_named(spec, "env", spec.env.partition(":")[0])
    for family in families():
        if family.claims(spec.env):
            return family
    known = [env_id for family in families() for env_id in family.known()]
    names = ", ".join(family.name for family in families())
    raise unknown_env(spec, known, f"Families that synth knows: {names}.")


def why_no_simulator(spec: Spec) -> str:
    """Why a task can be played nowhere, or nothing where it has a simulator, installed or not."""
    for family in families():
        if isinstance(family, Unsimulated) and family.claims(spec.env):
            return family.why_no_simulator(spec.name)
    return ""


def require_simulator(spec: Spec) -> None:
    """Check that a task is one that can be played, before anything is done that needs it.

    Raises:
        EnvironmentFault: It has no simulator; what can be done with it is said.
    """
    if why := why_no_simulator(spec):
        raise EnvironmentFault(f"{why}.")


def registered(env_id: str) -> Any:
    """Gymnasium's entry for an id, with or without its module; ``None`` where there is none.

    The entry's ``entry_point`` tells the class. Nothing is imported: `family_of` has done it.
    """
    return gymnasium.registry.get(env_id.rpartition(":")[2])


def unknown_env(spec: Spec, known: Iterable[str], otherwise: str = "") -> SpecError:
    """The error for an environment id that does not exist.

    Args:
        spec: Whose ``env`` it is.
        known: Ids that do exist; the nearest are named.
        otherwise: The remedy where none is near.
    """
    module, colon, name = spec.env.rpartition(":")
    ids = sorted(known)
    # A version left out makes a short name look like no other.
    versions = [env_id for env_id in ids if env_id.rpartition("-v")[0] == name]
    near = versions or difflib.get_close_matches(name, ids, n=3, cutoff=0.6)
    if colon:  # as they must be written: their module is imported first
        near = [f"{module}:{env_id}" if env_id in gymnasium.registry else env_id for env_id in near]
    remedy = f"Nearest known: {', '.join(near)}." if near else otherwise
    return wrong_key(spec, "env", f"there is no environment {spec.env!r}.", remedy)
