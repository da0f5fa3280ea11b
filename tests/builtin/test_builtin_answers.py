"""What `builtin` answers, given pictures alone."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from synth.errors import ModelDeadEnd, UsageError
from synth.models.builtin import BuiltinModel
from synth.models.open import open_model
from synth.plan import Plan, SubTask
from synth.program import extract_code, lint
from synth.prompts.answers import parse_plan
from synth.prompts.requests import (
    Demonstration,
    DescribeRequest,
    FailureReport,
    FasterRequest,
    RefineRequest,
    WriteRequest,
)
from synth.sandbox import Sandbox
from tests.builtin.worlds import (
    Cell,
    complaint,
    demonstration,
    lock_and_key,
    lock_demonstrations,
    scene,
    shot,
)

MODEL = BuiltinModel()


def plan_of(demonstrations: tuple[Demonstration, ...]) -> Plan:
    """What it plans."""
    return parse_plan(MODEL.ask(DescribeRequest(demonstrations=demonstrations)).text)


def program_of(plan: Plan, demonstrations: tuple[Demonstration, ...]) -> str:
    """What it writes."""
    request = WriteRequest(plan=plan, demonstrations=demonstrations, target_microseconds=60)
    return extract_code(MODEL.ask(request).text)


def refined(
    plan: Plan,
    source: str,
    demonstrations: tuple[Demonstration, ...],
    *complaints: FailureReport,
    earlier: tuple[FailureReport, ...] = (),
    notes: tuple[str, ...] = (),
) -> str:
    """What it says to failures."""
    request = RefineRequest(
        plan=plan,
        source=source,
        reports=complaints,
        earlier=earlier,
        notes=notes,
        demonstrations=demonstrations,
        target_microseconds=60,
    )
    return MODEL.ask(request).text


def holds(source: str, frames: list[np.ndarray]) -> list[list[bool]]:
    """Verdicts on the frames of one episode."""
    assert lint(source) == []
    with Sandbox(source) as sandbox:
        return sandbox.check(np.stack(frames), frames[0]).tolist()


def two_doors(first: str, second: str, *opened: str) -> np.ndarray:
    """A box and a door of different colours, some of them open."""
    return scene(
        {
            (2, 1): ("open" if first in opened else "box", first),
            (2, 4): ("open" if second in opened else "door", second),
            (4, 2 + len(opened)): ("walker", "yellow"),
        }
    )


TWO_DOORS = (
    demonstration("a", [two_doors("red", "blue", *o) for o in ((), ("red",), ("red", "blue"))]),
    demonstration("b", [two_doors("blue", "red", *o) for o in ((), ("red", "blue"))]),
)


def test_the_plan_is_what_changes_for_good() -> None:
    """The key goes, the door opens; that the walker walks is no sub-task."""
    plan = plan_of(lock_demonstrations())
    assert plan.names == ("tall_thing_gone", "block_changed")


def test_a_colour_that_never_varies_is_named() -> None:
    """Names come from what was seen."""
    frames = lock_and_key("yellow", (1, 1), (2, 4), (4, 4))
    other = lock_and_key("yellow", (3, 3), (1, 4), (1, 2))
    plan = plan_of((demonstration("a", frames), demonstration("b", [other[0], other[-1]])))
    assert plan.names == ("yellow_tall_thing_gone", "yellow_block_changed")


@pytest.mark.parametrize(
    ("colour", "key", "door"), [("green", (3, 1), (1, 4)), ("red", (1, 3), (3, 4))]
)
def test_the_program_is_right_in_colours_and_layouts_it_never_saw(
    colour: str, key: Cell, door: Cell
) -> None:
    """Roles carry over: the thing that was taken, the thing that opened."""
    shown = lock_demonstrations()
    source = program_of(plan_of(shown), shown)
    verdicts = holds(source, lock_and_key(colour, key, door, (4, 4)))
    assert verdicts == [[False, False]] * 3 + [[True, False]] * 3 + [[True, True]]


def test_a_covered_square_is_a_goal() -> None:
    """Something stands on the coloured square, and nothing else is a sub-task."""

    def walk(goal: Cell) -> list[np.ndarray]:
        plate = {goal: ("plate", "green")}
        on_it = scene({**plate})
        row, column = goal
        small = scene({goal: ("walker", "red")})[row * 8 : row * 8 + 8, column * 8 : column * 8 + 8]
        tile = on_it[row * 8 : row * 8 + 8, column * 8 : column * 8 + 8]
        tile[small[..., 0] == 255] = (255, 0, 0)
        return [
            scene({**plate, (1, 1): ("walker", "red")}),
            scene({**plate, (1, 2): ("walker", "red")}),
            scene({**plate, (1, 3): ("walker", "red")}),
            on_it,
        ]

    shown = (
        demonstration("a", walk((4, 4))),
        demonstration("b", [walk((3, 2))[0], walk((3, 2))[-1]]),
    )
    plan = plan_of(shown)
    assert plan.names == ("green_square_covered",)
    assert holds(program_of(plan, shown), walk((2, 4))) == [[False]] * 3 + [[True]]


def test_a_plan_it_did_not_write_is_matched_by_its_order() -> None:
    """Another model's names will do."""
    plan = Plan(
        task="open",
        stages=tuple((SubTask(name=n, description=n, visible=n),) for n in ("take", "unlock")),
    )
    shown = lock_demonstrations()
    verdicts = holds(program_of(plan, shown), lock_and_key("green", (3, 1), (1, 4), (4, 4)))
    assert verdicts[3] == [True, False]
    assert verdicts[-1] == [True, True]


