"""Pictures of failures: what goes beside the frame at fault, and what is known of it."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
from squares import PLAN, SPEC, Squares

from synth.episode import EpisodeStore, Scene, Still, Variant
from synth.episode.scene import still_id
from synth.failure import Failure, Find
from synth.journal import VerdictRecord
from synth.loop.failure_frames import failure_frames
from synth.loop.feedback import reports
from synth.loop.verdict import GROUPS, Score, Verdict
from synth.prompts.render import render
from synth.prompts.requests import RefineRequest
from synth.spec import MetamorphicSpec

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from synth.prompts.requests import FailureReport, Shot

GOAL = PLAN.goal
LIE = Failure(
    "near_miss::goal[random-0000]", "near_miss", "lies", "random-0000", 2, GOAL, "False", "True"
)


def told(failure: Failure, task: Squares) -> FailureReport:
    """The one report about a failure."""
    verdict = Verdict.of((), (failure.test,), (failure,))
    (report,) = reports(verdict, PLAN, task, limit=6)
    return report


def test_a_lie_without_a_success_near_it_is_shown_beside_that_of_another_episode(
    squares: Squares,
) -> None:
    """The one of all visible successes that differs in fewest pixels; its id is said."""
    report = told(LIE, squares)
    initial, fault, other = report.shots
    assert (initial.name, fault.name) == ("random-0000-frame-0000", "random-0000-frame-0002")
    successes = {
        e.id: squares.store.frames[e.frame_index[-1]]
        for e in squares.store.select(kind="expert", split="visible")
    }
    apart = {name: int((frame != fault.frame).any(-1).sum()) for name, frame in successes.items()}
    nearest = min(apart, key=lambda name: (apart[name], name))
    assert other.name == f"{nearest}-frame-0005"
    assert f"in {nearest}, another episode, the goal is reached" in other.caption
    assert (other.frame == successes[nearest]).all()


def test_nothing_is_claimed_of_another_episodes_frame(squares: Squares) -> None:
    """Beside this episode's initial frame it has no label: a program is never asked that."""
    assert told(LIE, squares).labels == (False, False, None)


def test_what_the_program_computed_is_asked_of_the_frame_at_fault_and_its_contrast(
    squares: Squares,
) -> None:
    """Each beside the initial frame of its own episode; the initial frame itself tells nothing."""
    asked = []

    def explain(subtask: str, shot: Shot, initial: NDArray[np.uint8]) -> tuple[str, ...]:
        asked.append((subtask, shot.name, initial))
        return (f"{subtask}: gap = 3 -> True",)

    verdict = Verdict.of((), (LIE.test,), (LIE,))
    (report,) = reports(verdict, PLAN, squares, limit=6, explain=explain)
    _, fault, other = report.shots
    assert [one.picture for one in report.computed] == [fault.name, other.name]
    assert [(subtask, name) for subtask, name, _ in asked] == [
        (GOAL, fault.name),
        (GOAL, other.name),
    ]
    elsewhere = other.name.removesuffix("-frame-0005")
    for (_, _, initial), episode in zip(asked, ("random-0000", elsewhere), strict=True):
        assert np.array_equal(initial, squares.store.initial_of(squares.store[episode]))


def test_against_a_plan_nothing_is_computed(squares: Squares) -> None:
    """What a program makes of a picture says nothing of whether its plan is right."""
    failure = replace(LIE, test="necessity::skipped[random-0000]", group="necessity")
    verdict = Verdict.of((), (failure.test,), (failure,))
    (report,) = reports(verdict, PLAN, squares, limit=6, explain=lambda *_: ("no",))
    assert report.computed == ()


def test_held_out_successes_are_never_the_nearest(squares: Squares) -> None:
    """Where no visible episode succeeds, there is no such picture."""
    store = squares.store
    without = tuple(e for e in store.episodes if e.split == "held_out" or not e.success.any())
    report = told(LIE, Squares(SPEC, replace(store, episodes=without)))
    assert len(report.shots) == 2


def test_a_step_is_shown_beside_the_frame_before(squares: Squares) -> None:
    """The success of another episode says nothing of a step."""
    report = told(replace(LIE, subtask="take_key"), squares)
    assert [s.name[-4:] for s in report.shots] == ["0000", "0002", "0001"]
    assert report.labels == (None, False, None)


SHOWN = SPEC.model_copy(update={"metamorphic": MetamorphicSpec(render=[{"tile_size": 8}])})


