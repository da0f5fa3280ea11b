"""How often labels are right, where truth is known: how good a model's eyes are is a result.

Truth lies beside every recorded picture. Which predicate a sub-task means nobody says, so the one
is taken that it agrees with best on fresh episodes (`synth.report.accuracy`); where that is a poor
match the figure says more of the match than of the eyes, and the match is printed beside it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from synth.task.labels import applying

if TYPE_CHECKING:
    from collections.abc import Iterable

    from synth.episode.exhibit import Exhibit
    from synth.report.accuracy import SubTaskAccuracy
    from synth.task import TaskFolder

__all__ = ["LabelAccuracy", "measure_label_accuracy"]


@dataclass(frozen=True, slots=True)
class LabelAccuracy:
    """The labels of one sub-task, those of one labeller.

    Attributes:
        subtask: Its name.
        by: Who answered.
        predicate: The predicate it is compared with; ``""`` where the family tells no truth, or
            did not when the pictures were recorded.
        labels: Answers that stand, yes or no, on pictures of which truth is known; all of them
            where it is known of none.
        right: Of which the predicate says the same.
        withdrawn: Answers taken back.
        withdrawn_right: Of which the predicate says what was taken back.
        unsettled: Questions contested between looks, or that eyes could not tell.
        wrong: Pictures of labels that stand and are wrong.
    """

    subtask: str
    by: str
    predicate: str
    labels: int
    right: int
    withdrawn: int
    withdrawn_right: int
    unsettled: int
    wrong: tuple[str, ...]


def measure_label_accuracy(
    task: TaskFolder, subtasks: Iterable[SubTaskAccuracy]
) -> tuple[LabelAccuracy, ...]:
    """Compare a folder's labels with truth.

    Args:
        task: The folder.
        subtasks: Of the committed reward on fresh seeds; they say which predicate is meant.

    Returns:
        One for each sub-task and labeller, sub-tasks in plan order; none without labels.
    """
    meant = {row.subtask: row.predicate for row in subtasks}
    known = applying(task.labels, task.plan, task.store)
    found = []
    for name in task.plan.names:
        for by in dict.fromkeys(label.by for label, _ in known if label.subtask == name):
            predicate = meant.get(name, "")
            own = [(lb, e) for lb, e in known if lb.subtask == name and lb.by == by]
            told = [(lb, e) for lb, e in own if _true(e, predicate) is not None]
            mine = told or own
            standing = [(lb, e) for lb, e in mine if lb.holds is not None]
            back = [(lb, e) for lb, e in mine if lb.withdrawn_by and lb.answer in {"yes", "no"}]
            right = [_true(e, predicate) == lb.holds for lb, e in standing]
            found.append(
                LabelAccuracy(
                    subtask=name,
                    by=by,
                    predicate=predicate if told else "",
                    labels=len(standing),
                    right=sum(right),
                    withdrawn=len(back),
                    withdrawn_right=sum(
                        _true(e, predicate) == (lb.answer == "yes") for lb, e in back
                    ),
                    unsettled=len(mine) - len(standing) - len(back),
                    wrong=tuple(
                        lb.picture for (lb, _), is_right in zip(standing, right, strict=True)
                        if not is_right
                    ),
                )
            )  # fmt: skip
    return tuple(found)


def _true(exhibit: Exhibit, predicate: str) -> bool | None:
    """What truth says of a picture; ``None`` where it says nothing."""
    return exhibit.success if predicate == "success" else exhibit.truth.get(predicate)
