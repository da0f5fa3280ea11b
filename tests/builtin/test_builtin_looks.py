"""Looks that no initial image shows, and scenes in which things are missing or to spare."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from synth.errors import ModelDeadEnd
from synth.models.builtin.evidence import gather
from synth.models.builtin.tile_atoms import Atom
from synth.models.builtin.tiles import DRAWN, kinds_of
from synth.models.builtin.view import View
from synth.program import extract_code
from synth.prompts.answers import parse_plan
from synth.prompts.requests import Demonstration, DescribeRequest, FailureReport
from tests.builtin.test_builtin_answers import MODEL, holds, plan_of, program_of, refined
from tests.builtin.thing_worlds import BLUE, GREEN, RED, block, disc, plain
from tests.builtin.worlds import (
    TILE,
    Cell,
    complaint,
    demonstration,
    lock_and_key,
    lock_demonstrations,
    scene,
    shot,
)

SHOWN = lock_demonstrations()
KEY, DOOR = "tall_thing_gone", "block_changed"


def shut_again(colour: str, key: Cell, door: Cell) -> list[np.ndarray]:
    """The lock is opened, shut, and opened again, as the walker stands below."""
    whole = lock_and_key(colour, key, door, (4, 4))
    walker = {(2, 2): ("walker", "red")}
    return [
        *whole,
        scene({**walker, door: ("shut", colour)}),
        scene({**walker, door: ("open", colour)}),
    ]


def undone(colour: str = "red", key: Cell = (3, 1), door: Cell = (3, 4)) -> FailureReport:
    """The door's step is said not to hold while the door is shut but no longer locked."""
    frames = shut_again(colour, key, door)
    shots = (shot("near-frame-0000", frames[0]), shot("near-frame-0007", frames[7]))
    return complaint(DOOR, shots, (None, False))


def later(said: FailureReport, group: str) -> FailureReport:
    """The same complaint from another group of the suite."""
    return replace(said, failure=replace(said.failure, group=group))


@pytest.mark.parametrize(
    ("colour", "key", "door"), [("green", (3, 1), (1, 4)), ("purple", (1, 3), (3, 4))]
)
def test_a_door_shut_again_is_not_open(colour: str, key: Cell, door: Cell) -> None:
    """One labelled frame in one colour parts shut from open in every colour and layout."""
    plan = plan_of(SHOWN)
    source = program_of(plan, SHOWN)
    frames = shut_again(colour, key, door)
    assert [row[1] for row in holds(source, frames)[6:]] == [True, True, True]
    better = extract_code(refined(plan, source, SHOWN, undone()))
    assert [row[1] for row in holds(better, frames)] == [False] * 6 + [True, False, True]
    assert [row[0] for row in holds(better, frames)] == [False] * 3 + [True] * 6


def test_a_look_is_called_after_the_thing_that_was_there() -> None:
    """A reader of the program is told what the number is a look of."""
    plan = plan_of(SHOWN)
    better = extract_code(refined(plan, program_of(plan, SHOWN), SHOWN, undone()))
    assert re.search(r"DIFFERENT_BLOCK = \d+  # different block: pixels of 0x000000", better)
    assert "Where the block was there is a different block." in better


def test_the_look_of_a_goal_is_learnt_as_well() -> None:
    """Two doors must be open together: one that was opened and shut again does not count."""

    def doors(one: str, other: str, colours: Sequence[str] = ("red", "blue")) -> np.ndarray:
        return scene(
            {(2, 1): (one, colours[0]), (2, 4): (other, colours[1]), (4, 2): ("walker", "yellow")}
        )

    def shown(name: str, *, swap: bool) -> Demonstration:
        colours = ("blue", "red") if swap else ("red", "blue")
        story = [("door", "door"), ("open", "door"), ("open", "open")]
        frames = [doors(one, other, colours) for one, other in story]
        return demonstration(name, frames[:: 2 if swap else 1])

    both = (shown("a", swap=False), shown("b", swap=True))
    plan = plan_of(both)
    source = program_of(plan, both)
    start = doors("door", "door")
    wrong = [("open", "door"), ("door", "open"), ("open", "shut"), ("shut", "open")]
    said = [
        complaint(
            plan.goal,
            (shot(f"r{i}-frame-0000", start), shot(f"r{i}-frame-0001", doors(*pair))),
            (False, False),
        )
        for i, pair in enumerate(wrong)
    ]
    better = extract_code(refined(plan, source, both, *said))
    frames = [start, *(doors(*pair) for pair in wrong), doors("open", "open")]
    assert [row[-1] for row in holds(better, frames)] == [False] * 5 + [True]


