"""The folder is whole or untouched, repeatable to the byte, and kept while it fits."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from itertools import pairwise, product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from synth.episode import Episode, read_store
from synth.errors import ExpertFailed, StaleEpisodes, UsageError
from synth.record import record, record_folder
from synth.record.contact_sheet import BYTES, contact_sheet, shown_steps, write_contact_sheet
from synth.record.pictures import evenly

FILES = {
    "manifest.json",
    "episodes.jsonl",
    "visible.npy.xz",
    "held_out.npy.xz",
    "contact-sheet.png",
    "expert-0000.gif",
}


def contents(folder):
    """File name to bytes."""
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_a_folder_holds_the_store_and_the_pictures(make_spec, tmp_path):
    """What was recorded is what is read back, and nothing is left beside it."""
    folder = tmp_path / "task" / "episodes"
    store = record_folder(make_spec(), folder)
    assert contents(folder).keys() == FILES
    assert [p.name for p in folder.parent.iterdir()] == ["episodes"]
    again = read_store(folder)
    assert np.array_equal(store.frames, again.frames)
    assert len(again.episodes) == 8


def test_two_processes_record_the_same_bytes(tmp_path):
    """Neither hash seed nor process decides a byte."""
    code = (
        "import sys; from pathlib import Path\n"
        "from synth.spec import parse_spec\n"
        "from synth.record import record_folder\n"
        "text = 'env=\"MiniGrid-UnlockPickup-v0\"\\nmax_steps=40\\n[render]\\ntile_size=8\\n'\n"
        "text += '[expert]\\npolicy=\"synth.envs.minigrid:planner\"\\nepisodes=2\\n'\n"
        "text += '[random]\\nepisodes=2\\n[held_out]\\nepisodes=2\\n'\n"
        "record_folder(parse_spec(text, name='task'), Path(sys.argv[1]))\n"
    )
    for number in ("1", "2"):
        subprocess.run(
            [sys.executable, "-c", code, tmp_path / number],
            check=True,
            env={"PYTHONHASHSEED": number},
        )
    assert contents(tmp_path / "1") == contents(tmp_path / "2")


def test_episodes_that_fit_are_kept(make_spec, tmp_path):
    """Recording again records nothing, even when gates and goal have changed."""
    folder = tmp_path / "episodes"
    record_folder(make_spec(), folder)
    before = (folder / "manifest.json").stat().st_mtime_ns
    heard = []
    spec = make_spec().model_copy(update={"goal": "reach the green square"})
    record_folder(spec, folder, on_progress=lambda *args: heard.append(args))
    assert (folder / "manifest.json").stat().st_mtime_ns == before
    assert heard == []


def test_episodes_that_no_longer_fit_are_refused_unless_forced(make_spec, tmp_path):
    """A changed spec never overwrites by accident."""
    folder = tmp_path / "episodes"
    record_folder(make_spec(), folder)
    before = contents(folder)
    changed = make_spec(seed=1)
    with pytest.raises(StaleEpisodes, match="--force"):
        record_folder(changed, folder)
    assert contents(folder) == before
    store = record_folder(changed, folder, force=True)
    assert store["expert-0000"].seed == 1
    assert [p.name for p in tmp_path.iterdir()] == ["episodes"]


def test_damaged_episodes_are_said_to_be_damaged(make_spec, tmp_path):
    """A folder that cannot be read is neither kept nor silently replaced."""
    folder = tmp_path / "episodes"
    record_folder(make_spec(), folder)
    (folder / "visible.npy.xz").write_bytes(b"no frames")
    with pytest.raises(UsageError, match="damaged"):
        record_folder(make_spec(), folder)


class Stop(BaseException):
    """Like a key press."""


@pytest.mark.parametrize("before", [False, True])
def test_an_interruption_leaves_what_was_there(make_spec, tmp_path, before):
    """Stopped half-way, an old folder stays whole, and no new one appears."""
    folder = tmp_path / "episodes"
    if before:
        record_folder(make_spec(), folder)
    old = contents(folder) if before else None

    def stop(phase, _done, _total):
        if phase == "held-out experts":
            raise Stop

    with pytest.raises(Stop):
        record_folder(make_spec(seed=1), folder, force=True, on_progress=stop)
    assert (contents(folder) if before else None) == old
    assert [p.name for p in tmp_path.iterdir()] == (["episodes"] if before else [])


@pytest.mark.parametrize(
    "point", ["record.folder.write_store", "record.folder._draw", "episode.replace.swap_folder"]
)
def test_an_interruption_while_writing_leaves_what_was_there(
    make_spec, tmp_path, monkeypatch, point
):
    """Whichever step of the writing is cut, nothing half-written remains."""
    folder = tmp_path / "episodes"
    record_folder(make_spec(), folder)
    old = contents(folder)

    def cut(*args, **kwargs):
        raise Stop

    monkeypatch.setattr(f"synth.{point}", cut)
    with pytest.raises(Stop):
        record_folder(make_spec(seed=1), folder, force=True)
    assert contents(folder) == old
    assert [p.name for p in tmp_path.iterdir()] == ["episodes"]


def test_a_move_that_fails_puts_the_old_folder_back(make_spec, tmp_path, monkeypatch):
    """Between the two moves the old folder is not yet lost."""
    folder = tmp_path / "episodes"
    record_folder(make_spec(), folder)
    old = contents(folder)
    honest = type(folder).replace

    def replace(self, target):
        if self.name.endswith("-new"):
            raise Stop
        return honest(self, target)

    monkeypatch.setattr("synth.episode.replace._exchange", lambda *_: False)
    monkeypatch.setattr(type(folder), "replace", replace)
    with pytest.raises(Stop):
        record_folder(make_spec(seed=1), folder, force=True)
    assert contents(folder) == old


def test_a_failing_expert_writes_nothing(make_spec, tmp_path):
    """No folder appears where the expert does not succeed."""
    with pytest.raises(ExpertFailed):
        record_folder(make_spec(max_steps=2), tmp_path / "episodes")
    assert list(tmp_path.iterdir()) == []


def test_the_sheet_shows_frames_enlarged_and_marks_success(make_spec):
    """Frames are enlarged by whole factors only, and a success has a green border."""
    store = record(make_spec())
    sheet = np.asarray(contact_sheet(store, title="task"))
    episode = store["expert-0000"]
    for frame, marked in ((store.initial_of(episode), False), (store.frames_of(episode)[-1], True)):
        size = (160 // len(frame)) * len(frame)
        enlarged = np.asarray(Image.fromarray(frame).resize((size, size), Image.Resampling.NEAREST))
        rows, columns = (side - size + 1 for side in sheet.shape[:2])
        likely = np.ones((rows, columns), np.bool_)
        for y, x in product(range(0, size, size // 8), repeat=2):  # few places agree in 64 pixels
            likely &= (sheet[y : y + rows, x : x + columns] == enlarged[y, x]).all(axis=-1)
        places = [
            (y, x)
            for y, x in np.argwhere(likely).tolist()
            if np.array_equal(sheet[y : y + size, x : x + size], enlarged)
        ]
        assert places
        assert {tuple(sheet[y - 2, x + 5]) == (0, 140, 60) for y, x in places} == {marked}


def test_a_sheet_of_any_recording_stays_small(make_spec, tmp_path):
    """Large and noisy pictures take fewer and smaller thumbnails, and colours stay told apart."""
    store = record(make_spec())
    rng = np.random.default_rng(0)
    noise = rng.integers(0, 255, (len(store.frames), 240, 400, 3), dtype=np.uint8)
    noisy = replace(store, frames=noise)
    write_contact_sheet(tmp_path / "sheet.png", noisy, title="task")
    with Image.open(tmp_path / "sheet.png") as sheet:
        assert sheet.width <= 1280
    write_contact_sheet(tmp_path / "plain.png", store, title="task")
    assert (tmp_path / "plain.png").stat().st_size <= BYTES


@given(length=st.integers(1, 300), first=st.integers(0, 300), most=st.integers(4, 9))
def test_shown_steps_hold_what_decides(length, first, most):
    """Both ends, the first success and the frame before it are shown, however long it is."""
    first = min(first, length)
    success = np.arange(length + 1) >= first
    episode = Episode(
        "expert-0000",
        "expert",
        "visible",
        0,
        "",
        np.arange(length + 1, dtype=np.int32),
        (0,) * length,
        np.zeros(length),
        success,
        {},
    )
    steps = shown_steps(episode, most)
    assert {0, length, first, max(first - 1, 0)} <= set(steps)
    assert steps == sorted(set(steps))
    assert len(steps) == min(length + 1, most)


def test_evenly_keeps_both_ends():
    """First and last are chosen, none twice, in order."""
    for count in range(2, 60):
        chosen = evenly(count, 8)
        assert chosen[0] == 0
        assert chosen[-1] == count - 1
        assert sorted(set(chosen)) == chosen
        assert len(chosen) == min(count, 8)


def test_the_animation_holds_every_step(make_spec, tmp_path):
    """The GIF has a picture for each frame that differs from the one before."""
    folder = tmp_path / "episodes"
    store = record_folder(make_spec(), folder)
    frames = store.frames_of(store["expert-0000"])
    changes = 1 + sum(not np.array_equal(a, b) for a, b in pairwise(frames))
    with Image.open(folder / "expert-0000.gif") as gif:
        assert gif.n_frames == changes
