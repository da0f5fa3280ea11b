"""Action sequences as Hypothesis draws them: made up, or an expert's, changed.

Where there is an end of actions a `Script` picks them from a table. Where there is none
(continuous control), picking at random gives jerks that never reach anything; a `Sketch`
changes what the expert does instead: it nudges, scales, stands still, leaves out, repeats.

Everything is drawn from single bits. Hypothesis mixes constants of whatever modules happen
to be imported into its integers, and then the same program would be searched differently by
the loop and by pytest; bits have no such constants, and shrink as well. All zeros is the
shortest episode: the first seed, and nothing done.

The shares are by measurement: what finds most is an expert's beginning, then a long stretch
of anything, then the expert again from where that has led.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from hypothesis import strategies as st

from synth.envs import Nudged
from synth.search.moves import inside, scaled

if TYPE_CHECKING:
    from collections.abc import Sequence

    from synth.envs import Simulator

__all__ = ["LAYOUTS", "Script", "Sketch", "scripts", "sketches"]

Number = Callable[[int], int]
"""Given how many bits, a number of so many."""

SEED_BITS = 5
LAYOUTS = 2**SEED_BITS
"""Seeds of one stream; the next stream has the next ones."""

ACTION_BITS = 4
PLACE_BITS = 6
TAIL_BITS = 5
RUN_BITS = 4
EDITS = 3

EditKind = Literal["delete", "insert", "replace"]
EDIT_KINDS: tuple[EditKind, ...] = ("delete", "insert", "replace", "insert")

MoveKind = Literal["leave_out", "still", "repeat", "scale", "nudge"]
# A bit pattern may stand for a move more than once: nudges find most.
MOVES: tuple[MoveKind, ...] = (
    "leave_out", "still", "repeat", "scale", "nudge", "nudge", "nudge", "nudge",
)  # fmt: skip
TailKind = Literal["still", "on", "back", "random"]
TAILS: tuple[TailKind, ...] = ("still", "on", "back", "random")
NUDGES = (0.02, 0.05, 0.15, 0.5)
SCALES = (0.75, 0.5, 0.25, 1.5)
_STREAM = 5
"""Keeps a sketch's chance apart from that of environments and policies."""


@dataclass(frozen=True, slots=True)
class TableEdit:
    """One change of an expert's actions; place and action are taken modulo what there is."""

    kind: EditKind
    place: int
    action: int


