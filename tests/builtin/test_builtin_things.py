"""`builtin` on pictures that are no grid: things on a plain ground."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from synth.errors import ModelDeadEnd
from synth.loop import run_loop
from synth.models.builtin import BuiltinModel
from synth.models.builtin.evidence import gather
from synth.models.builtin.grammar import Both, Either, Not, Predicate
from synth.models.builtin.hypotheses import program_of
from synth.models.builtin.thing_atoms import PAIRS, SINGLES, ThingAtom
from synth.models.builtin.things import OTHER, Thing, Trait
from synth.models.builtin.view import View
from synth.plan import Plan, SubTask
from synth.program import lint
from synth.prompts.requests import DescribeRequest
from synth.sandbox import Sandbox
from tests.builtin.thing_worlds import (
    ANY,
    BLUE,
    GREEN,
    RED,
    Story,
    block,
    block_in_bowl,
    coin_then_box,
    disc,
    disc_to_ring,
    plain,
    task,
)
from tests.builtin.worlds import demonstration

World = Callable[[np.random.Generator, str], Story]
PLAN = Plan(task="t", stages=((SubTask(name="goal", description="d", visible="v"),),))


def picture(things: list[tuple[int, int, int, int]]) -> np.ndarray:
    """Discs and blocks at places, of sizes and colours, by numbers."""
    frame = plain()
    for row, column, size, look in things:
        colour = (RED, BLUE, GREEN, *ANY)[look // 2]
        if look % 2:
            disc(frame, (row, column), size, colour)
        else:
            block(frame, (row, column), size, colour)
    return frame


pictures = st.lists(
    st.tuples(st.integers(0, 60), st.integers(0, 82), st.integers(1, 12), st.integers(0, 9)),
    max_size=5,
).map(picture)
kinds = st.sampled_from(
    [
        Thing(0xDC1414),
        Thing(0x1E3CE6),
        Thing(OTHER),
        Thing(0xDC1414, Trait("area", -float("inf"), 60.0, "small")),
        Thing(OTHER, Trait("column", 40.0, float("inf"), "right")),
    ]
)
atoms = st.sampled_from((*SINGLES, *PAIRS)).flatmap(
    lambda relation: st.tuples(*[kinds] * (2 if relation in PAIRS else 1)).map(
        lambda chosen: ThingAtom(relation, chosen, 20.5 if relation == "near" else 0.0)
    )
)
predicates = st.recursive(
    st.one_of(atoms, atoms.map(Not)),
    lambda inner: st.tuples(st.sampled_from([Both, Either]), inner, inner).map(
        lambda parts: parts[0](parts[1], parts[2])
    ),
    max_leaves=3,
)


@pytest.mark.parametrize(
    ("world", "names"),
    [
        (disc_to_ring, ("red_round_thing_within_blue_hollow_thing",)),
        (block_in_bowl, ("block_in_place_of_green_round_thing",)),
        (coin_then_box, ("yellow_round_thing_gone", "blue_block_gone")),
    ],
)
def test_a_drawn_world_is_learnt_and_holds_on_episodes_never_shown(
    world: World, names: tuple[str, ...], tmp_path: Path
) -> None:
    """The whole loop and suite, held-out episodes included; steps in the order they are seen."""
    outcome = run_loop(task(world), BuiltinModel(), tmp_path / "run")
    assert outcome.accepted, outcome.reason
    assert outcome.held_out is not None
    assert outcome.held_out.failed == 0
    assert outcome.plan is not None
    assert outcome.plan.names == names


def test_shades_of_a_colour_count_as_one(tmp_path: Path) -> None:
    """The same world with noise in every pixel is learnt too."""
    clean = task(disc_to_ring)
    noise = np.random.default_rng(0).integers(-5, 6, clean.store.frames.shape)
    frames = np.clip(clean.store.frames + noise, 0, 255).astype(np.uint8)
    noisy = replace(clean, store=replace(clean.store, frames=frames))
    outcome = run_loop(noisy, BuiltinModel(), tmp_path / "run")
    assert outcome.accepted, outcome.reason
    assert outcome.source is not None
    assert "tolerance=TOLERANCE" in outcome.source


@settings(max_examples=25, deadline=None)
@given(predicates, st.lists(pictures, min_size=2, max_size=4))
def test_a_printed_predicate_about_things_says_what_it_says(
    predicate: Predicate, frames: list[np.ndarray]
) -> None:
    """In the sandbox as in the search, on any pictures that show the scene."""
    start, end = picture([(10, 10, 4, 0), (40, 60, 6, 2)]), picture([(40, 60, 6, 2)])
    evidence = gather((demonstration("a", [start, end]),))
    source = program_of((predicate,), PLAN, evidence)
    assert lint(source) == []
    views = [View.of("v", frame, 0, evidence.scenery) for frame in frames]
    with Sandbox(source) as sandbox:
        said = sandbox.check(np.stack(frames), frames[0])[:, 0].tolist()
        for view, one in zip(views, said, strict=True):
            kept = np.count_nonzero(view.bare & views[0].bare)
            shown = not view.bare.all() and kept >= np.count_nonzero(views[0].bare) / 2
            assert one == (shown and predicate.holds(view, views[0]))
        tiny = np.zeros((2, 5, 7, 3), np.uint8)
        assert not sandbox.check(tiny, tiny[0]).any()


@pytest.mark.parametrize("relations", [SINGLES, PAIRS])
def test_every_relation_prints_what_it_says(relations: tuple[str, ...]) -> None:
    """On two hundred pictures of two things, most of which stand in some relation."""
    rng = np.random.default_rng(0)
    frames = [
        picture([(*rng.integers(18, 44, 2), rng.integers(2, 12), look) for look in (2, 1)])
        for _ in range(200)
    ]
    frames += [picture([(30, 30, 5, look)]) for look in (1, 2)]
    evidence = gather((demonstration("a", frames[:2]), demonstration("b", frames[2:4])))
    pair = (Thing(0xDC1414), Thing(0x1E3CE6))
    views = [View.of("v", frame, 0, evidence.scenery) for frame in frames]
    for relation in relations:
        kinds = pair if relation in PAIRS else pair[:1]
        atom = ThingAtom(relation, kinds, 6.5 if relation == "near" else 0.0)
        with Sandbox(program_of((atom,), PLAN, evidence)) as sandbox:
            for start in (0, -1):
                said = sandbox.check(np.stack(frames), frames[start])[:, 0].tolist()
                assert said == [atom.holds(view, views[start]) for view in views], relation


def test_two_pictures_that_look_alike_are_named() -> None:
    """What cannot be told apart is said, with the names of the frames."""
    frames = [picture([(20, 20, 5, 1)]), picture([(30, 30, 5, 1)]), picture([(20, 20, 5, 1)])]
    with pytest.raises(ModelDeadEnd, match=r"cannot tell a-frame-0002"):
        BuiltinModel().ask(DescribeRequest(demonstrations=(demonstration("a", frames),)))
