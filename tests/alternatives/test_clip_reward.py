"""The CLIP reward is the published one, and answers like a program."""

from __future__ import annotations

import json

import numpy as np
import pytest
from flat_pictures import BLUE, RED, flat
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from synth.alternatives.clip_prompts import NOTHING, ClipSettings, contrasts
from synth.alternatives.clip_reward import ClipAnswerer, goal_probability
from synth.alternatives.settings import read_name
from synth.cli.app import app
from synth.errors import UsageError
from synth.named_reward import is_alternative, open_reward
from synth.program import unwritten
from synth.reward import RewardFunction

pytest_plugins = ["pytester"]

COSINES = st.lists(st.floats(-1, 1), min_size=2, max_size=6)


@given(COSINES, st.floats(0.001, 10))
def test_probability_is_the_softmax_of_goal_against_negatives(cosines, temperature):
    """The share of the goal is that of the softmax over all texts, at any temperature."""
    scaled = np.array(cosines, np.float64) / temperature
    weights = np.exp(scaled - scaled.max())
    share = goal_probability(np.array([cosines]), temperature)
    assert share == pytest.approx([weights[0] / weights.sum()], abs=1e-9)


def reward_of(plan, embedder, missions=(), **settings):
    """A CLIP reward over an embedder."""
    answerer = ClipAnswerer(plan, embedder, ClipSettings(**settings), missions)
    program = unwritten("clip", plan.stage_names, takes_mission=bool(missions))
    return RewardFunction(program, answerer)


def test_a_subtask_holds_where_its_words_are_the_nearest(plan, by_colour):
    """Red pictures hold the red sub-task alone, blue ones the blue, whatever came before."""
    reward = reward_of(plan, by_colour)
    frames = np.stack([flat(RED), flat(BLUE), flat((0, 255, 0)), flat(RED)])
    holds = reward.check(frames, frames[0])
    assert holds.tolist() == [[True, False], [False, True], [False, False], [True, False]]
    assert reward.check(frames[1], frames[0]).tolist() == [False, True]
    assert reward.progress(frames, frames[0]).tolist() == holds.astype(float).tolist()
    assert reward.credit(frames).complete == 1


def test_the_threshold_is_on_the_probability(plan, by_colour):
    """A picture between red and blue holds below a half, and not at it."""
    purple = np.stack([flat((255, 0, 255))])
    for threshold, holds in ((0.3, True), (0.5, False)):
        reward = reward_of(plan, by_colour, threshold=threshold, temperature=0.1)
        assert reward.check(purple, purple[0]).tolist() == [[holds, holds]]


def test_the_same_picture_goes_through_the_model_once(plan, by_colour):
    """Neither other sub-tasks nor a second call embed it again."""
    reward = reward_of(plan, by_colour)
    frames = np.stack([flat(RED), flat(RED), flat(BLUE)])
    reward.check(frames, frames[0])
    reward.verdicts(frames, np.array([[0, 1], [2, 0]]))
    assert by_colour.embedded == 2


def test_words_and_negatives_are_as_the_settings_say(plan, tmp_path):
    """The plan's words in a template, against its other sub-tasks, a file, or other missions."""
    first = contrasts(plan, ClipSettings(template="a picture in which {words}"), None)[0]
    assert first.goal == "a picture in which all is red"
    assert first.negatives == ("a picture in which all is blue", NOTHING)
    assert contrasts(plan, ClipSettings(words="name"), None)[1].goal == "made blue"
    file = tmp_path / "negatives.txt"
    file.write_text("a cat\n\na dog\n")
    assert contrasts(plan, ClipSettings(negatives=str(file)), None)[1].negatives == (
        "a cat",
        "a dog",
    )
    missions = ("the sky", "the sea", "the road", "the car")
    drawn = contrasts(plan, ClipSettings(missions=2), "the sea", missions)
    assert drawn[0].goal == "all is red (the sea)"
    assert len(set(drawn[0].negatives)) == 2
    assert "all is red (the sea)" not in drawn[0].negatives
    assert drawn == contrasts(plan, ClipSettings(missions=2), "the sea", missions[::-1])


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("m?threshold=2", "threshold: input should be less than 1"),
        ("m?heat=2", "there are temperature, threshold"),
        ("m?threshold=0.1&threshold=0.2", "given twice"),
        ("m?threshold", "KEY=VALUE"),
    ],
)
def test_a_setting_that_makes_no_sense_is_named(name, said):
    """Before any model is loaded, with what there is."""
    with pytest.raises(UsageError, match=said):
        read_name("clip", name, ClipSettings)


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"template": "a picture"}, "says nothing of the sub-task"),
        ({"template": "{words} of {mission}"}, "missions do not vary"),
        ({"negatives": "missions"}, "no other missions"),
        ({"negatives": "nowhere.txt"}, "cannot be read"),
    ],
)
def test_words_that_do_not_fit_the_task_are_refused(plan, settings, said):
    """With what would."""
    with pytest.raises(UsageError, match=said):
        contrasts(plan, ClipSettings(**settings), None)


def test_a_path_is_no_alternative():
    """Only names that begin with a scheme of ours are."""
    assert is_alternative("clip:x")
    assert not is_alternative("generated/doorkey")
    assert not is_alternative("C:\\rewards\\reward.py")


def test_a_folder_without_a_model_is_said(doorkey, tmp_path):
    """As the user's, with what would do."""
    pytest.importorskip("transformers", reason="needs the clip extra")
    with pytest.raises(UsageError, match="cannot be loaded"):
        open_reward(f"clip:{tmp_path}", doorkey)


def test_accuracy_shows_how_wrong_a_random_model_is(doorkey, tiny_clip, monkeypatch):
    """Against the predicates that the committed program means, which a bad reward cannot choose."""
    monkeypatch.chdir(doorkey.parents[1])
    told = CliRunner().invoke(
        app,
        ["accuracy", "doorkey", "--seeds", "2", "--reward", f"clip:{tiny_clip}", "--json"],
        catch_exceptions=False,
    )
    rows = json.loads(told.stdout)["subtasks"]
    assert [row["predicate"] for row in rows] == ["carrying_key", "door_open", "success"]
    assert sum(row["wrong"] for row in rows) > 0


def test_the_audit_takes_it_and_is_red(doorkey, tiny_clip, pytester, monkeypatch):
    """Checks of a text are skipped, with the search; those of verdicts are made, and fail."""
    monkeypatch.chdir(doorkey.parents[1])
    monkeypatch.setenv("COLUMNS", "300")
    some = "parses or lints or remembers or no_lie or blank or seldom"
    result = pytester.runpytest(
        str(doorkey), "--reward", f"clip:{tiny_clip}?threshold=0.4", "-k", some,
        "-p", "no:cacheprovider", "-p", "no:syrupy", "-p", "no:xdist",
    )  # fmt: skip
    result.assert_outcomes(failed=1, skipped=5, deselected=result.parseoutcomes()["deselected"])
    for said in (
        "the program's text (the reward is no program)",
        "generated images (the reward is no program)",
        "search (--reward-search does not name this task)",
    ):
        assert said in result.stdout.str()
