"""The pictures a reward was proven on, so that a wrapper can tell others from them.

A checker that looks for colours and shapes answers *false* for ever on pictures drawn
otherwise: the expert earns nothing, and nothing says so. `ProvenPictures` knows the sizes and
the colours of a task's recorded frames, its perturbed pictures included, and looks at the first
picture that a wrapper gets.

Frames are read as a stream, and only as far as needed: where a picture is drawn as the task's
are, the first few recorded frames hold all its colours; only where it is not are all of them
read, once.
"""

from __future__ import annotations

import lzma
import warnings
from contextlib import contextmanager
from functools import cached_property
from typing import IO, TYPE_CHECKING, Any

import numpy as np

from synth.episode.packing import frames_header
from synth.errors import EnvironmentFault, UsageError
from synth.foreign import read_json, read_toml

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from numpy.typing import NDArray

    from synth.shaping import GoalFrom

__all__ = ["ProvenPictures", "UnprovenPictures", "read_goal_from", "read_proven"]

FEW = 512
"""Up to so many colours a task's pictures are drawn in flat colours, and each one counts."""

CHUNK = 64
"""Frames of the stream that are taken in at a time."""


class UnprovenPictures(UserWarning):
    """A picture shows colours that none of the reward's recorded pictures shows."""


class ProvenPictures:
    """What the recorded pictures of a task look like.

    Args:
        files: Stacks of frames as `synth.episode` stores them (``.npy.xz``).
        render: The task's ``[render]`` table; quoted in messages.
        where: The task's folder; quoted in messages.
    """

    def __init__(self, files: tuple[Path, ...], render: Mapping[str, Any], where: str) -> None:
        self._files, self._render, self._where = files, render, where
        self._known = np.zeros(1 << 24, dtype=np.bool_)
        self._stream = self._chunks()

    @cached_property
    def sizes(self) -> tuple[tuple[int, int], ...]:
        """Height and width of the recorded pictures, the episodes' own first."""
        shapes = [_shape(file) for file in self._files]
        return tuple(dict.fromkeys((shape[1], shape[2]) for shape in shapes))

    def compare(self, picture: NDArray[np.uint8]) -> None:
        """Look at the first picture of an episode.

        Args:
            picture: ``uint8[H, W, 3]``.

        Raises:
            EnvironmentFault: Its size is not one that the reward was proven on.

        Warns:
            UnprovenPictures: It shows colours that no recorded picture shows. Whether they
                matter cannot be told from here.
        """
        if picture.shape[:2] not in self.sizes:
            height, width = picture.shape[:2]
            proven = " or ".join(f"{w} x {h}" for h, w in self.sizes)
            raise EnvironmentFault(
                f"the picture is {width} x {height} pixels, and {self._where} was proven on "
                f"{proven}; on others it may pay nothing. {self._remedy()}"
            )
        strange = self._strange(picture)
        if len(strange):
            some = ", ".join(str(colour) for colour in strange[:3])
            more = f" and {len(strange) - 3} more" if len(strange) > 3 else ""  # noqa: PLR2004
            warnings.warn(
                f"the picture shows colours that {self._where} was never proven on ({some}{more}); "
                f"it may pay nothing. {self._remedy()}",
                UnprovenPictures,
                stacklevel=4,
            )

    def _remedy(self) -> str:
        keys = ", ".join(f"{key} = {_toml(value)}" for key, value in self._render.items())
        drawn = f"Draw it as the task does ({keys}), or" if keys else "Draw it as the task does, or"
        return f'{drawn} let synth.make("{self._where}") make the environment.'

    def _strange(self, picture: NDArray[np.uint8]) -> list[tuple[int, int, int]]:
        """Colours of a picture that the recorded ones do not show."""
        codes = np.unique(_codes(picture))
        left = codes[~self._known[codes]]
        while len(left) and (chunk := next(self._stream, None)) is not None:
            self._known[_codes(chunk)] = True
            left = left[~self._known[left]]
        if len(left) and np.count_nonzero(self._known) > FEW:
            # Shaded or noisy pictures: a colour is new only where none near it is known.
            left = left[~_near(self._known)[_coarse(left)]]
        return [(int(c >> 16), int(c >> 8 & 255), int(c & 255)) for c in left]

    def _chunks(self) -> Iterator[NDArray[np.uint8]]:
        for file in self._files:
            with _opened(file) as stream:
                count, *rest = frames_header(stream, file.name)
                size = int(np.prod(rest))
                for start in range(0, count, CHUNK):
                    content = stream.read(size * min(CHUNK, count - start))
                    yield np.frombuffer(content, np.uint8).reshape(-1, *rest)


