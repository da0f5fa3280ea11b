"""Where a person labels: what waits for an answer, and answers kept at once.

Works from a committed folder alone. What two looks contested waits first, then the pictures that
tell rivals of the committed program apart and were never asked about; what is settled can be gone
through again, and overruled.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from synth.episode.exhibit import exhibit_at
from synth.episode.replace import rebuilt_folder
from synth.episode.store import SPLITS
from synth.labels.choose import PictureQuestion
from synth.labels.pool import make_pool
from synth.labels.questions import choose_questions
from synth.program import parse
from synth.sandbox import CONFINED
from synth.task.labels import LABELS, Label, applying, wording_of, write_labels
from synth.task.provenance import renew_digests

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from synth.episode import Split
    from synth.episode.exhibit import Exhibit
    from synth.plan import SubTask
    from synth.sandbox import Sandboxes
    from synth.task import TaskFolder
    from synth.task.labels import LabelAnswer

__all__ = ["FRAMES", "Desk", "Waiting"]

FRAMES = 24
"""Pictures of each split, where the spec does not say."""


@dataclass(frozen=True, eq=False, slots=True)
class Waiting:
    """One question that a person may answer.

    Attributes:
        exhibit: The picture.
        subtask: The sub-task, in the plan's words.
        label: What was answered so far, or ``None``.
    """

    exhibit: Exhibit
    subtask: SubTask
    label: Label | None

    @property
    def so_far(self) -> str:
        """What was answered so far, in words; nothing where nobody was asked."""
        if self.label is None:
            return ""
        answer = self.label.answer.replace("_", " ")
        looks = f" in {len(self.label.looks)} looks" if self.label.looks else ""
        return f"{answer}, by {self.label.by}{looks}"


class Desk:
    """A task's labels, and what waits for a person.

    Args:
        task: The folder, as read.
        source: The committed program, whose rivals are to be told apart; ``None`` chooses no
            new pictures.
        sandboxes: Where programs run.
        on_split: Told which split's pictures are being chosen.

    Raises:
        ProgramFault: The program fails as a whole.
        SandboxUnavailable: This machine cannot confine it.

    Attributes:
        waiting: In the order in which a person should be asked.
    """

    def __init__(
        self,
        task: TaskFolder,
        source: str | None,
        *,
        sandboxes: Sandboxes = CONFINED,
        on_split: Callable[[Split], None] = lambda _: None,
    ) -> None:
        self._task = task
        self._labels = list(task.labels)
        self.answered = 0
        known = list(applying(task.labels, task.plan, task.store))
        words = {subtask.name: subtask for subtask in task.plan.subtasks}
        asked = [
            Waiting(exhibit, words[label.subtask], label)
            for label, exhibit in known
            if not label.withdrawn_by
        ]
        fresh: list[Waiting] = []
        if source is not None:
            for split in SPLITS:
                on_split(split)
                fresh += _chosen(task, source, split, [label for label, _ in known], sandboxes)
        unsettled = [one for one in asked if one.label is not None and one.label.holds is None]
        settled = [one for one in asked if one not in unsettled]
        self.waiting: tuple[Waiting, ...] = (*unsettled, *fresh, *settled)
        self.open = len(unsettled) + len(fresh)

    def answer(self, one: Waiting, answer: LabelAnswer, *, by: str, remark: str = "") -> Label:
        """Keep a person's answer: it is on the disk when this returns.

        What somebody else has answered otherwise is withdrawn in the person's name; where a
        person agrees with a model, the label is confirmed.

        Returns:
            The label as it stands now.
        """
        mine = Label(
            picture=one.exhibit.reference,
            sha=one.exhibit.sha,
            split=one.exhibit.split,
            subtask=one.subtask.name,
            wording=wording_of(one.subtask),
            answer=answer,
            by=by,
            remark=remark,
        )
        kept: list[Label] = []
        agrees: Label | None = None
        for label in self._labels:
            if label.question != mine.question or label.withdrawn_by:
                kept.append(label)
            elif label.by_person:
                continue  # a person may think better of it
            elif label.answer == answer and not remark:
                agrees = label.model_copy(update={"confirmed": True})
                kept.append(agrees)
            else:
                kept.append(label.model_copy(update={"withdrawn_by": by}))
        if agrees is None:
            kept.append(mine)
        self._labels = kept
        with rebuilt_folder(self._task.path, from_old=True) as fresh:
            write_labels(fresh, kept)
            renew_digests(fresh, LABELS)
        self.answered += 1
        return agrees or mine


def _chosen(
    task: TaskFolder, source: str, split: Split, labels: Iterable[Label], sandboxes: Sandboxes
) -> list[Waiting]:
    """Questions about pictures that tell the program's rivals apart, asked of nobody so far."""
    pool = make_pool(task.store, split)
    order = parse(source).subtasks
    rows = {sha: row for row, sha in enumerate(pool.shas)}
    asked = [
        PictureQuestion(rows[label.sha], order.index(label.subtask))
        for label in labels
        if label.split == split and label.sha in rows
    ]
    frames = task.spec.labels.frames if task.spec.labels is not None else FRAMES
    left = frames - len({question.row for question in asked})
    if left <= 0:
        return []
    chosen = choose_questions(source, pool, most=left, asked=asked, sandboxes=sandboxes)
    words = {subtask.name: subtask for subtask in task.plan.subtasks}
    found = [
        (exhibit_at(task.store, pool.references[q.row]), words[order[q.column]])
        for q in chosen.questions
    ]
    return [Waiting(exhibit, subtask, None) for exhibit, subtask in found if exhibit is not None]
