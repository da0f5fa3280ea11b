"""`task.toml` and the folder it lies in."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from keydoor import PLAN, make_spec, write_folder

from synth.errors import SpecError, UsageError
from synth.plan import Plan, SubTask
from synth.task.folder import TaskFolder, read_task, write_task

text = st.text(max_size=30)
scalars = st.booleans() | st.integers() | text | st.floats(allow_nan=False)
names = st.from_regex(r"[a-z][a-z0-9]{0,8}x", fullmatch=True)


@given(
    goal=st.none() | text,
    task=text,
    stages=st.lists(st.lists(names, min_size=1, max_size=2), max_size=3),
    words=text,
    render=st.dictionaries(text, scalars, max_size=3),
)
def test_task_files_round_trip(tmp_path_factory, goal, task, stages, words, render):
    """Spec and plan are the same after writing and reading, whatever their texts hold."""
    flat = dict.fromkeys(name for stage in stages for name in stage)
    unique = [[n for n in dict.fromkeys(stage) if flat.pop(n, 0) is None] for stage in stages]
    subtasks = [
        tuple(SubTask(name=n, description=words, visible=words) for n in stage)
        for stage in [*unique, ["the_goal"]]
        if stage
    ]
    plan = Plan(task=task, stages=tuple(subtasks))
    spec = make_spec(goal=goal, render=render)
    path = tmp_path_factory.mktemp("round") / "task.toml"
    write_task(path, spec, plan)
    once = path.read_bytes()
    read = read_task(path)
    assert (read.spec, read.plan) == (spec, plan)
    write_task(path, read.spec, read.plan)
    assert path.read_bytes() == once


@given(
    render=st.lists(st.dictionaries(text, scalars, max_size=2), max_size=2),
    colours=st.lists(text, max_size=3),
    noise=st.integers(0, 64),
)
def test_changes_that_must_not_matter_round_trip(tmp_path_factory, render, colours, noise):
    """The metamorphic table, with its lists and tables, is frozen as it was."""
    table = {"render": render, "colours": colours, "noise": noise}
    spec = make_spec(metamorphic=table)
    path = tmp_path_factory.mktemp("round") / "task.toml"
    write_task(path, spec, PLAN)
    assert read_task(path).spec == spec


def test_task_file_reads_well(tmp_path, snapshot):
    """A task file is meant for people, too."""
    write_task(tmp_path / "task.toml", make_spec(render={"tile_size": 8}), PLAN)
    assert (tmp_path / "task.toml").read_text() == snapshot


def test_folder_is_read_whole(tmp_path):
    """Spec, plan, episodes and digests come from one call."""
    task = write_folder(tmp_path / "keydoor")
    assert task.name == "keydoor"
    assert task.plan == PLAN
    assert len(task.store.episodes) == 24
    assert task.digests is None
    assert task.reward.read_text().startswith('"""Take the key')


def test_folder_without_a_task_says_what_writes_one(tmp_path):
    """A missing task.toml is a usage error that names the command."""
    with pytest.raises(UsageError, match="synth run"):
        TaskFolder.read(tmp_path)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda _: "nonsense", "cannot be read"),
        (lambda s: s.replace('name = "keydoor"', "", 1), "needs a name and a"),
        (lambda s: s.replace("max_steps = 200", "max_steps = 0"), "max_steps"),
        (lambda s: s.replace("max_steps = 200", "max_steps = [[1], [2]]"), "max_steps"),
        (lambda s: s.replace("stage = 1", "step = 1"), "plan is not valid"),
        (lambda s: s.replace("stage = 1", "stage = 3"), "exactly one sub-task"),
        (lambda s: s.replace('name = "open_door"', 'name = "take_key"'), "names must differ"),
    ],
)
def test_damaged_task_file_is_a_spec_error(tmp_path, change, message):
    """Whatever is wrong with a task file, the error names the file and the fault."""
    path = tmp_path / "task.toml"
    write_task(path, make_spec(), PLAN)
    path.write_text(change(path.read_text()))
    with pytest.raises(SpecError, match=message) as caught:
        read_task(path)
    assert str(path) in str(caught.value)
