"""Names and descriptions of things on a plain ground: ``red_round_thing_within_blue_ring``.

Colours are named where they are the same in every initial image, shapes by how much of
their box they fill: a *block* all of it, a *round* thing most, a *hollow* one little.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from synth.models.builtin.things import OTHER
from synth.models.builtin.words import Phrase, Vocabulary
from synth.prompts.colours import colour_name

if TYPE_CHECKING:
    from synth.models.builtin.evidence import Evidence

__all__ = ["ThingVocabulary"]

SLIM = 1.4
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
