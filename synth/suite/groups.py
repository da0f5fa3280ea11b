"""The groups of checks, in one table.

A new group is one module in `synth.suite.checks` and one line in `GROUPS`::

    Group("shapes", "shapes", ("shapes",), cost=2),

Everything that asks for groups reads it here: the cascade, the test file, mutation, the live
table, and the line that says what was not checked.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from synth.spec import Spec

__all__ = ["GROUPS", "Group", "group_named"]


def _always(_: Spec) -> bool:
    return True


def _near_misses(spec: Spec) -> bool:
    return spec.near_miss is not None


def _missions(spec: Spec) -> bool:
    return spec.mission is not None


def _near_misses_of_missions(spec: Spec) -> bool:
    return _missions(spec) and _near_misses(spec)


@dataclass(frozen=True, slots=True)
class Group:
    """A group of checks; the cascade stops after the first one that fails.

    Attributes:
        name: As in the ids of its checks: ``expert`` of ``expert::credits_every_subtask``.
        words: What goes unchecked without it, for people.
        modules: Modules of `synth.suite.checks` that hold its checks, imported in this order.
        cost: Rank among groups where programs that are known to run are judged up to the
            first failure, as mutants are: most failures for the least time come first.
        when: Whether a spec asks for its checks; one may say otherwise of itself.
        concerns: Whether they mean anything for a spec; where not, nothing is left out.
    """

    name: str
    words: str
    modules: tuple[str, ...]
    cost: int
    when: Callable[[Spec], bool] = _always
    concerns: Callable[[Spec], bool] = _always


GROUPS = (
    Group("program", "the program as a text", ("program",), cost=9),
    Group("contract", "the contract", ("contract", "images"), cost=6),
    Group("expert", "expert episodes", ("expert",), cost=1),
    Group(
        "missions",
        "right deeds for other missions",
        ("missions",),
        1,
        _near_misses_of_missions,
        concerns=_missions,
    ),
    Group("random", "random episodes", ("random",), cost=1),
    Group(
        "near_miss", "near misses", ("near_miss", "changes", "relocated", "late"), 1, _near_misses
    ),
    Group("scenes", "scenes", ("own_thing", "stills", "arranged"), 1, _near_misses),
    Group("progress", "progress", ("progress",), 2, _near_misses),
    Group("metamorphic", "perturbations", ("metamorphic",), 2, lambda s: bool(s.metamorphic)),
    Group("search", "search", ("search",), 4, lambda s: s.search is not None),
    Group("necessity", "necessity", ("necessity",), 3, _near_misses),
    Group("labels", "labels", ("labels",), 1, lambda s: s.labels is not None),
)
"""In the order of the cascade."""


def group_named(name: str) -> Group:
    """The group of that name.

    Raises:
        LookupError: There is none; a group is added in `GROUPS`.
    """
    for group in GROUPS:
        if group.name == name:
            return group
    raise LookupError(f"there is no group of checks {name!r}; add it to synth.suite.groups.GROUPS")