def test_a_counterexample_makes_a_conjunction() -> None:
    """One open door was enough until a frame was shown on which it was not."""
    plan = plan_of(TWO_DOORS)
    source = program_of(plan, TWO_DOORS)
    blue_alone = [two_doors("red", "blue"), two_doors("red", "blue", "blue")]
    assert holds(source, blue_alone)[-1][-1]
    shots = (shot("r-0", blue_alone[0]), shot("r-1", blue_alone[1]))
    text = refined(plan, source, TWO_DOORS, complaint(plan.goal, shots, (False, False)))
    better = extract_code(text)
    assert not holds(better, blue_alone)[-1][-1]
    both = [two_doors("blue", "red"), two_doors("blue", "red", "red", "blue")]
    assert holds(better, both)[-1][-1]


def test_earlier_failures_stay_repaired() -> None:
    """A label of an earlier round counts as much as one of this round."""
    plan = plan_of(TWO_DOORS)
    source = program_of(plan, TWO_DOORS)
    blue_alone = [two_doors("red", "blue"), two_doors("red", "blue", "blue")]
    shots = (shot("r-0", blue_alone[0]), shot("r-1", blue_alone[1]))
    earlier = (complaint(plan.goal, shots, (False, False)),)
    unseen = complaint(None, (), ())
    better = extract_code(refined(plan, source, TWO_DOORS, unseen, earlier=earlier))
    assert not holds(better, blue_alone)[-1][-1]


def test_a_labelled_step_is_told_by_another_predicate() -> None:
    """Gone is not enough where a frame is shown on which the step has not been done."""
    shown = lock_demonstrations()
    plan = plan_of(shown)
    source = program_of(plan, shown)
    start, _, _, taken, *_ = lock_and_key("red", (1, 3), (3, 4), (4, 4))
    elsewhere = scene({(4, 1): ("key", "red"), (3, 4): ("door", "red"), (2, 2): ("walker", "red")})
    assert holds(source, [start, taken])[-1][0]
    shots = (shot("r-0", start), shot("r-1", elsewhere))
    wanted = complaint(plan.names[0], shots, (False, True))
    better = extract_code(refined(plan, source, shown, wanted))
    assert holds(better, [start, taken, elsewhere]) == [[False] * 2, [True, False], [True, False]]
    again = refined(plan, better, shown, complaint(None, (), ()), earlier=(wanted,))
    assert holds(extract_code(again), [start, elsewhere])[-1][0]


