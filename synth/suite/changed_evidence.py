"""All verdicts of a program on episodes in changed pictures.

One batch for each size of picture, in a worker of its own; every distinct pair of frame and
initial frame is judged once. What the verdicts should have been is for the checks to say, and
whether a program remembers is asserted on the recorded frames (`synth.suite.evidence`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from synth.sandbox import Sandbox
from synth.suite.evidence import PATIENCE, PATIENCE_PER_PAIR

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from synth.plan import Stages
    from synth.sandbox import CellError
    from synth.suite.changed import Changed

__all__ = ["ShownChanged", "gather_changed"]


@dataclass(frozen=True, eq=False, slots=True)
class ShownChanged:
    """What a program says of one episode in changed pictures. T actions, K sub-tasks.

    Attributes:
        changed: The episode and its pictures.
        cells: ``uint8[T+1, K]`` of `synth.sandbox.Cell`.
        errors: Frame to why a cell of it is no verdict, for the first few.
    """

    changed: Changed
    cells: NDArray[np.uint8]
    errors: Mapping[int, CellError]


def gather_changed(
    source: str, shown: Sequence[Changed], stages: Stages, *, unsafe: bool = False
) -> tuple[ShownChanged, ...]:
    """Run a program over episodes in changed pictures.

    Args:
        source: The program; it must parse and lint.
        shown: The episodes.
        stages: The program's own stages.
        unsafe: Run even where this machine cannot confine the program.

    Returns:
        The verdicts, in the order of `shown`.

    Raises:
        ProgramFault: The program hung, crashed or broke the reply format as a whole.
        SandboxUnavailable: This machine cannot confine it.
    """
    judged: dict[int, ShownChanged] = {}
    for size in sorted({c.frames.shape[1:] for c in shown}):
        numbers = [n for n, c in enumerate(shown) if c.frames.shape[1:] == size]
        batch = _judge(source, [shown[n] for n in numbers], stages, unsafe=unsafe)
        judged.update(zip(numbers, batch, strict=True))
    return tuple(judged[n] for n in range(len(shown)))


def _judge(
    source: str, shown: Sequence[Changed], stages: Stages, *, unsafe: bool
) -> list[ShownChanged]:
    """Judge episodes whose pictures are of one size."""
    frames: list[NDArray[np.uint8]] = []
    pairs: list[NDArray[np.int64]] = []
    stacks: dict[int, int] = {}
    held = 0
    for one in shown:
        at = stacks.setdefault(id(one.frames), held)
        if at == held:  # variants share their stacks
            frames.append(one.frames)
            held += len(one.frames)
        index = one.index.astype(np.int64) + at
        pairs.append(np.stack([index, np.full_like(index, index[0])], axis=1))
    distinct, inverse = np.unique(np.concatenate(pairs), axis=0, return_inverse=True)
    deadline = PATIENCE + PATIENCE_PER_PAIR * len(distinct)
    with Sandbox(source, deadline=deadline, unsafe=unsafe, stages=stages) as sandbox:
        verdicts = sandbox.verdicts(np.concatenate(frames), distinct)
    errors = {error.pair: error for error in reversed(verdicts.errors)}
    ends = np.cumsum([len(p) for p in pairs])[:-1]
    rows = np.split(inverse.reshape(-1), ends)
    return [
        ShownChanged(
            one,
            verdicts.cells[row],
            {t: errors[r] for t, r in enumerate(row.tolist()) if r in errors},
        )
        for one, row in zip(shown, rows, strict=True)
    ]
