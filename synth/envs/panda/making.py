"""Make Panda worlds: the package's own tasks, with a light arm and targets that can be told.

Each episode is a world of its own. A world is built for its seed and never reset: neither a
second reset nor a saved state gives the same bytes once things have touched.
"""

from __future__ import annotations

import functools
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import gymnasium
import numpy as np

from synth.envs.panda.tasks import COLOURS, KINDS
from synth.envs.silence import silent

with silent(1, 2):
    import pybullet_data
    from panda_gym.envs.core import RobotTaskEnv
    from panda_gym.envs.robots.panda import Panda
    from panda_gym.envs.tasks.pick_and_place import PickAndPlace
    from panda_gym.envs.tasks.push import Push
    from panda_gym.envs.tasks.reach import Reach
    from panda_gym.envs.tasks.slide import Slide
    from panda_gym.envs.tasks.stack import Stack
    from panda_gym.pybullet import PyBullet

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from synth.envs.panda.tasks import Distractor, PandaTask

__all__ = ["FreshPanda", "build"]

TARGET_SCALE = 0.9
"""A target's size against its object's: where faces would lie in one plane the object's show."""

ROOM = 0.08
"""Least distance between the middles of a distractor and of any other thing, in metres."""
TABLE = 0.17
"""Distractors lie at most so far from the middle of the table, along each side."""
TRIES = 200

_STREAM = 9
"""Keeps the places of distractors apart from the environment's own chance."""

_TASKS = {"Push": Push, "Slide": Slide, "PickAndPlace": PickAndPlace, "Stack": Stack}
_TARGETS = {
    "target": (0.9, 0.1, 0.9),
    **{thing.target: thing.rgb for kind in KINDS.values() for thing in kind.things},
}


@functools.cache
def _light_arm() -> str:
    """The package's own description of the arm, drawn with its collision meshes."""
    folder = Path(pybullet_data.getDataPath()) / "franka_panda"
    text = (folder / "panda.urdf").read_text(encoding="utf-8")
    return text.replace("meshes/visual/", "meshes/collision/").replace(
        "package://meshes/", f"{folder}/meshes/"
    )


class QuietPyBullet(PyBullet):  # type: ignore[misc]  # the package has no types
    """The package's simulation: silent, its arm light, its targets coloured."""

    def __init__(self) -> None:
        with silent():
            super().__init__(render_mode="rgb_array")

    def loadURDF(self, body_name: str, **kwargs: Any) -> None:  # noqa: N802 - the package's name
        """Load a body; the arm from the light description."""
        if not kwargs["fileName"].endswith("panda.urdf"):
            super().loadURDF(body_name, **kwargs)
            return
        with tempfile.NamedTemporaryFile("w", suffix=".urdf", encoding="utf-8") as file:
            file.write(_light_arm())
            file.flush()
            super().loadURDF(body_name, **{**kwargs, "fileName": file.name})

    def _create_geometry(self, body_name: str, **kwargs: Any) -> None:
        if kwargs.get("ghost"):
            look = dict(kwargs["visual_kwargs"])
            for side in ("halfExtents", "radius", "length"):
                if side in look:
                    look[side] = look[side] * TARGET_SCALE
            look["rgbaColor"] = [*_TARGETS[body_name], 1.0]
            kwargs["visual_kwargs"] = look
        super()._create_geometry(body_name, **kwargs)


