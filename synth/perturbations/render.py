"""The scene drawn with other parameters: ``tile_size = 8, highlight = true``."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, ClassVar

from synth.perturbations.base import Replayed, Retake

if TYPE_CHECKING:
    from collections.abc import Mapping

    from synth.perturbations.base import Stage

__all__ = ["Render"]

Table = dict[str, bool | int | float | str]


class Render(Replayed[Table]):
    """Other render parameters, one table for each way, merged over the spec's own."""

    key = "render"
    shape = list[Table]
    default: ClassVar[Any] = []  # pydantic copies it for every spec
    check = "holds_drawn_otherwise"
    promise = "Every verdict stays the same where the scene is drawn with other parameters."
    always_written = True

    def ways(self, setting: Any) -> tuple[Table, ...]:
        """Each table, the empty one as well."""
        return tuple(setting)

    def label(self, way: Table) -> str:
        """``tile_size = 8, highlight = true``."""
        return ", ".join(f"{key} = {json.dumps(value)}" for key, value in way.items())

    def claims(self, name: str) -> bool:
        """Names without a key of their own, which begin with a parameter."""
        return re.match(r"\w+ = ", name) is not None

    def made_by(self, way: Table, name: str) -> bool:
        """Each table is called by what it says."""
        return name == self.label(way)

    def words(self, name: str) -> str:
        """``drawn with tile_size = 8``."""
        return f"drawn with {name}"

    def group(self, name: str) -> str:
        """Each table on its own."""
        return name

    def cause(self, name: str) -> str:
        """``on tile_size and highlight``."""
        return "on " + " and ".join(part.partition(" = ")[0] for part in name.split(", "))

    def prompt(self, way: Table, render: Mapping[str, Any]) -> str:
        """Parameters in words where there are any, else by name."""
        return f"drawn with {' and '.join(_said(k, v, render) for k, v in way.items())}"

    def replay(self, way: Table, stage: Stage) -> Retake:
        """Play it again, drawn so."""
        return Retake(self.label(way), stage.drawn(way))


def _said(key: str, value: object, own: Mapping[str, Any]) -> str:
    match key, value:
        case "tile_size", _:
            return f"tiles of {value} pixels"
        case "highlight", True:
            return "all that the agent sees lightened by a share of white"
        case "highlight", False:
            return "nothing lightened where the agent looks"
    instead = f" instead of {json.dumps(own[key])}" if key in own else ""
    return f"{key} = {json.dumps(value)}{instead}"
