"""Which layouts are searched: half from a block that every search knows, half drawn for the day.

The seeds of a block are in the repository, so a program could hold a table of their layouts.
Nobody can know those of a key beforehand: it comes from the commit that is audited, or from the
program itself. The same key always gives the same seeds. Where missions vary, half of the layouts
are searched with another mission than their own, and in each of them the right deed for yet another
is played too: a program that heeds half of a mission takes it for success.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from synth.envs import Instructable
from synth.errors import EnvironmentFault
from synth.program.parse import program_digest
from synth.record.other_missions import in_turn
from synth.record.seeds import BLOCK

if TYPE_CHECKING:
    from collections.abc import Iterable

    from synth.record.player import Player
    from synth.spec import Spec

__all__ = ["FRESH", "Start", "chosen_seeds", "key_of_program", "starts_of"]

FRESH = range(2**20, 2**31)
"""Where the seeds of a key are drawn from; those in a block of the spec's are left out."""

BLOCKS = 16
"""Blocks of seeds after `Spec.seed` that are taken for the spec's own; a few are to spare."""


class Start(NamedTuple):
    """How episodes of one layout begin.

    Attributes:
        seed: What the environment is reset with.
        mission: Given to the episode; ``None`` leaves it the one that its seed draws.
        deed: Another mission that the layout could have, whose deed is no success in this one
            or is one by chance; ``None`` where there is none.
    """

    seed: int
    mission: str | None = None
    deed: str | None = None


def starts_of(player: Player, seeds: Iterable[int]) -> tuple[Start, ...]:
    """How the episodes of these seeds begin, where missions vary some with another one.

    Args:
        player: Plays them.
        seeds: In turn from the block and from the key; two of four keep their mission.
    """
    return tuple(_start(player, seed, told=bool(n // 2 % 2)) for n, seed in enumerate(seeds))


def _start(player: Player, seed: int, *, told: bool) -> Start:
    """How the episodes of a seed begin, always the same.

    Args:
        player: Plays them.
        seed: Of the layout.
        told: Whether they are given another mission than their own, where the layout has one.
    """
    simulator = player.simulator
    if not player.missioned or not isinstance(simulator, Instructable):
        return Start(seed)
    try:
        player.began(seed, draw=False)
    except EnvironmentFault:
        return Start(seed)  # an environment need not have a layout for every seed there is
    own, every = simulator.mission(), simulator.missions()
    given = next(iter(in_turn(own, every, seed)), None) if told else None
    present = own if given is None else given
    return Start(seed, given, next(iter(in_turn(present, every, seed)), None))


def key_of_program(spec: Spec, source: str) -> str:
    """A key for where there is no commit: of the program's text and of what it is judged on."""
    return hashlib.sha256(f"{program_digest(source)} {spec.episode_digest()}".encode()).hexdigest()[
        :12
    ]


def chosen_seeds(spec: Spec, seeds: range, *, stream: int, key: str, count: int) -> tuple[int, ...]:
    """Seeds of one search: one of the block, one of the key, and so on in turn.

    Args:
        spec: Whose blocks of seeds no seed of the key may come from.
        seeds: The block.
        stream: Each takes the next `count` places of the block, and seeds of its own.
        key: Decides every other seed.
        count: How many seeds; of the block at most as many as it has.
    """
    known = [seeds[(stream * count + i) % len(seeds)] for i in range((count + 1) // 2)]
    text = f"{key} {seeds.start} {stream}"
    rng = np.random.default_rng(list(hashlib.sha256(text.encode()).digest()))
    own = range(spec.seed, spec.seed + BLOCKS * BLOCK)
    fresh: list[int] = []
    while len(fresh) < count // 2:
        seed = int(rng.integers(FRESH.start, FRESH.stop))
        if seed not in own and seed not in fresh:
            fresh.append(seed)
    pairs = zip(known, [*fresh, None], strict=False)
    return tuple(seed for pair in pairs for seed in pair if seed is not None)
