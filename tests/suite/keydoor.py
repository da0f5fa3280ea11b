"""A whole task in 24x24 pixels, for tests: take the key, open the door, step on the goal.

Three rows of three tiles: above the agent and the key, in the middle a wall with a door,
below the goal. Key and door share a colour that differs from episode to episode.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from synth.episode import Episode, EpisodeStore, write_store
from synth.plan import Plan, SubTask
from synth.spec import Spec, validate_spec
from synth.suite.pytest.write import write_suite
from synth.task.folder import TaskFolder, write_task

if TYPE_CHECKING:
    from collections.abc import Iterator

    from synth.episode import Kind, Split

TILE = 8
LEFT, RIGHT, UP, DOWN, OPEN = range(5)
MOVES = {LEFT: (0, -1), RIGHT: (0, 1), UP: (-1, 0), DOWN: (1, 0)}
COLOURS = {
    "red": (255, 0, 0),
    "blue": (0, 0, 255),
    "purple": (112, 39, 195),
    "yellow": (255, 255, 0),
    "orange": (255, 140, 0),
    "pink": (255, 105, 180),
}
GREEN, WHITE, GREY = (0, 255, 0), (255, 255, 255), (100, 100, 100)

PLAN = Plan(
    task="Take the key, open the door, reach the green square.",
    stages=tuple(
        (SubTask(name=name, description=description, visible=visible),)
        for name, description, visible in (
            ("take_key", "The key is taken.", "The key is gone from the upper row."),
            ("open_door", "The door is open.", "The door is hollow."),
            ("reach_goal", "The goal is reached.", "The agent stands on the green square."),
        )
    ),
)

REWARD = '''\
"""Take the key, open the door, reach the green square."""
import numpy as np

GREEN = (0, 255, 0)
WHITE = (255, 255, 255)


def coloured(image):
    return image.max(axis=-1) != image.min(axis=-1)


def count(image, colour):
    return int(np.all(image == np.array(colour, dtype=np.uint8), axis=-1).sum())


def take_key(frame, initial):
    return bool(coloured(initial[:8]).any() and not coloured(frame[:8]).any())


def open_door(frame, initial):
    return bool(coloured(frame[8:16]).sum() < coloured(initial[8:16]).sum())


def reach_goal(frame, initial):
    return count(frame, WHITE) == 16 and count(frame, GREEN) == count(initial, GREEN) - 16


SUBTASKS = [take_key, open_door, reach_goal]
'''


def program(take_key: str, open_door: str, reach_goal: str, head: str = "") -> str:
    """A program whose three checkers return the given expressions."""
    bodies = {"take_key": take_key, "open_door": open_door, "reach_goal": reach_goal}
    functions = "\n\n".join(
        f"def {name}(frame, initial):\n    return {body}\n" for name, body in bodies.items()
    )
    return f"import numpy as np\n\n{head}\n\n{functions}\n\nSUBTASKS = [{', '.join(bodies)}]\n"


@dataclass
class World:
    """The simulator."""

    colour: tuple[int, int, int]
    agent: tuple[int, int]
    key: int
    goal: int
    has_key: bool = False
    is_open: bool = False

    @classmethod
    def reset(cls, seed: int) -> World:
        """A new world."""
        rng = np.random.default_rng(seed)
        colour = list(COLOURS.values())[seed % len(COLOURS)]
        agent, key = (int(v) for v in rng.permutation(3)[:2])
        return cls(colour, (0, agent), key, int(rng.choice([0, 2])))

    @property
    def success(self) -> bool:
        """Whether the agent stands on the goal."""
        return self.agent == (2, self.goal)

    def step(self, action: int) -> None:
        """Act."""
        if action == OPEN:
            self.is_open = self.is_open or (self.has_key and self.agent == (0, 1))
            return
        row, column = (a + b for a, b in zip(self.agent, MOVES[action], strict=True))
        blocked = row == 1 and (column != 1 or not self.is_open)
        if row in range(3) and column in range(3) and not blocked:
            self.agent = row, column
        self.has_key = self.has_key or self.agent == (0, self.key)

    def render(self) -> np.ndarray:
        """``uint8[24, 24, 3]``."""
        frame = np.zeros((3 * TILE, 3 * TILE, 3), dtype=np.uint8)

        def paint(row: int, column: int, colour: tuple[int, int, int], inset: int = 0) -> None:
            y, x = row * TILE, column * TILE
            frame[y + inset : y + TILE - inset, x + inset : x + TILE - inset] = colour

        for column in (0, 2):
            paint(1, column, GREY)
        paint(1, 1, self.colour)
        if self.is_open:
            paint(1, 1, (0, 0, 0), inset=1)
        if not self.has_key:
            paint(0, self.key, self.colour, inset=2)
        paint(2, self.goal, GREEN)
        paint(*self.agent, WHITE, inset=2)
        return frame


def expert(world: World) -> Iterator[int]:
    """The shortest way, with a bump into the wall at the end of each stage."""
    yield from _walk(world.agent[1], world.key)
    yield UP
    yield from _walk(world.key, 1)
    yield OPEN
    yield UP
    yield from (DOWN, DOWN, RIGHT if world.goal else LEFT)


def _walk(here: int, there: int) -> list[int]:
    return [RIGHT if there > here else LEFT] * abs(there - here)


def make_store(
    *, experts: int = 6, randoms: int = 6, splits: tuple[Split, ...] = ("visible", "held_out")
) -> EpisodeStore:
    """Record some episodes of each kind in each split."""
    frames: list[np.ndarray] = []
    episodes: list[Episode] = []
    for number, split in enumerate(splits):
        known: dict[bytes, int] = {}
        for kind, many in (("expert", experts), ("random", randoms)):
            for i in range(many):
                seed = 1000 * number + i
                name = f"{'held-' if split == 'held_out' else ''}{kind}-{i:04}"
                episodes.append(
                    _record(name, kind=kind, split=split, seed=seed, frames=frames, known=known)
                )
    store = EpisodeStore(np.stack(frames), tuple(episodes), "", "KeyDoor-v0", {})
    return replace(store, spec_digest=make_spec().episode_digest())


def _record(
    name: str,
    *,
    kind: Kind,
    split: Split,
    seed: int,
    frames: list[np.ndarray],
    known: dict[bytes, int],
) -> Episode:
    world = World.reset(seed)
    rng = np.random.default_rng(seed)
    plan = list(expert(world)) if kind == "expert" else rng.integers(0, 5, 60).tolist()
    images, success, truth, actions = [world.render()], [world.success], [False], []
    for action in plan:
        world.step(action)
        actions.append(action)
        images.append(world.render())
        success.append(world.success)
        truth.append(world.has_key)
        if world.success:
            break
    index = []
    for image in images:
        if image.tobytes() not in known:
            known[image.tobytes()] = len(frames)
            frames.append(image)
        index.append(known[image.tobytes()])
    return Episode(
        id=name,
        kind=kind,
        split=split,
        seed=seed,
        policy=kind,
        frame_index=np.array(index, dtype=np.int32),
        actions=tuple(actions),
        rewards=np.array(success[1:], dtype=np.float64),
        success=np.array(success),
        truth={"has_key": np.array(truth)},
    )


def make_spec(name: str = "keydoor", **changes: object) -> Spec:
    """The spec."""
    content = {
        "env": "KeyDoor-v0",
        "goal": "take the key, open the door, reach the green square",
        "expert": {"policy": "keydoor:expert", "episodes": 6},
        "held_out": {"episodes": 20},
        **changes,
    }
    return validate_spec(content, name=name)


def make_task(path: Path = Path("keydoor"), **counts: int) -> TaskFolder:
    """The task in memory."""
    return TaskFolder(path, make_spec(), PLAN, make_store(**counts))


def write_folder(folder: Path, reward: str | None = REWARD, **counts: int) -> TaskFolder:
    """The task on disk, as `generated/keydoor` would be; the folder's name is the task's."""
    spec = make_spec(folder.name)
    store = make_store(**counts)
    write_store(folder / "episodes", store)
    write_task(folder / "task.toml", spec, PLAN)
    write_suite(spec, folder)
    if reward is not None:
        (folder / "reward.py").write_text(reward, encoding="utf-8")
    return TaskFolder.read(folder)
