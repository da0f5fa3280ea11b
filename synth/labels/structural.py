"""Rivals made from the candidate's own verdicts: what models get wrong, without asking one.

Each is a column with a sentence. They are the classes of wrong programs that a red team of ours
got past every test on recorded frames: true only in the moment, still true though undone, a
sensor of the agent and not of the thing, a thing sought in one place, and readings of the plan's
words that success cannot tell apart. Last come plain negations of the pictures that are alike as
far as can be told: whatever a program may do there, somebody has looked.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from synth.labels.rivals import Rival
from synth.labels.whereabouts import (
    UNKNOWN,
    agent_boxes,
    away,
    near,
    onset,
    place_of,
    visited,
)
from synth.suite.looks import overlap

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from synth.labels.pool import Pool, Strip
    from synth.vision import Box

__all__ = ["structural"]

MOMENT = 2
"""Frames that a moment lasts."""

NEGATIONS = 24
"""Groups of alike pictures that are negated, for each sub-task."""

PARTS = 3
"""Into so many parts, by where they come from, alike pictures are divided: they may differ in what
cannot be told."""


def structural(pool: Pool, holds: NDArray[np.bool_], names: Sequence[str]) -> tuple[Rival, ...]:
    """Readings of all sub-tasks but the goal; the same verdicts always give the same.

    Args:
        pool: The pictures.
        holds: The candidate's verdicts on them, ``bool[N, K]``.
        names: Of the sub-tasks, in the order of the columns.
    """
    agents = [agent_boxes(strip) for strip in pool.strips]
    return tuple(
        reading
        for column in range(len(names) - 1)
        for reading in _readings(_About.of(pool, holds, column, agents), names)
    )


@dataclass(frozen=True, eq=False, slots=True)
class _About:
    """One sub-task, and what is guessed of every picture. N rows.

    Attributes:
        holds: ``bool[N, K]``.
        own: ``int8[N]``, the sub-task's own column.
        moment: ``int8[N]``: 1 in the first frames of each stretch on which it holds.
        kept: ``int8[N]``: 1 where it has held before in the episode.
        beside: ``int8[N]``: whether the agent is beside the thing's first place.
        beyond: ``int8[N]``: whether the agent is where it only gets once the sub-task holds.
        left: ``int8[N]``: whether the thing's first place looks other than at first.
        gone: ``int8[N]``: whether its look is nowhere to be seen.
        somewhere: ``int8[N]``: whether it holds in some picture of the same scene.
        everywhere: ``int8[N]``: whether it holds in all pictures of the same scene.
        source: ``int8[N]``: whether it is a still, and of which part of the strips.
    """

    column: int
    holds: NDArray[np.bool_]
    own: NDArray[np.int8]
    moment: NDArray[np.int8]
    kept: NDArray[np.int8]
    beside: NDArray[np.int8]
    beyond: NDArray[np.int8]
    left: NDArray[np.int8]
    gone: NDArray[np.int8]
    somewhere: NDArray[np.int8]
    everywhere: NDArray[np.int8]
    source: NDArray[np.int8]

    @classmethod
    def of(
        cls,
        pool: Pool,
        holds: NDArray[np.bool_],
        column: int,
        agents: Sequence[tuple[Box | None, ...]],
    ) -> _About:
        own = holds[:, column]
        guesses = np.full((9, len(pool)), UNKNOWN, np.int8)
        moment, kept, beside, beyond, left, gone, somewhere, everywhere, source = guesses
        boxes = {s.episode.id: a for s, a in zip(pool.strips, agents, strict=True) if not s.scene}
        for number, (strip, agent) in enumerate(zip(pool.strips, agents, strict=True)):
            begins = _begins(pool, own, strip)
            place = place_of(strip, begins)
            source[strip.rows] = number % PARTS + PARTS * (strip.scene is not None)
            if strip.scene is None:
                _merge(moment, strip, _moments(own[strip.rows]))
                _merge(kept, strip, np.maximum.accumulate(own[strip.rows]).astype(np.int8))
            else:
                _merge(moment, strip, np.zeros(len(strip.rows), np.int8))
                stills = own[strip.rows][1:]
                somewhere[strip.rows[1:]] = stills.any()
                everywhere[strip.rows[1:]] = stills.all()
            _merge(beside, strip, np.array([near(box, place) for box in agent], np.int8))
            if begins is not None:
                before = visited(boxes[strip.episode.id], begins)
                _merge(beyond, strip, np.array([_is_beyond(b, before) for b in agent], np.int8))
            if place is not None:
                there = away(strip, place)
                _merge(left, strip, there[:, 0])
                _merge(gone, strip, there[:, 1])
        return cls(column, holds, own.astype(np.int8), *guesses)


def _readings(about: _About, names: Sequence[str]) -> Iterator[Rival]:
    own, column, name = about.own, about.column, names[about.column]

    def also(guess: NDArray[np.int8]) -> NDArray[np.int8]:
        return np.where(own == 1, np.int8(1), guess)

    def only(guess: NDArray[np.int8]) -> NDArray[np.int8]:
        return np.where(own == 0, np.int8(0), guess)

    yield Rival(column, f"{name} only at the moment it comes about", only(about.moment))
    yield Rival(column, f"{name} only while the agent is beside it", only(about.beside))
    yield Rival(column, f"{name} also after it was undone", also(about.kept))
    yield Rival(column, f"{name} also wherever the agent is beyond", also(about.beyond))
    for later in range(column + 1, len(names)):
        holds = about.holds[:, later].astype(np.int8)
        yield Rival(column, f"{name} also wherever {names[later]} holds", also(holds))
        yield Rival(column, f"{name} no more once {names[later]} holds", only(1 - holds))
    yield Rival(column, f"{name} wherever the agent is, as elsewhere in a scene", about.somewhere)
    yield Rival(column, f"{name} nowhere in a scene where not everywhere", about.everywhere)
    yield Rival(column, f"{name} wherever its thing left its first place", about.left)
    yield Rival(column, f"{name} wherever its thing is nowhere to be seen", about.gone)
    yield Rival(column, f"{name} only with its thing nowhere to be seen", only(about.gone))
    yield Rival(column, f"{name} also with its thing off its first place", also(about.left))
    yield from _negations(about, name)


def _negations(about: _About, name: str) -> Iterator[Rival]:
    """The column turned round in one group of pictures that are alike."""
    guessed = (about.beside, about.beyond, about.left, about.gone, about.source)
    table = np.column_stack([about.holds.astype(np.int8), *guessed])
    _, group, counts = np.unique(table, axis=0, return_inverse=True, return_counts=True)
    # The largest first; of equals the first by what is known of them, whatever the pool's order.
    for number in np.argsort(-counts, kind="stable")[:NEGATIONS].tolist():
        here = group.reshape(-1) == number
        says = np.where(here, 1 - about.own, about.own).astype(np.int8)
        yield Rival(about.column, f"{name} otherwise in {counts[number]} alike pictures", says)


def _begins(pool: Pool, own: NDArray[np.bool_], strip: Strip) -> int | None:
    """The frame on which the sub-task begins to hold in a strip's episode."""
    if strip.scene is None:
        return onset(own[strip.rows])
    base = next(s for s in pool.strips if s.scene is None and s.episode is strip.episode)
    return onset(own[base.rows])


def _moments(own: NDArray[np.bool_]) -> NDArray[np.int8]:
    """``int8[T+1]``: 1 in the first `MOMENT` frames of each stretch of a column ``bool[T+1]``."""
    begins = own & ~np.concatenate([[False], own[:-1]])
    lasting = begins.copy()
    for later in range(1, MOMENT):
        lasting[later:] |= begins[:-later]
    moments: NDArray[np.int8] = lasting.astype(np.int8)
    return moments


def _is_beyond(agent: Box | None, before: Sequence[Box]) -> int:
    if agent is None:
        return UNKNOWN
    return int(not any(overlap(agent, box) for box in before))


def _merge(column: NDArray[np.int8], strip: Strip, said: NDArray[np.int8]) -> None:
    """Take in what is guessed in a strip; a row that is told both ways is unknown, as moments."""
    before = column[strip.rows]
    clash = (before != UNKNOWN) & (said != UNKNOWN) & (before != said)
    merged = np.where(said == UNKNOWN, before, said)
    # In one strip it may be a moment and in another none: then eyes could not tell either.
    column[strip.rows] = np.where(clash, UNKNOWN, merged)
