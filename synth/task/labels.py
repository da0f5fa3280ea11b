"""Labels: what eyes answered about single pictures, as ``labels.jsonl`` keeps it.

One line an answer::

    {"picture": "scene-0003/12", "sha": "90c1...", "split": "visible", "subtask": "open_door",
     "wording": "5d0f...", "answer": "yes", "by": "openai:NAME", "looks": ["ab12...", "cd34..."],
     "remark": "", "confirmed": false, "withdrawn_by": ""}

Only ``yes`` and ``no`` that nobody withdrew are tests. Two looks that differ, and pictures on which
eyes cannot tell, are kept, for people to settle (``synth label``). A label holds for a pair of
pictures and for a sub-task as the plan words it: where either has changed it *lapses*.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from synth.episode import Split  # noqa: TC001  pydantic reads the annotation at run time
from synth.episode.exhibit import exhibit_at
from synth.episode.replace import replace_file
from synth.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from synth.episode import EpisodeStore
    from synth.episode.exhibit import Exhibit
    from synth.plan import Plan, SubTask

__all__ = [
    "LABELS",
    "Label",
    "LabelAnswer",
    "applying",
    "in_force",
    "read_labels",
    "wording_of",
    "write_labels",
]

LABELS = "labels.jsonl"
"""The file's name within a task's folder and a run's."""

DIGITS = 16

LabelAnswer = Literal["yes", "no", "cannot_tell", "contested"]


class Label(BaseModel):
    """What was answered to one question: does this sub-task hold in this picture?

    Attributes:
        picture: Reference of the picture; see `synth.episode.exhibit`.
        sha: Of the initial picture and the picture.
        split: Of the picture; a held-out one is never shown to whoever writes programs.
        subtask: The sub-task's name.
        wording: Digest of the plan's words for it.
        answer: ``contested`` where two looks differ.
        by: The model, or a person's name.
        looks: Digests of the requests in which it was answered; none for a person.
        remark: What the plan leaves open there, in the words of whoever looked.
        confirmed: Whether a further look, taken since a program said otherwise, has agreed.
        withdrawn_by: Who took it back; empty where it stands.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    picture: str
    sha: str
    split: Split
    subtask: str
    wording: str
    answer: LabelAnswer
    by: str
    looks: tuple[str, ...] = ()
    remark: str = ""
    confirmed: bool = False
    withdrawn_by: str = ""

    @property
    def holds(self) -> bool | None:
        """What the sub-task should say; ``None`` where this is no test."""
        if self.withdrawn_by or self.answer not in {"yes", "no"}:
            return None
        return self.answer == "yes"

    @property
    def by_person(self) -> bool:
        """Whether a person gave it, rather than a model in requests."""
        return not self.looks

    @property
    def question(self) -> tuple[str, str, str]:
        """What was asked: two labels with the same one answer the same question."""
        return self.sha, self.subtask, self.wording


def wording_of(subtask: SubTask) -> str:
    """Digest of the plan's words for a sub-task; a label lapses where they change."""
    return hashlib.sha256(subtask.model_dump_json().encode()).hexdigest()[:DIGITS]


def applying(
    labels: Iterable[Label], plan: Plan, store: EpisodeStore
) -> tuple[tuple[Label, Exhibit], ...]:
    """The labels that have not lapsed, with their pictures, in their order.

    Args:
        labels: Of any plan and any episodes.
        plan: Whose words they must be about.
        store: Where their pictures must lie.
    """
    words = {subtask.name: wording_of(subtask) for subtask in plan.subtasks}
    found: list[tuple[Label, Exhibit]] = []
    for label in labels:
        if words.get(label.subtask) != label.wording:
            continue
        exhibit = exhibit_at(store, label.picture)
        if exhibit is not None and exhibit.sha == label.sha:
            found.append((label, exhibit))
    return tuple(found)


def in_force(
    labels: Iterable[Label], plan: Plan, store: EpisodeStore
) -> tuple[tuple[Label, Exhibit], ...]:
    """Those of `applying` that are tests: answered yes or no, and not withdrawn."""
    return applying((label for label in labels if label.holds is not None), plan, store)


def read_labels(folder: Path) -> tuple[Label, ...]:
    """The labels of a folder; none where it has no such file.

    Raises:
        UsageError: The file is damaged; the message names the line.
    """
    path = folder / LABELS
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return ()
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{path}: the labels cannot be read ({error}); restore the file.") from (
            error
        )
    labels = []
    for number, line in enumerate(lines, start=1):
        try:
            labels.append(Label.model_validate_json(line))
        except ValidationError as error:
            first = error.errors()[0]
            where = ".".join(map(str, first["loc"]))
            raise UsageError(
                f"{path}, line {number}: not a label ({where or 'JSON'}: {first['msg']}); restore "
                "the file, or remove the line and answer again with `synth label`."
            ) from error
    return tuple(labels)


def write_labels(folder: Path, labels: Iterable[Label]) -> None:
    """Write the labels of a folder, whole or not at all; the same labels give the same bytes."""
    text = "".join(f"{label.model_dump_json()}\n" for label in labels)
    replace_file(folder / LABELS, text.encode())