def test_a_complaint_about_pictures_of_another_size_is_passed_over() -> None:
    """What cannot be compared is no label."""
    plan = plan_of(TWO_DOORS)
    source = program_of(plan, TWO_DOORS)
    tiny = np.zeros((5, 7, 3), np.uint8)
    odd = complaint(
        plan.goal, (shot("o-0", two_doors("red", "blue")), shot("o-1", tiny)), (True, True)
    )
    other = complaint(plan.goal, (shot("t-0", tiny),), (True,))
    assert extract_code(refined(plan, source, TWO_DOORS, odd, other))


def test_what_only_one_episode_has_is_no_subtask() -> None:
    """A box that vanishes in the long episode, and that the others never had, is no step."""
    whole = lock_and_key("yellow", (1, 1), (2, 4), (4, 4))
    box = scene({(1, 3): ("box", "blue")})[8:16, 24:32]
    for frame in whole[:2]:
        frame[8:16, 24:32] = box
    shown = (demonstration("a", whole), *lock_demonstrations()[1:])
    assert plan_of(shown).names == ("tall_thing_gone", "block_changed")


def test_what_is_told_to_fail_unseen_is_answered_by_another_program() -> None:
    """Without a label the next program that agrees with all labels is tried, each time anew."""
    shown = lock_demonstrations()
    plan = plan_of(shown)
    sources = [program_of(plan, shown)]
    for _ in range(4):
        sources.append(extract_code(refined(plan, sources[-1], shown, complaint(None, (), ()))))
    assert len(set(sources[1:])) >= 2
    assert all(a != b for a, b in pairwise(sources))


def test_where_no_program_is_left_another_plan_is_the_answer() -> None:
    """A step that no picture shows: it is not said with no code, which would cost a round."""
    shown = lock_demonstrations()
    own = plan_of(shown)
    unseen = SubTask(name="paint_wall", description="painted", visible="a wall in another colour")
    plan = Plan(task="paint", stages=((unseen,), *own.stages))
    source = program_of(own, shown)
    request = RefineRequest(
        plan=plan,
        source=source,
        reports=(complaint(None, (), ()),),
        demonstrations=shown,
        target_microseconds=60,
    )
    first = parse_plan(MODEL.ask(request).text)
    assert "paint_wall" not in first.names
    assert first.goal == own.goal
    second = parse_plan(MODEL.ask(replace(request, given_up=(first.stage_names,))).text)
    assert second.stage_names not in {plan.stage_names, first.stage_names}  # the other reading's
    with pytest.raises(ModelDeadEnd) as caught:
        MODEL.ask(replace(request, given_up=(first.stage_names, second.stage_names)))
    said = str(caught.value)
    assert said.startswith("builtin found no other program, and no other plan: tried grid of ")
    assert "given up before" in said
    assert "```" not in said


def test_a_blamed_step_is_dropped_from_the_plan() -> None:
    """A plan of the goal alone is a plan."""
    shown = lock_demonstrations()
    plan = plan_of(shown)
    request = DescribeRequest(
        demonstrations=shown, previous=plan, reports=(complaint(plan.names[0], (), ()),)
    )
    assert parse_plan(MODEL.ask(request).text).names == plan.names[1:]


def test_the_answer_depends_on_pictures_alone() -> None:
    """Renamed episodes, other captions and a withheld goal change nothing."""
    one = DescribeRequest(demonstrations=lock_demonstrations(), goal="open the door")
    named = tuple(
        replace(d, shots=tuple(replace(s, caption="?") for s in d.shots))
        for d in lock_demonstrations(("x", "m", "q"))
    )
    assert MODEL.ask(one).text == MODEL.ask(DescribeRequest(demonstrations=named)).text
    plan = plan_of(named)
    assert program_of(plan, named) == program_of(plan, lock_demonstrations())


def test_it_remembers_nothing() -> None:
    """A fresh instance gives the same answer to the same request, whatever came between."""
    shown = lock_demonstrations()
    request = DescribeRequest(demonstrations=shown)
    first = MODEL.ask(request).text
    MODEL.ask(DescribeRequest(demonstrations=TWO_DOORS))
    assert MODEL.ask(request).text == first == BuiltinModel().ask(request).text


