"""``play:FOLDER``: what a person has played, one line an episode, in ``demonstrations.jsonl``.

::

    {"env": "MiniGrid-DoorKey-6x6-v0", "seed": 3, "success": true, "actions": [2, 2, 1]}

Only the actions are kept: `synth record` plays them again. A line of a seed takes the place of
earlier ones of that seed; those that end without success are kept and are no expert's.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ConfigDict, ValidationError

from synth.errors import UsageError
from synth.experts.demonstrations import Recording

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["FILE", "PlayedEpisode", "keep", "read_played", "successes"]

FILE = "demonstrations.jsonl"


class PlayedEpisode(BaseModel):
    """One episode that a person played.

    Attributes:
        env: The environment's id.
        seed: What it was reset with.
        success: Whether it ended in success.
        actions: JSON values, from the reset on.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    env: str
    seed: int
    success: bool
    actions: tuple[Any, ...]


def keep(folder: Path, played: PlayedEpisode) -> None:
    """Add an episode to a folder, which is made where it is missing."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / FILE).open("a", encoding="utf-8") as stream:
        stream.write(json.dumps(played.model_dump(mode="json"), separators=(",", ":")) + "\n")


def read_played(folder: Path) -> tuple[PlayedEpisode, ...]:
    """All episodes of a folder, in the order in which they were played.

    Raises:
        UsageError: There are none, or a line is damaged; the message names it.
    """
    path = folder / FILE
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except FileNotFoundError as error:
        raise UsageError(f"{path} is missing; `synth play TASK` makes it.") from error
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{path} cannot be read: {error}.") from error
    played = []
    for number, line in enumerate(lines, start=1):
        try:
            played.append(PlayedEpisode.model_validate_json(line))
        except ValidationError as error:
            raise UsageError(
                f"{path}, line {number}: not an episode ({error.errors()[0]['msg']}); remove the "
                "line and play that seed again."
            ) from error
    return tuple(played)


def successes(folder: Path, env: str) -> tuple[Recording, ...]:
    """What was played to success in an environment; of each seed the last.

    Raises:
        UsageError: As `read_played`, or it was played in another environment.
    """
    played = read_played(folder)
    if other := next((one.env for one in played if one.env != env), ""):
        raise UsageError(f"{folder / FILE} was played in {other}, not in {env}.")
    last = {one.seed: one for one in played if one.success}
    return tuple(Recording(one.seed, one.actions) for one in last.values())
