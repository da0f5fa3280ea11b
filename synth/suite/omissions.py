"""What was not checked, in one line: ``not checked: near misses, search``.

Silence about what a suite leaves out would read as if it had passed. The line names the
groups that the spec does not ask for, the checks of a present group that it does not ask for,
and the reasons of checks that were skipped; each once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from synth.spec import RECORDED
from synth.suite.groups import GROUPS, group_named
from synth.suite.registry import all_checks

if TYPE_CHECKING:
    from collections.abc import Iterable

    from synth.spec import Spec

__all__ = ["in_one_line", "left_out", "not_checked"]

NO_SIMULATOR = "search, near misses made on purpose and fresh episodes (no simulator)"


def not_checked(spec: Spec, skipped: Iterable[str] = ()) -> str:
    """The line, or nothing where everything was checked.

    Args:
        spec: The task's.
        skipped: Reasons of checks that were skipped, as `Judgement.skipped` or an audit has
            them.
    """
    return in_one_line([*left_out(spec), *skipped])


def in_one_line(parts: Iterable[str]) -> str:
    """``not checked: near misses, search``, each part once; nothing where there is none."""
    once = dict.fromkeys(parts)
    return f"not checked: {', '.join(once)}" if once else ""


def left_out(spec: Spec) -> tuple[str, ...]:
    """What a spec does not ask for: whole groups, then checks of the groups it asks for."""
    absent = {group.name for group in GROUPS if not group.when(spec)}
    parts = [g.words for g in GROUPS if g.name in absent and g.concerns(spec)]
    if spec.env == RECORDED:
        # What only playing can tell: it is no slip of the spec's that it does not ask for it.
        parts = [part for part in parts if part != group_named("search").words]
        parts.append(NO_SIMULATOR)
    inside: dict[str, list[str]] = {}
    for check in all_checks():
        if check.words and check.group not in absent and not check.applies(spec):
            group, _, name = check.words.rpartition(".")
            inside.setdefault(group, []).append(name)
    for group, names in inside.items():
        parts.append(f"{group} ({', '.join(names)})" if group else ", ".join(names))
    return tuple(parts)