def test_a_scene_without_the_key_leaves_the_plan_as_it_was() -> None:
    """What a near miss lacks is still a kind of thing, and its absence is no pick-up."""
    plan = plan_of(SHOWN)
    source = program_of(plan, SHOWN)
    whole = lock_and_key("green", (3, 1), (1, 4), (4, 4))
    shots = (shot("near-frame-0000", whole[3]), shot("near-frame-0001", whole[4]))
    lacking = complaint(KEY, shots, (None, False))
    better = extract_code(refined(plan, source, SHOWN, later(lacking, "near_miss"), undone()))
    assert not any(row[0] for row in holds(better, whole[3:]))
    assert holds(better, whole)[-1] == [True, True]


@pytest.mark.parametrize("extra", [("box", "green"), ("box", "red"), ("walker", "blue")])
def test_things_to_spare_change_no_verdict(extra: tuple[str, str]) -> None:
    """A box or a second figure in every picture of an episode is neither key nor door."""
    plan = plan_of(SHOWN)
    source = program_of(plan, SHOWN)
    frames = lock_and_key("yellow", (3, 1), (1, 4), (4, 4))
    tile = scene({(1, 1): extra})[TILE : 2 * TILE, TILE : 2 * TILE]
    crowded = [frame.copy() for frame in frames]
    for frame in crowded:
        frame[TILE : 2 * TILE, 3 * TILE : 4 * TILE] = tile
    assert holds(source, crowded) == holds(source, frames)
    shots = (shot("v-frame-0000", crowded[0]), shot("v-frame-0006", crowded[-1]))
    told = later(complaint(plan.goal, shots, (False, True)), "metamorphic")
    assert {k.count for k in kinds_of(gather(SHOWN, (told,)).initials) if k.measure == DRAWN} == {
        k.count for k in kinds_of(gather(SHOWN).initials) if k.measure == DRAWN
    }
    better = extract_code(refined(plan, source, SHOWN, told, undone()))
    assert [row[0] for row in holds(better, crowded)] == [False] * 3 + [True] * 4


def test_a_program_with_a_look_is_read_back() -> None:
    """Asked again without a new label it offers another program, and not the same one."""
    plan = plan_of(SHOWN)
    source = extract_code(refined(plan, program_of(plan, SHOWN), SHOWN, undone()))
    again = refined(plan, source, SHOWN, complaint(None, (), ()), earlier=(undone(),))
    other = extract_code(again)
    assert other != source
    frames = shut_again("green", (3, 1), (1, 4))
    assert not holds(other, frames)[7][1]


def test_a_step_that_shows_for_a_while_is_told_while_it_does() -> None:
    """Where the goal image no longer shows what a label asks for, the step need not last."""

    def room(door: str, *, box: bool) -> np.ndarray:
        things = {(2, 4): (door, "red"), (4, 2): ("walker", "blue")}
        return scene({**things, (1, 1): ("box", "red")} if box else things)

    story = [room("door", box=True)] * 2 + [room("open", box=True), room("shut", box=True)]
    frames = [*story, room("shut", box=False)]
    shown = (demonstration("a", frames), demonstration("b", [frames[0], frames[-1]]))
    plan = plan_of(shown)
    source = program_of(plan, shown)
    assert [row[0] for row in holds(source, frames)] == [False, False, True, True, True]
    shots = (shot("n-frame-0000", frames[0]), shot("n-frame-0003", frames[3]))
    said = complaint(plan.names[0], shots, (None, False))
    better = extract_code(refined(plan, source, shown, said))
    assert [row[0] for row in holds(better, frames)] == [False, False, True, False, False]


