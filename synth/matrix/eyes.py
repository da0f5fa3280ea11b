"""How often a model's own eyes were right: its answers about pictures beside recorded truth."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from synth.program import parse
from synth.report.accuracy import best_match
from synth.report.label_accuracy import measure_label_accuracy
from synth.sandbox import Sandboxes
from synth.task import TaskFolder, read_task
from synth.task.labels import LABELS, read_labels
from synth.verdicts import Footage, ask

if TYPE_CHECKING:
    from synth.regress import Attempt

__all__ = ["label_score"]


def label_score(one: Attempt) -> tuple[int, int]:
    """Labels of an attempt that truth can judge, and those of them that are right.

    Which predicate of the simulator's state a sub-task means is told by the attempt's program on
    the recorded episodes: the one that it agrees with best. No simulator is needed.

    Args:
        one: An attempt that has been made.

    Returns:
        Both numbers; zeros where nobody was asked, or the family tells no truth.
    """
    if not (one.folder / LABELS).exists():
        return 0, 0
    committed = TaskFolder.read(one.task)
    plan = read_task(one.folder / "task.toml").plan
    labels = tuple(lb for lb in read_labels(one.folder) if not lb.by_person)
    task = TaskFolder(one.folder, committed.spec, plan, committed.store, labels=labels)
    program = parse((one.folder / "reward.py").read_text(encoding="utf-8"))
    # As in `synth accuracy`: near misses in altered scenes may tell fewer predicates.
    episodes = [e for e in task.store.episodes if e.kind in {"expert", "random"}]
    shown = [Footage(task.store.frames, e.frame_index, e.mission) for e in episodes]
    answers = ask(program, shown, sandboxes=Sandboxes(unsafe=one.unsafe))
    holds = np.concatenate([answers.holds(k) for k in range(len(episodes))])
    judged = np.concatenate([e.judged for e in episodes])
    truth = {
        name: np.concatenate([e.truth[name] for e in episodes])
        for name in sorted(set.intersection(*(set(e.truth) for e in episodes)))
    }
    truth["success"] = np.concatenate([e.success for e in episodes])
    last = len(program.subtasks) - 1
    meant = [
        best_match(name, holds[:, k], truth, judged, goal=k == last)
        for k, name in enumerate(program.subtasks)
    ]
    rows = [row for row in measure_label_accuracy(task, meant) if row.predicate]
    return sum(row.labels for row in rows), sum(row.right for row in rows)
