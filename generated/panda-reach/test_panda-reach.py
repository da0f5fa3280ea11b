# Written by `synth suite panda-reach`: change the spec or synth's checks, not this file.
# PandaReach-v3: bring the tip of the gripper to the magenta ball
"""What a reward program for panda-reach must do on the episodes beside this file.

The program (reward.py, or the one given with --reward) is read as text and runs in a
sandbox; no simulator is needed.
"""

import pytest

from synth.suite import episodes_of

expert = pytest.mark.parametrize("episode", episodes_of(__file__, "expert"))
random = pytest.mark.parametrize("episode", episodes_of(__file__, "random"))
near_miss = pytest.mark.parametrize("episode", episodes_of(__file__, "near_miss"))


def test_program_parses(audit):
    """The program is Python, shaped like a reward program."""
    audit("program::parses")


def test_program_lints(audit):
    """The program uses only what reward programs may use."""
    audit("program::lints")


def test_program_names_the_subtasks(audit):
    """SUBTASKS names the plan's sub-tasks, stage by stage."""
    audit("program::names_the_subtasks")


def test_program_runs(audit):
    """The program loads, and answers on one recorded frame."""
    audit("program::runs")


def test_contract_stands_on_its_episodes(audit):
    """The episodes and task.toml are the ones the reward was judged on."""
    audit("contract::stands_on_its_episodes")


def test_contract_answers_on_every_frame(audit):
    """Every checker gives a bool on every recorded frame."""
    audit("contract::answers_on_every_frame")


def test_contract_remembers_nothing(audit):
    """The verdict on a frame does not depend on the frames judged before it."""
    audit("contract::remembers_nothing")


def test_contract_keeps_progress_in_range(audit):
    """Progress is a finite number from 0 to 1."""
    audit("contract::keeps_progress_in_range")


def test_contract_does_not_complete_on_blank_or_noise(audit):
    """The goal holds on no blank image and on no noise."""
    audit("contract::does_not_complete_on_blank_or_noise")


def test_contract_answers_on_any_image(audit):
    """Every checker gives a bool for any image of any size, and the same one when asked again."""
    audit("contract::answers_on_any_image")


@expert
def test_expert_starts_with_nothing_done(audit, episode):
    """No sub-task is credited on the first frame."""
    audit("expert::starts_with_nothing_done", episode)


@expert
def test_expert_credits_every_subtask(audit, episode):
    """Every sub-task is credited, stage after stage."""
    audit("expert::credits_every_subtask", episode)


@expert
def test_expert_holds_the_goal_exactly_at_success(audit, episode):
    """The goal holds on the frames that the environment calls a success, and on no other."""
    audit("expert::holds_the_goal_exactly_at_success", episode)


def test_expert_completes_often_enough(audit):
    """The share of expert episodes that complete reaches the gate."""
    audit("expert::completes_often_enough")


def test_expert_spreads_the_credits(audit):
    """No two sub-tasks are credited together in every expert episode."""
    audit("expert::spreads_the_credits")


@random
def test_random_holds_the_goal_exactly_at_success(audit, episode):
    """The goal holds on no frame that is not a success, and on every one that is."""
    audit("random::holds_the_goal_exactly_at_success", episode)


def test_random_completes_seldom(audit):
    """The share of random episodes that complete without having succeeded is below the gate."""
    audit("random::completes_seldom")


@near_miss
def test_near_miss_holds_the_goal_exactly_at_success(audit, episode):
    """The goal holds where the environment reports success, and on no frame that is only close."""
    audit("near_miss::holds_the_goal_exactly_at_success", episode)


def test_near_miss_holds_with_its_change(audit):
    """A sub-task holds from the very frame on which the scene changes, not a few off it."""
    audit("near_miss::holds_with_its_change")


def test_near_miss_holds_only_after_a_change(audit):
    """A sub-task that tells of a change holds on no frame before anything has changed."""
    audit("near_miss::holds_only_after_a_change")


def test_near_miss_notices_when_it_is_undone(audit):
    """A sub-task whose thing is undone and done again on the way to success notices it."""
    audit("near_miss::notices_when_it_is_undone")


def test_near_miss_notices_when_it_is_put_down(audit):
    """A sub-task whose thing is put down elsewhere, and taken again later on, notices it."""
    audit("near_miss::notices_when_it_is_put_down")


def test_near_miss_holds_once_its_thing_has_changed(audit):
    """No success passes in which a sub-task's thing changes for good and it never holds."""
    audit("near_miss::holds_once_its_thing_has_changed")


def test_scenes_changes_with_its_own_thing_alone(audit):
    """A sub-task that tells of a thing changes only where that thing does, not with the agent."""
    audit("scenes::changes_with_its_own_thing_alone")


def test_scenes_answers_on_every_still(audit):
    """Every checker gives a bool on every still."""
    audit("scenes::answers_on_every_still")


def test_scenes_tells_success_in_every_scene(audit):
    """The goal holds on exactly the stills of success, whatever else was done in the scene."""
    audit("scenes::tells_success_in_every_scene")


def test_scenes_holds_wherever_the_agent_stands(audit):
    """A sub-task that tells of a thing says the same wherever the agent is set in a scene."""
    audit("scenes::holds_wherever_the_agent_stands")


def test_scenes_notices_things_put_down_everywhere(audit):
    """A sub-task says the same of its thing wherever it has been put down."""
    audit("scenes::notices_things_put_down_everywhere")


def test_scenes_notices_what_is_undone_after_use(audit):
    """A sub-task does not hold where its thing is undone, also when nothing needs it any more."""
    audit("scenes::notices_what_is_undone_after_use")


def test_scenes_holds_whatever_else_is_done(audit):
    """A sub-task holds in every scene in which its thing is as it should be."""
    audit("scenes::holds_whatever_else_is_done")


def test_progress_rises_on_the_way(audit):
    """Progress does not fall along experts while they do its sub-task."""
    audit("progress::rises_on_the_way")


def test_progress_is_one_only_where_it_holds(audit):
    """Progress is 1 only where its sub-task holds."""
    audit("progress::is_one_only_where_it_holds")


def test_progress_is_not_highest_where_undone(audit):
    """Progress is not higher where its sub-task does not hold than where experts have done it."""
    audit("progress::is_not_highest_where_undone")


def test_metamorphic_holds_under_noise(audit):
    """Every verdict stays the same where each pixel is a little off."""
    audit("metamorphic::holds_under_noise")


def test_search_known_finds_are_told_right(audit):
    """The goal holds exactly at success in every episode that an earlier search found."""
    audit("search::known_finds_are_told_right")


def test_search_no_lie_is_found(audit):
    """A search through drawn episodes finds none on which the goal lies."""
    audit("search::no_lie_is_found")


def test_necessity_no_success_is_found_that_skips(audit):
    """A search through drawn episodes finds no success that does without a sub-task."""
    audit("necessity::no_success_is_found_that_skips")


def test_necessity_every_success_credits_every_subtask(audit):
    """No success does without a sub-task of the plan, and none needs another order."""
    audit("necessity::every_success_credits_every_subtask")


def test_necessity_every_change_is_noticed(audit):
    """No success needs a lasting change of the scene that no sub-task tells of."""
    audit("necessity::every_change_is_noticed")
