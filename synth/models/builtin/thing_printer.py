"""From predicates about things on a plain ground to the text of a reward program.

In the manner of `synth.models.builtin.printer`: constants with names and remarks, one
``perceive``, a helper for each relation in use, a checker of one expression each.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from synth.models.builtin.printer import WIDTH, checker, stages
from synth.models.builtin.thing_helpers import (
    HELPERS,
    LEFT,
    OF_COLOUR,
    OTHER_COLOURS,
    OTHER_SHADES,
    SAME_SCENE,
)
from synth.models.builtin.things import MOST, OTHER, SMALLEST

if TYPE_CHECKING:
    from collections.abc import Sequence

    from synth.models.builtin.grammar import Predicate
    from synth.models.builtin.thing_words import ThingVocabulary
    from synth.models.builtin.things import Palette, Thing
    from synth.plan import Plan

__all__ = ["print_thing_program"]

_FEATURES = {
    "area": "blob.area",
    "aspect": "blob.height / blob.width",
    "fill": "blob.area / (blob.height * blob.width)",
    "row": "blob.centroid[0]",
    "column": "blob.centroid[1]",
}


def print_thing_program(
    predicates: Sequence[Predicate],
    scenery: Palette,
    same_share: float,
    plan: Plan,
    words: ThingVocabulary,
) -> str:
    """The program, ready to be judged."""
    atoms: list[Any] = [atom for predicate in predicates for atom in predicate.atoms]
    kinds: tuple[Thing, ...] = tuple(dict.fromkeys(k for a in atoms for k in a.kinds))
    keys = {kind: words.noun(kind).replace(" ", "_").replace("-", "_") for kind in kinds}
    used = {atom.relation for atom in atoms}
    own = any(kind.colour == OTHER for kind in kinds)
    parts = [_head(scenery, same_share, kinds, keys), _perceive(scenery, kinds, keys)]
    shades = ", tolerance=TOLERANCE" if scenery.tolerance else ""
    if any(kind.colour != OTHER for kind in kinds):
        parts.append(OF_COLOUR.replace(", SHADES", shades))
    if own:
        parts.append(OTHER_SHADES if scenery.tolerance else OTHER_COLOURS)
    parts.append(SAME_SCENE)
    if used & {"changed", "recoloured"}:
        parts.append(LEFT)
    parts += [text for name, text in HELPERS.items() if name in used]
    for subtask, predicate in zip(plan.subtasks, predicates, strict=True):
        leaf: Any = predicate  # of things: only the printer of tiles is given tiles
        text = leaf.write(lambda kind: keys[kind], lambda kind: keys[kind])
        parts.append(checker(subtask.name, words.phrase(predicate).sentence, predicate, text))
    parts.append(f"\nSUBTASKS = {stages(plan)}\n")
    return "\n".join(part.rstrip("\n") + "\n" for part in parts)


def _head(
    scenery: Palette, same_share: float, kinds: Sequence[Thing], keys: dict[Thing, str]
) -> str:
    lines = ["import numpy as np", "from synth import vision", ""]
    lines.append(f"GROUND = {_colours(scenery.ground)}  # colours of the ground")
    if any(kind.colour == OTHER for kind in kinds):
        lines.append(f"KNOWN = {_colours(scenery.known)}  # of things that are always there")
    if scenery.tolerance:
        lines.append(f"TOLERANCE = {scenery.tolerance}  # shades of one colour, in each channel")
    lines.append(f"SMALLEST = {SMALLEST}  # pixels; smaller groups are no things")
    lines.append(f"MOST = {MOST}  # things of a kind that are looked at, the largest first")
    lines.append(
        f"SAME_SHARE = {same_share:.2f}  # so much of the ground stays ground in an episode"
    )
    coloured = {kind.colour: keys[kind] for kind in reversed(kinds) if kind.colour != OTHER}
    if coloured:
        lines += ["", "# Colours of things."]
    for kind in kinds:
        if coloured.get(kind.colour) == keys[kind]:
            lines.append(f"{keys[kind].upper()} = 0x{kind.colour:06X}")
    return "\n".join(lines) + "\n"


def _perceive(scenery: Palette, kinds: Sequence[Thing], keys: dict[Thing, str]) -> str:
    shades = ", tolerance=TOLERANCE" if scenery.tolerance else ""
    coloured = {kind.colour: keys[kind].upper() for kind in reversed(kinds)}
    lines = [
        "\ndef perceive(frame):",
        '    """Which pixels are bare ground, and the things of each kind, largest first."""',
        "    codes = vision.pack(frame)",
        "    return {",
        f'        "bare": vision.where(codes, *GROUND{shades}),',
    ]
    for kind in kinds:
        found = (
            "other_colours(codes)"
            if kind.colour == OTHER
            else f"of_colour(codes, {coloured[kind.colour]})"
        )
        if kind.trait is not None:
            found = f"[blob for blob in {found} if {_band(kind)}]"
        line = f'        "{keys[kind]}": {found},'
        if len(line) > WIDTH:
            inner = found.replace(" for blob", "\n            for blob", 1)
            inner = inner.replace(" if ", "\n            if ", 1)
            line = f'        "{keys[kind]}": [\n            {inner[1:-1]}\n        ],'
        lines.append(line)
    lines.append("    }\n")
    return "\n".join(lines)


def _band(kind: Thing) -> str:
    trait = kind.trait
    if trait is None:
        return "True"
    feature = _FEATURES[trait.feature]
    low = f"{trait.low:g} <= " if abs(trait.low) != float("inf") else ""
    high = f" < {trait.high:g}" if abs(trait.high) != float("inf") else ""
    return f"{low}{feature}{high}"


def _colours(codes: Sequence[int]) -> str:
    listed = ", ".join(f"0x{code:06X}" for code in codes)
    return f"({listed},)" if len(codes) == 1 else f"({listed})"