@pytest.fixture(scope="module")
def repainted(squares: Squares) -> Squares:
    """The first expert is also shown with its colours swapped, under two like names."""
    base = squares.store["expert-0000"]
    frames = np.ascontiguousarray(squares.store.frames_of(base)[..., ::-1])
    index = np.arange(len(frames), dtype=np.int32)
    variants = tuple(
        Variant(name, base.id, base.split, index, frames)
        for name in ("tile_size = 8", "tile-size 8")
    )
    return Squares(SHOWN, replace(squares.store, variants=variants))


def changed(subtask: str, expected: str, frame: int = 5) -> Failure:
    """A verdict that changed with the picture."""
    return Failure(
        "metamorphic::holds_drawn_otherwise",
        "metamorphic",
        "differs",
        "expert-0000",
        frame,
        subtask,
        expected,
        "False",
        variant="tile_size = 8",
    )


def test_a_changed_picture_is_shown_beside_the_plain_one(repainted: Squares) -> None:
    """First the changed initial frame, with which the program was asked; the change is named."""
    report = told(changed(GOAL, "True"), repainted)
    initial, fault, plain = report.shots
    frames = repainted.store.frames_of(repainted.store["expert-0000"])
    assert (initial.frame == frames[0][..., ::-1]).all()
    assert (fault.frame == frames[5][..., ::-1]).all()
    assert (plain.frame == frames[5]).all()
    assert "frame 5 of 5: the frame at fault, changed (tile_size = 8)" in fault.caption
    assert plain.name == "expert-0000-frame-0005"
    assert report.labels == (False, True, None)


def test_the_label_of_a_changed_picture_is_that_of_the_plain_one(repainted: Squares) -> None:
    """The goal's is the environment's; a step's is what it said on the plain frame."""
    assert told(changed("take_key", "True"), repainted).labels == (False, True, None)
    assert told(changed("take_key", "as before"), repainted).labels == (False, None, None)
    at_first = told(changed(GOAL, "True", frame=0), repainted)
    assert at_first.labels == (False, None)


def test_names_of_changed_pictures_are_safe_for_files_and_never_the_same(
    repainted: Squares,
) -> None:
    """Also where two changes differ in nothing but signs."""
    one = changed(GOAL, "True")
    names = [
        picture.shot.name
        for failure in (one, replace(one, variant="tile-size 8"))
        for picture in failure_frames(failure, GOAL, repainted)[:2]
    ]
    assert len(set(names)) == 4
    assert all(re.fullmatch(r"[a-z0-9-]+-frame-\d{4}", name) for name in names)


def test_changed_pictures_can_be_sent(repainted: Squares) -> None:
    """A prompt shows them, whatever their size."""
    report = told(changed(GOAL, "True"), repainted)
    request = RefineRequest(plan=PLAN, source="", reports=(report,), target_microseconds=60.0)
    assert "changed (tile_size = 8)" in render(request).text


def test_a_changed_picture_that_is_not_there_leaves_the_plain_one(squares: Squares) -> None:
    """Such as after recording again with other changes."""
    report = told(changed(GOAL, "True"), squares)
    assert [s.name for s in report.shots] == [
        "expert-0000-frame-0000",
        "expert-0000-frame-0005",
        "expert-0000-frame-0004",
    ]


def test_a_find_is_shown_by_its_episode_and_told_once(squares: Squares) -> None:
    """The search finds what the test of known finds complains of already."""
    episode = squares.store["random-0000"]
    found = replace(episode, id="found-0000", kind="found")
    store = replace(squares.store, episodes=(*squares.store.episodes, found))
    task = Squares(SPEC, store)
    find = Find(episode.seed, episode.actions, "a lie")
    live = Failure("search::live", "search", "found", None, 3, GOAL, "False", "True", find=find)
    assert [s.name[:10] for s in told(live, task).shots[:2]] == ["found-0000"] * 2
    known = replace(live, test="search::known", episode="found-0000", find=None)
    verdict = Verdict.of((), (known.test, live.test), (known, live))
    assert [c.failure.test for c in reports(verdict, PLAN, task, limit=6)] == ["search::known"]


def test_a_find_that_is_no_episode_yet_is_told_in_words(squares: Squares) -> None:
    """Without pictures rather than not at all."""
    find = Find(99, (1, 2), "a lie")
    live = Failure("search::live", "search", "found", None, 2, GOAL, find=find)
    report = told(live, squares)
    assert report.failure == live
    assert not report.shots


