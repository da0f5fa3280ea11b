"""Episodes in files: folders of pictures, videos, GIFs, and NumPy archives.

What one file or folder holds is one episode, wherever it lies below the source. Pictures of a
folder are taken in the order of the numbers in their names. A GIF tells how long each picture is
shown, and leaves out those that look like the one before; they are put back.
"""

from __future__ import annotations

import re
import warnings
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
from PIL import Image, ImageSequence

from synth.errors import EnvironmentFault, UsageError
from synth.extras import install
from synth.sources.clip import Clip

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from numpy.typing import NDArray

__all__ = ["in_order", "read_files"]

PICTURES = frozenset({".png", ".jpg", ".jpeg", ".bmp", ".webp"})
VIDEOS = frozenset({".mp4", ".mov", ".avi", ".mkv", ".webm", ".m4v"})
GIF, ARCHIVE = ".gif", ".npz"
KINDS = "folders of pictures, .mp4 and other videos, .gif, or .npz with `frames`"

_STACK = 4
_MOST_REPEATS = 100
_MOST_PIXELS = 1 << 24
"""Of a picture: more than the largest screens have. A damaged file may claim any number."""
_MOST_GIF = 1 << 28
"""Of all pictures of a GIF, which is decoded as a whole."""


def read_files(source: Path) -> tuple[Clip, ...]:
    """The episodes below a folder, or the one in a file; in the order of their names.

    Nothing is decoded yet but archives.

    Raises:
        UsageError: There is nothing there that holds an episode, or an archive is damaged.
        EnvironmentFault: There are videos, and the package that decodes them is missing.
    """
    if not source.exists():
        raise UsageError(f"{source}: there is no such file or folder.")
    if source.is_file():
        clip = _file(source, source.stem)
        if clip is None:
            raise UsageError(f"{source}: synth reads no such file; it reads {KINDS}.")
        return (clip,)
    clips = list(_below(source, source))
    if not clips:
        raise UsageError(f"{source}: no episodes here; synth reads {KINDS}.")
    return tuple(sorted(clips, key=lambda clip: in_order(clip.name)))


def in_order(name: str) -> list[tuple[int, str]]:
    """A key that sorts ``frame2`` before ``frame10``."""
    parts = re.split(r"(\d+)", name)
    # The odd ones are numbers; "²" elsewhere is a digit to Python, and no number.
    return [(int(part), "") if n % 2 else (-1, part) for n, part in enumerate(parts)]


def _below(folder: Path, source: Path) -> Iterator[Clip]:
    inside = sorted(folder.iterdir(), key=lambda path: in_order(path.name))
    pictures = [p for p in inside if p.suffix.lower() in PICTURES and p.is_file()]
    if pictures:
        name = folder.relative_to(source).as_posix()
        yield Clip(folder.name if name == "." else name, partial(_pictures, pictures))
    for path in inside:
        if path.name.startswith("."):
            continue
        if path.is_dir():
            yield from _below(path, source)
        elif (clip := _file(path, path.relative_to(source).with_suffix("").as_posix())) is not None:
            yield clip


def _file(path: Path, name: str) -> Clip | None:
    suffix = path.suffix.lower()
    if suffix in VIDEOS:
        _decoder(path)
        return Clip(name, partial(_video, path))
    if suffix == GIF:
        return Clip(name, partial(_gif, path))
    return _archive(path, name) if suffix == ARCHIVE else None


@contextmanager
def _decoding(path: Path, what: str) -> Iterator[None]:
    """Damaged files are the user's, whatever it is that a decoder stumbles over in them.

    Raises:
        UsageError: Something was raised.
    """
    try:
        with warnings.catch_warnings():
            # Pillow's own bound is higher than `_MOST_PIXELS`, and it only warns.
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            yield
    except UsageError:
        raise
    # struct.error, IndexError, SyntaxError, zlib.error, NotImplementedError: decoders promise
    # nothing, and are not ours.
    except Exception as error:
        told = f"{type(error).__name__}: {error}"[:200]
        raise UsageError(f"{path} is no {what} that can be read ({told}).") from error


def _require_size(path: Path, size: tuple[int, int]) -> int:
    """How many pixels a picture has, before it is decoded.

    Raises:
        UsageError: There are too many.
    """
    width, height = size
    if width * height > _MOST_PIXELS:
        raise UsageError(
            f"{path}: a picture of {width}x{height} pixels is too large; scale it down, or restore "
            "the file if it is smaller than that."
        )
    return width * height


def _pictures(paths: list[Path]) -> Iterator[NDArray[np.uint8]]:
    for path in paths:
        with _decoding(path, "picture"), Image.open(path) as image:
            _require_size(path, image.size)
            frame = np.array(image.convert("RGB"))
        yield frame


def _gif(path: Path) -> Iterator[NDArray[np.uint8]]:
    shown: list[tuple[NDArray[np.uint8], int]] = []
    with _decoding(path, "GIF"), Image.open(path) as image:
        pixels = _require_size(path, image.size)
        for one in ImageSequence.Iterator(image):
            if (len(shown) + 1) * pixels > _MOST_GIF:
                raise UsageError(
                    f"{path}: the GIF has more than {len(shown)} pictures of {image.width}x"
                    f"{image.height} pixels, which are too many at once; cut it, or scale it down."
                )
            shown.append((np.array(one.convert("RGB")), int(one.info.get("duration", 0))))
    least = min((duration for _, duration in shown if duration > 0), default=0)
    for frame, duration in shown:
        repeats = round(duration / least) if least else 1
        yield from [frame] * min(max(repeats, 1), _MOST_REPEATS)


def _decoder(path: Path) -> Any:
    try:
        import av  # noqa: PLC0415 - an extra; only videos need it
    except ImportError as error:
        raise EnvironmentFault(
            f"{path} is a video, and the package 'av' that decodes it is not installed. "
            f"Run `{install('video')}`."
        ) from error
    return av


def _video(path: Path) -> Iterator[NDArray[np.uint8]]:
    av = _decoder(path)
    try:
        with av.open(str(path)) as container:
            if not container.streams.video:
                raise UsageError(f"{path} holds no video.")
            for frame in container.decode(video=0):
                _require_size(path, (frame.width, frame.height))
                yield frame.to_ndarray(format="rgb24")
    except av.error.FFmpegError as error:
        raise UsageError(f"{path} is no video that can be read: {error}.") from error


def _archive(path: Path, name: str) -> Clip:
    with _decoding(path, "archive of NumPy arrays"), np.load(path, allow_pickle=False) as content:
        arrays = {key: content[key] for key in content.files}
    frames = arrays.get("frames")
    if not isinstance(frames, np.ndarray):  # or bytes, of a file that is no array
        raise UsageError(
            f"{path} holds no array `frames`, but {', '.join(sorted(arrays)) or 'none'}."
        )
    if frames.dtype != np.uint8 or frames.ndim != _STACK or frames.shape[3] != 3:  # noqa: PLR2004 - RGB
        raise UsageError(
            f"{path}: `frames` is {frames.dtype}{list(frames.shape)}, not uint8[T, H, W, 3]."
        )
    bits: dict[str, Any] = {}
    for key in ("success", "judged"):
        if key in arrays:
            if arrays[key].shape != frames.shape[:1]:
                raise UsageError(
                    f"{path}: `{key}` has {arrays[key].shape} values for {len(frames)} frames."
                )
            bits[key] = arrays[key].astype(np.bool_)
    return Clip(name, partial(iter, frames), **bits)
