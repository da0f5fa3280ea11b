"""The grammar: what is evaluated is what is printed."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from synth import vision
from synth.models.builtin.evidence import gather
from synth.models.builtin.grammar import Both, Either, Not, Predicate
from synth.models.builtin.hypotheses import program_of
from synth.models.builtin.tile_atoms import RELATIONS, Atom
from synth.models.builtin.tiles import DRAWN, Kind, Measure, tile_size
from synth.models.builtin.view import View
from synth.plan import Plan, SubTask
from synth.program import lint
from synth.sandbox import Sandbox
from tests.builtin.worlds import SHAPES, TILE, lock_and_key, lock_demonstrations, scene

PLAN = Plan(task="t", stages=((SubTask(name="goal", description="d", visible="v"),),))
KEY = Kind(DRAWN, int((np.array(len(SHAPES["key"])) + 2 * TILE - 1).item()))
RED = Kind(Measure(0xFF0000), len(SHAPES["walker"]))

atoms = st.sampled_from(RELATIONS).flatmap(
    lambda relation: st.tuples(
        *[st.sampled_from([KEY, RED, Kind(DRAWN, 15)])]
        * (2 if relation in {"became", "beside"} else 1)
    ).map(lambda kinds: Atom(relation, kinds))
)
literals = st.one_of(atoms, atoms.map(Not))
predicates = st.recursive(
    literals,
    lambda inner: st.tuples(st.sampled_from([Both, Either]), inner, inner).map(
        lambda parts: parts[0](parts[1], parts[2])
    ),
    max_leaves=3,
)
cells = st.tuples(st.integers(1, 4), st.integers(1, 4))
scenes = st.dictionaries(
    cells,
    st.tuples(st.sampled_from(["walker", "key", "box"]), st.sampled_from(["red", "blue"])),
    max_size=3,
).map(scene)


@settings(max_examples=25, deadline=None)
@given(predicates, st.lists(scenes, min_size=2, max_size=5))
def test_a_printed_predicate_says_what_it_says(
    predicate: Predicate, frames: list[np.ndarray]
) -> None:
    """In the sandbox as in the search, on any pictures of one scene."""
    source = program_of((predicate,), PLAN, gather(lock_demonstrations()))
    assert lint(source) == []
    views = [View.of("v", frame, TILE) for frame in frames]
    with Sandbox(source) as sandbox:
        said = sandbox.check(np.stack(frames), frames[0])[:, 0]
    assert said.tolist() == [predicate.holds(view, views[0]) for view in views]


@given(st.integers(4, 20), st.integers(0, 3))
def test_the_tile_is_found_at_any_scale(tile: int, layout: int) -> None:
    """Scaled pictures have scaled tiles."""
    frame = lock_and_key("blue", (1, 1 + layout), (2, 4), (4, 4))[0]
    wanted = np.arange(6 * tile) * TILE // tile
    assert tile_size([vision.pack(frame[wanted][:, wanted])]) in {tile, None}
    whole = np.repeat(np.repeat(frame, 2, axis=0), 2, axis=1)
    assert tile_size([vision.pack(whole)]) == 2 * TILE


@pytest.mark.parametrize("shape", [(1, 1), (3, 48), (0, 0), (48, 50)])
def test_pictures_without_tiles_have_none(shape: tuple[int, int]) -> None:
    """Small, empty and uneven pictures are no grid."""
    noise = np.random.default_rng(1).integers(0, 256, (*shape, 3)).astype(np.uint8)
    assert tile_size([vision.pack(noise)]) is None