def test_what_refutes_a_plan_is_not_called_a_fault(squares: Squares) -> None:
    """The success is right; it is the plan that it speaks against."""
    skipped = Failure("necessity::x", "necessity", "skips", "expert-0001", 5, "take_key")
    report = told(skipped, squares)
    assert "the goal is reached, against the plan" in report.shots[1].caption
    assert "at fault" not in "".join(s.caption for s in report.shots)


def test_the_stages_of_the_cascade_are_in_the_order_of_its_groups() -> None:
    """Near misses, changed pictures, the search and the plan come last, one after the other."""
    later = ("near_miss", "scenes", "progress", "metamorphic", "search", "necessity", "labels")
    assert GROUPS[5:] == later
    verdicts = [Verdict.of(("program::p",), (f"{group}::x",), ()) for group in GROUPS]
    assert [v.score for v in verdicts] == [Score(stage, 1) for stage in range(len(GROUPS))]
    assert [list(v.groups) for v in verdicts[5:]] == [["program", group] for group in GROUPS[5:]]


def test_a_held_out_episode_is_never_drawn(squares: Squares) -> None:
    """Whatever a failure claims, plain or changed."""
    held = squares.store["held-expert-0000"]
    frames = squares.store.frames_of(held)
    variant = Variant("x", held.id, "held_out", np.arange(len(frames), dtype=np.int32), frames)
    store: EpisodeStore = replace(squares.store, variants=(variant,))
    for name in (None, "x"):
        failure = Failure("a::b", "expert", "leak", held.id, 3, GOAL, variant=name)
        with pytest.raises(ValueError, match="held-out"):
            failure_frames(failure, GOAL, Squares(SHOWN, store))


@pytest.fixture
def arranged(squares: Squares) -> Squares:
    """A scene of each split, with two stills."""
    scenes = []
    for base in ("expert-0000", "held-expert-0000"):
        episode = squares.store[base]
        frames = squares.store.frames_of(episode)
        name = base.replace("expert", "scene")
        stills = tuple(
            Still(still_id(name, n), frames[n + 1], n == 1, {}, f"the agent on tile {n}")
            for n in range(2)
        )
        scenes.append(Scene(name, base, episode.split, ("take", "drop"), frames[0], None, stills))
    return Squares(SPEC, replace(squares.store, scenes=tuple(scenes)))


STILL = Failure(
    "scenes::x", "scenes", "differs", "expert-0000", 3, "take_key", "True", "False",
    still="scene-0000/0", beside="scene-0000/1",
)  # fmt: skip


def test_a_still_is_shown_between_its_first_frame_and_what_it_is_compared_with(
    arranged: Squares,
) -> None:
    """Way and place are said, and nothing is claimed of pictures whose answer nobody knows."""
    report = told(STILL, arranged)
    initial, fault, beside, done = report.shots
    frames = arranged.store.frames_of(arranged.store["expert-0000"])
    assert (initial.name, done.name) == ("expert-0000-frame-0000", "expert-0000-frame-0003")
    assert (fault.name, beside.name) == ("scene-0000-still-0", "scene-0000-still-1")
    assert (fault.frame == frames[1]).all()
    assert fault.caption == (
        "still scene-0000/0 in the world of expert-0000 (take, then drop; the agent on tile 0): "
        "the picture at fault"
    )
    assert report.labels == (None, True, None, None)
    unknown = told(replace(STILL, expected="the same on both", frame=None, beside=None), arranged)
    assert unknown.labels == (None, None)


def test_a_still_survives_the_journal(arranged: Squares) -> None:
    """Resuming shows the same pictures."""
    verdict = Verdict.of((), (STILL.test,), (STILL,))
    record = verdict.record("p", "e", 0.0).model_dump_json()
    back = Verdict.from_record(VerdictRecord.model_validate_json(record), (STILL.test,))
    assert back is not None
    (report,) = reports(back, PLAN, arranged, limit=6)
    assert [s.name for s in report.shots] == [s.name for s in told(STILL, arranged).shots]


@pytest.mark.parametrize("other", [{"still": "held-scene-0000/0"}, {"beside": "held-scene-0000/0"}])
def test_a_held_out_still_is_never_drawn(arranged: Squares, other: dict[str, str]) -> None:
    """Whatever a failure claims."""
    with pytest.raises(ValueError, match="held-out"):
        failure_frames(replace(STILL, **other), GOAL, arranged)
