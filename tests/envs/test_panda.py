"""The Panda family: its worlds repeat to the byte, its cameras see, its experts know the way."""

from __future__ import annotations

import importlib
import re
import sys
from pathlib import Path

import numpy as np
import pytest
from gymnasium.utils.env_checker import check_env

from synth.envs import family_of
from synth.envs.panda import FAMILY, expert
from synth.envs.panda.tasks import IDS, task_of
from synth.envs.panda.views import Views
from synth.errors import EnvironmentFault, IllegalAction, SpecError
from synth.record import Player, near_misses
from synth.spec import parse_spec

here = pytest.mark.skipif(
    importlib.util.find_spec("panda_gym") is None, reason="the extra `panda` is not installed"
)
HEADS = ("Reach", "Push", "Slide", "PickAndPlace", "Stack", "PushJoints", "SlideJoints")


def spec_of(env: str, extra: str = "", size: int = 48, hold: int = 8):
    """A spec of an environment, with small pictures."""
    return parse_spec(
        f'env = "{env}"\nmax_steps = 100\n[expert]\npolicy = "synth.envs.panda:expert"\n'
        f"hold = {hold}\n[near_miss]\nepisodes = 3\n[render]\nsize = {size}\n{extra}",
        name="panda",
    )


def played(simulator, seed: int, count: int):
    """The steps of a random episode, drawn."""
    rng = np.random.default_rng(seed)
    steps = [simulator.reset(seed)]
    steps += [simulator.step(simulator.random_action(rng)) for _ in range(count)]
    return steps


@here
@pytest.mark.parametrize("head", ["Push", "PickAndPlace"])
def test_an_episode_repeats_to_the_byte(head: str) -> None:
    """The same seed and actions, contacts and another episode in between: the same frames."""
    simulator = FAMILY.make(spec_of(f"Panda{head}-v3"))
    first = list(simulator_expert(simulator, 3, 25))
    played(simulator, 4, 3)
    again = list(simulator_expert(simulator, 3, 25))
    simulator.close()
    for one, other in zip(first, again, strict=True):
        assert np.array_equal(one.frame, other.frame)
        assert (one.margin, one.truth, one.seen) == (other.margin, other.truth, other.seen)
    assert any(step.truth["green_cube_moved"] for step in first)


def simulator_expert(simulator, seed: int, count: int):
    """The steps of an expert's episode, drawn."""
    yield simulator.reset(seed)
    for _, action in zip(range(count), expert(simulator), strict=False):
        yield simulator.step(action)


@here
@pytest.mark.parametrize("head", HEADS)
def test_an_expert_does_its_task_and_holds(head: str) -> None:
    """From the reset, and called anew at every step, since it reads its phase off the state."""
    options = "[options]\ndistance_threshold = 0.04\n" if head == "Stack" else ""
    # A puck slides on, slowly, and nothing can be done about it any more.
    hold = 8 if head == "Slide" else 20
    spec = spec_of(f"Panda{head}-v3", options, size=128, hold=hold)
    spec = spec.model_copy(update={"max_steps": 220})
    with Player(spec) as player:
        rolled = player.roll_expert(0, draw=False)
        assert rolled.success[-1]
        assert rolled.margins is not None
        simulator = player.simulator
        step = simulator.reset(0, draw=False)
        for action in rolled.actions:
            (anew,) = (one for one, _ in zip(player.expert(simulator), range(1), strict=False))
            assert anew == action
            step = simulator.step(anew, draw=False)
        assert step.success


@here
def test_success_is_the_packages_own_and_ends_nothing() -> None:
    """The margin is positive exactly where panda-gym reports success, and nothing is done."""
    simulator = FAMILY.make(spec_of("PandaReach-v3"))
    for step in simulator_expert(simulator, 3, 12):
        world = simulator.env
        goal = world.task.get_goal()
        own = world.task.is_success(world.task.get_achieved_goal().astype(np.float32), goal)
        assert bool(own) == step.success == (step.margin > 0)
        assert not step.done
    simulator.close()


@here
def test_what_decides_is_seen_from_two_sides() -> None:
    """Two views side by side; a cube in the open is seen whole, one under the table not at all."""
    simulator = FAMILY.make(spec_of("PandaPush-v3", 'views = ["45/-40", "180/-40"]\n'))
    step = simulator.reset(3)
    assert step.frame.shape == (48, 96, 3)
    assert np.array_equal(simulator.picture(), step.frame)
    assert step.seen is not None
    assert step.seen > 0.7
    simulator.env.sim.set_base_pose("object", np.array([0.0, 0.0, -5.0]), np.array([0, 0, 0, 1.0]))
    assert simulator.step([0.0, 0.0, 0.0]).seen == 0
    simulator.close()


