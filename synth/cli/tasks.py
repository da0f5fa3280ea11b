"""``synth tasks``: every spec and where it stands."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rich.table import Table

from synth.cli.console import output
from synth.errors import SpecError
from synth.spec import find_specs, load_spec
from synth.task.paths import SPECS, task_folder

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["tasks"]


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a task stands: which of its parts exist, and whether they fit the spec."""

    task: str
    env: str
    episodes: str
    suite: str
    reward: str


def tasks() -> None:
    """List every spec and where it stands: episodes, suite, reward."""
    specs = find_specs(SPECS)
    if not specs:
        output().print("no specs here; `synth new NAME --env ENV_ID` writes one.")
        return
    table = Table(box=None, pad_edge=False)
    for heading in ("task", "environment", "episodes", "suite", "reward by"):
        table.add_column(heading, overflow="fold")
    for path in specs:
        s = _standing(path)
        table.add_row(s.task, s.env, s.episodes, s.suite, s.reward)
    output().print(table)


def _standing(path: Path) -> Standing:
    folder = task_folder(path.stem)
    try:
        spec = load_spec(path)
    except SpecError as error:
        return Standing(path.stem, f"spec error: {error.problem}", "-", "-", "-")
    episodes = "-"
    manifest = folder / "episodes" / "manifest.json"
    if manifest.exists():
        content = json.loads(manifest.read_text(encoding="utf-8"))
        count = sum(sum(kinds.values()) for kinds in content["episodes"].values())
        fits = content["spec_digest"] == spec.episode_digest()
        episodes = f"{count}" if fits else f"{count}, stale: `synth record {path.stem} --force`"
    suite = "yes" if (folder / f"test_{path.stem}.py").exists() else "-"
    reward = "-"
    provenance = folder / "provenance.json"
    if provenance.exists():
        origin = json.loads(provenance.read_text(encoding="utf-8"))
        reward = ", ".join(origin["answered_by"]) or origin["model"]
    elif (folder / "reward.py").exists():
        reward = "yes, of unknown origin"
    return Standing(path.stem, spec.env, episodes, suite, reward)
