"""Frames outside memory: what is put in comes out, packed as before."""

from __future__ import annotations

import io
import lzma

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from synth.episode import frame_file
from synth.episode.frame_file import FrameFile, joined
from synth.episode.packing import XZ_PRESET, read_frames, write_frames
from synth.errors import EnvironmentFault


def some(count, seed=0, side=16):
    """Different frames."""
    return np.random.default_rng(seed).integers(0, 256, (count, side, side, 3), np.uint8)


@given(st.lists(st.integers(0, 4), max_size=6))
def test_what_is_appended_is_read(counts):
    """In order, whatever comes at a time; the array outlives the file and is read-only."""
    parts = [some(count, seed) for seed, count in enumerate(counts)]
    with FrameFile((16, 16, 3)) as file:
        for part in parts:
            file.append(part)
        array = file.array()
    assert np.array_equal(array, np.concatenate([some(0), *parts]))
    assert not array.flags.writeable


@pytest.mark.parametrize("chunk", [1, 5_000, 8 << 20])
def test_packing_in_pieces_gives_the_bytes_of_packing_at_once(tmp_path, monkeypatch, chunk):
    """The size of the pieces is nobody's business: the same frames are the same file."""
    monkeypatch.setattr(frame_file, "CHUNK", chunk)
    frames, order = some(40), np.array([3, 1, 1, 39, 0] * 5)
    write_frames(tmp_path / "x.npy.xz", frames, order)
    buffer = io.BytesIO()
    np.save(buffer, frames[order])
    whole = lzma.compress(buffer.getvalue(), preset=XZ_PRESET)
    assert (tmp_path / "x.npy.xz").read_bytes() == whole
    assert np.array_equal(read_frames(tmp_path / "x.npy.xz"), frames[order])


def test_stacks_are_joined_and_sizes_must_agree():
    """Mapped or in memory, empty or not."""
    with FrameFile() as file:
        file.append(some(3))
        mapped = file.array()
    both = joined([mapped, some(0), some(2, 1)])
    assert np.array_equal(both, np.concatenate([some(3), some(2, 1)]))
    with pytest.raises(EnvironmentFault, match="one size"):
        joined([mapped, some(1, side=8)])


def test_a_full_disk_is_said_with_what_to_do(monkeypatch):
    """No traceback: which folder is full, and how to name another."""

    class Full:
        def write(self, _data):
            raise OSError(28, "No space left on device")

        def close(self):
            pass

    monkeypatch.setattr(frame_file.tempfile, "TemporaryFile", lambda **_: Full())
    with FrameFile() as file, pytest.raises(EnvironmentFault, match=r"No space left.*TMPDIR"):
        file.append(some(1))
