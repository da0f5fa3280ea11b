"""Seeds of the splits never meet."""

from __future__ import annotations

from dataclasses import fields
from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from synth.record import Seeds
from synth.spec import ExpertSpec, HeldOutSpec, RandomSpec, Spec

counts = st.integers(1, 10_000)


@given(seed=st.integers(0, 2**31), expert=counts, random=counts, held_out=counts)
def test_no_seed_is_used_twice(seed, expert, random, held_out):
    """Whatever a spec may ask for, its blocks are disjoint and as long as asked."""
    spec = Spec(
        name="task",
        env="x",
        seed=seed,
        expert=ExpertSpec(policy="a:b", episodes=expert),
        random=RandomSpec(episodes=random),
        held_out=HeldOutSpec(episodes=held_out),
    )
    seeds = Seeds.of(spec)
    blocks = [getattr(seeds, f.name) for f in fields(seeds)]
    assert [len(b) for b in blocks[:4]] == [expert, random, held_out, held_out]
    assert seeds.visible_expert[0] == seed
    for one, other in combinations(blocks, 2):
        assert one[-1] < other[0] or other[-1] < one[0]
