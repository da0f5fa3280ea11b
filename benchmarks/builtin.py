"""How `builtin` does on the five tasks, and on environments it was not developed with.

``python benchmarks/builtin.py`` prints a table; ``python benchmarks/builtin.py doorkey``
does one task, ``--programs FOLDER`` keeps what was written. The five tasks are judged on the
episodes in ``generated``; what has none is recorded first, in memory.
Nothing is written into ``generated`` or ``runs``.
"""

from __future__ import annotations

import argparse
import time
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import numpy as np

from synth.episode import read_store
from synth.errors import SynthError
from synth.loop import LoopOptions, run_loop
from synth.models.builtin import BuiltinModel
from synth.record import record
from synth.sandbox import Sandbox
from synth.spec import load_spec, validate_spec

if TYPE_CHECKING:
    from synth.episode import EpisodeStore
    from synth.loop import Outcome
    from synth.spec import Spec

TASKS = ("empty", "doorkey", "doorkey-8x8", "unlock", "unlock-pickup")

NO_MINIGRID = ("frozen-lake", "cliff-walking", "garden")
"""Sprites on textured tiles, and loose things on a lawn."""

HELD_OUT = (
    "MiniGrid-FourRooms-v0",
    "MiniGrid-LavaGapS7-v0",
    "MiniGrid-MultiRoom-N2-S4-v0",
    "MiniGrid-BlockedUnlockPickup-v0",
    "MiniGrid-RedBlueDoors-6x6-v0",
)
"""Of different kinds, chosen before the search was written and never run while it was."""

CROWDED = {"MiniGrid-BlockedUnlockPickup-v0"}
"""Scenes that hold things of every kind already, so that none can be added."""


@dataclass(frozen=True, eq=False, slots=True)
class Evidence:
    """What the loop works from."""

    spec: Spec
    store: EpisodeStore


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("tasks", nargs="*", help="specs or environment ids; all by default")
    parser.add_argument("--programs", type=Path, help="folder for the programs")
    arguments = parser.parse_args()
    names = arguments.tasks or [*TASKS, *NO_MINIGRID, *HELD_OUT]
    print(
        "| task | sub-tasks | rounds | seconds | lines | held-out tests | goal, held-out frames |"
    )
    print("|---|---|---|---|---|---|---|")
    for name in names:
        print(row(name, arguments.programs), flush=True)


def row(name: str, programs: Path | None) -> str:
    """One task's line of the table."""
    try:
        evidence = evidence_of(name)
        with TemporaryDirectory() as folder:
            started = time.monotonic()
            outcome = run_loop(evidence, BuiltinModel(), Path(folder), LoopOptions())
            seconds = time.monotonic() - started
    except SynthError as error:
        return f"| {name} | | | | | {error} | |"
    if programs is not None and outcome.source is not None:
        programs.mkdir(parents=True, exist_ok=True)
        (programs / f"{name}.py").write_text(outcome.source, encoding="utf-8")
    return f"| {name} | {cells(evidence, outcome, seconds)} |"


def evidence_of(name: str) -> Evidence:
    """Recorded episodes of a task where there are any; fresh ones otherwise."""
    if not name.startswith("MiniGrid-"):
        spec = load_spec(name)
        folder = Path("generated") / name / "episodes"
        return Evidence(spec, read_store(folder) if folder.exists() else record(spec))
    content: dict[str, Any] = {
        "env": name,
        "max_steps": 200,
        "render": {"tile_size": 16, "highlight": False},
        "expert": {"policy": "synth.envs.minigrid:planner"},
        "near_miss": {"episodes": 20},
        "search": {"episodes": 200},
    }
    if name not in CROWDED:
        content["metamorphic"] = {"distractors": 2}
    task = name.removeprefix("MiniGrid-").removesuffix("-v0").lower()
    spec = validate_spec(content, name=task)
    return Evidence(spec, record(spec))


def cells(evidence: Evidence, outcome: Outcome, seconds: float) -> str:
    """What a run came to, as cells of the table."""
    plan = ", ".join(outcome.plan.names) if outcome.plan else ""
    lines = len(outcome.source.splitlines()) if outcome.source else 0
    if outcome.held_out is None:
        failed = len(outcome.verdict.failed) if outcome.verdict else 0
        tests = f"not reached: {failed} visible tests fail ({outcome.reason})"
    else:
        tests = f"{outcome.held_out.passed} pass, {outcome.held_out.failed} fail"
    share = f"{agreement(evidence.store, outcome.source):.2%}" if outcome.source else ""
    return f"{plan} | {outcome.rounds} | {seconds:.1f} | {lines} | {tests} | {share}"


def agreement(store: EpisodeStore, source: str) -> float:
    """Share of held-out frames on which the goal is what the environment reports."""
    right = frames = 0
    with Sandbox(source) as sandbox:
        for episode in store.select(split="held_out"):
            said = sandbox.check(store.frames_of(episode), store.initial_of(episode))[:, -1]
            right += int(np.count_nonzero(said == episode.success))
            frames += len(said)
    return right / max(frames, 1)


if __name__ == "__main__":
    main()
