"""The text of a program that reads a picture as a grid of tiles.

Each relation is the twin of a case in `synth.models.builtin.tile_atoms`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from synth.models.builtin.printer import kinds_in, print_program

if TYPE_CHECKING:
    from collections.abc import Sequence

    from synth.models.builtin.grammar import Predicate
    from synth.models.builtin.tiles import Kind, Measure
    from synth.models.builtin.words import Vocabulary
    from synth.plan import Plan

__all__ = ["Draft", "print_tile_program"]

_RELATIONS = {
    "changed": '''
def changed(now, initial, look, kind):
    """Whether every tile that was of this kind at first is of another now."""
    there = initial[look] == kind
    return bool(there.any() and (now[look][there] != kind).all())
''',
    "some_changed": '''
def some_changed(now, initial, look, kind):
    """Whether a tile that was of this kind at first is of another now."""
    there = initial[look] == kind
    return bool((now[look][there] != kind).any())
''',
    "gone": '''
def gone(now, initial, look, kind):
    """Whether there was a tile of this kind at first, and there is none now."""
    return bool((initial[look] == kind).any() and not (now[look] == kind).any())
''',
    "appeared": '''
def appeared(now, initial, look, kind):
    """Whether there was no tile of this kind at first, and there is one now."""
    return bool((now[look] == kind).any() and not (initial[look] == kind).any())
''',
    "became": '''
def became(now, initial, look, kind, look_after, kind_after):
    """Whether a tile that was of one kind at first is of the other now."""
    there = initial[look] == kind
    return bool((now[look_after][there] == kind_after).any())
''',
    "beside": '''
def beside(now, look, kind, other_look, other_kind):
    """Whether a tile of one kind is next to one of the other, corners aside."""
    one, other = now[look] == kind, now[other_look] == other_kind
    return bool(
        (one[1:] & other[:-1]).any()
        or (one[:-1] & other[1:]).any()
        or (one[:, 1:] & other[:, :-1]).any()
        or (one[:, :-1] & other[:, 1:]).any()
    )
''',
}

_DRAWN = '''
def drawn_pixels(codes, ground):
    """For each tile, how many of its pixels differ from its ground."""
    wide = ground.repeat(TILE, axis=1).repeat(TILE, axis=0)
    return vision.tile_counts(codes[: wide.shape[0], : wide.shape[1]] != wide, TILE)
'''

_SAME_SCENE = '''
def same_scene(now, initial):
    """Whether the image is not blank, and most of its tiles have the ground they had."""
    ground, before = now["ground"], initial["ground"]
    if now["blank"] or ground.shape != before.shape:
        return False
    return np.count_nonzero(ground == before) >= SAME_SHARE * ground.size
'''


@dataclass(frozen=True, slots=True)
class Draft:
    """What is to be printed.

    Attributes:
        predicates: One for each sub-task, in the plan's order.
        tile: Side of a tile in pixels.
        same_share: Share of tiles whose ground every frame of an episode keeps.
        one_ground: Whether all tiles of an initial image may have one ground, as they do where
            each is framed by the same line; only one colour everywhere is blank then.
    """

    predicates: tuple[Predicate, ...]
    tile: int
    same_share: float
    one_ground: bool = False


def print_tile_program(draft: Draft, plan: Plan, words: Vocabulary) -> str:
    """The program, ready to be judged."""
    kinds: tuple[Kind, ...] = kinds_in(draft.predicates)
    measures = sorted({kind.measure for kind in kinds})
    for predicate in draft.predicates:
        words.nouns(predicate)  # in the order of reading, so that the first has the plain name
    constants = {
        kind: words.noun(kind).replace(" ", "_").replace("-", "_").upper() for kind in kinds
    }
    looks = {m: "drawn" if m.is_drawn else f"colour_{m.colour:06x}" for m in measures}
    opening = [_head(draft, kinds, constants, words), _perceive(measures, looks, draft)]
    if any(m.is_drawn for m in measures):
        opening.append(_DRAWN)
    return print_program(
        [*opening, _SAME_SCENE],
        _RELATIONS,
        draft.predicates,
        plan,
        words,
        name=lambda kind: constants[kind],
        look=lambda kind: looks[kind.measure],
    )


def _head(
    draft: Draft,
    kinds: Sequence[Kind],
    constants: dict[Kind, str],
    words: Vocabulary,
) -> str:
    lines = ["import numpy as np\nfrom synth import vision\n\n"]
    lines.append(
        f"TILE = {draft.tile}  # the picture is a grid of tiles, so many pixels each way\n"
    )
    share = f"SAME_SHARE = {draft.same_share:.2f}"
    lines.append(f"{share}  # so many tiles have the same ground in all frames of an episode\n")
    if kinds:
        lines.append("\n# Kinds of tile, each told by a number of pixels.\n")
    for kind in kinds:
        how = (
            "pixels that are not its ground's, in any colour"
            if kind.measure.is_drawn
            else f"pixels of 0x{kind.measure.colour:06x}"
        )
        lines.append(f"{constants[kind]} = {kind.count}  # {words.noun(kind)}: {how}\n")
    return "".join(lines)


def _perceive(measures: Sequence[Measure], looks: dict[Measure, str], draft: Draft) -> str:
    blank = "codes == codes[:1, :1]" if draft.one_ground else "ground == ground[:1, :1]"
    lines = [
        "\ndef perceive(frame):",
        '    """The ground of each tile, and what is counted in each tile."""',
        "    codes = vision.pack(frame)",
        "    ground = codes[TILE - 1 :: TILE, TILE - 1 :: TILE]  # the last pixel of each tile",
        "    return {",
        '        "ground": ground,',
        f'        "blank": bool(({blank}).all()),',
    ]
    for m in measures:
        counted = (
            "drawn_pixels(codes, ground)"
            if m.is_drawn
            else f"vision.tile_counts(codes == 0x{m.colour:06X}, TILE)"
        )
        lines.append(f'        "{looks[m]}": {counted},')
    lines.append("    }\n")
    return "\n".join(lines)
