"""``synth new``: what it tries, what it says, and what it refuses to write."""

from __future__ import annotations

import pytest

from synth.spec import load_spec

BALANCE = """\
def keep(simulator):
    while True:
        x, v, angle, spin = simulator.env.state
        yield int(angle * 3 + spin + 0.1 * x + 0.3 * v > 0)
"""

SWING = """\
import gymnasium

gymnasium.register(
    "ShortSwing-v0",
    "gymnasium.envs.classic_control:Continuous_MountainCarEnv",
    max_episode_steps=60,
)
"""


REST = """

def rest(simulator):
    while True:
        yield [0.0]
"""


@pytest.mark.parametrize("expert", ["", "balance:keep"])
def test_a_task_of_survival_is_refused_before_anything_is_written(checkout, synth_command, expert):
    """CartPole's success is to last until a step limit, which no picture shows."""
    (checkout / "balance.py").write_text(BALANCE, encoding="utf-8")
    given = ("--expert", expert) if expert else ()
    ran = synth_command("new", "cart", "--env", "CartPole-v1", *given)
    assert ran.code == 2
    said = " ".join(ran.err.split())
    assert "cannot be seen in a picture" in said
    assert "step limit of 500" in said
    assert not (checkout / "specs" / "cart.toml").exists()
    assert not (checkout / "runs" / "cart").exists()


def test_success_is_found_by_trying_and_the_evidence_said(checkout, synth_command):
    """FrozenLake also ends in holes, so ending alone is no success; its maps are random."""
    ran = synth_command("new", "lake", "--env", "FrozenLake-v1")
    assert ran.code == 0, ran.all
    said = " ".join(ran.out.split())
    assert "success is `terminated and reward > 0`" in said
    assert "terminated and reward > 0: true in 5 of 5 expert episodes, " in said
    spec = load_spec(checkout / "specs" / "lake.toml")
    assert spec.success.when == "terminated and reward > 0"
    assert spec.near_miss is not None
    assert spec.metamorphic is not None
    assert spec.search is not None
    assert "seed -> " in str(spec.options["desc"])


def test_an_end_that_nobody_saw_is_no_guess_at_success(checkout, synth_command):
    """Where no episode ends by itself, what success is must be said; then it is taken."""
    (checkout / "swing.py").write_text(SWING, encoding="utf-8")
    ran = synth_command("new", "swing", "--env", "swing:ShortSwing-v0")
    assert ran.code == 2
    said = " ".join(ran.err.split())
    assert "none of 20 random episodes ends by itself within 60 steps" in said
    assert "--success" in said
    assert "--expert" in said
    assert not (checkout / "specs" / "swing.toml").exists()


def test_without_an_expert_the_spec_says_what_one_is(checkout, synth_command):
    """What is printed is what may be written: a module and a function of it."""
    (checkout / "swing.py").write_text(SWING, encoding="utf-8")
    given = ("--env", "swing:ShortSwing-v0", "--success", "terminated")
    ran = synth_command("new", "swing", *given)
    assert ran.code == 0, ran.all
    said = " ".join(ran.out.split())
    assert "it has no expert yet" in said
    assert 'policy = "module:function"' in said
    assert load_spec(checkout / "specs" / "swing.toml").success.when == "terminated"


def test_an_expert_that_never_does_the_task_is_suspected_first(checkout, synth_command):
    """No environment is called impossible where its expert may only be a bad one."""
    (checkout / "resting.py").write_text(SWING + REST, encoding="utf-8")
    given = ("--env", "resting:ShortSwing-v0", "--expert", "resting:rest")
    ran = synth_command("new", "swing", *given)
    assert ran.code == 2
    said = " ".join(ran.err.split())
    assert "spec: --expert: resting:rest may not do the task: none of its 5 episodes" in said
    assert "cannot be seen in a picture" not in said
    assert "0 of 20 random episodes end by themselves after" not in said


def test_a_function_that_the_user_names_may_look_at_the_environment(checkout, synth_command):
    """It is called with the environment as it is at each step, as in a recording."""
    (checkout / "at_goal.py").write_text(
        "def there(env, outcome):\n    return env.s == env.nrow * env.ncol - 1\n", encoding="utf-8"
    )
    ran = synth_command("new", "lake", "--env", "FrozenLake-v1", "--success", "at_goal:there")
    assert ran.code == 0, ran.all
    assert "at_goal:there: true in 5 of 5 expert episodes" in " ".join(ran.out.split())


