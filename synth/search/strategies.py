"""Action sequences as Hypothesis draws them: made up, or an expert's, changed.

Everything is drawn from single bits. Hypothesis mixes constants of whatever modules happen
to be imported into its integers, and then the same program would be searched differently by
the loop and by pytest; bits have no such constants, and shrink as well. All zeros is the
shortest script: the first seed, and nothing done.

The shares are by measurement: what finds most is an expert's beginning, then a long stretch
of anything, then the expert again from where that has led. Nothing here plays anything.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from hypothesis import strategies as st

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

__all__ = ["Script", "scripts"]

SEED_BITS = 5
LAYOUTS = 2**SEED_BITS
"""Seeds of one stream; the next stream has the next ones."""

ACTION_BITS = 4
PLACE_BITS = 6
TAIL_BITS = 5
EDITS = 3

EditKind = Literal["delete", "insert", "replace"]
KINDS: tuple[EditKind, ...] = ("delete", "insert", "replace", "insert")


@dataclass(frozen=True, slots=True)
class Edit:
    """One change of an expert's actions; place and action are taken modulo what there is."""

    kind: EditKind
    place: int
    action: int


@dataclass(frozen=True, slots=True)
class Script:
    """One drawn episode.

    Attributes:
        seed: Which of the stream's seeds.
        own: Whether it starts from the expert's actions.
        edits: Changes of them, one after the other.
        cut: Where they end, modulo their number; ``None`` keeps all.
        tail: Made-up actions after them, as places in the table of actions.
        again: Whether the expert goes on from there.
    """

    seed: int
    own: bool
    edits: tuple[Edit, ...]
    cut: int | None
    tail: tuple[int, ...]
    again: bool

    def actions(self, shown: Sequence[Any], table: Sequence[Any]) -> tuple[Any, ...]:
        """The actions, without what the expert adds if it goes on.

        Args:
            shown: The expert's own actions with this seed.
            table: All actions there are.
        """
        acts = list(shown) if self.own else []
        if self.cut is not None:
            del acts[self.cut % (len(acts) + 1) :]
        for edit in self.edits:
            action = table[edit.action % len(table)]
            at = edit.place % (len(acts) + 1)
            if edit.kind == "insert":
                acts.insert(at, action)
            elif at < len(acts):
                acts[at : at + 1] = [] if edit.kind == "delete" else [action]
        return (*acts, *(table[place % len(table)] for place in self.tail))


@st.composite
def scripts(draw: Callable[[st.SearchStrategy[tuple[bool, ...]]], tuple[bool, ...]]) -> Script:
    """Scripts; three in four start from the expert's actions, most of those cut somewhere."""
    return drawn(
        lambda bits: sum(bit << i for i, bit in enumerate(draw(st.tuples(*[st.booleans()] * bits))))
    )


def drawn(number: Callable[[int], int]) -> Script:
    """A script from a source of numbers.

    Args:
        number: Given how many bits, a number of so many.
    """
    seed, shape = number(SEED_BITS), number(2)
    edited = shape > 0 and number(2) == 1
    cut = number(PLACE_BITS) if shape > 0 and not edited else None
    edits = tuple(
        Edit(KINDS[number(2)], number(PLACE_BITS), number(ACTION_BITS))
        for _ in range(EDITS if edited else 0)
        if number(1)
    )
    tail = tuple(number(ACTION_BITS) for _ in range(number(TAIL_BITS)))
    return Script(seed, shape > 0, edits, cut, tail, number(2) > 0)
