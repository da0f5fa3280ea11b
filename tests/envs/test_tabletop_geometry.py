"""The geometry of the table, without physics: margins, outlines, goals that differ a little."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from synth.envs.tabletop.altering import displaced, exchanged, replaced
from synth.envs.tabletop.goals import Aligned, All, Goal, Inside, On, Tower
from synth.envs.tabletop.moves import ArmMove
from synth.envs.tabletop.planning import OFF, tower_step
from synth.envs.tabletop.things import (
    TableScene,
    TableThing,
    separation,
    separations,
    turned,
    upright,
    wrapped,
)

near = st.floats(-0.1, 0.1)
angles = st.floats(-math.pi, math.pi)

BLOCK = TableThing("block", "block", "red", (0.018, 0.018, 0.018))
OTHER = TableThing("other", "block", "blue", (0.018, 0.018, 0.018))
THIRD = TableThing("third", "block", "green", (0.018, 0.018, 0.018))
BAR = TableThing("bar", "bar", "red", (0.032, 0.018, 0.014))
DISK = TableThing("disk", "disk", "red", (0.02, 0.02, 0.012))
BOWL = TableThing("bowl", "bowl", "blue", (0.055, 0.055, 0.01), fixed=True)
BOX = TableThing("box", "box", "blue", (0.058, 0.05, 0.01), fixed=True)
CORNER = TableThing("corner", "corner", "blue", (0.05, 0.05, 0.0005), fixed=True)
DISCS = tuple(
    TableThing(f"disc {k}", "disk", "red", (radius, radius, 0.01))
    for k, radius in enumerate((0.046, 0.034, 0.022))
)
PADS = tuple(
    TableThing(f"pad {k}", "square", "blue", (0.06, 0.06, 0.0005), fixed=True) for k in range(3)
)


def scene_of(*placed: tuple[TableThing, float, float, float, float]) -> TableScene:
    """Things at x, y, z, yaw."""
    poses = {thing.key: upright(x, y, z, yaw) for thing, x, y, z, yaw in placed}
    return TableScene(tuple(thing for thing, *_ in placed), poses)


@given(near, near, angles, near, near)
def test_margins_move_no_faster_than_things(
    x: float, y: float, yaw: float, dx: float, dy: float
) -> None:
    """A thing moved by so many millimetres changes a margin by no more than that."""
    goals: list[tuple[Goal, TableThing]] = [
        (Inside((BLOCK,), (BOWL,)), BOWL),
        (Inside((BLOCK,), (BOX,)), BOX),
        (Aligned(BLOCK, CORNER, 0.012), CORNER),
    ]
    for goal, place in goals:
        first, second = (
            goal.margin(
                scene_of((place, 0.02, 0.01, 0.0, 0.4), (BLOCK, x + ex, y + ey, 0.018, yaw))
            )
            for ex, ey in ((0.0, 0.0), (dx, dy))
        )
        assert abs(first - second) <= math.hypot(dx, dy) + 1e-9


@given(angles, angles)
def test_a_margin_does_not_depend_on_how_the_table_is_turned(turn: float, yaw: float) -> None:
    """The same arrangement, turned about the table's middle, has the same margin."""
    for place in (BOX, CORNER):
        margins = []
        for by in (0.0, turn):
            (a, b), (c, d) = turned(np.array([[0.05, 0.0], [0.09, 0.02]]), by).tolist()
            scene = scene_of((place, a, b, 0.0, 0.3 + by), (BAR, c, d, 0.014, yaw + by))
            goal: Goal = Inside((BAR,), (place,)) if place is BOX else Aligned(BAR, place, 0.012)
            margins.append(goal.margin(scene))
        assert margins[0] == pytest.approx(margins[1], abs=1e-9)


@given(near, near, angles)
def test_separation_is_symmetric_and_moves_with_the_outlines(
    x: float, y: float, yaw: float
) -> None:
    """Two outlines are as far apart seen from either; moved beforehand or meanwhile."""
    bar, disk = turned(BAR.outline, yaw), DISK.outline
    away = np.array([[x, y]])
    there = separation(bar + away, disk)
    assert there == pytest.approx(separation(disk, bar + away))
    assert there == pytest.approx(float(separations(bar, away, disk)[0]))
    assert there <= math.hypot(x, y)


def test_outlines_that_touch_lie_nowhere_apart() -> None:
    """Side by side the gap is that between the sides; on top of each other it is below zero."""
    side = np.array([[0.05, 0.0]])
    assert separation(BLOCK.outline, OTHER.outline + side) == pytest.approx(0.014)
    assert separation(BLOCK.outline, OTHER.outline) == pytest.approx(-0.036)


@given(near, near, near, near, angles)
def test_a_move_survives_as_an_action(
    x: float, y: float, to_x: float, to_y: float, turn: float
) -> None:
    """What the expert means is what the arm does, to a tenth of a millimetre."""
    move = ArmMove((x, y), (to_x, to_y), turn)
    again = ArmMove.of(np.array(move.action(turns=True), np.float32))
    assert np.allclose([*again.start, *again.end], [x, y, to_x, to_y], atol=1e-4)
    assert abs(wrapped(again.turn - turn)) < 1e-3


