"""The digests that tie a reward to what it was judged on."""

from __future__ import annotations

import json

import pytest
from keydoor import write_folder

from synth.errors import UsageError
from synth.task.provenance import changed_files, file_digests, read_digests


def test_digests_cover_every_file_but_their_own(tmp_path):
    """All that is committed is digested; provenance.json and caches are not."""
    write_folder(tmp_path / "keydoor", experts=1, randoms=1)
    (tmp_path / "keydoor" / "__pycache__").mkdir()
    (tmp_path / "keydoor" / "__pycache__" / "x.pyc").write_bytes(b"")
    (tmp_path / "keydoor" / "provenance.json").write_text("{}")
    assert list(file_digests(tmp_path / "keydoor")) == [
        "episodes/episodes.jsonl",
        "episodes/held_out.npy.xz",
        "episodes/manifest.json",
        "episodes/visible.npy.xz",
        "reward.py",
        "task.toml",
        "test_keydoor.py",
    ]


def test_only_episodes_and_task_count_as_changed(tmp_path):
    """The program and the suite may be replaced; what the program was judged on may not."""
    folder = tmp_path / "keydoor"
    write_folder(folder, experts=1, randoms=1)
    digests = file_digests(folder)
    for name in ("reward.py", "test_keydoor.py"):
        (folder / name).write_text("other")
    assert changed_files(folder, digests) == ()
    (folder / "task.toml").write_text("other")
    (folder / "episodes" / "episodes.jsonl").unlink()
    assert changed_files(folder, digests) == ("episodes/episodes.jsonl", "task.toml")


@pytest.mark.parametrize("content", ["{", "[]", '{"files": 3}', '{"files": {"a": 1}}'])
def test_damaged_provenance_is_a_usage_error(tmp_path, content):
    """A provenance file that cannot be understood is named, not guessed at."""
    (tmp_path / "provenance.json").write_text(content)
    with pytest.raises(UsageError, match=r"provenance\.json"):
        read_digests(tmp_path)


def test_provenance_without_digests_claims_nothing(tmp_path):
    """A folder whose provenance holds no digests is one without them."""
    (tmp_path / "provenance.json").write_text(json.dumps({"model": "builtin"}))
    assert read_digests(tmp_path) is None
