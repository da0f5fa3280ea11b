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

The blocks never meet, so no held-out episode shares a seed with a visible one. Whether two
seeds give two different layouts is up to the environment. A seed that does not serve (solved at
the start, or failed by the expert) is replaced by one from the second half of its block.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from synth.spec import Spec

__all__ = ["BLOCK", "Seeds", "spare"]

BLOCK = 10_000


def spare(seeds: range) -> range:
    """Seeds of the same block in place of those of `seeds` that do not serve.

    No other episodes have them, so that a later generation of held-out episodes, which takes
    the seeds after `seeds`, stays unseen. Blocks that are more than half full have none.
    """
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
    """

    visible_expert: range
    visible_random: range
    held_out_expert: range
    held_out_random: range
    fresh: range
    visible_near_miss: range
    held_out_near_miss: range
    visible_search: range
    held_out_search: range
    hunt: range
    mutants: range

    @classmethod
    def of(cls, spec: Spec) -> Seeds:
        """The seeds of a spec's episodes, block by block."""
        counts = (
            spec.expert.episodes,
            spec.random.episodes,
            spec.held_out.episodes,
            spec.held_out.episodes,
            *(BLOCK,) * 7,
        )
        starts = (spec.seed + BLOCK * block for block in range(len(counts)))
        return cls(*(range(s, s + n) for s, n in zip(starts, counts, strict=True)))
