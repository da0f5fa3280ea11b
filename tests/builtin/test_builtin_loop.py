"""`builtin` in the loop, with the real suite: guesses, is refuted, and repairs."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from synth.episode import Episode, EpisodeStore
from synth.journal import read_journal
from synth.loop import Outcome, run_loop
from synth.models.builtin import BuiltinModel
from synth.models.replay import ReplayModel
from synth.spec import Spec, parse_spec
from tests.builtin.worlds import Cell, scene

SPEC = parse_spec(
    """
env = "Worlds-v0"
[expert]
policy = "worlds:expert"
[target]
microseconds_per_frame = 1000000
""",
    name="both",
)
COLOURS = ("green", "blue", "yellow", "purple")
Opened = frozenset[str]
EXPERT = [Opened(), Opened(), Opened({"box"}), Opened({"box"}), Opened({"box", "door"})]
RANDOM = [Opened(), Opened({"door"}), Opened({"door"}), Opened()]


@dataclass(frozen=True)
class Both:
    """A box and a door: success is when both are open; experts open the box first."""

    spec: Spec
    store: EpisodeStore


def both() -> Both:
    """Four episodes of each kind in each split."""
    frames: list[np.ndarray] = []
    episodes = []
    for split in ("visible", "held_out"):
        for kind, story in (("expert", EXPERT), ("random", RANDOM)):
            for i in range(4):
                rng = np.random.default_rng([i, len(kind), len(split)])
                name = f"{'held-' if split == 'held_out' else ''}{kind}-{i:04}"
                colour = COLOURS[int(rng.integers(len(COLOURS)))]
                box: Cell = (int(rng.integers(1, 3)), int(rng.integers(1, 5)))
                door: Cell = (3, int(rng.integers(1, 5)))
                index = []
                for step, opened in enumerate(story):
                    index.append(len(frames))
                    frames.append(
                        scene(
                            {
                                box: ("open" if "box" in opened else "box", colour),
                                door: ("open" if "door" in opened else "door", colour),
                                (4, 1 + step % 4): ("walker", "red"),
                            }
                        )
                    )
                success = np.array([len(opened) == 2 for opened in story])
                episodes.append(
                    Episode(
                        id=name,
                        kind=kind,
                        split=split,
                        seed=i,
                        policy=kind,
                        frame_index=np.array(index, np.int32),
                        actions=tuple(range(len(story) - 1)),
                        rewards=success[1:].astype(np.float64),
                        success=success,
                        truth={},
                    )
                )
    return Both(
        SPEC,
        EpisodeStore(np.stack(frames), tuple(episodes), SPEC.episode_digest(), "Worlds-v0", {}),
    )


def run(task: Both, folder: Path) -> Outcome:
    """A run from nothing."""
    return run_loop(task, BuiltinModel(), folder)


def test_a_refuted_guess_is_repaired_and_accepted(tmp_path: Path) -> None:
    """The door alone was enough for all demonstrations; a random episode refutes it."""
    outcome = run(both(), tmp_path / "run")
    assert outcome.accepted, outcome.reason
    keys = [r.key for r in read_journal(tmp_path / "run" / "journal.jsonl").responses]
    assert keys[:3] == ["describe-0-0", "write-1-0", "refine-2-0"]
    assert len(keys) == 3
    assert outcome.source is not None
    assert " and " in outcome.source.partition("def block_changed(")[2]


def test_a_run_is_the_same_twice_and_replays(tmp_path: Path) -> None:
    """Same request, same answer; a journal reproduces the program byte for byte."""
    task = both()
    one, other = run(task, tmp_path / "one"), run(task, tmp_path / "other")
    assert one.source == other.source
    replayed = run_loop(task, ReplayModel(tmp_path / "one" / "journal.jsonl"), tmp_path / "again")
    assert replayed.source == one.source
