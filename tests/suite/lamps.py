"""A task of lamps, for tests: a sub-task holds where its lamp is lit, and the goal likewise.

An episode is written as what is lit, frame by frame: ``"- a ab abg"``. Whatever order and
whatever undoing a test is about can be written down directly.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from synth.episode import Episode, EpisodeStore
from synth.plan import Plan, SubTask
from synth.spec import validate_spec
from synth.task.folder import TaskFolder

if TYPE_CHECKING:
    from synth.episode import Kind, Split

NAMES = "abcdg"


def plan_of(stages: str) -> Plan:
    """``"a bc g"`` is three stages, the second in any order."""
    return Plan(
        task="light the lamps",
        stages=tuple(
            tuple(SubTask(name=f"lamp_{n}", description=n, visible=n) for n in stage)
            for stage in stages.split()
        ),
    )


def program_of(plan: Plan, **bodies: str) -> str:
    """A program for a plan; `bodies` replaces what a checker returns."""
    parts = ["import numpy as np\n"]
    for name in plan.names:
        at = NAMES.index(name[-1])
        body = bodies.get(name, f"bool(frame[0, {at}, 0] > 0)")
        parts.append(f"\ndef {name}(frame, initial):\n    return {body}\n")
    stages = [f"({', '.join(s)})" if len(s) > 1 else s[0] for s in plan.stage_names]
    return "\n".join([*parts, f"\nSUBTASKS = [{', '.join(stages)}]\n"])


def task_of(stages: str, *episodes: Episode, frames: list[np.ndarray], **gate: float) -> TaskFolder:
    """A task whose spec asks for near misses."""
    spec = validate_spec(
        {
            "env": "Lamps-v0",
            "expert": {"policy": "lamps:light"},
            "near_miss": {},
            "gate": gate,
        },
        name="lamps",
    )
    store = EpisodeStore(np.stack(frames), episodes, spec.episode_digest(), spec.env)
    return TaskFolder(Path("lamps"), spec, plan_of(stages), store)


def lamps(
    stages: str, *written: tuple[str, str], split: Split = "visible", **gate: float
) -> TaskFolder:
    """A task from episodes as pairs of a note and what is lit; without a note it is an expert."""
    frames: list[np.ndarray] = []
    episodes = []
    for number, (note, lit) in enumerate(written):
        kind: Kind = "near_miss" if note else "expert"
        first = len(frames)
        frames += [_picture(part, number) for part in lit.split()]
        success = np.array(["g" in part for part in lit.split()])
        episodes.append(
            Episode(
                id=f"{kind.replace('_', '-')}-{number:04d}",
                kind=kind,
                split=split,
                seed=number,
                policy="test",
                frame_index=np.arange(first, len(frames), dtype=np.int32),
                actions=tuple(range(len(success) - 1)),
                rewards=success[1:].astype(np.float64),
                success=success,
                truth={},
                note=note,
            )
        )
    return task_of(stages, *episodes, frames=frames, **gate)


def _picture(lit: str, number: int) -> np.ndarray:
    """``uint8[2, 5, 3]``: lamps above; below the episode's number, so that no two are alike."""
    frame = np.zeros((2, len(NAMES), 3), dtype=np.uint8)
    frame[1, 0] = number
    for at, name in enumerate(NAMES):
        frame[0, at] = 255 * (name in lit)
    return frame
