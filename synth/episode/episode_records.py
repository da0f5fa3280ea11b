"""What the files of an episodes' folder may say: one record for each sort of line.

They are read as data that anybody may have changed; whether numbers fit frames and each other is
for `synth.episode.files` and its neighbours to see.
"""

from __future__ import annotations

from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from synth.episode.store import EpisodeKind, Split  # noqa: TC001  pydantic reads the annotations
from synth.episode.untold import Untold  # noqa: TC001
from synth.foreign import MOST_NESTED, first_problem, read_json

__all__ = [
    "EpisodeRecord",
    "ManifestRecord",
    "SceneRecord",
    "VariantRecord",
    "valid",
    "valid_line",
]

R = TypeVar("R", bound=BaseModel)

_Number = Annotated[int, Field(ge=0, lt=1 << 31)]
"""Of a frame, a pixel, a step."""
_Bits = Annotated[str, StringConstraints(pattern=r"^[01]*$")]
_Name = Annotated[str, StringConstraints(min_length=1)]
_Box = tuple[_Number, _Number, _Number, _Number]


class _Record(BaseModel):
    # What a later version adds without another format is passed over.
    model_config = ConfigDict(frozen=True, strict=True)


class ManifestRecord(_Record):
    """``manifest.json``, but for its format, which is looked at first."""

    env: str
    spec_digest: str
    versions: dict[str, str]
    generation: _Number = 0
    untold: Untold | None = None
    variants: dict[Split, _Number] | None = None
    scenes: dict[Split, _Number] | None = None


class EpisodeRecord(_Record):
    """A line of ``episodes.jsonl``."""

    id: _Name
    kind: EpisodeKind
    split: Split
    seed: Annotated[int, Field(ge=-(1 << 63), lt=1 << 63)]
    policy: str
    mission: str | None = None
    frames: list[_Number]
    actions: list[Any]
    rewards: dict[_Number, float]
    success: _Bits
    judged: _Bits | None = None
    truth: dict[str, _Bits]
    note: str
    changes: list[tuple[_Number, _Number, _Number, _Number, _Number, bool, bool]] | None = None


class VariantRecord(_Record):
    """A line of ``variants.jsonl``."""

    name: _Name
    base: str
    split: Split
    size: tuple[_Number, _Number]
    frames: list[_Number]


class SceneRecord(_Record):
    """A line of ``scenes.jsonl``."""

    id: _Name
    base: str
    split: Split
    way: list[Any]
    ahead: list[_Box] | None
    backdrop: _Number
    stills: Annotated[list[_Number], Field(min_length=1)]
    success: _Bits
    truth: dict[str, _Bits]
    notes: list[str]


def valid(kind: type[R], raw: Any, where: str) -> R:
    """A record of what was read from JSON.

    Raises:
        ValueError: It is none; the message begins with `where`.
    """
    try:
        return kind.model_validate(raw, strict=False)
    except ValidationError as error:
        raise ValueError(f"{where}: {first_problem(error)}") from error


def valid_line(kind: type[R], line: str, where: str) -> R:
    """A record of a line of JSON.

    Raises:
        ValueError: It is none; the message begins with `where`.
    """
    try:
        if line.count("[") + line.count("{") > MOST_NESTED:
            read_json(line)  # bounds the nesting of what may be anything, such as actions
        return kind.model_validate_json(line)
    except ValidationError as error:
        raise ValueError(f"{where}: {first_problem(error)}") from error