@here
def test_the_notes_tell_where_a_camera_shows_a_point() -> None:
    """The target is drawn where the words of the prompt put it."""
    simulator = FAMILY.make(spec_of("PandaPickAndPlace-v3"))
    frame, views = simulator.reset(3).frame, simulator.views
    goal = simulator.state.goals()[0]
    for k, view in enumerate(views.each):
        yaw, pitch = np.radians([view.yaw, view.pitch])
        ahead = np.array([-np.sin(yaw) * np.cos(pitch), np.cos(yaw) * np.cos(pitch), np.sin(pitch)])
        right = np.array([np.cos(yaw), np.sin(yaw), 0.0])
        off = goal - (np.array(views.middle) - views.distance * ahead)
        scale = np.tan(np.radians(30)) * (off @ ahead)
        column = views.size / 2 * (1 + off @ right / scale)
        row = views.size / 2 * (1 - off @ np.cross(right, ahead) / scale)
        part = frame[:, k * views.size : (k + 1) * views.size].astype(int)
        magenta = (part[..., 0] > 80) & (part[..., 2] > 80) & (part[..., 1] < 60)
        rows, columns = np.nonzero(magenta)
        assert abs(columns.mean() + 0.5 - column) < 1
        assert abs(rows.mean() + 0.5 - row) < 1
    text = FAMILY.notes(simulator.spec)
    assert "columns 48 to 95: yaw 180, pitch -40" in text
    simulator.close()


@here
def test_the_notes_tell_how_large_the_hand_is_drawn() -> None:
    """Sizes are those of the meshes in the picture, to the millimetre."""
    simulator = FAMILY.make(spec_of("PandaReach-v3"))
    simulator.reset(3)
    text = FAMILY.notes(simulator.spec)
    sim = simulator.env.sim
    client, arm = sim.physics_client, sim._bodies_idx["panda"]
    drawn = {shape[1]: Path(shape[4].decode()) for shape in client.getVisualShapeData(arm)}

    def corners(link: int):
        lines = drawn[link].read_text(encoding="utf-8").splitlines()
        points = [[float(part) for part in line.split()[1:4]] for line in lines if line[:2] == "v "]
        state = client.getLinkState(arm, link)
        turn = np.reshape(client.getMatrixFromQuaternion(state[5]), (3, 3))
        return 1000 * (np.array(points) @ turn.T + state[4] - simulator.state.hand())

    hand, finger = corners(8), corners(9)
    deep, across, _ = np.ptp(hand, axis=0)
    for told, size in (
        (r"([0-9]+) mm across, along y", across),
        (r"and ([0-9]+) mm deep", deep),
        (r"lower edge is ([0-9]+) mm above", hand[:, 2].min()),
        (r"fingers end ([0-9]+) mm below", -finger[:, 2].min()),
    ):
        found = re.search(told, text)
        assert found is not None
        assert abs(int(found[1]) - size) < 1
    simulator.close()


@here
def test_near_misses_come_close_and_fail_or_succeed_by_another_way() -> None:
    """The family's own recipes serve: beside the goal, in line with it, slowly."""
    with Player(spec_of("PandaReach-v3")) as player:
        made = list(near_misses(player, range(50_000, 50_020)))
    notes = [one.note for one in made]
    assert "the expert, to a place just beside the goal" in notes
    (beside,) = [one.rolled for one in made if "beside" in one.note]
    assert not beside.success.any()
    assert beside.margins is not None
    assert beside.margins.max() > -0.12


@here
def test_pushing_is_missed_by_deed_and_undone() -> None:
    """The hand alone goes to the goal, and the cube goes past it; nothing is tried in vain."""
    skipped: list[str] = []
    with Player(spec_of("PandaPush-v3", "distance = 0.6\n", hold=12)) as player:
        player.spec = player.spec.model_copy(
            update={"near_miss": player.spec.near_miss.model_copy(update={"episodes": 7})}
        )
        made = list(
            near_misses(
                player, range(50_000, 50_040), on_skip=lambda *told: skipped.append(told[0])
            )
        )
    rolled = {one.note: one.rolled for one in made}
    alone = rolled["the hand at the goal, the thing left where it was"]
    assert not alone.success.any()
    past = rolled["the expert, going on beyond the goal"]
    assert past.success.any()
    assert not past.success[-1]
    assert not {"stacked, each in the place of the other"} & set(skipped)


