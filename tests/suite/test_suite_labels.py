"""Labels as tests: a program that contradicts what eyes have said is wrong, and hears where."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
from lamps import lamps, program_of

from synth.episode import Scene, Still
from synth.episode.exhibit import exhibit_at
from synth.errors import UsageError
from synth.spec import LabelsSpec
from synth.suite import judge, not_checked
from synth.task.labels import LABELS, Label, in_force, read_labels, wording_of, write_labels

if TYPE_CHECKING:
    from pathlib import Path

    from synth.episode import Split
    from synth.task import TaskFolder


def labelled_task(**answers: str) -> TaskFolder:
    """An expert, one held out, and a scene; `answers` label lamp_a by reference."""
    task = lamps("a b g", ("", "- a ab abg"))
    held = replace(task.store.episodes[0], id="held-expert-0000", split="held_out")
    shown = np.zeros((2, 5, 3), np.uint8)
    scenes = tuple(
        Scene(f"{prefix}scene-0000", base, split, (), shown, (), (
            Still(f"{prefix}scene-0000/0", shown, False, {}),
        ))
        for prefix, base, split in (
            ("", "expert-0000", "visible"), ("held-", "held-expert-0000", "held_out"),
        )
    )  # fmt: skip
    store = replace(task.store, episodes=(*task.store.episodes, held), scenes=scenes)
    spec = task.spec.model_copy(update={"labels": LabelsSpec(), "near_miss": None})
    task = replace(task, store=store, spec=spec)
    return replace(task, labels=tuple(label_of(task, k, v) for k, v in answers.items()))


def label_of(task: TaskFolder, reference: str, answer: str, **changed: object) -> Label:
    """A label of lamp_a; dashes and colons are written `_` and `__`."""
    exhibit = exhibit_at(task.store, reference)
    assert exhibit is not None
    split: Split = exhibit.split
    fields = {
        "picture": reference,
        "sha": exhibit.sha,
        "split": split,
        "subtask": "lamp_a",
        "wording": wording_of(task.plan.subtasks[0]),
        "answer": answer,
        "by": "eyes",
        "looks": ("11", "22"),
    }
    return Label.model_validate({**fields, **changed})


def failures(task: TaskFolder, *splits: Split, **bodies: str) -> list[str]:
    """What the labels have against a program."""
    found = judge(
        program_of(task.plan, **bodies),
        task,
        splits=splits or ("visible", "held_out"),
        groups=("labels",),
        cascade=False,
    )
    return [f.message for f in found.failures]


def test_a_program_that_contradicts_a_label_is_red_and_hears_which_picture() -> None:
    """On a recorded frame and on a still; a program that agrees is green."""
    task = labelled_task(**{"expert-0000:2": "yes", "scene-0000/0": "no"})
    assert failures(task) == []
    blind = failures(task, lamp_a="False")
    assert len(blind) == 1
    assert blind[0].startswith(
        "expert-0000, frame 2: to the eye (two independent looks of eyes) lamp_a holds in this"
    )
    always = failures(task, lamp_a="True")
    assert [message.partition(":")[0] for message in always] == [
        "scene-0000/0, a picture of the world of expert-0000"
    ]


def test_labels_judge_their_own_split_alone() -> None:
    """A held-out label never makes a visible failure, nor the other way round."""
    task = labelled_task(**{"held-scene-0000/0": "no"})
    assert failures(task, "visible", lamp_a="True") == []
    found = judge(
        program_of(task.plan, lamp_a="True"), task, splits=("held_out",), groups=("labels",),
        cascade=False,
    )  # fmt: skip
    assert [f.held_out for f in found.failures] == [True]


@pytest.mark.parametrize(
    "changed",
    [
        {"answer": "contested"},
        {"answer": "cannot_tell"},
        {"withdrawn_by": "eyes"},
        {"wording": "0" * 16},
        {"sha": "0" * 16},
        {"picture": "expert-0099:2"},
        {"subtask": "lamp_z"},
    ],
)
def test_what_eyes_could_not_settle_and_what_has_lapsed_is_no_test(
    changed: dict[str, str],
) -> None:
    """Contested, withdrawn, of another wording or of another picture: nobody is blamed by it."""
    task = labelled_task()
    label = label_of(task, "expert-0000:2", "yes").model_copy(update=changed)
    task = replace(task, labels=(label,))
    assert in_force(task.labels, task.plan, task.store) == ()
    assert failures(task, lamp_a="False") == []


def test_a_task_that_has_no_label_yet_says_so() -> None:
    """The check is skipped with its reason; a spec that asks for none is said as well."""
    task = labelled_task()
    (skipped,) = judge(program_of(task.plan), task, groups=("labels",), cascade=False).skipped
    assert "no picture of these episodes and this plan is labelled yet" in skipped.reason
    without = task.spec.model_copy(update={"labels": None})
    assert "labels" in not_checked(without)
    assert "labels" not in not_checked(task.spec)


def test_labels_come_back_from_the_file_and_damage_is_named(tmp_path: Path) -> None:
    """The same labels are the same bytes; a damaged line is said with its number."""
    task = labelled_task(**{"expert-0000:2": "yes", "scene-0000/0": "no"})
    assert read_labels(tmp_path) == ()
    write_labels(tmp_path, task.labels)
    assert read_labels(tmp_path) == task.labels
    with (tmp_path / LABELS).open("a") as file:
        file.write('{"picture": 3}\n')
    with pytest.raises(UsageError, match="line 3: not a label"):
        read_labels(tmp_path)
