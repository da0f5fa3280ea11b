"""Pictures from elsewhere become episodes, frame for frame; what is odd ends in a message."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from typer.testing import CliRunner

from synth.cli.app import app
from synth.episode import read_store
from synth.errors import EnvironmentFault, SynthError, UsageError
from synth.record import Player, record_folder
from synth.record.player import missing
from synth.record.refresh import renewable
from synth.sources import ImportOptions, import_source
from synth.sources.export import FORMATS, export_files
from synth.sources.files import in_order
from synth.sources.minari_export import export_minari
from synth.sources.shaping import FrameShape
from synth.suite import not_checked


def content(store):
    """What an import must bring back: pictures, success and what is judged, in any order."""
    return sorted(
        (store.frames_of(e).tobytes(), e.success.tobytes(), e.judged.tobytes())
        for e in store.episodes
    )


def clip(folder, name, places, *, size=(8, 8)):
    """A folder of pictures."""
    at = Path(folder) / name
    at.mkdir(parents=True)
    for t, grey in enumerate(places):
        Image.new("RGB", size, (grey,) * 3).save(at / f"{t}.png")
    return at


@pytest.mark.parametrize("form", FORMATS)
def test_what_is_exported_comes_back_frame_for_frame(form, store, tmp_path):
    """As pictures, videos, GIFs and archives, repeated pictures and unjudged frames included."""
    if form == "mp4":
        pytest.importorskip("av")
    export_files(store, tmp_path / "out", form)
    made = import_source("walk", str(tmp_path / "out"), ImportOptions())
    assert content(made.store) == content(store)
    assert {e.kind for e in made.store.episodes} == {"expert", "near_miss"}


def test_a_minari_dataset_comes_back_frame_for_frame(store):
    """Actions, rewards and seeds go with it, and success is told by its infos."""
    pytest.importorskip("minari")
    pytest.importorskip("h5py")
    export_minari(store, "synth/walk-v0", "walk")
    made = import_source("walk", "minari:synth/walk-v0", ImportOptions())
    assert content(made.store) == content(store)
    assert made.store["expert-0000"].actions == store["expert-0000"].actions
    with pytest.raises(UsageError, match="there is a Minari dataset synth/walk-v0 here already"):
        export_minari(store, "synth/walk-v0", "walk")


def test_of_each_kind_every_second_episode_is_held_out(store, tmp_path):
    """No picture of one split is stored with the other."""
    export_files(store, tmp_path / "out", "npz")
    made = import_source("walk", str(tmp_path / "out"), ImportOptions()).store
    assert [e.id for e in made.episodes] == [
        "expert-0000",
        "expert-0001",
        "held-expert-0000",
        "held-expert-0001",
        "near-miss-0000",
        "held-near-miss-0000",
    ]
    of = {
        split: {int(i) for e in made.select(split=split) for i in e.frame_index}
        for split in ("visible", "held_out")
    }
    assert not of["visible"] & of["held_out"]


def test_the_command_writes_a_spec_that_fits_its_episodes(store, tmp_path):
    """`synth run` keeps them; nothing can be recorded, searched or made anew, which is said."""
    export_files(store, tmp_path / "out", "npz")
    done = CliRunner().invoke(app, ["import", "walk", "out", "--goal", 'the "end"'])
    assert done.exit_code == 0, done.output
    spec = import_source("walk", "out", ImportOptions(goal='the "end"')).spec
    kept = record_folder(spec, Path("generated/walk/episodes"))
    assert content(kept) == content(store)
    assert not renewable(spec)
    assert missing(spec).startswith("environment: no simulator: walk was imported")
    with pytest.raises(EnvironmentFault, match="synth import walk SOURCE") as told:
        Player(spec)
    for can in ("nothing can be played", "`synth run walk`", "`pytest generated/walk`"):
        assert can in str(told.value)
    assert not_checked(spec) == (
        "not checked: perturbations, search, near misses made on purpose and fresh episodes "
        "(no simulator)"
    )


def test_an_import_costs_no_file(store, tmp_path):
    """What is there is kept unless it is to be replaced, and a bad source replaces nothing."""
    export_files(store, tmp_path / "out", "npz")
    run = CliRunner().invoke
    assert run(app, ["import", "walk", "out"]).exit_code == 0
    before = Path("specs/walk.toml").read_bytes()
    for words in (["import", "walk", "out"], ["import", "walk", "nowhere", "--force"]):
        assert isinstance(run(app, words).exception, SynthError)
        assert Path("specs/walk.toml").read_bytes() == before
        assert content(read_store(Path("generated/walk/episodes"))) == content(store)
    assert isinstance(run(app, ["import", "other", "nowhere"]).exception, UsageError)
    assert not Path("specs/other.toml").exists()


def test_folders_tell_success_by_their_names():
    """The last picture of those below `success` is one, with its equals just before."""
    clip("in/success", "a", [1, 2, 3, 3])
    clip("in/success", "b", [1, 2, 3])
    clip("in/failure", "c", [1, 2])
    made = import_source("walk", "in", ImportOptions(unsure=1)).store
    told = {e.id: (e.success.tolist(), e.judged.tolist()) for e in made.episodes}
    assert told == {
        "expert-0000": ([False, False, True, True], [True, False, True, True]),
        "held-expert-0000": ([False, False, True], [True, False, True]),
        "near-miss-0000": ([False, False], [True, True]),
    }


@pytest.mark.parametrize(
    ("table", "success"),
    [
        ("episode,success\na,1\nb,yes\nc,0\n", [[0, 0, 1], [0, 0, 1], [0, 0, 0]]),
        ("Episode,Frame\na.png,1\nin/b,2\nc,\n", None),
        ("episode,frame\na,1\nb,2\nc,\n", [[0, 1, 1], [0, 0, 1], [0, 0, 0]]),
    ],
)
def test_a_table_tells_success(table, success):
    """By episode, or by the frame on which it begins; names may be written in several ways."""
    for name in "abc":
        clip("in", name, [1, 2, ord(name)])
    Path("told.csv").write_text(table, encoding="utf-8")
    if success is None:
        with pytest.raises(UsageError, match=r"told.csv, line 3: there is no episode 'in/b'"):
            import_source("walk", "in", ImportOptions(success="told.csv"))
        return
    made = import_source("walk", "in", ImportOptions(success="told.csv")).store
    assert sorted(e.success.astype(int).tolist() for e in made.episodes) == sorted(success)


def test_pictures_are_cut_and_resized_and_every_so_many_taken():
    """The last one always: how an episode ends is what matters most."""
    clip("in", "a", [10, 20, 30, 40, 50, 60], size=(40, 20))
    clip("in", "b", [11, 20, 30, 40, 50, 60], size=(80, 40))
    shape = FrameShape.read("16x8", "0,0,40,20")
    made = import_source("walk", "in", ImportOptions(every=2, shape=shape))
    assert made.store.frames.shape[1:] == (8, 16, 3)
    expert = made.store.frames_of(made.store["expert-0000"])
    assert expert[:, 0, 0, 0].tolist() == [10, 30, 50, 60]
    assert made.spec.render == {"width": 16, "height": 8, "crop": [0, 0, 40, 20]}


def test_numbers_in_names_are_counted():
    """`frame10` comes after `frame9`."""
    names = ["a/10", "a/9", "b2", "b10", "b"]
    assert sorted(names, key=in_order) == ["a/9", "a/10", "b", "b2", "b10"]


def _empty():
    Path("in").mkdir()


def _sizes():
    clip("in", "a", [1, 2])
    clip("in", "b", [1, 2], size=(9, 8))


def _one():
    clip("in", "a", [1, 2])


def _short():
    clip("in", "a", [1])
    clip("in", "b", [1, 2])


def _stray():
    clip("in/success", "a", [1, 2])
    clip("in", "b", [1, 2])


def _table(text):
    def make():
        clip("in", "a", [1, 2, 3])
        clip("in", "b", [1, 2, 4])
        Path("in/success.csv").write_text(text, encoding="utf-8")

    return make


def _file(name, data):
    def make():
        Path("in").mkdir()
        Path("in", name).write_bytes(data)

    return make


def _archive(**arrays):
    def make():
        Path("in").mkdir()
        np.savez("in/a.npz", **arrays)

    return make


FRAMES = np.zeros((3, 8, 8, 3), np.uint8)


@pytest.mark.parametrize(
    ("make", "words"),
    [
        pytest.param(_empty, "in: no episodes here; synth reads folders of pictures", id="empty"),
        pytest.param(_sizes, "several sizes: a has 8x8 pixels, and b 9x8", id="sizes"),
        pytest.param(_one, "1 of 1 episodes ends in success .* at least two", id="one"),
        pytest.param(_short, "a: 1 picture; an episode needs a first and a last", id="short"),
        pytest.param(_stray, "b lies neither below a folder `success` nor", id="stray"),
        pytest.param(
            _table("episode,frame,success\na,0,0\na,1,1\nb,0,0\nb,1,0\nb,2,1\n"),
            "line 2: 2 rows tell of an episode of 3 frames",
            id="other length",
        ),
        pytest.param(_table("episode,frame\na,7\nb,1\n"), "frame 7 is said of .* 3", id="beyond"),
        pytest.param(_table("episode,success\na,1\n"), "nothing of 1 of 2 .* b", id="missing"),
        pytest.param(_table("name,good\na,1\n"), "needs a column `episode`", id="no column"),
        pytest.param(_table("episode,success\na,1\nb,maybe\n"), "'maybe', not 0 or 1", id="word"),
        pytest.param(_table(""), "its first line says nothing", id="empty table"),
        pytest.param(_file("a.mp4", b"no video"), "no video that can be read", id="video"),
        pytest.param(_file("a.gif", b"GIF89a"), "no GIF that can be read", id="gif"),
        pytest.param(_file("a.png", b"no picture"), "no picture that can be read", id="picture"),
        pytest.param(_file("a.npz", b"PK"), "no archive of NumPy arrays", id="archive"),
        pytest.param(_archive(images=FRAMES), "no array `frames`, but images", id="other array"),
        pytest.param(_archive(frames=FRAMES[..., 0]), r"uint8\[3, 8, 8\], not", id="grey"),
        pytest.param(
            _archive(frames=FRAMES, success=np.zeros(2)), "`success` has", id="other bits"
        ),
    ],
)
def test_what_is_odd_ends_in_a_message(make, words):
    """Nobody sees a traceback, and the message names the file or the episode."""
    if "video" in words:
        pytest.importorskip("av")
    make()
    with pytest.raises(UsageError, match=words):
        import_source("walk", "in", ImportOptions())


@pytest.mark.parametrize(
    ("source", "package", "extra"), [("in", "av", "video"), ("minari:a-v0", "minari", "minari")]
)
def test_a_missing_package_is_named_with_its_extra(source, package, extra, monkeypatch):
    """The message is the command that installs it."""
    _file("a.mp4", b"")()
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(EnvironmentFault, match=rf"pip install .*\[{extra}\]"):
        import_source("walk", source, ImportOptions())


@pytest.mark.parametrize(("size", "crop"), [("big", ""), ("4", ""), ("", "1,2,3"), ("", "9,9,1,1")])
def test_a_shape_that_is_none_is_refused(size, crop):
    """The message shows one that is."""
    with pytest.raises(UsageError, match="as in"):
        FrameShape.read(size, crop)
