"""`builtin` keeps both readings of a picture: a grid of tiles, and loose things."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from synth.errors import ModelDeadEnd
from synth.models.builtin import BuiltinModel
from synth.models.builtin.evidence import gather_all
from synth.plan import Plan
from synth.program import extract_code
from synth.prompts.answers import parse_plan
from synth.prompts.requests import Demonstration, DescribeRequest, RefineRequest, WriteRequest
from synth.sandbox import Sandbox
from tests.builtin.worlds import complaint, demonstration, shot

TILE = 8
SIZE = 6 * TILE
RED, BLUE = (220, 20, 20), (30, 60, 230)


def paved() -> np.ndarray:
    """``uint8[48, 48, 3]``: a floor of tiles, each framed by one line at its end, with a pillar."""
    frame = np.full((SIZE, SIZE, 3), 200, np.uint8)
    frame[TILE - 1 :: TILE] = frame[:, TILE - 1 :: TILE] = 90
    for row, column in ((0, 0), (3, 5), (5, 2)):
        frame[row * TILE + 1 : row * TILE + 6, column * TILE + 1 : column * TILE + 6] = 60
    return frame


def walk(start: tuple[int, int], step: int, goal: tuple[int, int]) -> list[np.ndarray]:
    """A red block goes right by `step` pixels five times, and is at last on the blue one."""
    frames = []
    for k in range(6):
        frame = paved()
        frame[goal[0] : goal[0] + 5, goal[1] : goal[1] + 5] = BLUE
        row, column = goal if k == 5 else (start[0], start[1] + k * step)
        frame[row : row + 5, column : column + 5] = RED
        frames.append(frame)
    return frames


def shown(step: int) -> tuple[Demonstration, ...]:
    """Two walks, in whole tiles or not."""
    one, other = walk((9, 1), step, (33, 25)), walk((17, 1), step, (9, 33))
    return demonstration("a", one), demonstration("b", [other[0], other[-1]])


def goal_of(demonstrations: tuple[Demonstration, ...]) -> tuple[Plan, str]:
    """What is planned, and the program for it."""
    plan = parse_plan(BuiltinModel().ask(DescribeRequest(demonstrations=demonstrations)).text)
    request = WriteRequest(plan=plan, demonstrations=demonstrations, target_microseconds=60)
    return plan, extract_code(BuiltinModel().ask(request).text)


def test_whole_tiles_are_a_grid_and_less_refutes_it() -> None:
    """The grid comes first until a thing moves by less than a tile; then it comes last."""
    kept = [evidence.reading for evidence in gather_all(shown(TILE))]
    assert [reading.tile for reading in kept] == [TILE, 0]
    assert not kept[0].against
    refuted = [evidence.reading for evidence in gather_all(shown(3))]
    assert [reading.tile for reading in refuted] == [0, TILE]
    assert "moved by 3 pixels across and 0 down between a-frame-0000" in refuted[1].against


@pytest.mark.parametrize("step", [TILE, 3])
def test_either_reading_makes_a_program_that_is_right_elsewhere(step: int) -> None:
    """Tiles that are all framed alike do not make an image blank."""
    _, source = goal_of(shown(step))
    assert ("TILE = " in source) == (step == TILE)
    unseen = walk((25, 1), step, (1, 33))
    with Sandbox(source) as sandbox:
        verdicts = sandbox.check(np.stack(unseen), unseen[0])[:, -1].tolist()
    assert verdicts == [False] * 5 + [True]


def test_a_dead_end_of_one_reading_is_answered_in_the_other() -> None:
    """Labels that no predicate of tiles tells apart, and one of things does."""
    demonstrations = shown(TILE)
    plan, source = goal_of(demonstrations)
    assert "TILE = 8" in source
    beside = walk((9, 1), TILE, (33, 25))
    odd = paved()
    odd[33:38, 25:30] = BLUE
    odd[34:37, 26:29] = RED  # half as large, and no success: to the tiles the square has changed
    reports = (complaint(plan.goal, (shot("x-0", beside[0]), shot("x-1", odd)), (False, False)),)
    request = RefineRequest(
        plan=plan,
        source=source,
        reports=reports,
        demonstrations=demonstrations,
        target_microseconds=60,
    )
    better = extract_code(BuiltinModel().ask(request).text)
    with Sandbox(better) as sandbox:
        verdicts = sandbox.check(np.stack([*beside, odd]), beside[0])[:, -1].tolist()
    assert verdicts == [False] * 5 + [True, False]
    assert BuiltinModel().ask(request).text == BuiltinModel().ask(request).text


def test_a_dead_end_names_every_reading_and_what_would_help() -> None:
    """The same picture with and without success: no reading can tell it, and none is hidden."""
    one, other = shown(TILE)
    twice = replace(one, shots=(*one.shots, replace(one.shots[1], name="a-frame-0009")))
    with pytest.raises(ModelDeadEnd) as caught:
        BuiltinModel().ask(DescribeRequest(demonstrations=(twice, other)))
    said = str(caught.value)
    assert caught.value.exit_code == 6
    assert "grid of 8-pixel tiles: " in said
    assert "things on a plain ground: " in said
    assert "a-frame-0009" in said
    assert "what would help: " in said
    assert "run the same again" not in said


def test_that_a_figure_leaves_the_mark_where_it_starts_is_no_step() -> None:
    """Its tile looks like no other at first, and what it lost is seen on the next one."""
    one, other = walk((9, 1), TILE, (33, 25)), walk((17, 1), TILE, (9, 33))
    for frames, row in ((one, 9), (other, 17)):
        for frame in frames:
            frame[row - 1, 0:4] = (20, 160, 40)  # the mark, beside the figure on its first tile
    plan, _ = goal_of((demonstration("a", one), demonstration("b", [other[0], other[-1]])))
    assert len(plan.names) == 1
