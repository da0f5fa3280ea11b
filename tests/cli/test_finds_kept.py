"""From a lie that the search finds to the committed folder, by the commands a user types."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import numpy as np
import pytest

from synth.episode import read_store
from synth.prompts.requests import RefineRequest
from tests.cli.conftest import PLAN, PROGRAM, SPEC, Command

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from synth.episode import EpisodeStore
    from synth.models.scripted import ScriptedModel

SEARCHED = f"{SPEC}\n[search]\nepisodes = 16\n"

BESIDE = """\
```python
from synth import vision

GREEN = (0, 255, 0)
RED = (255, 0, 0)


def perceive(frame):
    return vision.count_colour(frame[24:32], RED), vision.count_colour(frame, GREEN)


def reach_goal(now, initial):
    return now[0] > 0 and initial[1] > 0


SUBTASKS = [reach_goal]
```
"""
"""Takes the last row for the goal: no recorded episode gets there but by reaching it."""


@pytest.fixture
def searched(checkout: Path) -> Path:
    """The task with a search."""
    (checkout / "specs" / "walk.toml").write_text(SEARCHED, encoding="utf-8")
    return checkout


@pytest.mark.slow
def test_a_lie_that_is_found_is_shown_mended_and_committed(
    searched: Path, synth_command: Command, scripted: Callable[..., ScriptedModel]
) -> None:
    """Found by the search, told with pictures, committed with the reward, replayed."""
    model = scripted(PLAN, BESIDE, PROGRAM)
    ran = synth_command("run", "walk", "--model", "scripted:x", "--json")
    assert ran.code == 0, ran.all
    summary = json.loads(ran.out)
    assert summary["episodes_found"] == 1
    assert (summary["held_out_looks"], summary["held_out_replaced"]) == (1, 0)
    assert "write-1-0 lies on seed 7" in ran.err
    refine = model.requests[2]
    assert isinstance(refine, RefineRequest)
    named = {shot.name for report in refine.reports for shot in report.shots}
    assert "found-0000-frame-0000" in named
    folder = searched / "generated" / "walk"
    (found,) = read_store(folder / "episodes").select(kind="found")
    assert not found.success.any()
    assert json.loads((folder / "provenance.json").read_text())["finds"] == 1
    replay = synth_command("run", "walk", "--model", "replay:generated/walk/journal.jsonl")
    assert replay.code == 0, replay.all
    assert "byte for byte" in replay.out
    assert "found and added: 1 episode" in replay.out


def test_held_out_episodes_that_were_looked_at_are_not_the_committed_ones(
    checkout: Path, synth_command: Command, scripted: Callable[..., ScriptedModel]
) -> None:
    """The reward is committed with the fresh episodes that it passed."""
    spec = checkout / "specs" / "walk.toml"
    spec.write_text(SPEC.replace("Empty-5x5", "Empty-Random-5x5"), encoding="utf-8")
    assert synth_command("suite", "walk").code == 0
    folder = checkout / "generated" / "walk"
    first = read_store(folder / "episodes")
    narrow = only_from(first)
    scripted(PLAN, narrow, PROGRAM)
    ran = synth_command("run", "walk", "--model", "scripted:x")
    assert ran.code == 0, ran.all
    assert "held-out looks: 2, episodes replaced once" in ran.out
    after = read_store(folder / "episodes")
    assert after.generation == 1
    seeds = [{e.seed for e in store.select(split="held_out")} for store in (first, after)]
    assert not seeds[0] & seeds[1]
    provenance = json.loads((folder / "provenance.json").read_text())
    assert (provenance["looks"], provenance["generation"]) == (2, 1)


def only_from(store: EpisodeStore) -> str:
    """An answer that is right wherever the agent starts as in the visible episodes."""
    starts = [store.initial_of(e).reshape(-1) for e in store.select(split="visible")]
    known = sorted({int((start * np.arange(len(start))).sum()) for start in starts})
    mark = "int((frame.reshape(-1) * np.arange(frame.size)).sum())"
    return (
        PROGRAM.replace(
            "from synth import vision\n", "import numpy as np\nfrom synth import vision\n"
        )
        .replace("count_colour(frame, GREEN)\n", f"count_colour(frame, GREEN), {mark}\n")
        .replace("0 < now < initial", f"0 < now[0] < initial[0] and initial[1] in {known}")
    )
