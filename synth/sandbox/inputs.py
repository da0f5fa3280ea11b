"""What callers may hand to a sandbox, checked before anything is sent.

Nothing is converted that could hide a mistake: floats are not cast, channels not guessed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from synth.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

__all__ = ["MOST_CHARACTERS", "as_frames", "as_mission", "as_missions", "as_pairs", "as_stack"]

_FRAME, _STACK, _CHANNELS = 3, 4, 3
_U8 = np.dtype(np.uint8)

MOST_CHARACTERS = 2000
"""Of a mission; whatever is longer is no instruction."""


def as_frames(
    frames: NDArray[np.uint8], initial: NDArray[np.uint8]
) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """A frame or a stack of them, and the initial frame of the same size.

    Raises:
        UsageError: They are not.
    """
    if (
        type(frames) is type(initial) is np.ndarray
        and frames.dtype is initial.dtype is _U8
        and (shape := frames.shape) == initial.shape
        and len(shape) == _FRAME
        and shape[2] == _CHANNELS
        and min(shape) > 0
    ):
        return frames, initial  # as nearly all are, and the rest takes microseconds
    _require(frames, "frames", _FRAME, _STACK)
    _require(initial, "the initial frame", _FRAME, _FRAME)
    if frames.shape[-3:] != initial.shape:
        raise UsageError(
            f"frames are {_size(frames)} pixels but the initial frame is {_size(initial)}; "
            "both must come from one episode."
        )
    return frames, initial


def as_stack(frames: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """A stack of frames.

    Raises:
        UsageError: It is none.
    """
    _require(frames, "frames", _STACK, _STACK)
    return frames


def as_pairs(pairs: NDArray[np.integer], count: int) -> NDArray[np.int64]:
    """Pairs of indices into `count` frames.

    Raises:
        UsageError: They are not.
    """
    given = np.asarray(pairs)
    if given.size == 0:
        return np.empty((0, 2), np.int64)
    if given.ndim != 2 or given.shape[1] != 2 or given.dtype.kind not in "iu":  # noqa: PLR2004 - frame and initial
        raise UsageError(
            f"pairs must be int[P, 2] (frame index, initial index), not {_kind(given)}."
        )
    low, high = int(given.min()), int(given.max())
    if low < 0 or high >= count:
        wrong = low if low < 0 else high
        raise UsageError(f"pairs name frame {wrong}, but there are {count} frames.")
    return given.astype(np.int64)


def as_mission(mission: str | None) -> str | None:
    """A mission, or ``None``.

    Raises:
        UsageError: It is neither.
    """
    if mission is None:
        return None
    if not isinstance(mission, str) or len(mission) > MOST_CHARACTERS:
        kind = f"{len(mission)} characters" if isinstance(mission, str) else type(mission).__name__
        raise UsageError(f"a mission is text of at most {MOST_CHARACTERS} characters, not {kind}.")
    return str(mission)


def as_missions(missions: Sequence[str] | None, count: int) -> list[str] | None:
    """One mission for each of `count` pairs, or ``None`` where missions do not vary.

    Raises:
        UsageError: They are not.
    """
    if missions is None:
        return None
    if isinstance(missions, str) or len(missions) != count:
        given = "one text" if isinstance(missions, str) else f"{len(missions)}"
        raise UsageError(f"there must be a mission for each of {count} pairs, not {given}.")
    return [str(as_mission(mission) or "") for mission in missions]


def _require(array: Any, name: str, least: int, most: int) -> None:
    if (
        isinstance(array, np.ndarray)
        and array.dtype == _U8
        and least <= array.ndim <= most
        and array.shape[-1] == _CHANNELS
        and array.shape[-2]
        and array.shape[-3]
    ):
        return
    wanted = "uint8[H, W, 3]" if least == _FRAME else "uint8[T, H, W, 3]"
    if least != most:
        wanted += " or uint8[T, H, W, 3]"
    raise UsageError(f"{name} must be {wanted}, not {_kind(array)}.")


def _kind(array: Any) -> str:
    if isinstance(array, np.ndarray):
        return f"{array.dtype}[{', '.join(map(str, array.shape))}]"
    return type(array).__name__


def _size(array: NDArray[Any]) -> str:
    return f"{array.shape[-3]}x{array.shape[-2]}"