def test_another_sample_may_be_another_program() -> None:
    """Samples differ where several programs agree with everything."""
    shown = lock_demonstrations()
    plan = plan_of(shown)
    texts = {
        MODEL.ask(
            WriteRequest(plan=plan, demonstrations=shown, target_microseconds=60, sample=sample)
        ).text
        for sample in range(3)
    }
    assert len(texts) > 1


def test_contradictory_labels_are_named() -> None:
    """Two frames that look alike and are labelled differently: said, and no lookup table."""
    plan = plan_of(TWO_DOORS)
    source = program_of(plan, TWO_DOORS)
    start, end = two_doors("red", "blue"), two_doors("red", "blue", "red", "blue")
    shots = (shot("liar-0", start), shot("liar-9", end))
    with pytest.raises(ModelDeadEnd, match=r"cannot tell a-frame-0002.* from liar-9"):
        refined(plan, source, TWO_DOORS, complaint(plan.goal, shots, (False, False)))


def test_fifty_complaints_at_once_are_no_trouble() -> None:
    """An answer comes, within the time allowed."""
    plan = plan_of(TWO_DOORS)
    source = program_of(plan, TWO_DOORS)
    rng = np.random.default_rng(0)
    complaints = []
    for k in range(50):
        noise = rng.integers(0, 256, (48, 48, 3)).astype(np.uint8)
        shots = (shot(f"n{k}-0", two_doors("red", "blue")), shot(f"n{k}-1", noise))
        complaints.append(complaint(plan.goal, shots, (False, bool(k % 2))))
    with pytest.raises(ModelDeadEnd, match=r"cannot tell|size limit"):
        refined(plan, source, TWO_DOORS, *complaints)
    sane = [replace(c, labels=(False, False)) for c in complaints]
    assert extract_code(refined(plan, source, TWO_DOORS, *sane))


@pytest.mark.parametrize(
    ("demonstrations", "words"),
    [
        ((), "no demonstration"),
        ((Demonstration("a", ()),), "no demonstration"),
        (
            (demonstration("a", [np.zeros((1, 1, 3), np.uint8)] * 2),),
            "not a grid of equal square tiles",
        ),
        (
            (demonstration("a", [np.zeros((48, 48, 3), np.uint8), np.zeros((8, 8, 3), np.uint8)]),),
            "differ in size",
        ),
        (
            (
                demonstration(
                    "a",
                    list(
                        np.random.default_rng(0).integers(0, 256, (3, 48, 48, 3)).astype(np.uint8)
                    ),
                ),
            ),
            "not a grid of equal square tiles",
        ),
        ((demonstration("a", [scene({})] * 3),), "cannot tell"),
    ],
)
def test_what_it_cannot_learn_from_is_said(
    demonstrations: tuple[Demonstration, ...], words: str
) -> None:
    """Empty, tiny, mixed, noisy and unchanging pictures end in one plain sentence."""
    with pytest.raises(ModelDeadEnd, match=words):
        MODEL.ask(DescribeRequest(demonstrations=demonstrations))


def test_no_time_is_an_answer_too() -> None:
    """With no time at all it says that it ran out."""
    with pytest.raises(ModelDeadEnd, match="in the time allowed"):
        BuiltinModel(seconds=-1.0).ask(DescribeRequest(demonstrations=lock_demonstrations()))


def test_it_offers_nothing_faster() -> None:
    """It says so, and gives the program back as it is."""
    shown = lock_demonstrations()
    plan = plan_of(shown)
    source = program_of(plan, shown)
    request = FasterRequest(
        plan=plan, source=source, profile=(), microseconds=100, target_microseconds=60
    )
    text = MODEL.ask(request).text
    assert "no faster way" in text
    assert extract_code(text) == source


def test_it_opens_by_name_with_a_seed() -> None:
    """`builtin` and `builtin:3` open; a seed is a number."""
    assert open_model("builtin").name == "builtin"
    assert open_model("builtin:3").name == "builtin:3"
    with pytest.raises(UsageError, match="seed must be a number"):
        open_model("builtin:three")
