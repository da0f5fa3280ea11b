"""A program that stands on what must not matter is red, with the cause; one that does not passes.

The task is a corridor of six tiles seen from above: a white agent walks to the goal, the tile
at the right end. It is drawn with tiles of any size, in any colour, lightened, with things
added, and moved.
"""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from synth.episode import Episode, EpisodeStore, Variant
from synth.plan import Plan, SubTask
from synth.sandbox import Sandbox
from synth.spec import parse_spec, validate_spec
from synth.suite import all_checks, judge, render_suite
from synth.suite.perturbed import examples, missing_perturbations, picture_of
from synth.suite.subject import Subject
from synth.task import TaskFolder

TILES, TILE = 6, 4
GREEN, BLUE, ORANGE, WHITE = (0, 200, 0), (0, 0, 200), (200, 100, 0), (240, 240, 240)
CHANGES = {
    "render": {"render": [{"tile_size": 8}, {"highlight": True}]},
    "distractors": {"distractors": 1},
    "colours": {"colours": ["goal"]},
    "noise": {"noise": 5},
    "brightness": {"brightness": 10},
    "shift": {"shift": 1},
}
CHECKS = {
    "render": "holds_drawn_otherwise",
    "distractors": "holds_among_distractors",
    "colours": "holds_in_other_colours",
    "noise": "holds_under_noise",
    "brightness": "holds_in_other_light",
    "shift": "holds_when_shifted",
}
HEIGHT = "frame.shape[0] // 3"
CENTRE = "frame[tile + tile // 2, {} * tile + tile // 2]"
LEAVES = "bool(" + CENTRE.format(0) + ".min() < 150)"
REACHES = "bool(" + CENTRE.format(5) + ".min() > 150)"


def draw(at, *, tile=TILE, goal=GREEN, lit=False, thing=False):
    """``uint8[3 * tile, 6 * tile, 3]``: the goal on the right, the agent on tile `at`."""
    frame = np.zeros((3 * tile, TILES * tile, 3), np.uint8)
    frame[tile : 2 * tile, 5 * tile :] = goal
    if thing:
        frame[:tile, 2 * tile : 3 * tile] = ORANGE
    inset = tile // 4
    frame[tile + inset : 2 * tile - inset, at * tile + inset : (at + 1) * tile - inset] = WHITE
    if lit:
        frame[:, at * tile :] += (255 - frame[:, at * tile :]) // 4
    return frame


def walk(name, ats):
    """An episode, its frames numbered by where the agent is."""
    held = name.startswith("held-")
    kind = "near_miss" if "near-miss" in name else "expert"
    success = np.array([at == TILES - 1 for at in ats])
    return Episode(
        id=name,
        kind=kind,
        split="held_out" if held else "visible",
        seed=0,
        policy="p",
        frame_index=np.array(ats, np.int32) + (TILES if held else 0),
        actions=tuple(ats[1:]),
        rewards=success[1:].astype(np.float64),
        success=success,
        truth={},
    )


def make_task(sort, splits=("visible",), **table):
    """The task with one sort of change, or with what `table` says."""
    episodes = [
        walk(f"{'held-' if split == 'held_out' else ''}{name}", ats)
        for split in splits
        for name, ats in (("expert-0000", range(6)), ("near-miss-0000", (0, 1, 2, 1, 0)))
    ]
    ways = {
        "tile_size = 8": {"tile": 8},
        "highlight = true": {"lit": True},
        "distractors: 1": {"thing": True},
        "colours: goal": {"goal": BLUE},
    }
    wanted = {"render": list(ways)[:2], "distractors": [list(ways)[2]], "colours": [list(ways)[3]]}
    variants = [
        Variant(
            name,
            e.id,
            e.split,
            e.frame_index % TILES,
            np.stack([draw(at, **ways[name]) for at in range(TILES)]),
        )
        for e in episodes
        for name in wanted.get(sort, [])
    ]
    spec = validate_spec(
        {
            "env": "Corridor-v0",
            "expert": {"policy": "corridor:walk"},
            "metamorphic": table or CHANGES[sort],
        },
        name="corridor",
    )
    subtasks = [
        (SubTask(name=name, description=name, visible=name),) for name in ("leave", "reach")
    ]
    frames = np.stack([draw(at) for at in (*range(TILES), *range(TILES))])
    store = EpisodeStore(
        frames, tuple(episodes), spec.episode_digest(), spec.env, variants=tuple(variants)
    )
    return TaskFolder(Path("corridor"), spec, Plan(task="walk", stages=tuple(subtasks)), store)


