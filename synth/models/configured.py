"""What users say of models in ``synth.toml``: a table by kind and model's name.

It is read from the working directory and from ``~/.config/synth/config.toml``, the former first.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from pydantic import BaseModel, ValidationError

from synth.errors import UsageError
from synth.foreign import UnreadableText, read_toml

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["config_files", "configured"]

M = TypeVar("M", bound=BaseModel)


def config_files() -> tuple[Path, ...]:
    """Where it is looked for, in order."""
    return (Path("synth.toml"), Path.home() / ".config" / "synth" / "config.toml")


def configured(
    kind: str,
    names: Sequence[str],
    content: type[M],
    *,
    remedy: str,
    files: Sequence[Path] | None = None,
) -> M | None:
    """The table ``[KIND."NAME"]`` of the first name that has one.

    Args:
        kind: ``prices`` or ``limits``.
        names: The model's name, and others that serve where that has no table.
        content: What such a table holds.
        remedy: What to write, where a table is wrong.
        files: Where to look; `config_files` where not given.

    Raises:
        UsageError: A file is not TOML, or its table is not one.
    """
    for file in config_files() if files is None else files:
        try:
            told = read_toml(file.read_text(encoding="utf-8"))
        except FileNotFoundError:
            continue
        except (OSError, UnicodeDecodeError, UnreadableText) as error:
            raise UsageError(f"{file}: cannot be read: {error}.") from error
        tables = told.get(kind, {})
        if not isinstance(tables, dict):
            raise UsageError(f'{file}: {kind} are tables: [{kind}."{names[0]}"].')
        for name in names:
            if name in tables:
                return _valid(tables[name], content, f'{kind}."{name}"', remedy, file)
    return None


def _valid(table: object, content: type[M], where: str, remedy: str, file: Path) -> M:
    try:
        return content.model_validate(table)
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join((where, *(str(part) for part in first["loc"])))
        raise UsageError(
            f"{file}: {key}: {first['msg'][0].lower()}{first['msg'][1:]}; {remedy}."
        ) from None
