"""Names and descriptions from what was seen: ``yellow_thing_gone``.

Colours are named where they are the same in every initial frame, shapes only as far as
they can be told from pixels: a *square* fills its tile with one colour, a *block* fills it
with several, a *thing* lies on the ground and is
tall, wide, solid or hollow. Loose things are told by how much of their box they fill: a *block*
all of it, a *round* thing most, a *hollow* one little. What a thing is for, nobody here knows: a
vision-language model names better.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from synth import vision
from synth.models.builtin.grammar import Both, Either, Not
from synth.models.builtin.things import OTHER
from synth.models.builtin.tiles import kinds_of
from synth.prompts.colours import colour_name

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from synth.models.builtin.evidence import Evidence, Story
    from synth.models.builtin.grammar import Predicate
    from synth.models.builtin.things import Thing
    from synth.models.builtin.tiles import Kind
    from synth.models.builtin.view import View

__all__ = ["Phrase", "ThingVocabulary", "Vocabulary"]

SLIM = 1.4
FILLED = 0.6
BLOCK = 0.95
HOLLOW = 0.6

_SINGLE = {
    "gone": "No {a} is visible any more.",
    "recoloured": "Where the {a} was there is something else.",
    "appeared": "A {a} is visible that was not at first.",
    "grown": "The {a} is larger than at first.",
    "shrunk": "The {a} is smaller than at first, or partly covered.",
    "moved": "The {a} is somewhere else than at first.",
    "changed": "The {a} is no longer where it was.",
    "fewer": "There are fewer of the {a} than at first.",
    "more": "There are more of the {a} than at first.",
}
_PAIR = {
    "touches": "The {a} touches the {b}.",
    "overlaps": "The {a} overlaps the {b}.",
    "within": "The {a} lies within the {b}.",
    "reached": "The {a} is where the {b} was at first, in part at least.",
    "arrived": "The {a} lies within where the {b} was at first.",
    "near": "The {a} is near the {b}.",
    "became": "Where the {a} was there is a {b}.",
}


@dataclass(frozen=True, slots=True)
class Phrase:
    """A predicate in words.

    Attributes:
        name: ``yellow_thing_gone``.
        sentence: "The yellow thing is no longer where it was."
    """

    name: str
    sentence: str


class Vocabulary:
    """Gives every kind a noun, and every predicate a phrase.

    Args:
        evidence: Where they were seen.
    """

    def __init__(self, evidence: Evidence) -> None:
        self._evidence = evidence
        self._views = [view for story in evidence.stories for view in story.views]
        self._first = set(kinds_of(evidence.initials)) if evidence.tile else set()
        self._usual = _usual(evidence.stories)
        self._nouns: dict[Any, str] = {}

    def noun(self, kind: Kind | Thing) -> str:
        """``yellow thing``; two kinds never have the same."""
        if kind not in self._nouns:
            self._nouns[kind] = self._unused(self._describe(kind))
        return self._nouns[kind]

    def nouns(self, predicate: Predicate) -> tuple[str, ...]:
        """The nouns of the kinds of a predicate, in its order.

        What a place has come to look like, and no initial image shows, is called after the
        thing that was there: ``different block``.
        """
        found: list[str] = []
        for atom in predicate.atoms:
            found += self._of_atom(atom)
        return tuple(found)

    def phrase(self, predicate: Predicate) -> Phrase:
        """A name and a sentence for a predicate."""
        if isinstance(predicate, Not):
            inner = self._atom(predicate.inner)
            return Phrase(f"not_{inner.name}", f"Not so: {inner.sentence}")
        if not isinstance(predicate, Both | Either):
            return self._atom(predicate)
        left, right = self.phrase(predicate.left), self.phrase(predicate.right)
        word = "or" if isinstance(predicate, Either) else "and"
        sentence = f"{left.sentence.rstrip('.')}, {word} {right.sentence[0].lower()}"
        return Phrase(f"{left.name}_{word}_{right.name}", sentence + right.sentence[1:])

    def _unused(self, plain: str) -> str:
        noun, number = plain, 2
        while noun in self._nouns.values():
            noun, number = f"{plain} {number}", number + 1
        return noun

    def _of_atom(self, atom: Any) -> list[str]:
        first = self.noun(atom.kinds[0])
        look = atom.kinds[-1]
        if atom.relation == "became" and self._evidence.tile and look not in self._first:
            self._nouns.setdefault(look, self._unused(f"different {first}"))
        return [first, *(self.noun(kind) for kind in atom.kinds[1:])]

    def _atom(self, atom: Any) -> Phrase:
        noun, other = self._of_atom(atom)[0], self._of_atom(atom)[-1]
        snake = noun.replace(" ", "_").replace("-", "_")
        match atom.relation:
            case "changed" | "some_changed":
                verb, sentence = self._change(atom.kinds[0])
                one = "One" if atom.relation == "some_changed" else "The"
                return Phrase(f"{snake}_{verb}", f"{one} {noun} {sentence}.")
            case "gone":
                return Phrase(f"{snake}_gone", f"No {noun} is visible any more.")
            case "appeared":
                return Phrase(f"{snake}_appeared", f"A {noun} is visible that was not at first.")
        after = other.replace(" ", "_").replace("-", "_")
        if atom.relation == "became":
            return Phrase(f"{snake}_became_{after}", f"Where the {noun} was there is a {other}.")
        return Phrase(f"{snake}_beside_{after}", f"A {noun} is next to a {other}.")

    def _change(self, kind: Kind) -> tuple[str, str]:
        """What became of the tiles of a kind, as a verb and as half a sentence."""
        verbs = []
        for story in self._evidence.stories:
            before, after = _tile(story.initial, kind), None
            at = np.argwhere(story.initial.where(kind))
            if before is None:
                continue
            row, column = at[0]
            changed = [v for v in story.views if not v.where(kind)[row, column]]
            if not changed:
                continue
            after = _cut(changed[0], int(row), int(column))
            if np.array_equal(after, self._usual):
                verbs.append("gone")
            elif kind.count == before.size and after[-1, -1] == before[-1, -1]:
                verbs.append("covered")
            else:
                verbs.append("changed")
        verb = max(set(verbs), key=verbs.count) if verbs else "changed"
        return verb, {
            "gone": "is no longer where it was",
            "covered": "is partly covered by something",
            "changed": "looks different from before",
        }[verb]

    def _describe(self, kind: Any) -> str:
        tiles = [tile for view in self._views if (tile := _tile(view, kind)) is not None]
        if not tiles:
            return "thing"
        first = tiles[0]
        if len(np.unique(first)) == 1:
            noun = "square"
        elif first[-1, -1] != self._usual[-1, -1]:
            noun = "block"
        else:
            noun = _shape(first, self._usual)
        names = {_colour(tile, self._usual) for tile in tiles}
        return f"{names.pop()} {noun}" if len(names) == 1 else noun


class ThingVocabulary(Vocabulary):
    """Gives every kind of thing a noun, and every predicate a phrase.

    Args:
        evidence: Where they were seen.
    """

    def __init__(self, evidence: Evidence) -> None:
        self._views = [view for story in evidence.stories for view in story.views]
        self._nouns: dict[Any, str] = {}

    def _atom(self, atom: Any) -> Phrase:
        nouns = [self.noun(kind) for kind in atom.kinds]
        names = [noun.replace(" ", "_").replace("-", "_") for noun in nouns]
        if len(nouns) == 1:
            sentence = _SINGLE[atom.relation].format(a=nouns[0])
            return Phrase(f"{names[0]}_{atom.relation}", sentence)
        sentence = _PAIR[atom.relation].format(a=nouns[0], b=nouns[1])
        verb = "in_place_of" if atom.relation == "arrived" else atom.relation
        return Phrase(f"{names[0]}_{verb}_{names[1]}", sentence)

    def _describe(self, kind: Any) -> str:
        seen = next((found[0] for view in self._views if (found := view.things(kind))), None)
        words = [kind.trait.word] if kind.trait else []
        if kind.colour != OTHER:
            rgb = (kind.colour >> 16 & 255, kind.colour >> 8 & 255, kind.colour & 255)
            words.append(colour_name(rgb).removeprefix("dark "))
        if seen is None:
            return " ".join([*words, "thing"])
        fill = seen.area / (seen.height * seen.width)
        if seen.height >= SLIM * seen.width:
            words.append("tall thing")
        elif seen.width >= SLIM * seen.height:
            words.append("wide thing")
        elif fill >= BLOCK:
            words.append("block")
        else:
            words.append("round thing" if fill >= HOLLOW else "hollow thing")
        return " ".join(dict.fromkeys(" ".join(words).split()))


def _shape(tile: NDArray[np.uint32], usual: NDArray[np.uint32]) -> str:
    """``tall thing``, by the box of what lies on the ground."""
    ink = tile != usual
    top, left, bottom, right = vision.bounding_box(ink)
    height, width = bottom - top, right - left
    if height >= SLIM * width:
        return "tall thing"
    if width >= SLIM * height:
        return "wide thing"
    filled = np.count_nonzero(ink) / max(height * width, 1)
    return "solid thing" if filled > FILLED else "hollow thing"


def _colour(tile: NDArray[np.uint32], usual: NDArray[np.uint32]) -> str:
    """The most saturated of a tile's frequent colours that the ground does not have, in words."""
    ground = set(np.unique(usual).tolist())
    pairs: Sequence[tuple[int, int]] = [p for p in vision.colours(tile) if p[0] not in ground]
    pairs = pairs or vision.colours(tile)
    most = pairs[0][1]
    rgbs = [((c >> 16) & 255, (c >> 8) & 255, c & 255) for c, n in pairs if 4 * n >= most]
    name = colour_name(max(rgbs, key=lambda rgb: (max(rgb) - min(rgb), sum(rgb))))
    return name.removeprefix("dark ")


def _tile(view: View, kind: Kind) -> NDArray[np.uint32] | None:
    at = np.argwhere(view.where(kind))
    return _cut(view, int(at[0][0]), int(at[0][1])) if len(at) else None


def _cut(view: View, row: int, column: int) -> NDArray[np.uint32]:
    tile: NDArray[np.uint32] = vision.tiles(view.codes, view.tile)[row, column]
    return tile


def _usual(stories: Sequence[Story]) -> NDArray[np.uint32]:
    """The ground: the look, flat ones aside, that is seen at most places over time."""
    looks: dict[bytes, tuple[set[tuple[int, int, int]], NDArray[np.uint32]]] = {}
    for number, story in enumerate(stories):
        for view in story.views:
            cut = vision.tiles(view.codes, view.tile)
            for row, column in np.ndindex(*cut.shape[:2]):
                tile = cut[row, column]
                if (tile != tile[0, 0]).any():
                    places, _ = looks.setdefault(tile.tobytes(), (set(), tile))
                    places.add((number, row, column))
    if not looks:
        return _cut(stories[0].initial, 0, 0)
    return max(looks.values(), key=lambda look: len(look[0]))[1]