def program(leave=LEAVES, reach=REACHES):
    """A program whose checkers return the expressions; `tile` is read from the height."""
    body = "".join(
        f"\n\ndef {name}(frame, initial):\n    tile = {HEIGHT}\n    return {what}\n"
        for name, what in (("leave", leave), ("reach", reach))
    )
    return f"import numpy as np\n{body}\n\nSUBTASKS = [leave, reach]\n"


def failures(task, source, splits=("visible",)):
    """Failures of the metamorphic group alone."""
    return judge(source, task, splits=splits, groups=("metamorphic",)).failures


EXACT = "bool((" + CENTRE.format(5) + " == 240).all())"
WRONG = {
    "render": (
        "bool(frame[6, 22].min() > 150)",
        (
            "expert-0000 drawn with tile_size = 8, frame 5: reach does not hold, but in the "
            "picture as recorded it holds (1 of 11 frames differ, in 1 of 2 episodes). reach "
            "holds on none of the frames drawn with tile_size = 8: it depends on tile_size. Its"
            " verdicts stay the same on those drawn with highlight = true."
        ),
    ),
    "distractors": (
        "bool(np.count_nonzero(frame.any(axis=2)) == tile * tile)",
        (
            "expert-0000 with 1 thing added that the task is not about, frame 5: reach does not"
            " hold, but in the picture as recorded it holds (1 of 11 frames differ, in 1 of 2 "
            "episodes). reach holds on none of the frames with things added: it depends on "
            "there being nothing else in the scene."
        ),
    ),
    "colours": (
        "bool(np.count_nonzero((frame == np.array([0, 200, 0])).all(axis=2)) < tile * tile)",
        (
            "expert-0000 with other colours for: goal, frame 0: reach holds, but in the picture"
            " as recorded it does not hold (10 of 11 frames differ, in 2 of 2 episodes). reach "
            "holds on every one of the frames with other colours for: goal: it depends on the "
            "very colours of these things."
        ),
    ),
    "noise": (
        EXACT,
        (
            "expert-0000 with noise of at most 5 of 255, frame 5: reach does not hold, but in "
            "the picture as recorded it holds (1 of 11 frames differ, in 1 of 2 episodes). "
            "reach holds on none of the frames with noise of at most 5 of 255: it depends on "
            "exact colours."
        ),
    ),
    "brightness": (
        "bool(frame[tile + tile // 2, 5 * tile + tile // 2].min() > 235)",
        (
            "expert-0000 darker by 10 of 255, frame 5: reach does not hold, but in the picture "
            "as recorded it holds (1 of 11 frames differ, in 1 of 2 episodes). reach holds on "
            "none of the frames darker by 10 of 255: it depends on exact colours. Its verdicts "
            "stay the same on those lighter by 10 of 255."
        ),
    ),
    "shift": (
        "bool(frame[5, 21].min() > 150 and frame[6, 22].min() > 150)",
        "reach holds on none of the frames that are shifted: it depends on exact places.",
    ),
}


@pytest.mark.parametrize("sort", CHANGES)
def test_a_program_that_depends_on_it_is_red_with_the_cause(sort):
    """Each check can fail, for the one sub-task at fault, and says what it depends on."""
    expression, message = WRONG[sort]
    (failure,) = failures(make_task(sort), program(reach=expression))
    assert failure.message.endswith(message)
    assert failure.test == f"metamorphic::{CHECKS[sort]}"
    assert (failure.group, failure.subtask) == ("metamorphic", "reach")
    assert (failure.expected, failure.actual) in {("True", "False"), ("False", "True")}


@pytest.mark.parametrize("sort", CHANGES)
def test_a_program_that_does_not_care_passes(sort):
    """Looking at places in tiles, with room for other shades, stands every change."""
    judgement = judge(program(), make_task(sort), groups=("metamorphic",))
    assert judgement.accepted
    assert judgement.passed == (f"metamorphic::{CHECKS[sort]}",)


