"""The settings in an alternative's name: ``clip:MODEL?threshold=0.7&temperature=0.02``."""

from __future__ import annotations

from typing import TypeVar
from urllib.parse import parse_qsl

from pydantic import BaseModel, ConfigDict, ValidationError

from synth.errors import UsageError

__all__ = ["Settings", "read_name"]


class Settings(BaseModel):
    """What may be set after the question mark; a subclass for each alternative."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    def written(self) -> str:
        """All settings as a name has them, in order."""
        told = self.model_dump(exclude_none=True)
        return "&".join(f"{key}={value}" for key, value in told.items())


Read = TypeVar("Read", bound=Settings)


def read_name(scheme: str, argument: str, kind: type[Read]) -> tuple[str, Read]:
    """What stands before the question mark, and the settings after it.

    Args:
        scheme: ``clip``; named in messages.
        argument: What follows the colon.
        kind: The settings that there are.

    Raises:
        UsageError: A setting is unknown, said twice, or out of range.
    """
    name, _, query = argument.partition("?")
    try:
        pairs = parse_qsl(query, keep_blank_values=True, strict_parsing=bool(query))
    except ValueError:
        raise UsageError(
            f"{scheme}:{argument}: write settings as KEY=VALUE&KEY=VALUE after the question mark."
        ) from None
    given = dict(pairs)
    if len(given) < len(pairs):
        raise UsageError(f"{scheme}:{argument}: a setting is given twice; give each once.")
    try:
        return name, kind.model_validate(given)
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(str(part) for part in first["loc"])
        known = ", ".join(kind.model_fields)
        raise UsageError(
            f"{scheme}:{name}: {key or 'settings'}: {first['msg'][0].lower()}{first['msg'][1:]}; "
            f"there are {known}."
        ) from None