class SeededWorld(RobotTaskEnv):  # type: ignore[misc]  # the package has no types
    """A world whose first reset, which its constructor makes, is that of a seed.

    Attributes:
        seed: Of the episode.
        first: Observation and info of that reset.
    """

    def __init__(self, robot: Any, task: Any, seed: int) -> None:
        self.seed = seed
        super().__init__(robot, task)

    def reset(
        self, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[Any, dict[str, Any]]:
        """As the package's, of the world's own seed unless another is given."""
        observation, info = super().reset(seed=self.seed if seed is None else seed, options=options)
        self.first = observation, info
        return self.first


def build(task: PandaTask, seed: int) -> Any:
    """The world of a seed, reset and with its distractors."""
    sim = QuietPyBullet()
    robot = Panda(
        sim,
        block_gripper=not task.kind.fingers,
        base_position=np.array([-0.6, 0.0, 0.0]),
        control_type="joints" if task.joints else "ee",
    )
    options = {"reward_type": task.reward_type, **task.options}
    if task.kind.name == "Reach":
        about = Reach(sim, get_ee_position=robot.get_ee_position, **options)
    else:
        about = _TASKS[task.kind.name](sim, **options)
    for one in task.distractors:
        _create(sim, one)
    world = SeededWorld(robot, about, seed)
    _place(world, task, seed)
    return world


def _create(sim: Any, one: Distractor) -> None:
    look = {
        "body_name": one.body,
        "mass": 1.0,
        "position": np.array([0.0, 0.0, 1.0]),
        "rgba_color": np.array([*COLOURS[one.colour], 1.0]),
    }
    match one.shape:
        case "cube":
            sim.create_box(half_extents=np.full(3, 0.02), **look)
        case "ball":
            sim.create_sphere(radius=0.02, **look)
            # It would roll for ever.
            body = sim._bodies_idx[one.body]  # noqa: SLF001 - the package has no other way
            sim.physics_client.changeDynamics(body, -1, rollingFriction=0.002)
        case _:
            sim.create_cylinder(radius=0.02, height=0.04, **look)


def _place(world: Any, task: PandaTask, seed: int) -> None:
    """Put the distractors on the table, apart from all else."""
    rng = np.random.default_rng([_STREAM, seed])
    taken = [world.sim.get_base_position(thing.body)[:2] for thing in task.kind.things]
    taken += [world.sim.get_base_position(thing.target)[:2] for thing in task.kind.things]
    for one in task.distractors:
        spots = rng.uniform(-TABLE, TABLE, size=(TRIES, 2))
        away = np.array([min(np.hypot(*(spot - t)) for t in taken) for spot in spots])
        # The first that leaves room, or the roomiest of all.
        spot = spots[int(np.argmax(away > ROOM)) if (away > ROOM).any() else int(away.argmax())]
        taken.append(spot)
        world.sim.set_base_pose(one.body, np.array([*spot, 0.02]), np.array([0.0, 0.0, 0.0, 1.0]))


class FreshPanda(gymnasium.Env[Any, Any]):
    """A Panda environment whose every episode is built anew; drawn by whoever holds it.

    Args:
        task: What it is about.
    """

    metadata = {"render_modes": ["rgb_array"], "render_fps": 25}  # noqa: RUF012 - gymnasium's own declaration

    def __init__(self, task: PandaTask) -> None:
        self.task = task
        self.render_mode = "rgb_array"
        self.world = build(task, 0)
        self.observation_space = self.world.observation_space
        self.action_space = self.world.action_space

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[Any, dict[str, Any]]:
        """Build the world of a seed, by default of one drawn at random."""
        super().reset(seed=seed, options=options)
        if seed is None:
            seed = int(self.np_random.integers(2**31))
        self.world.close()
        self.world = build(self.task, seed)
        observation, info = self.world.first
        return observation, info

    def step(self, action: NDArray[np.float32]) -> tuple[Any, float, bool, bool, dict[str, Any]]:
        """As the package's: terminated at every success, though it may go on."""
        observation, reward, terminated, truncated, info = self.world.step(action)
        return observation, float(reward), bool(terminated), bool(truncated), info

    def compute_reward(
        self, achieved_goal: NDArray[Any], desired_goal: NDArray[Any], info: Any
    ) -> NDArray[np.float32]:
        """What the package pays for having reached one goal where another was wanted.

        Args:
            achieved_goal: ``float[..., G]``.
            desired_goal: ``float[..., G]``.
            info: Of the steps; not used.

        Returns:
            ``float32[...]``.
        """
        paid = self.world.task.compute_reward(achieved_goal, desired_goal, info)
        return np.asarray(paid, np.float32)

    def render(self) -> NDArray[np.uint8]:
        """The package's own picture, of its own camera."""
        frame: NDArray[np.uint8] = self.world.render()
        return frame

    def close(self) -> None:
        """End the simulation."""
        self.world.close()