@pytest.mark.parametrize("sort", CHANGES)
def test_only_what_is_declared_is_checked(sort):
    """The suite names the checks of the table's changes, and no other of the group."""
    made = [
        c.name for c in all_checks() if c.applies(make_task(sort).spec) and c.group == "metamorphic"
    ]
    assert made == [CHECKS[sort]]
    text = render_suite(make_task(sort).spec)
    assert text.count('audit("metamorphic::') == 1


def test_the_light_alone_is_named_where_the_tile_size_does_no_harm():
    """A program right only without highlight hears that tiles of another size are no problem."""
    (failure,) = failures(make_task("render"), program(leave="bool(frame[-1, -1].max() == 0)"))
    assert failure.message.startswith("expert-0000 drawn with highlight = true, frame 0: leave")
    assert failure.message.endswith(
        "leave holds on none of the frames drawn with highlight = true: it depends on highlight. "
        "Its verdicts stay the same on those drawn with tile_size = 8."
    )


def test_an_exception_in_a_changed_picture_is_said():
    """What raises only there gives no verdict there, and the error is quoted."""
    source = program(reach=f"{REACHES} if frame.shape[0] == 12 else [][0]")
    (failure,) = failures(make_task("render"), source)
    assert "frame 0: reach raises IndexError at line " in failure.message
    assert "but in the picture as recorded it does not hold (11 of 11 frames differ" in (
        failure.message
    )
    assert failure.actual.startswith("raises IndexError")


def test_held_out_pictures_are_judged_and_stay_held_out():
    """Each split has a failure of its own, with causes and counts from that split alone."""
    task = make_task("noise", ("visible", "held_out"))
    seen, unseen = failures(task, program(reach=EXACT), splits=("visible", "held_out"))
    assert (seen.held_out, seen.episode) == (False, "expert-0000")
    assert (unseen.held_out, unseen.episode) == (True, "held-expert-0000")
    assert "(1 of 11 frames differ, in 1 of 2 episodes)" in unseen.message
    assert [f.held_out for f in failures(task, program(reach=EXACT))] == [False]


@pytest.mark.parametrize("sort", CHANGES)
def test_the_picture_of_a_failure_is_the_one_that_was_judged(sort):
    """The program, asked about that picture alone, gives the verdict of the failure."""
    task, source = make_task(sort), program(reach=WRONG[sort][0])
    (failure,) = failures(task, source)
    assert failure.variant is not None
    picture = picture_of(task.store, task.spec, failure)
    first = picture_of(task.store, task.spec, _at(failure, 0))
    with Subject(source, task, splits=("visible",)).open() as sandbox:
        said = sandbox.check(picture, first)[1]
    assert str(bool(said)) == failure.actual


def test_a_failure_that_names_no_changed_picture_has_none():
    """The plain ones, frames beyond the end and unknown changes give nothing."""
    task = make_task("noise")
    (failure,) = failures(task, program(reach=EXACT))
    for other in (
        _at(failure, 99),
        _at(failure, None),
        _at(failure, 0, None),
        _at(failure, 0, "x"),
    ):
        assert picture_of(task.store, task.spec, other) is None


def test_light_and_shift_that_hide_a_difference_are_left_out():
    """Where two frames become one picture nobody can tell them apart, and no program is blamed."""
    task = make_task("brightness", brightness=128)
    frames = task.store.frames.copy()
    frames[:] = 200
    frames[np.arange(TILES), 0, 0] = 250 - np.arange(TILES, dtype=np.uint8)[:, None]
    store = EpisodeStore(frames, task.store.episodes, "", "", variants=())
    task = TaskFolder(task.path, task.spec, task.plan, store)
    names = {s.perturbed.name for s in Subject(program(), task, splits=("visible",)).perturbed}
    assert names == {"brightness: -128"}


