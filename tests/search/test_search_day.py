"""Half of a search's layouts come from a key, and every find from a command that plays it."""

from __future__ import annotations

import json
import shlex
import subprocess

import pytest
from hypothesis import given
from hypothesis import strategies as st
from small_worlds import EMPTY, EMPTY_ENV, small_spec

from synth.cli.replay import read_actions
from synth.errors import UsageError
from synth.failure import Find
from synth.program import parse
from synth.record import Seeds
from synth.record.seeds import BLOCK
from synth.search import hunt
from synth.search.layouts import chosen_seeds, key_of_program
from synth.suite.pytest.day import key_of_commit

SPEC = small_spec(EMPTY_ENV)
SEEDS = Seeds.of(SPEC).visible_search


def test_half_of_the_seeds_are_of_the_block_and_half_of_the_key():
    """One of each in turn; another key changes the second half alone."""
    one, other = (chosen_seeds(SPEC, SEEDS, stream=0, key=k, count=40) for k in ("a", "b"))
    assert one == chosen_seeds(SPEC, SEEDS, stream=0, key="a", count=40)
    assert one[::2] == other[::2] == tuple(SEEDS)[:20]
    assert not set(one[1::2]) & set(other[1::2])
    assert not set(one[1::2]) & set(range(SPEC.seed, SPEC.seed + 16 * BLOCK))


def test_no_two_searches_share_the_seeds_of_a_key():
    """Neither another stream nor another block: what is held out stays unseen."""
    sets = [
        set(chosen_seeds(SPEC, seeds, stream=stream, key="a", count=40)[1::2])
        for seeds in (SEEDS, Seeds.of(SPEC).held_out_search)
        for stream in (0, 1)
    ]
    assert len(set.union(*sets)) == sum(map(len, sets))


def test_without_a_key_the_program_is_one():
    """So the loop searches each program on layouts of its own, and a replay the same ones."""
    key = key_of_program(SPEC, EMPTY)
    assert key == key_of_program(SPEC, EMPTY)
    assert key != key_of_program(SPEC, EMPTY + "\n\nX = 1\n")
    found = hunt(SPEC, parse(EMPTY), seeds=SEEDS, episodes=1)
    assert found.key == key


def git(folder, *words):
    """Run git as nobody in particular."""
    who = ["-c", "user.name=n", "-c", "user.email=n@example.org"]
    subprocess.run(["git", "-C", str(folder), *who, *words], check=True, capture_output=True)


def test_the_commit_is_the_key_where_the_folder_is_as_committed(tmp_path):
    """Without a repository, before the first commit, or with changes in the folder it is not."""
    folder = tmp_path / "generated" / "task"
    folder.mkdir(parents=True)
    assert key_of_commit(folder) is None
    git(tmp_path, "init", "-q")
    assert key_of_commit(folder) is None
    (folder / "reward.py").write_text("X = 1\n", encoding="utf-8")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "-qm", "one")
    key = key_of_commit(folder)
    assert key is not None
    (tmp_path / "elsewhere").write_text("", encoding="utf-8")
    assert key_of_commit(folder) == key
    (folder / "reward.py").write_text("X = 2\n", encoding="utf-8")
    assert key_of_commit(folder) is None


NUMBERS = st.integers(0, 20) | st.lists(st.floats(-1, 1), min_size=1, max_size=3)


@given(st.lists(NUMBERS | st.text("ab'\" ,", max_size=3), max_size=8).map(tuple))
def test_a_finds_command_gives_its_actions_back(actions):
    """Whatever JSON values they are, through a shell and back."""
    words = shlex.split(Find(7, actions, "").command("task"))
    text = words[words.index("--actions") + 1] if "--actions" in words else ""
    assert read_actions(text) == tuple(json.loads(json.dumps(actions)))


def test_actions_that_are_none_are_refused():
    """With an example of how to write them."""
    with pytest.raises(UsageError, match="2,2,1,5"):
        read_actions("left, right")
