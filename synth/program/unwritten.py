"""What stands in the place of a program where a reward is none."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst

from synth.program.parse import Program

if TYPE_CHECKING:
    from synth.plan import Stages

__all__ = ["unwritten"]


def unwritten(
    name: str, stages: Stages, *, takes_mission: bool, progress: tuple[str, ...] = ()
) -> Program:
    """Sub-tasks without code, for a reward that answers by other means.

    Args:
        name: Says all that its verdicts depend on; digests are made of it, as of a program's text.
        stages: Its sub-tasks.
        takes_mission: Whether it is told the words of the episode.
        progress: Sub-tasks of which it measures progress.
    """
    source = "".join(f"# {line}\n" for line in name.splitlines())
    return Program(
        source=source,
        module=libcst.parse_module(source),
        stages=stages,
        functions=(),
        perceivers=(),
        progress=progress,
        takes_mission=takes_mission,
    )
