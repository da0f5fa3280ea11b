"""A model that is asked about every picture: its answers are verdicts, kept, and counted."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest
from flat_pictures import BLUE, RED, flat

from synth.alternatives.kept_answers import AnswerFile
from synth.alternatives.looking import FirstTokens, InWords
from synth.alternatives.vlm_reward import VlmAnswerer, open_alternative
from synth.errors import BudgetExhausted, ModelUnavailable, ProgramFault, UsageError
from synth.loop.prices import Price
from synth.models.base import FirstToken, Reply, Usage
from synth.models.scripted import ScriptedModel
from synth.program import unwritten
from synth.reward import RewardFunction

PRICE = Price(input=2.0, output=10.0)


def eyes(request):
    """Say what the colour of the later picture is."""
    frame = request.pictures[0].frame
    says = {"made_red": frame[0, 0, 0] > 0, "made_blue": frame[0, 0, 2] > 0}
    answers = [
        {"picture": "picture-01", "subtask": name, "answer": "yes" if yes else "no", "remark": ""}
        for name, yes in says.items()
    ]
    return Reply(json.dumps({"answers": answers}), Usage(1000, 20))


def reward_of(plan, model, file, *, looking=InWords, most=100, threshold=0.5):
    """A reward that asks a model."""
    answerer = VlmAnswerer(
        plan,
        looking(model, plan, "a goal", ""),
        AnswerFile(file, most=most),
        (model.name,),
        threshold=threshold,
        price=PRICE,
    )
    return RewardFunction(unwritten("vlm", plan.stage_names, takes_mission=False), answerer)


pytest_plugins = ["pytester"]

FRAMES = np.stack([flat(RED), flat(BLUE), flat(RED), flat((0, 0, 0))])
HOLDS = [[True, False], [False, True], [True, False], [False, False]]


def test_verdicts_are_the_answers_and_no_picture_is_asked_about_twice(plan, tmp_path):
    """Neither in one call, nor in the next, nor by another process that finds the file."""
    for model in (ScriptedModel(eyes), ScriptedModel([])):
        reward = reward_of(plan, model, tmp_path / "kept.jsonl")
        assert reward.check(FRAMES, FRAMES[0]).tolist() == HOLDS
        assert reward.check(FRAMES[1], FRAMES[0]).tolist() == [False, True]
    cost = reward.answerers.cost
    assert (cost.pictures, cost.requests, cost.usage) == (3, 3, Usage(3000, 60))
    assert cost.money == pytest.approx(3000 * 2e-6 + 60 * 1e-5)
    assert "2.2 per 1,000 pictures" in str(cost)


def test_an_answer_that_cannot_be_read_is_asked_for_again_once(plan, tmp_path):
    """The second request says what was wrong; after it there is no verdict, and the cost stays."""
    right = eyes
    replies = iter([Reply("I think so.", Usage(900, 5)), None])

    def model(request):
        return next(replies) or right(request)

    scripted = ScriptedModel(model)
    reward = reward_of(plan, scripted, tmp_path / "a.jsonl")
    assert reward.check(FRAMES[0], FRAMES[0]).tolist() == [True, False]
    assert "no JSON object" in scripted.requests[1].problem
    assert reward.answerers.cost.usage == Usage(1900, 25)
    mute = reward_of(plan, ScriptedModel(lambda _: Reply("Hm.", Usage(9, 1))), tmp_path / "b")
    verdicts = mute.verdicts(FRAMES[:1], np.array([[0, 0]]))
    assert not verdicts.total
    assert "no answer that can be read" in str(verdicts.errors[0])
    with pytest.raises(ProgramFault, match="frame 0: made_red raised NoAnswer"):
        mute.check(FRAMES, FRAMES[0])


def test_a_budget_of_requests_holds_over_processes(plan, tmp_path):
    """What was answered before the budget ran out is kept, and more may be allowed."""
    file = tmp_path / "kept.jsonl"
    for _ in range(2):
        reward = reward_of(plan, ScriptedModel(eyes), file, most=2)
        with pytest.raises(BudgetExhausted, match="calls=2"):
            reward.check(FRAMES, FRAMES[0])
        assert reward.answerers.cost.requests == 2
    last = ScriptedModel(eyes)
    assert reward_of(plan, last, file, most=3).check(FRAMES, FRAMES[0]).tolist() == HOLDS
    assert len(last.requests) == 1


def test_a_failing_service_loses_no_answer(plan, tmp_path):
    """The error comes through; the pictures that were answered are not asked about again."""

    def fails_on_blue(request):
        if request.pictures[0].frame[0, 0, 2]:
            raise ModelUnavailable("down")
        return eyes(request)

    file = tmp_path / "kept.jsonl"
    reward = reward_of(plan, ScriptedModel(fails_on_blue), file)
    reward.check(FRAMES[:1], FRAMES[0])
    with pytest.raises(ModelUnavailable):
        reward.check(FRAMES[:2], FRAMES[0])
    model = ScriptedModel(eyes)
    reward_of(plan, model, file).check(FRAMES[:2], FRAMES[0])
    assert len(model.requests) == 1


def test_a_line_torn_by_a_kill_is_left_out(plan, tmp_path):
    """It is asked for again; a line damaged otherwise is refused."""
    file = tmp_path / "kept.jsonl"
    reward_of(plan, ScriptedModel(eyes), file).check(FRAMES, FRAMES[0])
    file.write_bytes(file.read_bytes()[:-10])
    model = ScriptedModel(eyes)
    assert reward_of(plan, model, file).check(FRAMES, FRAMES[0]).tolist() == HOLDS
    assert len(model.requests) == 1
    file.write_bytes(b"{}\n" + file.read_bytes())
    with pytest.raises(UsageError, match="line 1: not an answer"):
        AnswerFile(file, most=1)


class Certain:
    """Says True with the brightness of red or blue, as the statement has it."""

    name = "certain"

    def ask(self, request):
        """It is not asked in words."""
        raise AssertionError

    def first_token(self, prompt):
        """Two ways to begin with True, one with False, and something else."""
        picture, said = prompt.pictures[0].frame, prompt.parts[-1].text
        later = picture[picture.shape[0] // 2, -1]
        true = max(float(later[0 if "all is red" in said else 2]) / 255, 1e-6)
        likely = {"True": true * 0.3, " true": true * 0.1, "False": 0.4 * (1 - true), "Oh": 0.6}
        top = tuple((token, math.log(p)) for token, p in likely.items() if p)
        return FirstToken(top, Usage(500, 1))


def test_progress_is_the_probability_of_true(plan, tmp_path):
    """Of True against False alone; it holds above the threshold; each sub-task is one request."""
    half = np.stack([flat((128, 0, 0))])
    for threshold, holds in ((0.45, True), (0.55, False)):
        reward = reward_of(
            plan, Certain(), tmp_path / "t.jsonl", looking=FirstTokens, threshold=threshold
        )
        progress = reward.progress(half, half[0])
        assert progress[0] == pytest.approx([128 / 255, 0.0], abs=1e-3)
        assert reward.check(half, half[0]).tolist() == [[holds, False]]
    cost = reward.answerers.cost
    assert (cost.pictures, cost.requests, cost.usage) == (1, 2, Usage(1000, 2))


def test_a_model_without_probabilities_is_refused(plan, tmp_path):
    """Before anything is asked."""
    with pytest.raises(UsageError, match="gives no log probabilities"):
        reward_of(plan, ScriptedModel(eyes), tmp_path / "n", looking=FirstTokens)


def test_settings_of_a_name_are_checked(doorkey, monkeypatch, tmp_path):
    """With what there is; and a model that is none is said as for --model."""
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UsageError, match="logprobs: input should be '0' or '1'"):
        open_alternative("openai:x?logprobs=yes", doorkey)
    with pytest.raises(UsageError, match="no model provider 'oracle'"):
        open_alternative("oracle:x", doorkey)


def test_the_audit_ends_where_the_budget_does_and_says_what_it_cost(doorkey, pytester, monkeypatch):
    """A test that cannot be made for want of money fails with that sentence; the cost is told."""
    monkeypatch.setenv("COLUMNS", "300")
    monkeypatch.setenv("OPENAI_API_KEY", "none")
    monkeypatch.setattr(
        "synth.alternatives.vlm_reward.open_model", lambda *_, **__: ScriptedModel(all_no)
    )
    result = pytester.runpytest(
        str(doorkey), "--reward", "vlm:openai:x?calls=2", "-k", "program or seldom",
        "-p", "no:cacheprovider", "-p", "no:syrupy", "-p", "no:xdist",
    )  # fmt: skip
    result.assert_outcomes(
        passed=2, failed=1, skipped=2, deselected=result.parseoutcomes()["deselected"]
    )
    told = result.stdout.str()
    assert "budget: 2 requests about pictures were sent, and calls=2 are allowed" in told
    assert "asked about 2 pictures so far: 2 requests, 0 input and 0 output tokens" in told
    assert "During handling" not in told


def all_no(request):
    """Nothing is done."""
    names = request.pictures[0].subtasks
    rows = [{"picture": "picture-01", "subtask": n, "answer": "no", "remark": ""} for n in names]
    return json.dumps({"answers": rows})
