"""The digests of a generated folder, as its ``provenance.json`` holds them.

The rest of the provenance (model, calls, tokens) is the loop's to write and the report's
to read; a suite wants to know only whether it stands on the files the reward was judged on.
"""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING

from synth.episode.replace import replace_file
from synth.errors import UsageError
from synth.foreign import read_json
from synth.task.labels import LABELS

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

__all__ = [
    "changed_files",
    "file_digest",
    "file_digests",
    "read_digests",
    "renew_digests",
    "renew_episode_digests",
]

FILE = "provenance.json"
_TEXTS = frozenset({".json", ".jsonl", ".py", ".toml"})
KEY = "files"
EPISODES = "episodes/"
JUDGED_ON = frozenset({"task.toml", LABELS})


def file_digests(folder: Path) -> dict[str, str]:
    """SHA-256 in hex of every file that belongs to a generated folder.

    ``provenance.json`` itself, hidden files and what Python leaves behind are left out.

    Returns:
        Path relative to the folder, with forward slashes, to digest; sorted by path.
    """
    files = {p.relative_to(folder): p for p in sorted(folder.rglob("*")) if p.is_file()}
    return {
        name.as_posix(): file_digest(path)
        for name, path in files.items()
        if name.as_posix() != FILE
        and not any(part.startswith(".") or part == "__pycache__" for part in name.parts)
    }


def read_digests(folder: Path) -> Mapping[str, str] | None:
    """The digests recorded under ``files`` in a folder's ``provenance.json``.

    Returns:
        Relative path to digest, or ``None`` where there is no such file or no digests.

    Raises:
        UsageError: The file is damaged.
    """
    path = folder / FILE
    try:
        files = read_json(path.read_text(encoding="utf-8")).get(KEY)
    except FileNotFoundError:
        return None
    except (OSError, ValueError, AttributeError) as error:
        raise UsageError(f"{path}: the provenance is damaged ({error}); restore it.") from error
    if files is None:
        return None
    if not isinstance(files, dict) or not all(isinstance(d, str) for d in files.values()):
        raise UsageError(f"{path}: {KEY!r} must map file names to digests; restore it.")
    return files


def renew_episode_digests(folder: Path) -> None:
    """Record the episodes as they are now; see `renew_digests`."""
    renew_digests(folder, EPISODES)


def renew_digests(folder: Path, prefix: str) -> None:
    """Record some files as they are now; all else that the provenance says stays.

    For whoever adds an episode or a label on purpose, having seen that none was changed before
    (`changed_files`). Where nothing is committed nothing happens.

    Args:
        folder: ``generated/TASK``.
        prefix: Which files: those whose path within the folder begins with it.

    Raises:
        UsageError: The provenance is damaged.
    """
    digests = read_digests(folder)
    if digests is None:
        return
    path = folder / FILE
    kept = {name: d for name, d in digests.items() if not name.startswith(prefix)}
    now = {n: d for n, d in file_digests(folder).items() if n.startswith(prefix)}
    content = read_json(path.read_text(encoding="utf-8"))
    content[KEY] = dict(sorted({**kept, **now}.items()))
    replace_file(path, (json.dumps(content, indent=2) + "\n").encode())


def changed_files(folder: Path, digests: Mapping[str, str]) -> tuple[str, ...]:
    """Which of the files a reward was judged on are not what they were.

    Only ``task.toml``, the labels and the episodes count: the program may be replaced on
    purpose, and the suite's own file may be written again by a newer version.
    """
    judged_on = {n: d for n, d in digests.items() if n in JUDGED_ON or n.startswith(EPISODES)}
    return tuple(n for n, d in sorted(judged_on.items()) if _digest_or_none(folder / n) != d)


def _digest_or_none(path: Path) -> str | None:
    try:
        return file_digest(path)
    except OSError:
        return None


def file_digest(path: Path) -> str:
    """SHA-256 of a file, of a text whatever ends its lines.

    Raises:
        OSError: It cannot be read.
    """
    content = path.read_bytes()
    if path.suffix in _TEXTS:
        # A checkout may end lines as Windows does, and nobody has changed anything by that.
        content = content.replace(b"\r\n", b"\n")
    return hashlib.sha256(content).hexdigest()