def read_proven(folder: Path) -> ProvenPictures | None:
    """The pictures of a task folder, or ``None`` where it holds no episodes.

    No frame is read here.

    Raises:
        UsageError: The folder's ``task.toml`` cannot be read.
    """
    episodes = folder / "episodes"
    own = [episodes / f"{split}.npy.xz" for split in ("visible", "held_out")]
    more = (path for kind in ("variants", "scenes") for path in episodes.glob(f"{kind}-*.npy.xz"))
    files = (*own, *sorted(more))
    if not all(file.is_file() for file in own):
        return None
    try:
        content = read_toml((folder / "task.toml").read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        raise UsageError(f"{folder / 'task.toml'} cannot be read: {error}.") from error
    render = content.get("render")
    return ProvenPictures(files, render if isinstance(render, dict) else {}, str(folder))


def read_goal_from(folder: Path) -> GoalFrom:
    """Who should say that the goal holds, as a task folder's provenance has it.

    The program, where that is not known, as in folders that are older than the question.

    Raises:
        UsageError: The folder's ``provenance.json`` is damaged.
    """
    path = folder / "provenance.json"
    try:
        told = read_json(path.read_text(encoding="utf-8")).get("goal_from", "reward")
    except FileNotFoundError:
        return "reward"
    except (OSError, ValueError, AttributeError) as error:
        raise UsageError(f"{path}: the provenance is damaged ({error}); restore it.") from error
    if told not in ("reward", "environment"):
        raise UsageError(
            f"{path}: goal_from is {told!r}; it must be 'reward' or 'environment': restore it."
        )
    known: GoalFrom = told
    return known


def _shape(file: Path) -> tuple[int, ...]:
    with _opened(file) as stream:
        return frames_header(stream, file.name)


@contextmanager
def _opened(file: Path) -> Iterator[IO[bytes]]:
    """A file of frames, unpacked; damage is told as damage.

    Raises:
        UsageError: It cannot be read, or holds no frames.
    """
    try:
        with lzma.open(file) as stream:
            yield stream
    except (OSError, EOFError, lzma.LZMAError, ValueError) as error:
        raise UsageError(
            f"{file}: the episodes are damaged ({error}); restore the folder or record again."
        ) from error


def _codes(frames: NDArray[np.uint8]) -> NDArray[np.int32]:
    """Each pixel's colour as one number, red first."""
    wide = frames.astype(np.int32)
    codes: NDArray[np.int32] = wide[..., 0] << 16 | wide[..., 1] << 8 | wide[..., 2]
    return codes.ravel()


def _coarse(codes: NDArray[Any]) -> NDArray[Any]:
    """The same in steps of 8 in each channel, as a number below 32 ** 3."""
    coarse: NDArray[Any] = (codes >> 19) << 10 | (codes >> 11 & 31) << 5 | codes >> 3 & 31
    return coarse


def _near(known: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """``bool[32 ** 3]``: coarse colours that are known, or beside one that is."""
    from scipy import ndimage  # noqa: PLC0415 - only for pictures of many colours

    cube = np.zeros(32**3, dtype=np.bool_)
    cube[_coarse(np.flatnonzero(known))] = True
    wide = ndimage.maximum_filter(cube.reshape(32, 32, 32), size=3, mode="constant")
    near: NDArray[np.bool_] = wide.ravel()
    return near


def _toml(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else repr(value)
