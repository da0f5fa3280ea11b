"""Which labels a program contradicts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from synth.sandbox import CONFINED
from synth.verdicts import Footage, ask

if TYPE_CHECKING:
    from collections.abc import Sequence

    from synth.episode.exhibit import Exhibit
    from synth.program import Program
    from synth.sandbox import Sandboxes
    from synth.task.labels import Label

__all__ = ["contradicted"]


def contradicted(
    program: Program,
    labelled: Sequence[tuple[Label, Exhibit]],
    *,
    sandboxes: Sandboxes = CONFINED,
) -> tuple[Label, ...]:
    """The labels of which a program says the other, in their order.

    Args:
        program: It must lint, and have the sub-tasks that the labels name.
        labelled: Labels in force, with their pictures.
        sandboxes: Where the program runs.

    Raises:
        ProgramFault: It fails as a whole.
        SandboxUnavailable: This machine cannot confine it.
    """
    shown = [Footage.of(np.stack([e.initial, e.frame]), e.mission) for _, e in labelled]
    answers = ask(program, shown, sandboxes=sandboxes)
    return tuple(
        label
        for n, (label, _) in enumerate(labelled)
        if answers.holds(n)[-1, program.subtasks.index(label.subtask)] != label.holds
    )