@dataclass(frozen=True, slots=True)
class Script:
    """One drawn episode of actions from a table.

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
    edits: tuple[TableEdit, ...]
    cut: int | None
    tail: tuple[int, ...]
    again: bool

    def actions(self, shown: Sequence[Any], table: Sequence[Any]) -> tuple[Any, ...]:
        """The actions, without what the expert adds if it goes on.

        Args:
            shown: The expert's own actions with this seed.
            table: All actions there are.
        """
        acts = _beginning(shown, self.cut) if self.own else []
        for edit in self.edits:
            # Modulo, so that every pattern of bits is an episode and Hypothesis rejects none.
            action = table[edit.action % len(table)]
            at = edit.place % (len(acts) + 1)
            if edit.kind == "insert":
                acts.insert(at, action)
            elif at < len(acts):
                acts[at : at + 1] = [] if edit.kind == "delete" else [action]
        return (*acts, *(table[place % len(table)] for place in self.tail))


@dataclass(frozen=True, slots=True)
class Move:
    """One change of a run of an expert's actions.

    Attributes:
        kind: What becomes of them.
        place: Where the run begins, counted from the end, modulo the number of actions.
        length: How many actions it has.
        size: Which of `NUDGES` or `SCALES`.
    """

    kind: MoveKind
    place: int
    length: int
    size: int


@dataclass(frozen=True, slots=True)
class Sketch:
    """One drawn episode of actions without end.

    Attributes:
        seed: Which of the stream's seeds.
        own: Whether it starts from the expert's actions.
        moves: Changes of them, one after the other.
        cut: Where they end, modulo their number; ``None`` keeps all.
        tail: What is done after them, and how often.
        chance: Decides nudges and random actions.
        again: Whether the expert goes on from there.
    """

    seed: int
    own: bool
    moves: tuple[Move, ...]
    cut: int | None
    tail: tuple[TailKind, int]
    chance: int
    again: bool

    def actions(self, shown: Sequence[Any], simulator: Simulator) -> tuple[Any, ...]:
        """The actions, without what the expert adds if it goes on.

        Args:
            shown: The expert's own actions with this seed.
            simulator: Asked for actions; it need not have been reset, and nothing is played.
        """
        # Nudges are too many bits to draw: one small number stands for all of them.
        rng = np.random.default_rng([_STREAM, self.chance])
        acts = _beginning(shown, self.cut) if self.own else []
        for move in self.moves:
            # Counted from the end: what decides is mostly done last.
            at = max(0, len(acts) - 1 - move.place % (len(acts) + 1))
            run = acts[at : at + move.length]
            acts[at : at + move.length] = _moved(move, run, simulator, rng)
        # What an expert's last action leads to if kept up, undone or dropped: overshooting,
        # backing off, drifting. Thresholds of success are crossed by such tails.
        kind, length = self.tail
        last = acts[-1] if acts else simulator.random_action(rng)
        for _ in range(length):
            acts.append(simulator.random_action(rng) if kind == "random" else last)
        if kind in {"still", "back"} and length:
            made = inside(simulator, scaled(last, 0.0 if kind == "still" else -1.0), last)
            acts[-length:] = [made] * length
        return tuple(acts)


def _beginning(shown: Sequence[Any], cut: int | None) -> list[Any]:
    return list(shown) if cut is None else list(shown)[: cut % (len(shown) + 1)]


def _moved(move: Move, run: list[Any], simulator: Simulator, rng: np.random.Generator) -> list[Any]:
    """What stands in the place of a run of actions."""
    match move.kind:
        case "leave_out":
            return []
        case "repeat":
            return run + run
        case "still":
            return [inside(simulator, scaled(a, 0.0), a) for a in run]
        case "scale":
            return [inside(simulator, scaled(a, SCALES[move.size]), a) for a in run]
        case "nudge":
            if not isinstance(simulator, Nudged):
                return run
            return [simulator.nudged(a, rng, NUDGES[move.size]) for a in run]


@st.composite
def scripts(draw: Callable[[st.SearchStrategy[tuple[bool, ...]]], tuple[bool, ...]]) -> Script:
    """Scripts; three in four start from the expert's actions, most of those cut somewhere."""
    return drawn_script(_numbers(draw))


@st.composite
def sketches(draw: Callable[[st.SearchStrategy[tuple[bool, ...]]], tuple[bool, ...]]) -> Sketch:
    """Sketches; seven in eight start from the expert's actions."""
    return drawn_sketch(_numbers(draw))


def _numbers(draw: Callable[[st.SearchStrategy[tuple[bool, ...]]], tuple[bool, ...]]) -> Number:
    return lambda bits: sum(
        bit << i for i, bit in enumerate(draw(st.tuples(*[st.booleans()] * bits)))
    )


def drawn_script(number: Number) -> Script:
    """A script from a source of numbers."""
    # The order of the draws decides which episodes a seed of Hypothesis gives: keep it.
    seed, shape = number(SEED_BITS), number(2)
    edited = shape > 0 and number(2) == 1
    cut = number(PLACE_BITS) if shape > 0 and not edited else None
    edits = tuple(
        TableEdit(EDIT_KINDS[number(2)], number(PLACE_BITS), number(ACTION_BITS))
        for _ in range(EDITS if edited else 0)
        if number(1)
    )
    tail = tuple(number(ACTION_BITS) for _ in range(number(TAIL_BITS)))
    return Script(seed, shape > 0, edits, cut, tail, number(2) > 0)


def drawn_sketch(number: Number) -> Sketch:
    """A sketch from a source of numbers."""
    seed, own = number(SEED_BITS), number(3) > 0
    cut = number(PLACE_BITS) if own and number(1) else None
    moves = tuple(
        Move(MOVES[number(3)], number(PLACE_BITS), 1 + number(RUN_BITS), number(2))
        for _ in range(EDITS if own else 0)
        if number(1)
    )
    tail = (TAILS[number(2)], number(TAIL_BITS) if number(1) else 0)
    return Sketch(seed, own, moves, cut, tail, number(PLACE_BITS), number(1) > 0)
