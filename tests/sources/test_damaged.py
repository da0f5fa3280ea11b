"""What is to be imported may be damaged in any way: it ends in a message that names the file."""

from __future__ import annotations

import io
import zipfile
from typing import TYPE_CHECKING

import numpy as np
import pytest
from PIL import Image

from synth.errors import UsageError
from synth.sources import ImportOptions, import_source
from synth.sources.files import in_order, read_files
from synth.sources.shaping import FrameShape

if TYPE_CHECKING:
    from pathlib import Path

FRAMES = np.random.default_rng(0).integers(0, 255, (4, 6, 8, 3), np.uint8)
LAST = ImportOptions(success="last")


def picture(kind: str) -> bytes:
    """A picture file; GIFs have all frames."""
    stream = io.BytesIO()
    first, *rest = (Image.fromarray(frame) for frame in FRAMES)
    if kind == "gif":
        first.save(stream, kind, save_all=True, append_images=rest)
    else:
        first.save(stream, kind)
    return stream.getvalue()


def archive(**files: bytes) -> bytes:
    """An npz whose members are what they are."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as packed:
        for name, content in files.items():
            packed.writestr(f"{name}.npy", content)
    return stream.getvalue()


def array(header: bytes) -> bytes:
    """An npy file with such a header and nothing behind it."""
    return b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("one.npz", b""),
        ("one.npz", b"no zip"),
        ("one.npz", archive(frames=b"no array")),
        ("one.npz", archive(frames=array(b"{'descr': " + b"(" * 300))),
        ("one.npz", archive(frames=array(b"'''"))),
        ("one.npz", archive(frames=array(b"\xff" * 20))),
        (
            "one.npz",
            archive(
                frames=array(b"{'descr': '|u1', 'fortran_order': False, 'shape': (1099511627776,)}")
            ),
        ),
        ("one.gif", b""),
        ("one.gif", b"GIF89a"),
        *(("one.gif", picture("gif")[:cut]) for cut in (14, 60, 400, 900)),
        ("one.gif", picture("gif").replace(b"\x21\xf9", b"\x21\xf8", 1)[:300]),
        *((f"1.{kind}", picture(kind)[:cut]) for kind in ("png", "bmp") for cut in (9, 30, 60)),
        ("1.jpeg", picture("jpeg")[:200]),
        ("1.png", picture("png").replace(b"IDAT", b"IDAX")),
        ("1.png", picture("png")[:16] + b"\xff\xff" + picture("png")[18:]),
        ("1.bmp", picture("bmp")[:18] + b"\xff\xff\xff\x7f" + picture("bmp")[22:]),
    ],
)
def test_a_damaged_file_is_named(tmp_path: Path, name: str, content: bytes) -> None:
    """Whatever its decoder stumbles over."""
    folder = tmp_path / "source"
    folder.mkdir()
    (folder / name).write_bytes(content)
    with pytest.raises(UsageError, match=name):
        import_source("x", str(folder), LAST)


def claiming(kind: str, width: int, height: int) -> bytes:
    """A picture whose header says that it is as large."""
    told, place = picture(kind), {"gif": 6, "bmp": 18}[kind]
    many = 2 if kind == "gif" else 4
    size = width.to_bytes(many, "little") + height.to_bytes(many, "little")
    return told[:place] + size + told[place + 2 * many :]


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("name", ["one.gif", "1.bmp"])
@pytest.mark.parametrize("size", [(12_000, 10_000), (4_097, 4_096), (13_000, 13_000)])
def test_a_picture_too_large_to_be_one_is_not_decoded(
    tmp_path: Path, name: str, size: tuple[int, int]
) -> None:
    """A byte of a header may claim gigabytes and minutes."""
    folder = tmp_path / "source"
    folder.mkdir()
    (folder / name).write_bytes(claiming(name.rpartition(".")[2], *size))
    with pytest.raises(UsageError, match=f"{name}: a picture of {size[0]}x{size[1]} pixels is too"):
        import_source("x", str(folder), LAST)


def test_a_gif_of_too_many_pictures_is_not_decoded_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All of them are held at once; one fewer is read."""
    (tmp_path / "one.gif").write_bytes(picture("gif"))
    monkeypatch.setattr("synth.sources.files._MOST_GIF", 3 * 6 * 8)
    (clip,) = read_files(tmp_path / "one.gif")
    with pytest.raises(UsageError, match="more than 3 pictures of 8x6 pixels"):
        list(clip.frames())
    monkeypatch.setattr("synth.sources.files._MOST_GIF", 4 * 6 * 8)
    assert len(list(clip.frames())) == 4


@pytest.mark.parametrize("frame", ["9" * 5_000, "\u0664" * 5_000, "\u00b2", "-1", "1e3", "0x1"])
def test_a_frame_in_a_table_that_is_no_number_is_told_with_its_line(
    tmp_path: Path, frame: str
) -> None:
    """Digits without end and digits of other scripts are none, either."""
    np.savez(tmp_path / "six.npz", frames=FRAMES)
    table = tmp_path / "told.csv"
    table.write_text(f"episode,frame\nsix,{frame}\n", encoding="utf-8")
    with pytest.raises(UsageError, match="line 2"):
        import_source("x", str(tmp_path / "six.npz"), ImportOptions(success=str(table)))


def test_names_are_put_in_order_whatever_is_in_them() -> None:
    """Numbers by their size; a superscript is a letter."""
    names = ["frame10", "frame2", "x\u00b2", "x1", "\u0664a", ""]
    assert sorted(names, key=in_order) == ["", "\u0664a", "frame2", "frame10", "x1", "x\u00b2"]


@pytest.mark.parametrize("size", ["9" * 5_000, "1x" + "9" * 5_000, "\u00b2x3", "x"])
def test_a_size_without_end_is_none(size: str) -> None:
    """The message shows one that is."""
    with pytest.raises(UsageError, match="128x96"):
        FrameShape.read(size, "")