def test_a_tower_is_one_in_its_order_alone() -> None:
    """The same three discs on the square in another order are no tower."""
    large, middle, small = DISCS
    goal = Tower(DISCS, PADS[0], 0.015)
    base = (PADS[0], 0.0, 0.0, 0.0, 0.0)
    right = scene_of(base, (large, 0, 0, 0.01, 0), (middle, 0, 0, 0.03, 0), (small, 0, 0, 0.05, 0))
    wrong = scene_of(base, (large, 0, 0, 0.01, 0), (middle, 0, 0, 0.05, 0), (small, 0, 0, 0.03, 0))
    assert goal.margin(right) > 0
    assert goal.margin(wrong) < 0
    assert goal.truth(wrong) == {"placed_1": True, "placed_2": False, "placed_3": False}


def test_the_shortest_tower_takes_seven_moves() -> None:
    """The expert's plan for three discs is the shortest, and never breaks the rule."""
    at, moves = [0, 0, 0], 0
    pads = [(pad, 0.15 * k - 0.15, 0.0, 0.0, 0.0) for k, pad in enumerate(PADS)]
    while moves < 9:
        discs = []
        for number, disc in enumerate(DISCS):
            level = sum(1 for other in at[:number] if other == at[number])
            discs.append((disc, 0.15 * at[number] - 0.15, 0.0, 0.01 + 0.02 * level, 0.0))
        scene = scene_of(*pads, *discs)
        step = tower_step(Tower(DISCS, PADS[2], 0.015), scene, PADS, 0.0045)
        if step is None:
            break
        disc, square = step
        assert square != OFF
        moved = DISCS.index(disc)
        assert square not in at[moved + 1 :]
        at[moved] = square
        moves += 1
    assert (moves, at) == (7, [2, 2, 2])


def test_shutting_out_counts() -> None:
    """A thing that must stay outside is no success inside, however well the others lie."""
    goal = Inside((BLOCK,), (BOX,), shut_out=(DISK,))
    box = (BOX, 0.0, 0.0, 0.0, 0.0)
    alone = scene_of(box, (BLOCK, 0.02, 0.0, 0.018, 0.0), (DISK, 0.15, 0.0, 0.012, 0.0))
    both = scene_of(box, (BLOCK, 0.02, 0.0, 0.018, 0.0), (DISK, -0.02, 0.0, 0.012, 0.0))
    assert goal.margin(alone) > 0
    assert goal.margin(both) < 0


def test_another_thing_or_another_order_is_another_goal() -> None:
    """A goal about the wrong thing is not reached where the right one is."""
    goal = All((On(OTHER, THIRD), On(BLOCK, OTHER)))
    tower = [(THIRD, 0, 0, 0.018, 0), (OTHER, 0, 0, 0.054, 0), (BLOCK, 0, 0, 0.09, 0)]
    scene = scene_of(*tower)
    assert goal.margin(scene) > 0
    swapped = exchanged(goal)
    assert swapped is not None
    assert swapped.margin(scene) < 0
    assert exchanged(swapped) == goal
    assert replaced(goal, BLOCK, DISK).deciding() == (OTHER, THIRD, DISK)


@given(st.integers(0, 2**32))
def test_a_displaced_move_ends_just_outside(chance: int) -> None:
    """It misses by 4 to 15 mm, as it will show from above."""
    scene = scene_of((BOWL, 0.0, 0.0, 0.0, 0.0), (BLOCK, 0.15, 0.1, 0.018, 0.3))
    goal = Inside((BLOCK,), (BOWL,))
    move = displaced(
        goal, scene, ArmMove((0.15, 0.1), (0.0, 0.0), 0.5), np.random.default_rng(chance)
    )
    after = scene_of((BOWL, 0.0, 0.0, 0.0, 0.0), (BLOCK, *move.end, 0.018, 0.3 + move.turn))
    assert -0.0155 < goal.margin(after) < -0.0039


def test_inside_ends_at_the_middle_of_the_wall_and_at_the_edge_of_a_square() -> None:
    """A block's farthest corner decides: up to there it is inside, and no farther."""
    square = TableThing("square", "square", "blue", (0.07, 0.07, 0.0005), fixed=True)
    for place, reach in ((BOX, 0.058 - 0.005), (square, 0.07)):
        for over in (-0.002, 0.002):
            scene = scene_of((place, 0, 0, 0, 0), (BLOCK, reach - 0.018 + over, 0.0, 0.018, 0.0))
            assert scene.within(BLOCK, place) == pytest.approx(-over)
    far = math.sqrt(0.05**2 - 0.018**2) - 0.018
    scene = scene_of((BOWL, 0, 0, 0, 0), (BLOCK, far, 0.0, 0.018, 0.0))
    assert scene.within(BLOCK, BOWL) == pytest.approx(0.0, abs=1e-9)