def test_no_steps_are_told_of_episodes_that_nobody_saw_end(checkout, synth_command):
    """Nothing but the step limit ends these, which is no success even where it is asked for."""
    (checkout / "swings.py").write_text(SWING, encoding="utf-8")
    given = ("--env", "swings:ShortSwing-v0", "--success", "truncated")
    ran = synth_command("new", "swing", *given)
    assert ran.code == 2
    assert "0 of 20 random episodes end by themselves; the only other end" in ran.err


def test_a_condition_that_never_holds_is_named_with_what_came(checkout, synth_command):
    """Neither the step limit nor the expert is blamed for a number that no reward reaches."""
    ran = synth_command("new", "lake", "--env", "FrozenLake-v1", "--success", "reward > 5")
    assert ran.code == 2
    said = " ".join(ran.err.split())
    assert "reward > 5: true in 0 of 5 expert episodes" in said
    assert "rewards from 0 to 1" in said
    assert "max_steps" not in said
    assert not (checkout / "specs" / "lake.toml").exists()


def test_success_that_the_user_names_is_taken_with_its_figures(checkout, synth_command):
    """What holds is counted all the same."""
    ran = synth_command("new", "lake", "--env", "FrozenLake-v1", "--success", "reward > 0.5")
    assert ran.code == 0, ran.all
    assert "reward > 0.5: true in 5 of 5" in " ".join(ran.out.split())
    ran = synth_command("new", "cart", "--env", "CartPole-v1", "--success", "truncated")
    assert ran.code == 2
    assert "cannot be seen" in " ".join(ran.err.split())


def test_a_grid_keeps_its_own_terms(checkout, synth_command):
    """MiniGrid's render keys and perturbations, and no table of success."""
    ran = synth_command("new", "rooms", "--env", "MiniGrid-Empty-5x5-v0")
    assert ran.code == 0, ran.all
    spec = load_spec(checkout / "specs" / "rooms.toml")
    assert spec.render == {"tile_size": 16, "highlight": False}
    assert spec.success.when is None
    assert spec.metamorphic is not None
    assert spec.metamorphic.distractors == 2


@pytest.mark.parametrize(
    ("env", "varies"), [("BabyAI-GoToObj-v0", True), ("MiniGrid-DoorKey-5x5-v0", False)]
)
def test_missions_are_proposed_where_they_differ(checkout, synth_command, env, varies):
    """The spec has a table for them, and what is printed quotes a few."""
    ran = synth_command("new", "there", "--env", env)
    assert ran.code == 0, ran.all
    said = " ".join(ran.out.split())
    assert ("what is asked differs between episodes ('go to the " in said) is varies
    spec = load_spec(checkout / "specs" / "there.toml")
    assert (spec.mission is not None) is varies


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        (("bad name", "--env", "FrozenLake-v1"), "usage: the task name 'bad name' must be"),
        (("lake", "--env", "nope"), "spec: --env: there is no environment 'nope'"),
        (("lake", "--env", "FrozenLake-v1", "--module", "nope"), "spec: --module: there is no"),
        (("lake", "--env", "FrozenLake-v1", "--expert", "no.way:on"), "spec: --expert: there is"),
        (("lake", "--env", "FrozenLake-v1", "--success", "perhaps"), "spec: --success: cannot be"),
        (("rooms", "--env", "MiniGrid-Empty-5x5-v0", "--expert", "idling:rest"), ": --expert: "),
    ],
)
def test_what_was_typed_is_named_and_no_file_that_is_not_there(
    checkout, synth_command, typed, told
):
    """Nothing was written, so no message leads into a spec."""
    (checkout / "idling.py").write_text("def rest(simulator):\n    yield 6\n", encoding="utf-8")
    ran = synth_command("new", *typed)
    assert ran.code in (2, 4)
    assert told in ran.err
    assert ".toml" not in ran.err
    assert not list((checkout / "specs").glob("[!w]*.toml"))


def test_what_to_do_next_reads_words_where_missions_vary(checkout, synth_command):
    """The default model declines such a task, so another one is named."""
    said = synth_command("new", "there", "--env", "BabyAI-GoToObj-v0").out
    assert "next: `synth run there --model openai:NAME`" in said
    said = synth_command("new", "door", "--env", "MiniGrid-DoorKey-5x5-v0").out
    assert "next: `synth run door`" in said
