"""The mission as the third parameter: through sandbox, lint, reward and wrappers."""

from __future__ import annotations

import gymnasium as gym
import numpy as np
import pytest
from token_row import HEAD, PLAN, REWARD, program

from synth.errors import EnvironmentFault, LintError, ProgramFault, UsageError
from synth.program import lint, parse
from synth.reward import Reward
from synth.sandbox import Sandbox, wire
from synth.verdicts import Footage, LiveVerdicts, ask
from synth.wrappers import FrameInfo, MissionInfo, RewardWrapper

ECHO = """\
def said(now, initial, mission):
    return mission == "yes"


def long(now, initial, mission):
    return len(mission) > 3


def said_progress(now, initial, mission):
    return min(len(mission) / 10, 1.0)


def perceive(frame):
    return frame


SUBTASKS = [said, long]
"""

BLACK = np.zeros((1, 4, 4, 3), np.uint8)


def many(count):
    """So many equal pairs."""
    return np.zeros((count, 2), np.int64)


def test_each_pair_is_asked_with_its_own_mission():
    """One picture, several missions, one batch; in any order."""
    words = ["yes", "no", "yes", "and more", "yes"]
    with Sandbox(ECHO) as box:
        held = box.verdicts(BLACK, many(5), words).holds
        again = box.verdicts(BLACK, many(5), words[::-1]).holds
    assert held.tolist() == [[w == "yes", len(w) > 3] for w in words]
    assert held[::-1].tolist() == again.tolist()


def test_a_single_frame_keeps_its_mission_until_there_is_another():
    """The worker remembers what it was told with the initial frame."""
    with Sandbox(ECHO) as box:
        for words in ("yes", "yes", "no", "yes"):
            assert box.check(BLACK[0], BLACK[0], words)[0] == (words == "yes")
            assert box.progress(BLACK[0], BLACK[0], words)[0] == pytest.approx(len(words) / 10)
            assert box.check(BLACK, BLACK[0], words)[0, 0] == (words == "yes")


def test_missions_that_do_not_fit_one_request_go_in_several(monkeypatch):
    """However many words there are, each pair gets its own."""
    monkeypatch.setattr(wire, "MAX_MISSIONS", 60)
    words = [f"mission {n}" if n % 3 else "yes" for n in range(40)]
    with Sandbox(ECHO) as box:
        assert box.verdicts(BLACK, many(40), words).holds[:, 0].tolist() == [
            w == "yes" for w in words
        ]


def test_any_text_arrives_as_it_is():
    """Quotes, line ends, other scripts and lone surrogates."""
    words = ['"yes"', "a\nb", "красный мяч", "\ud800", "", "x" * 2000]
    source = f"{ECHO}".replace('mission == "yes"', f"mission in {words!r}")
    with Sandbox(source) as box:
        assert box.verdicts(BLACK, many(len(words)), words).holds[:, 0].all()


@pytest.mark.parametrize(
    ("words", "problem"),
    [(["yes"], "for each of 2 pairs, not 1"), ("ab", "not one text"), (["a", "x" * 2001], "2001")],
)
def test_wrong_missions_are_refused_before_anything_is_sent(words, problem):
    """The number must fit, and each must be text of sensible length."""
    with Sandbox(ECHO) as box, pytest.raises(UsageError, match=problem):
        box.verdicts(BLACK, many(2), words)


def test_verdicts_are_remembered_by_mission(store):
    """The same frame and initial frame under two missions are two questions."""
    episode = next(e for e in store.episodes if e.fulfils is not None)
    frames = store.frames_of(episode)
    with LiveVerdicts(parse(REWARD)) as live:
        own = live.holds(frames, frames[0], episode.mission)[:, 0]
        other = live.holds(frames, frames[0], episode.fulfils)[:, 0]
        both = live.holds_of(
            [(frames[-1], frames[0], words) for words in (episode.mission, episode.fulfils)]
        )
    assert (own.any(), other[-1], both[:, 0].tolist()) == (False, True, [False, True])
    answers = ask(
        parse(REWARD),
        [Footage.of(frames, words) for words in (episode.mission, episode.fulfils)],
    )
    assert (answers.holds(0).any(), answers.holds(1)[-1, 0]) == (False, True)


def test_the_lint_wants_the_third_parameter_exactly_where_missions_vary():
    """Too few and too many parameters are each told why."""
    two = REWARD.replace("(now, initial, mission)", "(now, initial)")
    assert not lint(REWARD)
    assert not lint(REWARD, missions=True)
    (missing, *_) = lint(two, missions=True)
    assert "must take exactly (now, initial, mission)" in missing.message
    assert "the words of the episode" in missing.message
    (needless, *_) = lint(REWARD, missions=False)
    assert "must take exactly (now, initial), since this task's missions do not" in needless.message
    (blind, *_) = lint(
        REWARD.replace(
            "def taken", "def perceive(frame, mission):\n    return frame\n\n\ndef taken"
        ),
        missions=True,
    )
    assert "for checkers alone" in blind.message


@pytest.mark.parametrize(
    "text",
    [
        'mission.partition(" ")[2] == "red"',
        'mission.lower().removeprefix("take the ").split()[0] in COLOURS',
        'mission.rsplit(" ", 1)[-1].isalpha() and mission.find("red") >= 0',
        'any(word in mission.split() for word in COLOURS) and mission.endswith("token")',
    ],
)
def test_plain_methods_of_text_are_allowed(text):
    """A mission is taken apart without a finding."""
    assert not lint(program(text), missions=True)


