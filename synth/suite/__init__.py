"""The suite of a task: the checks, the judge, the test file and the pytest plugin.

The names load on first use: the plugin lives in this package, and starting pytest must not
import NumPy. This package judges programs; it neither writes them nor asks models.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from synth.suite.evidence import RecordedVerdicts, gather
    from synth.suite.groups import GROUPS, Group
    from synth.suite.judging import Judgement, Skipped, judge
    from synth.suite.omissions import not_checked
    from synth.suite.pytest.ids import episodes_of
    from synth.suite.pytest.write import render_suite, write_suite
    from synth.suite.registry import Check, all_checks
    from synth.suite.speed import Speed, measure_speed

__all__ = [
    "GROUPS",
    "Check",
    "Group",
    "Judgement",
    "RecordedVerdicts",
    "Skipped",
    "Speed",
    "all_checks",
    "episodes_of",
    "gather",
    "judge",
    "measure_speed",
    "not_checked",
    "render_suite",
    "write_suite",
]

_HOMES = {
    "GROUPS": "groups",
    "Group": "groups",
    "Check": "registry",
    "RecordedVerdicts": "evidence",
    "Judgement": "judging",
    "Speed": "speed",
    "Skipped": "judging",
    "all_checks": "registry",
    "episodes_of": "pytest.ids",
    "gather": "evidence",
    "judge": "judging",
    "measure_speed": "speed",
    "not_checked": "omissions",
    "render_suite": "pytest.write",
    "write_suite": "pytest.write",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'synth.suite' has no attribute {name!r}")
    return getattr(importlib.import_module(f"synth.suite.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    return sorted(__all__)
