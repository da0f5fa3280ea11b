"""A task of few pictures, for labels: a key in a row, and scenes with the agent elsewhere."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from synth.episode import Episode, EpisodeStore, Scene, SceneEvent, Split, Still
from synth.plan import Plan, SubTask
from synth.spec import validate_spec
from synth.task import TaskFolder

SIZE = 24
RED, YELLOW, GREEN = (220, 0, 0), (230, 230, 0), (0, 180, 0)
PLAN = Plan(
    task="take the key, go to the goal",
    stages=(
        (SubTask(name="key_taken", description="taken", visible="no yellow is left"),),
        (SubTask(name="at_goal", description="there", visible="green is covered"),),
    ),
)
RIGHT = """\
import numpy as np

RED = (220, 0, 0)
YELLOW = (230, 230, 0)
GREEN = (0, 180, 0)


def count(image, colour):
    return int(np.all(image == np.array(colour, dtype=np.uint8), axis=-1).sum())


def key_taken(frame, initial):
    return count(initial, YELLOW) > 0 and count(frame, YELLOW) == 0


def at_goal(frame, initial):
    return count(initial, GREEN) > 0 and count(frame, GREEN) == 0


SUBTASKS = [key_taken, at_goal]
"""
TAKEN = "return count(initial, YELLOW) > 0 and count(frame, YELLOW) == 0"
BESIDE = RIGHT.replace(
    TAKEN, f"{TAKEN} and bool(np.all(frame[:8] == np.array(RED, dtype=np.uint8), axis=-1).any())"
)
"""Wrong: the key is taken only while the agent is in the upper rows, as in every expert episode."""

EVER = RIGHT.replace(
    TAKEN, f"{TAKEN} or bool(np.all(frame[:, 12:] == np.array(RED, dtype=np.uint8), axis=-1).any())"
)
"""Wrong: taken, or the agent is far to the right, where it only gets with the key."""


def picture(agent: int, key: int | None) -> np.ndarray:
    """``uint8[24, 24, 3]``: six by six cells; the goal is the last of the first row."""
    frame = np.full((SIZE, SIZE, 3), 40, np.uint8)
    for cell, colour in ((5, GREEN), (key, YELLOW), (agent, RED)):
        if cell is not None:
            row, column = 4 * (cell // 6), 4 * (cell % 6)
            frame[row : row + 4, column : column + 4] = colour
    return frame


def make_task(folder: Path = Path("keys")) -> TaskFolder:
    """Experts that walk along the first row, with the key on the third cell, and scenes."""
    frames: list[np.ndarray] = []
    episodes, scenes = [], []
    for number, split in enumerate(("visible", "visible", "held_out", "held_out")):
        prefix = "held-" if split == "held_out" else ""
        first = len(frames)
        shown = [picture(x, 2 if x < 2 else None) for x in range(6)]
        for frame in shown:
            frame[-1, -1] = number  # so that no two worlds are the same
        frames += shown
        success = np.arange(6) == 5
        base = Episode(
            id=f"{prefix}expert-{number:04d}",
            kind="expert",
            split=_split(split),
            seed=number,
            policy="test",
            frame_index=np.arange(first, first + 6, dtype=np.int32),
            actions=tuple(range(5)),
            rewards=np.zeros(5),
            success=success,
            truth={"has_key": np.arange(6) >= 2},
            scene_events=(SceneEvent(2, (0, 8, 4, 12), leaves=True, returns=False),),
        )
        episodes.append(base)
        for taken in (False, True):
            name = f"{prefix}scene-{2 * number + taken:04d}"
            stills = []
            for place in (0, 10, 17, 25, 28, 33, 34):
                still = picture(place, None if taken else 2)
                still[-1, -1] = number
                truth = {"has_key": taken}
                stills.append(Still(f"{name}/{place}", still, False, truth))
            bare = picture(0, None if taken else 2)
            bare[:4, :4] = 40
            bare[-1, -1] = number
            scenes.append(Scene(name, base.id, base.split, (), bare, None, tuple(stills)))
    spec = validate_spec(
        {"env": "Keys-v0", "expert": {"policy": "keys:walk"}, "labels": {"frames": 12}}, name="keys"
    )
    store = EpisodeStore(
        np.stack(frames), tuple(episodes), spec.episode_digest(), spec.env, scenes=tuple(scenes)
    )
    return TaskFolder(folder, spec, PLAN, store)


def _split(name: str) -> Split:
    return "visible" if name == "visible" else "held_out"