def test_all_changed_pictures_are_judged_once(monkeypatch):
    """However many checks ask, each size of picture costs one batch."""
    calls = []
    own = Sandbox.verdicts

    def counted(sandbox, frames, pairs, missions=None):
        calls.append(frames.shape[1:3])
        return own(sandbox, frames, pairs, missions)

    monkeypatch.setattr(Sandbox, "verdicts", counted)
    table = {k: v for change in CHANGES.values() for k, v in change.items()}
    judgement = judge(program(), make_task("render", **table), groups=("metamorphic",))
    # Distractors and other colours are drawn when recording: this store has none of either.
    assert len(judgement.passed) == len(CHECKS) - 2
    assert judgement.reasons == (
        "metamorphic.distractors (no episode can be shown so)",
        "metamorphic.colours (no episode can be shown so)",
    )
    assert sorted(calls) == [(12, 24)] * 3 + [(24, 48)]  # two passes are on what was recorded


def test_a_program_that_hangs_on_a_changed_picture_is_not_accepted(monkeypatch):
    """The fault is met once; the checks are unjudged, and the first says why."""
    loop = f"{REACHES} if frame.shape[0] == 12 else [0 for _ in range(10**9)]"
    monkeypatch.setattr("synth.verdicts.BASE", 0.5)
    monkeypatch.setattr("synth.verdicts.PER_PAIR", 0.0)
    judgement = judge(program(reach=loop), make_task("render"), groups=("metamorphic",))
    assert not judgement.accepted
    assert "failed as a whole" in judgement.failures[0].message


def test_the_documented_table_declares_every_change():
    """The example of docs/metamorphic.md is a valid spec, and the page names every check."""
    page = (Path(__file__).parents[2] / "docs" / "metamorphic.md").read_text(encoding="utf-8")
    table = page.split("```toml\n", 1)[1].split("```", 1)[0]
    spec = parse_spec(f'env = "X"\n[expert]\npolicy = "a:b"\n{table}', name="t")
    made = [c.id for c in all_checks() if c.group == "metamorphic" and c.applies(spec)]
    assert made == re.findall(r"^\| `(metamorphic::\w+)` \|", page, flags=re.MULTILINE)
    assert len(made) == len(CHECKS)


def test_one_example_of_each_perturbation_can_be_shown():
    """Before and after, of the first visible episode, with the words for it."""
    table = {k: v for change in CHANGES.values() for k, v in change.items()}
    task = make_task("render", ("visible", "held_out"), **table)
    shown = {one.name: one for one in examples(task.store, task.spec)}
    assert list(shown)[:2] == ["tile_size = 8", "highlight = true"]
    assert [name.partition(":")[0] for name in list(shown)[2:]] == ["noise", "brightness", "shift"]
    for one in shown.values():
        assert (one.episode, one.frame) == ("expert-0000", 0)
        assert np.array_equal(one.before, draw(0))
        assert not np.array_equal(one.before, one.after)
    assert shown["tile_size = 8"].words == "drawn with tile_size = 8"
    assert shown["tile_size = 8"].after.shape == (24, 48, 3)


def test_what_no_episode_is_shown_in_is_named():
    """What was asked for and is not there goes unchecked, and can be said."""
    table = {k: v for change in CHANGES.values() for k, v in change.items()}
    task = make_task("render", **table)
    missing = missing_perturbations(task.store, task.spec)
    assert missing == ("distractors: up to 1", "colours: goal")
    assert missing_perturbations(make_task("colours").store, make_task("colours").spec) == ()


def test_the_goal_may_differ_where_success_cannot_be_told():
    """On a frame too near to the threshold no verdict on the goal is wrong; before it is."""
    task, source = make_task("noise"), program(reach=EXACT)
    (failure,) = failures(task, source)
    assert (failure.episode, failure.frame) == ("expert-0000", 5)
    expert, near = task.store.episodes
    judged = np.arange(6) != failure.frame
    store = replace(task.store, episodes=(replace(expert, judged=judged), near))
    assert failures(TaskFolder(task.path, task.spec, task.plan, store), source) == ()


def _at(failure, frame, variant="as it is"):
    """The failure at another frame, or of another change."""
    changes = {"frame": frame} | ({} if variant == "as it is" else {"variant": variant})
    return type(failure)(**{**{f: getattr(failure, f) for f in failure.__slots__}, **changes})
