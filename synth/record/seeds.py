"""Which seed each episode gets.

From ``spec.seed`` on, blocks of 10,000 seeds, as many as a spec may ask for episodes::

    visible expert    seed +      0 ...
    visible random    seed + 10,000 ...
    held-out expert   seed + 20,000 ...
    held-out random   seed + 30,000 ...
    fresh             seed + 40,000 ...    never recorded: for reports on unseen episodes
    visible near miss seed + 50,000 ...    as many of these as are needed
    held-out near miss seed + 60,000 ...
    visible search    seed + 70,000 ...    for what an audit, or a round, may try
    held-out search   seed + 80,000 ...
    hunt              seed + 90,000 ...    for the long search by hand
    mutants           seed + 100,000 ...   on which mutants are told from their original
    trained agents    seed + 110,000 ...   on which it is looked whether they earn what they get

The blocks never meet, so no held-out episode shares a seed with a visible one. Whether two
seeds give two different layouts is up to the environment. A seed that does not serve (solved at
the start, or failed by the expert) is replaced by one from the second half of its block.

An expert that was recorded (`synth.experts.demonstrations`) has the seeds that it has. Those come
in place of the blocks of experts and of near misses: the first to be visible, the next held out,
and of the rest every other one to spare for each.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from synth.experts import demonstrated

if TYPE_CHECKING:
    from collections.abc import Sequence

    from synth.spec import Spec

__all__ = ["BLOCK", "Seeds", "ShownSeeds", "spare"]

BLOCK = 10_000


class ShownSeeds(tuple[int, ...]):  # noqa: SLOT001 - a tuple's children cannot have slots that hold
    """Seeds of demonstrations, and those that may take the place of some.

    Attributes:
        spare: Of demonstrations that nothing else uses.
    """

    spare: tuple[int, ...] = ()


def spare(seeds: Sequence[int]) -> Sequence[int]:
    """Seeds of the same block in place of those of `seeds` that do not serve.

    No other episodes have them, so that a later generation of held-out episodes, which takes
    the seeds after `seeds`, stays unseen. Blocks that are more than half full have none.
    """
    if isinstance(seeds, ShownSeeds):
        return seeds.spare
    if not isinstance(seeds, range):
        return ()
    half = BLOCK // 2
    return range(seeds.start + half, seeds.stop + half) if len(seeds) <= half else range(0)


@dataclass(frozen=True, slots=True)
class Seeds:
    """The seeds of a spec.

    Attributes:
        visible_expert: For experts a model may see.
        visible_random: For random episodes a model may see.
        held_out_expert: For experts no model sees.
        held_out_random: For random episodes no model sees.
        fresh: Never recorded; `BLOCK` of them.
        visible_near_miss: For near misses a model may see; `BLOCK` of them, since not every
            seed allows every kind.
        held_out_near_miss: For near misses no model sees.
        visible_search: For the search whose finds a model may see.
        held_out_search: For the search whose finds no model sees.
        hunt: For the long search; its finds are visible.
        mutants: For telling mutants from their original; what tells one may become visible.
        agents: For episodes of trained agents; what a program claims wrongly in them may become
            visible.
    """

    visible_expert: Sequence[int]
    visible_random: range
    held_out_expert: Sequence[int]
    held_out_random: range
    fresh: range
    visible_near_miss: Sequence[int]
    held_out_near_miss: Sequence[int]
    visible_search: range
    held_out_search: range
    hunt: range
    mutants: range
    agents: range

    @classmethod
    def of(cls, spec: Spec) -> Seeds:
        """The seeds of a spec's episodes, block by block.

        Raises:
            SpecError: The spec's demonstrations cannot be read, or are too few.
            EnvironmentFault: A package is missing that reads them.
        """
        counts = (
            spec.expert.episodes,
            spec.random.episodes,
            spec.held_out.episodes,
            spec.held_out.episodes,
            *(BLOCK,) * 8,
        )
        starts = (spec.seed + BLOCK * block for block in range(len(counts)))
        seeds = cls(*(range(s, s + n) for s, n in zip(starts, counts, strict=True)))
        shown = demonstrated(spec)
        return seeds if shown is None else _of_demonstrations(spec, seeds, shown.seeds)


def _of_demonstrations(spec: Spec, seeds: Seeds, shown: tuple[int, ...]) -> Seeds:
    many, held = spec.expert.episodes, spec.held_out.episodes
    visible, held_out = ShownSeeds(shown[:many]), ShownSeeds(shown[many : many + held])
    rest = shown[many + held :]
    visible.spare, held_out.spare = rest[::2], rest[1::2]
    # Each demonstration is the start of several near misses: the recipes are taken in turn.
    return replace(
        seeds,
        visible_expert=visible,
        held_out_expert=held_out,
        visible_near_miss=_again(visible),
        held_out_near_miss=_again(held_out),
    )


def _again(seeds: tuple[int, ...]) -> tuple[int, ...]:
    return (seeds * (BLOCK // len(seeds) + 1))[:BLOCK]
