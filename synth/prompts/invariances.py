"""What a program is judged under besides the pictures as they are, in words for a prompt.

Read from the spec's metamorphic table, so that a model is told just what the suite asks.
Nothing is said of which episodes are shown changed, nor of how far a program passes.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from synth.spec import Spec

__all__ = ["invariances"]


def invariances(spec: Spec) -> tuple[str, ...]:
    """One clause for each declared change, to be listed: ``drawn with tiles of 8 pixels``.

    Args:
        spec: Without a metamorphic table there are none.
    """
    asked = spec.metamorphic
    if asked is None:
        return ()
    said = [f"drawn with {_parameters(table, spec.render)}" for table in asked.render if table]
    if asked.distractors:
        said.append(
            f"with up to {asked.distractors} more things in the scene, of any colour and of kinds "
            "that are not in these pictures, which the task is not about"
        )
    if asked.colours:
        said.append(
            f"with every {' and every '.join(asked.colours)} in any other colour; things of "
            "different kinds that had the same colour still have the same"
        )
    if asked.noise:
        said.append(
            f"with each channel of each pixel off by up to {asked.noise} of 255, differently in "
            "every picture"
        )
    if asked.brightness:
        said.append(
            f"lighter or darker by {asked.brightness} of 255 as a whole, the initial image as well"
        )
    if asked.shift:
        said.append(
            f"moved by up to {asked.shift} pixels in any direction as a whole, the initial image "
            "as well, so that a grid need not begin at the corner"
        )
    return tuple(said)


def _parameters(table: Mapping[str, object], own: Mapping[str, object]) -> str:
    """Render parameters in words where there are any, else by name."""
    return " and ".join(_parameter(key, value, own) for key, value in table.items())


def _parameter(key: str, value: object, own: Mapping[str, object]) -> str:
    match key, value:
        case "tile_size", _:
            return f"tiles of {value} pixels"
        case "highlight", True:
            return "all that the agent sees lightened by a share of white"
        case "highlight", False:
            return "nothing lightened where the agent looks"
    instead = f" instead of {json.dumps(own[key])}" if key in own else ""
    return f"{key} = {json.dumps(value)}{instead}"