@pytest.mark.parametrize("text", ["mission.format(now)", "mission.encode()[0] > 3"])
def test_other_methods_of_text_are_not(text):
    """Formatting reaches attributes, and bytes are of no use."""
    assert {finding.rule for finding in lint(program(text))} == {"S402"}


def test_a_reward_asks_for_its_mission():
    """Left out where it is needed, or given where nobody heeds it, it is an error."""
    with Reward(REWARD) as reward:
        assert reward.takes_mission
        with pytest.raises(UsageError, match="take the mission of the episode"):
            reward.check(BLACK, BLACK[0])
        assert not reward.check(BLACK, BLACK[0], "take the red token").any()
    two = f"{HEAD}\ndef taken(now, initial):\n    return True\n\n\nSUBTASKS = [taken]\n"
    with Reward(two) as reward:
        assert not reward.takes_mission
        with pytest.raises(UsageError, match="take no mission"):
            reward.check(BLACK, BLACK[0], "take the red token")


def test_checkers_that_disagree_about_the_mission_do_not_lint():
    """All of a program's checkers take the same arguments."""
    source = REWARD.replace(
        "SUBTASKS = [taken]",
        "def other(now, initial):\n    return True\n\n\nSUBTASKS = [other, taken]",
    )
    with pytest.raises(LintError, match="other must take exactly"):
        Reward(source)


def test_a_program_without_the_parameter_fails_cell_by_cell():
    """Whoever runs it unlinted gets the reason and no crash."""
    two = f"{HEAD}\ndef taken(now, initial):\n    return True\n\n\nSUBTASKS = [taken]\n"
    with Sandbox(two) as box, pytest.raises(ProgramFault, match="taken raised TypeError"):
        box.check(BLACK[0], BLACK[0], "take the red token")


class Tokens(gym.Env):
    """The red token goes at the first step, whatever is wanted."""

    action_space = gym.spaces.Discrete(2)
    observation_space = gym.spaces.Dict({"mission": gym.spaces.Text(40)})
    metadata = {"render_modes": ["rgb_array"]}  # noqa: RUF012 - as gymnasium wants it
    render_mode = "rgb_array"

    def __init__(self, told="observation"):
        self._told, self._steps = told, 0

    def reset(self, *, seed=None, options=None):
        """Both tokens."""
        super().reset(seed=seed)
        self._steps = 0
        words = f"take the {('red', 'blue')[(seed or 0) % 2]} token"
        if self._told == "attribute":
            self.mission = words
        observation = {"mission": words} if self._told == "observation" else {}
        return observation, {"order": words}

    def step(self, action):
        """One goes."""
        self._steps += 1
        return {}, 0.0, False, False, {}

    def render(self):
        """Red on the left and blue on the right."""
        frame = np.full((6, 24, 3), 20, np.uint8)
        frame[0:3, 16:19] = (0, 0, 250)
        if not self._steps:
            frame[0:3, 4:7] = (250, 0, 0)
        return frame


@pytest.mark.parametrize("told", ["observation", "attribute", "function", "info"])
def test_wrappers_take_the_mission_from_the_reset(told):
    """Wherever the environment tells it, the reward is of that episode's mission."""
    env = Tokens(told)
    read = (
        (lambda _env, _observation, info: info["order"]) if told in {"function", "info"} else None
    )
    with Reward(REWARD) as reward:
        if told == "info":
            env, read = MissionInfo(env, read), None
        paid = RewardWrapper(env, reward, mission=read)
        for seed, pays in ((0, 1.0), (1, 0.0), (2, 1.0)):
            paid.reset(seed=seed)
            assert paid.step(0)[1] == pays


def test_a_wrapper_without_words_says_what_to_pass():
    """An environment that tells no mission is the environment's fault."""
    with Reward(REWARD) as reward:
        paid = RewardWrapper(Tokens("info"), reward)
        with pytest.raises(EnvironmentFault, match="Pass `mission=`"):
            paid.reset(seed=0)


def test_many_environments_are_judged_each_by_its_mission():
    """One batch a step; an episode that begins anew has new words."""
    vec = pytest.importorskip("synth.vec", reason="stable-baselines3 is not installed")
    with Reward(REWARD) as reward:
        made = vec.vectorised([lambda: FrameInfo(Limited(Tokens("attribute")))] * 2, parallel=False)
        made.seed(0)  # 0 and 1: one wants red, the other blue
        paid = vec.RewardVecWrapper(made, reward)
        paid.reset()
        paid.step_async(np.zeros(2, np.int64))
        _, rewards, _, _ = paid.step_wait()
        assert rewards.tolist() == [1.0, 0.0]
        paid.close()


class Limited(gym.ObservationWrapper):
    """Numbers for stable-baselines3."""

    def __init__(self, env):
        super().__init__(env)
        self.observation_space = gym.spaces.Box(0, 1, (1,), np.float32)

    def observation(self, observation):
        """Nothing."""
        return np.zeros(1, np.float32)


def test_the_plan_of_the_row_is_what_its_reward_names():
    """The world of these tests is of one piece."""
    assert parse(REWARD).stages == PLAN.stage_names
    assert parse(REWARD).takes_mission
