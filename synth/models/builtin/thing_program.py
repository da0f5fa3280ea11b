"""The text of a program that reads a picture as things on a plain ground.

Each relation is the twin of a case in `synth.models.builtin.thing_atoms`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from synth.models.builtin.printer import WIDTH, kinds_in, print_program, relations_in
from synth.models.builtin.things import MOST, OTHER, SMALLEST

if TYPE_CHECKING:
    from collections.abc import Sequence

    from synth.models.builtin.grammar import Predicate
    from synth.models.builtin.things import Palette, Thing
    from synth.models.builtin.words import ThingVocabulary
    from synth.plan import Plan

__all__ = ["print_thing_program"]

OF_COLOUR = '''
def of_colour(codes, colour):
    """The things of one colour, largest first."""
    return vision.blobs(vision.where(codes, colour, SHADES), SMALLEST, diagonal=True)[:MOST]
'''

OTHER_SHADES = '''
def other_colours(codes):
    """The things whose colour is neither the ground's nor that of a thing always there."""
    others = ~vision.where(codes, *GROUND, *KNOWN, tolerance=TOLERANCE)
    return vision.blobs(others, SMALLEST, diagonal=True)[:MOST]
'''

OTHER_COLOURS = '''
def other_colours(codes):
    """The things whose colour is neither the ground's nor that of a thing always there."""
    found = []
    others = [colour for colour, _ in vision.colours(codes) if colour not in GROUND + KNOWN]
    for colour in others[:MOST]:
        found += vision.blobs(codes == colour, SMALLEST, diagonal=True)
    return found[:MOST]
'''

SAME_SCENE = '''
def same_scene(now, initial):
    """Whether the image shows anything, and most of the ground is where it was."""
    bare, before = now["bare"], initial["bare"]
    if bare.shape != before.shape or bare.all() or not before.any():
        return False
    kept = np.count_nonzero(bare & before)
    return bool(kept >= SAME_SHARE * np.count_nonzero(before))
'''

LEFT = '''
def left(then, here):
    """Whether most of a thing's pixels are none of these things' now."""
    return sum(vision.overlap(then.mask, blob.mask) for blob in here) < 0.5
'''

RELATIONS = {
    "gone": '''
def gone(now, initial, kind):
    """Whether there was a thing of this kind at first, and there is none now."""
    return len(initial[kind]) > 0 and len(now[kind]) == 0
''',
    "recoloured": '''
def recoloured(now, initial, kind):
    """Whether there is now something else, and not bare ground, where each of them was."""
    return len(initial[kind]) > 0 and all(
        left(then, now[kind]) and bool(np.mean(now["bare"][then.mask]) <= 0.5)
        for then in initial[kind]
    )
''',
    "appeared": '''
def appeared(now, initial, kind):
    """Whether there was no thing of this kind at first, and there is one now."""
    return len(initial[kind]) == 0 and len(now[kind]) > 0
''',
    "grown": '''
def grown(now, initial, kind):
    """Whether things of this kind cover half as much again as at first, or more."""
    before = sum(blob.area for blob in initial[kind])
    return 0 < before * 1.5 <= sum(blob.area for blob in now[kind])
''',
    "shrunk": '''
def shrunk(now, initial, kind):
    """Whether things of this kind cover two thirds of what they did at first, or less."""
    area = sum(blob.area for blob in now[kind])
    return 0 < area * 1.5 <= sum(blob.area for blob in initial[kind])
''',
    "moved": '''
def moved(now, initial, kind):
    """Whether things of this kind are all off the places where they were at first."""
    before = initial[kind]
    return (
        len(now[kind]) > 0
        and len(before) > 0
        and not any(vision.overlap(blob, then) > 0 for blob in now[kind] for then in before)
    )
''',
    "changed": '''
def changed(now, initial, kind):
    """Whether no thing of this kind is where one was at first, or hardly."""
    return len(initial[kind]) > 0 and all(left(then, now[kind]) for then in initial[kind])
''',
    "fewer": '''
def fewer(now, initial, kind):
    """Whether there are fewer things of this kind than at first."""
    return len(now[kind]) < len(initial[kind])
''',
    "more": '''
def more(now, initial, kind):
    """Whether there are more things of this kind than at first."""
    return len(now[kind]) > len(initial[kind])
''',
    "touches": '''
def touches(now, kind, other):
    """Whether there is no gap between a thing of one kind and one of the other."""
    return any(vision.touching(a.mask, b.mask) for a in now[kind] for b in now[other])
''',
    "overlaps": '''
def overlaps(now, kind, other):
    """Whether the boxes of a thing of one kind and of one of the other share pixels."""
    return any(vision.overlap(a, b) > 0 for a in now[kind] for b in now[other])
''',
    "within": '''
def within(now, kind, other):
    """Whether the box of a thing of one kind is inside that of one of the other."""
    return any(vision.overlap(a, b) == 1 for a in now[kind] for b in now[other])
''',
    "reached": '''
def reached(now, initial, kind, other):
    """Whether a thing of one kind is, in part, where one of the other was at first."""
    return any(vision.overlap(a, b) > 0 for a in now[kind] for b in initial[other])
''',
    "arrived": '''
def arrived(now, initial, kind, other):
    """Whether a thing of one kind is inside the box that one of the other had at first."""
    return any(vision.overlap(a, b) == 1 for a in now[kind] for b in initial[other])
''',
    "near": '''
def near(now, kind, other, pixels):
    """Whether the middles of a thing of one kind and of one of the other are this near."""
    return any(vision.distance(a.box, b.box) < pixels for a in now[kind] for b in now[other])
''',
    "became": '''
def became(now, initial, kind, other):
    """Whether most of where a thing of one kind was at first is one of the other now."""
    return any(
        vision.overlap(then.mask, blob.mask) > 0.5
        for then in initial[kind]
        for blob in now[other]
    )
''',
}

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
    kinds: tuple[Thing, ...] = kinds_in(predicates)
    keys = {kind: words.noun(kind).replace(" ", "_").replace("-", "_") for kind in kinds}
    opening = [_head(scenery, same_share, kinds, keys), _perceive(scenery, kinds, keys)]
    shades = ", tolerance=TOLERANCE" if scenery.tolerance else ""
    if any(kind.colour != OTHER for kind in kinds):
        opening.append(OF_COLOUR.replace(", SHADES", shades))
    if any(kind.colour == OTHER for kind in kinds):
        opening.append(OTHER_SHADES if scenery.tolerance else OTHER_COLOURS)
    opening.append(SAME_SCENE)
    if relations_in(predicates) & {"changed", "recoloured"}:
        opening.append(LEFT)
    return print_program(
        opening,
        RELATIONS,
        predicates,
        plan,
        words,
        name=lambda kind: keys[kind],
        look=lambda kind: keys[kind],
    )


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
