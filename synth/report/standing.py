"""What is known of a task by what is recorded and committed, as `synth tasks --measure` prints.

Nothing is recorded for it, and no environment is made of which episodes are there: success and
judged shares are those of the recorded episodes, agreement is that of the committed program on
the held-out ones. Only how long recording takes is not in the episodes, which are the same
whenever they are made; it is kept beside the runs of this machine.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from pydantic import BaseModel, ConfigDict, ValidationError

from synth.episode import read_store
from synth.errors import SynthError, UsageError
from synth.foreign import read_json
from synth.program import parse
from synth.record import missing, record
from synth.record.refresh import generation_seeds
from synth.record.seeds import spare
from synth.report.accuracy import SubTaskAccuracy, best_match
from synth.sandbox import CONFINED
from synth.suite.evidence import gather
from synth.task.folder import read_reward
from synth.task.paths import RUNS, task_folder

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from synth.episode import Episode, EpisodeStore
    from synth.program import Program
    from synth.sandbox import Sandboxes
    from synth.spec import Spec
    from synth.suite.evidence import RecordedVerdicts

__all__ = [
    "HeldOutAgreement",
    "Measured",
    "RecordingTime",
    "held_out_agreement",
    "keep_time",
    "measure",
]

TIMES = "recording.json"


class RecordingTime(BaseModel):
    """How long it took here to record a spec.

    Attributes:
        spec_digest: Of what was recorded.
        seconds: CPU seconds of the process.
    """

    model_config = ConfigDict(frozen=True)

    spec_digest: str
    seconds: float


@dataclass(frozen=True, slots=True)
class HeldOutAgreement:
    """A committed program on the held-out episodes.

    Attributes:
        frames: Judged frames.
        wrong: Those on which the goal is not what success is.
        successes: Judged frames of success.
        missed: Those of them on which the goal does not hold.
        subtasks: Each sub-task against the predicate it agrees with best, where truth is told.
    """

    frames: int
    wrong: int
    successes: int
    missed: int
    subtasks: tuple[SubTaskAccuracy, ...]


@dataclass(frozen=True, slots=True)
class Measured:
    """One spec and what is known of it; ``None`` where something is not.

    Attributes:
        task: Its name.
        env: Its environment.
        missions: Whether its missions vary.
        experts: Seeds on which its expert showed the task, of those tried.
        randoms: Random episodes that succeed, of all.
        frame: Width and height of its pictures.
        seconds: CPU seconds to record it here.
        bytes: Of its generated folder.
        judged: Share of frames on which success can be told.
        successes_judged: The same of success frames.
        by: What answered when the committed reward was made; ``""`` where none is committed.
        rounds: Of that run.
        calls: Of that run.
        agreement: Of the committed reward.
        missing: Why something could not be measured here.
    """

    task: str
    env: str
    missions: bool
    experts: tuple[int, int] | None = None
    randoms: tuple[int, int] | None = None
    frame: tuple[int, int] | None = None
    seconds: float | None = None
    bytes: int | None = None
    judged: float | None = None
    successes_judged: float | None = None
    by: str = ""
    rounds: int | None = None
    calls: int | None = None
    agreement: HeldOutAgreement | None = None
    missing: tuple[str, ...] = ()


def keep_time(spec: Spec, seconds: float) -> None:
    """Remember how long recording a spec took on this machine."""
    path = RUNS / spec.name / TIMES
    path.parent.mkdir(parents=True, exist_ok=True)
    told = RecordingTime(spec_digest=spec.episode_digest(), seconds=round(seconds, 2))
    path.write_text(told.model_dump_json() + "\n", encoding="utf-8")


def measure(spec: Spec, *, again: bool = False, sandboxes: Sandboxes = CONFINED) -> Measured:
    """What is known of a spec.

    Args:
        spec: The spec.
        again: Record it once more, keeping nothing, where nobody knows how long that takes.
        sandboxes: Where the committed program runs.
    """
    told = Measured(spec.name, spec.env, missions=spec.mission is not None)
    folder = task_folder(spec.name)
    store = None
    try:
        store = _fitting(spec, folder / "episodes")
        told = _with_episodes(told, spec, folder, store)
    except SynthError as error:
        told = _lacking(told, str(error))
    told = replace(told, seconds=_seconds(spec))
    if told.seconds is None and again:
        try:
            told = replace(told, seconds=_recorded_again(spec))
        except SynthError as error:
            told = _lacking(told, f"{error.fault}: {error}")
    return _with_reward(told, folder, store, sandboxes)


def _lacking(told: Measured, reason: str) -> Measured:
    return told if reason in told.missing else replace(told, missing=(*told.missing, reason))


def _fitting(spec: Spec, folder: Path) -> EpisodeStore:
    """The recorded episodes.

    Raises:
        UsageError: There are none, or they are damaged; why none can be made here is said.
        StaleEpisodes: They are those of another version of the spec.
    """
    if not (folder / "manifest.json").exists():
        raise UsageError(missing(spec) or f"nothing is recorded; `synth record {spec.name}` does")
    store = read_store(folder)
    store.require_fit(spec, folder=str(folder))
    return store


def _seconds(spec: Spec) -> float | None:
    try:
        text = (RUNS / spec.name / TIMES).read_text(encoding="utf-8")
        told = RecordingTime.model_validate_json(text)
    except (OSError, ValidationError):
        return None  # it was never recorded here
    return told.seconds if told.spec_digest == spec.episode_digest() else None


def _recorded_again(spec: Spec) -> float:
    begun = time.process_time()
    record(spec)
    seconds = time.process_time() - begun
    keep_time(spec, seconds)
    return seconds


def _with_episodes(told: Measured, spec: Spec, folder: Path, store: EpisodeStore) -> Measured:
    randoms = store.select(kind="random")
    success = np.concatenate([e.success for e in store.episodes])
    judged = np.concatenate([e.judged for e in store.episodes])
    height, width = store.frames.shape[1:3]
    return replace(
        told,
        experts=_served(spec, store),
        randoms=(sum(bool(e.success.any()) for e in randoms), len(randoms)),
        frame=(int(width), int(height)),
        bytes=sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()),
        judged=float(judged.mean()),
        successes_judged=float(judged[success].mean()) if success.any() else None,
    )


def _served(spec: Spec, store: EpisodeStore) -> tuple[int, int] | None:
    """Experts that were recorded, and how many seeds were tried for them.

    A seed that did not serve was passed over, and one to spare took its place, in their order.
    """
    try:
        seeds = generation_seeds(spec, store.generation)
    except SynthError:
        return None  # demonstrations that are not here
    served = tried = 0
    for split, block in (("visible", seeds.visible_expert), ("held_out", seeds.held_out_expert)):
        shown = {e.seed for e in store.select(kind="expert") if e.split == split}
        order = [*block, *spare(block)]
        last = max((at for at, seed in enumerate(order) if seed in shown), default=-1)
        served, tried = served + len(shown), tried + last + 1
    return (served, tried) if tried else None


def _with_reward(
    told: Measured, folder: Path, store: EpisodeStore | None, sandboxes: Sandboxes
) -> Measured:
    file = folder / "reward.py"
    if not file.exists():
        return told
    try:
        origin = read_json((folder / "provenance.json").read_text(encoding="utf-8"))
        by = ", ".join(origin["answered_by"]) or origin["model"]
        told = replace(told, by=by, rounds=origin["rounds"], calls=origin["calls"])
    except (OSError, ValueError, LookupError, TypeError) as error:
        told = _lacking(replace(told, by="unknown"), f"provenance.json tells nothing: {error!r}")
    if store is None:
        return told
    try:
        program = parse(read_reward(file, told.task))
        return replace(told, agreement=_agreement(program, store, sandboxes))
    except SynthError as error:
        return _lacking(told, f"{error.fault}: {error}")


def _agreement(program: Program, store: EpisodeStore, sandboxes: Sandboxes) -> HeldOutAgreement:
    episodes = store.select(split="held_out")
    return held_out_agreement(
        gather(program, store, episodes, twice=False, sandboxes=sandboxes), episodes
    )


def held_out_agreement(
    evidence: RecordedVerdicts,
    episodes: Sequence[Episode],
    *,
    meant: RecordedVerdicts | None = None,
) -> HeldOutAgreement:
    """A program on the held-out episodes, against success and against truth.

    Args:
        evidence: What it says of them.
        episodes: The held-out ones.
        meant: What another program for the same plan says of them, which then chooses the
            predicate that each sub-task is compared with: a bad one must not choose it itself.
    """
    holds = np.concatenate([evidence.holds(e) for e in episodes])
    success = np.concatenate([e.success for e in episodes])
    judged = np.concatenate([e.judged for e in episodes])
    wrong = (holds[:, -1] != success) & judged
    rows = [
        _nearest(evidence, meant or evidence, episodes, name) for name in evidence.subtasks[:-1]
    ]
    # A sub-task that no predicate tells of has no figure.
    known = tuple(row for row in rows if row is not None)
    return HeldOutAgreement(
        int(judged.sum()),
        int(wrong.sum()),
        int((success & judged).sum()),
        int((wrong & success).sum()),
        known,
    )


def _nearest(
    evidence: RecordedVerdicts, meant: RecordedVerdicts, episodes: Sequence[Episode], name: str
) -> SubTaskAccuracy | None:
    """A sub-task against the predicate that `meant` agrees with best, where any is told."""
    found: list[tuple[float, SubTaskAccuracy]] = []
    for predicate in sorted({key for e in episodes for key in e.truth}):
        # A near miss may lack the very thing that a predicate is about.
        telling = [e for e in episodes if predicate in e.truth]
        if 2 * len(telling) < len(episodes):
            continue
        truth = np.concatenate([e.truth[predicate] for e in telling])
        says, chooses = (_holds(one, telling, name) for one in (evidence, meant))
        row = best_match(name, says, {predicate: truth}, np.ones_like(says), goal=False)
        found.append((float(np.mean(chooses == truth)), row))
    return max(found, key=lambda entry: entry[0])[1] if found else None


def _holds(evidence: RecordedVerdicts, episodes: Sequence[Episode], name: str) -> NDArray[np.bool_]:
    column = evidence.subtasks.index(name)
    return np.concatenate([evidence.holds(e)[:, column] for e in episodes])
