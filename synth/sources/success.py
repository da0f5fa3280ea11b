"""What is success in pictures from elsewhere.

==============  ===================================================================
``FILE.csv``    told by a table; see `read_table`
``folders``     episodes below a folder ``success`` end in it, those below ``failure`` do not
``last``        every episode ends in success
``own``         told frame by frame by the source itself (.npz, Minari)
==============  ===================================================================

Where only the end is known, the last picture is the success, and so is what looks exactly like it
just before; of the pictures before those, as many as are said to be *unsure* are not judged.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from synth.errors import UsageError
from synth.foreign import whole_number

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

__all__ = ["Bits", "TableRow", "by_table", "ended", "group_of", "read_table"]

GROUPS = {
    "success": True,
    "successes": True,
    "succeeded": True,
    "failure": False,
    "failures": False,
    "failed": False,
}
_YES, _NO = frozenset({"1", "true", "yes"}), frozenset({"0", "false", "no"})
COLUMNS = ("episode", "frame", "success", "mission")


@dataclass(frozen=True, eq=False, slots=True)
class Bits:
    """What is known of an episode's frames: ``bool[T+1]`` each."""

    success: NDArray[np.bool_]
    judged: NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class TableRow:
    """One row of a table.

    Attributes:
        line: Its number in the file.
        frame: Of which frame it tells, counted from 0; ``None`` where of the whole episode.
        success: ``None`` where it says nothing, or that nobody can tell.
        mission: The episode's words.
    """

    line: int
    frame: int | None
    success: bool | None
    mission: str


def ended(frames: Sequence[int], unsure: int, *, success: bool) -> Bits:
    """The bits of an episode of which only the end is known.

    Args:
        frames: Numbers of its distinct pictures; equal ones look exactly alike.
        unsure: How many frames before the success are not judged.
        success: Whether it ends in success.
    """
    count = len(frames)
    bits, judged = np.zeros(count, np.bool_), np.ones(count, np.bool_)
    if success:
        first = count - 1
        while first > 1 and frames[first - 1] == frames[-1]:
            first -= 1
        bits[first:] = True
        judged[max(1, first - unsure) : first] = False
    return Bits(bits, judged)


def group_of(name: str) -> bool | None:
    """Whether the folders above an episode say success or failure; ``None`` where neither."""
    for part in reversed(name.lower().split("/")[:-1]):
        if part in GROUPS:
            return GROUPS[part]
    return None


def read_table(path: Path, names: Sequence[str]) -> dict[str, list[TableRow]]:
    """The rows of a csv with a column ``episode`` and at least one of ``frame`` and ``success``.

    ::

        episode,success            one row an episode: it ends in success, or does not
        episode,frame              one row: the first frame of success; empty where there is none
        episode,frame,success      one row a frame; success may be empty where nobody can tell

    A column ``mission`` may stand beside them.

    Args:
        path: The file.
        names: Of the episodes that it must tell of.

    Raises:
        UsageError: It is no such table, or tells of other episodes; the message names the line.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            reader = csv.DictReader(stream, strict=True)
            heads = [head.strip().lower() for head in reader.fieldnames or ()]
            reader.fieldnames = heads
            if "episode" not in heads or not {"frame", "success"} & set(heads):
                raise UsageError(
                    f"{path}: needs a column `episode` and a column `frame` or `success`, but its "
                    f"first line says {','.join(heads) or 'nothing'}."
                )
            rows: dict[str, list[TableRow]] = {}
            known = {_plain(name): name for name in names}
            for raw in reader:
                name = _named(path, reader.line_num, raw, known)
                rows.setdefault(name, []).append(_row(path, reader.line_num, raw))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise UsageError(f"{path} cannot be read as a table: {error}.") from error
    if missing := [name for name in names if name not in rows]:
        raise UsageError(
            f"{path} says nothing of {len(missing)} of {len(names)} episodes, such as {missing[0]}."
        )
    return rows


def _plain(name: str) -> str:
    """An episode's name without its suffix, as people may write it in a table."""
    return name.replace("\\", "/").strip("/").lower()


def _named(path: Path, line: int, raw: Mapping[str, str | None], known: Mapping[str, str]) -> str:
    said = _plain(raw["episode"] or "")
    stem = said.rpartition(".")[0] or said
    ends = [name for plain, name in known.items() if plain.rpartition("/")[2] in {said, stem}]
    found = known.get(said) or known.get(stem) or (ends[0] if len(ends) == 1 else None)
    if found is None:
        some = ", ".join(list(known.values())[:3])
        raise UsageError(
            f"{path}, line {line}: there is no episode {raw['episode']!r}; there are {some}"
            f"{', ...' if len(known) > 3 else ''}."  # noqa: PLR2004 - as many as are named
        )
    return found


def _row(path: Path, line: int, raw: Mapping[str, str | None]) -> TableRow:
    frame, success = ((raw.get(key) or "").strip().lower() for key in ("frame", "success"))
    at = whole_number(frame)
    if frame and at is None:
        raise UsageError(f"{path}, line {line}: frame {frame!r} is no number from 0 on.")
    if success and success not in _YES | _NO:
        raise UsageError(f"{path}, line {line}: success is {success!r}, not 0 or 1.")
    return TableRow(
        line,
        frame=at,
        success=success in _YES if success else None,
        mission=(raw.get("mission") or "").strip(),
    )


def by_table(path: Path, rows: Sequence[TableRow], frames: Sequence[int], unsure: int) -> Bits:
    """The bits of one episode by its rows.

    Raises:
        UsageError: It has other frames than the rows tell of.
    """
    count = len(frames)
    if len(rows) == 1 and (count > 1 or rows[0].frame is None):
        only = rows[0]
        if only.frame is None:
            return ended(frames, unsure, success=bool(only.success))
        return _from_frame(path, only, count, unsure)
    told = {row.frame: row.success for row in rows}
    if sorted(told, key=lambda t: -1 if t is None else t) != list(range(count)):
        raise UsageError(
            f"{path}, line {rows[0].line}: {len(rows)} rows tell of an episode of {count} frames; "
            f"say one row for each of the frames 0 to {count - 1}, or one for the episode."
        )
    known = [told[t] for t in range(count)]
    return Bits(
        np.array([bool(value) for value in known], np.bool_),
        np.array([value is not None for value in known], np.bool_),
    )


def _from_frame(path: Path, row: TableRow, count: int, unsure: int) -> Bits:
    first = row.frame or 0
    if first >= count:
        raise UsageError(
            f"{path}, line {row.line}: frame {first} is said of an episode of {count} frames, "
            f"which are counted 0 to {count - 1}."
        )
    bits, judged = np.zeros(count, np.bool_), np.ones(count, np.bool_)
    if row.success is not False:
        bits[first:] = True
        judged[max(1, first - unsure) : first] = False
    return Bits(bits, judged)