@here
def test_learners_get_gymnasiums_own_kind_of_environment() -> None:
    """The checker has nothing to say, and the picture is the simulator's."""
    spec = spec_of("PandaPush-v3")
    env = FAMILY.environment(spec)
    check_env(env.unwrapped, skip_render_check=True)
    env.reset(seed=5)
    simulator = FAMILY.make(spec)
    assert np.array_equal(FAMILY.picture(spec)(env), simulator.reset(5).frame)
    outcome = env.step(np.zeros(3, np.float32))
    assert FAMILY.granted(spec)(env, outcome) is False
    simulator.close()
    env.close()


@here
def test_a_goal_may_be_changed_in_hindsight() -> None:
    """A step paid what its goals are said to be worth; having reached what was wanted pays most."""
    env = FAMILY.environment(spec_of("PandaPush-v3"))
    env.reset(seed=5)
    observation, reward, _, _, info = env.step(np.zeros(3, np.float32))
    reached, wanted = observation["achieved_goal"], observation["desired_goal"]
    pays = env.get_wrapper_attr("compute_reward")
    assert pays(reached, wanted, info) == reward == -1.0
    assert pays(np.stack([reached, reached]), np.stack([wanted, reached]), [info] * 2).tolist() == [
        -1.0,
        0.0,
    ]
    env.close()


@here
def test_actions_that_are_none_are_refused() -> None:
    """Too few numbers, or numbers out of range."""
    simulator = FAMILY.make(spec_of("PandaPush-v3"))
    simulator.reset(3, draw=False)
    for action in ([0.0], [2.0, 0.0, 0.0], "left"):
        with pytest.raises(IllegalAction):
            simulator.step(action, draw=False)
    simulator.close()


@here
def test_distractors_lie_apart_and_are_not_asked_for() -> None:
    """The same shape in another colour, the same colour in another shape, in free places."""
    spec = spec_of("PandaPush-v3", '[options]\ndistractors = "blue cube, green cylinder"\n')
    simulator = FAMILY.make(spec)
    simulator.reset(3, draw=False)
    bodies = ["object", "distractor0", "distractor1"]
    places = [simulator.state.place(body)[:2] for body in bodies]
    assert min(np.hypot(*(a - b)) for a in places for b in places if a is not b) > 0.06
    assert "a blue cube, a green cylinder" in FAMILY.notes(spec)
    simulator.close()


@pytest.mark.parametrize(
    ("extra", "key"),
    [
        ('views = ["45"]\n', "render.views"),
        ('views = ["45/40"]\n', "render.views"),
        ("distance = 9\n", "render.distance"),
        ("distance = true\n", "render.distance"),
        ("[options]\ndistance_threshold = nan\n", "options.distance_threshold"),
        ("tile_size = 3\n", "render.tile_size"),
        ("[options]\ngoal_range = 0.2\n", "options.goal_range"),
        ('[options]\ndistractors = "green cube"\n', "options.distractors"),
        ('[options]\ndistractors = "huge cube"\n', "options.distractors"),
        ("[options]\ndistance_threshold = true\n", "options.distance_threshold"),
    ],
)
def test_a_spec_that_asks_for_what_is_not_there_is_told(extra: str, key: str) -> None:
    """By the key, before anything is simulated."""
    spec = spec_of("PandaPush-v3", extra)
    with pytest.raises(SpecError) as told:
        Views.of(spec, task_of(spec).kind)
    assert told.value.key == key


def test_the_family_knows_its_own_and_nothing_else() -> None:
    """All ids by name, but for the one that lacks its texture."""
    assert all(FAMILY.claims(env_id) for env_id in IDS)
    assert family_of(spec_of("PandaStackJoints-v3")) is FAMILY
    assert not FAMILY.claims("PandaFlip-v3")


def test_without_the_package_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """The error says what to install."""
    for name in [name for name in sys.modules if name.startswith("synth.envs.panda.")]:
        if name.rpartition(".")[2] in {"simulator", "making", "camera"}:
            monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "panda_gym.envs.core", None)
    with pytest.raises(EnvironmentFault, match=r"\[panda\]"):
        FAMILY.make(spec_of("PandaPush-v3"))