def test_a_step_of_things_is_searched_for_as_well() -> None:
    """On a plain ground a labelled frame refutes a step's first predicate in the same way."""

    def picture(at: int, *, coin: bool, lid: bool = False) -> np.ndarray:
        frame = plain()
        block(frame, (40, 60), 5, GREEN if not coin and at == 60 else BLUE)
        if coin:
            disc(frame, (20, 40), 4, (240, 220, 30))
        if lid:
            block(frame, (20, 40), 6, RED)
        disc(frame, (50, at), 3, RED)
        return frame

    frames = [picture(10, coin=True), picture(20, coin=True), picture(30, coin=False)]
    frames += [picture(40, coin=False), picture(60, coin=False)]
    shown = (demonstration("a", frames), demonstration("b", [frames[1], frames[-1]]))
    plan = plan_of(shown)
    assert len(plan.names) == 2
    source = program_of(plan, shown)
    hidden = picture(20, coin=True, lid=True)
    shots = (shot("n-frame-0000", frames[0]), shot("n-frame-0001", hidden))
    assert holds(source, [frames[0], hidden])[-1][0]
    better = extract_code(
        refined(plan, source, shown, complaint(plan.names[0], shots, (None, False)))
    )
    assert not holds(better, [frames[0], hidden])[-1][0]
    assert holds(better, frames)[2][0]


def test_a_change_that_draws_as_many_pixels_is_told_by_the_ground_it_leaves() -> None:
    """A door that was never locked opens without another number of drawn pixels."""

    def room(door: str, colour: str, *, box: bool) -> np.ndarray:
        things = {(2, 4): (door, colour), (4, 2): ("walker", "blue")}
        return scene({**things, (1, 1): ("box", colour)} if box else things)

    def story(colour: str) -> list[np.ndarray]:
        frames = [room("shut", colour, box=True), room("open", colour, box=True)]
        return [*frames, room("open", colour, box=False)]

    shown = (demonstration("a", story("red")), demonstration("b", story("green")[::2]))
    plan = plan_of(shown)
    assert plan.names == ("block_changed", "hollow_thing_gone")
    verdicts = holds(program_of(plan, shown), story("purple"))
    assert verdicts == [[False, False], [True, False], [True, True]]


def test_a_stage_that_is_asked_for_and_never_seen_is_admitted() -> None:
    """A plan that lacks a stage is said to be beyond it, and loses no step over it."""
    plan = plan_of(SHOWN)
    lacking = later(complaint(None, (), ()), "necessity")
    request = DescribeRequest(demonstrations=SHOWN, previous=plan, reports=(lacking,))
    with pytest.raises(ModelDeadEnd, match="no sub-task of the plan tells"):
        MODEL.ask(request)
    shorter = plan.model_copy(update={"stages": plan.stages[1:]})
    answer = MODEL.ask(replace(request, previous=shorter)).text
    assert parse_plan(answer).names == plan.names


def test_steps_that_come_the_other_way_round_are_put_in_one_stage() -> None:
    """Neither is dropped; the goal stays alone, and a later plan keeps the stage."""

    def room(*gone: str) -> np.ndarray:
        things = {"key": (1, 1), "box": (1, 4), "door": (3, 4)}
        looks = {cell: (name, "red") for name, cell in things.items() if name not in gone}
        return scene({**looks, (4, 1 + len(gone)): ("walker", "blue")})

    story = [room(), room("key"), room("key", "box"), room("key", "box", "door")]
    shown = (demonstration("a", story), demonstration("b", story[:: len(story) - 1]))
    plan = plan_of(shown)
    one, other, goal = plan.names
    said = later(complaint(other, (), ()), "necessity")
    said = replace(said, failure=replace(said.failure, actual=f"{other} before {one}"))
    request = DescribeRequest(demonstrations=shown, previous=plan, reports=(said,))
    merged = parse_plan(MODEL.ask(request).text)
    assert merged.stage_names == ((one, other), (goal,))
    assert f"SUBTASKS = [({one}, {other}), {goal}]" in program_of(merged, shown)
    needless = later(complaint(None, (), ()), "necessity")
    again = replace(request, previous=merged, reports=(needless, said))
    assert parse_plan(MODEL.ask(again).text).stage_names == merged.stage_names


def test_a_look_holds_where_the_place_shows_it_and_nowhere_else() -> None:
    """The relation compares places: the same look elsewhere says nothing."""
    start = View.of("s", scene({(2, 4): ("door", "red")}), TILE)
    there = View.of("t", scene({(2, 4): ("open", "red")}), TILE)
    elsewhere = View.of("e", scene({(2, 4): ("door", "red"), (1, 1): ("open", "red")}), TILE)
    kind = next(k for k in kinds_of([start]) if k.measure == DRAWN)
    look = replace(kind, count=int(there.counts(DRAWN)[2, 4]))
    assert Atom("became", (kind, look)).holds(there, start)
    assert not Atom("became", (kind, look)).holds(elsewhere, start)
