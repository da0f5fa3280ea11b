"""What the loop needs to know about a program, and the suite that tells it.

`Judge` is the seam: tests examine with something small, a run with the task's suite.
The held-out split leaves `Judge.held_out` as two counts, and nothing else of it gets
any further. Nothing is remembered here: `synth.loop.cached_judge` stands before a judge.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import numpy as np

import synth
from synth.errors import RewardError
from synth.journal import FunctionRecord
from synth.loop.episodes import Episodes, visible_digest
from synth.loop.verdict import Verdict, check_of
from synth.program import parse
from synth.sandbox import CONFINED
from synth.suite import judge, measure_speed
from synth.suite.registry import find_check
from synth.task import TaskFolder

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from synth.episode import EpisodeStore
    from synth.failure import Failure
    from synth.plan import Plan
    from synth.prompts.requests import Shot
    from synth.sandbox import Sandboxes
    from synth.spec import Spec

__all__ = ["Alike", "HeldOutCount", "Judge", "SuiteJudge", "Task", "Timing", "code_digest"]

KINDS = 3

PROFILE_FRAMES = 200
PROFILES = 3
BESIDE_VERDICTS = frozenset(
    {
        "__main__",
        "alternatives",
        "cli",
        "journal",
        "labels",
        "loop",
        "making",
        "matrix",
        "models",
        "mutation",
        "named_reward",
        "options",
        "page",
        "prompts",
        "regress",
        "report",
        "seen",
        "seen_vec",
        "sources",
        "suite.pytest",
        "training",
        "vec",
        "vector",
        "wrappers",
    }
)
"""Packages and modules on which no verdict depends; `synth.loop` only hands verdicts on.

Nothing outside the list may import anything in it, which a test holds.
"""


def is_beside_verdicts(module: str) -> bool:
    """Whether no verdict depends on a module, named without ``synth.``."""
    parts = module.split(".")
    return any(".".join(parts[:n]) in BESIDE_VERDICTS for n in (1, 2))


class Task(Protocol):
    """What a run needs of a task: the spec and the episodes."""

    @property
    def spec(self) -> Spec:
        """The spec."""
        ...

    @property
    def store(self) -> EpisodeStore:
        """Episodes of both splits."""
        ...


@dataclass(frozen=True, slots=True)
class HeldOutCount:
    """How many held-out tests passed and failed.

    Attributes:
        kinds: What failed, in words that no episode can be told from: sub-tasks, and what
            checks promise.
    """

    passed: int
    failed: int
    kinds: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False, slots=True)
class Alike:
    """How a program does on fresh visible episodes.

    Attributes:
        verdict: Its verdict on them.
        task: Where they are.
    """

    verdict: Verdict
    task: Task


@dataclass(frozen=True, slots=True)
class Timing:
    """Microseconds a frame, one by one and in batches, and where they go.

    Attributes:
        profile: Slowest function first.
    """

    single: float
    batched: float
    profile: tuple[FunctionRecord, ...] = ()


class Judge(Protocol):
    """Judges and measures programs. Pure but for `speed`."""

    def evidence(self, plan: Plan) -> str:
        """Digest of all that verdicts depend on, but the program and what the run finds."""
        ...

    def visible(self, source: str, plan: Plan) -> Verdict:
        """How a program does on the visible split."""
        ...

    def held_out(self, source: str, plan: Plan, generation: int) -> HeldOutCount:
        """How a program does on the held-out split, in numbers only.

        Args:
            source: The program.
            plan: Its plan.
            generation: Of the held-out episodes; see `EpisodeStore.generation`.

        Raises:
            EnvironmentFault: They must be recorded first, and cannot be.
        """
        ...

    def alike(self, source: str, plan: Plan, batch: int) -> Alike:
        """How a program does on visible episodes that were never recorded.

        Args:
            source: The program.
            plan: Its plan.
            batch: Which of them; see `synth.record.refresh.fresh_visible`.

        Raises:
            EnvironmentFault: They cannot be made.
            SpecError: There are no seeds for more.
        """
        ...

    def explain(
        self, source: str, subtask: str, shot: Shot, initial: NDArray[np.uint8]
    ) -> tuple[str, ...]:
        """What a program that was judged computed on a picture; nothing where it cannot be run.

        Args:
            source: The program.
            subtask: Whose checker is asked.
            shot: The picture, of the visible split.
            initial: ``uint8[H, W, 3]``, the initial frame that goes with it.
        """
        ...

    def speed(self, source: str) -> Timing:
        """How fast a passing program is.

        Raises:
            RewardError: It cannot be run long enough to tell.
        """
        ...


class SuiteJudge:
    """The task's own suite and speed meter.

    Args:
        task: Spec and episodes.
        folder: Named as the task's folder; nothing is read from it.
        sandboxes: Where programs run.
    """

    def __init__(self, task: Task, folder: Path, *, sandboxes: Sandboxes = CONFINED) -> None:
        self._episodes = task if isinstance(task, Episodes) else Episodes(task.spec, task.store)
        self._folder, self._sandboxes = folder, sandboxes
        self._store_digest = visible_digest(self._episodes.original)

    def evidence(self, plan: Plan) -> str:
        """See `Judge`."""
        spec = self._episodes.spec
        search = spec.search.model_dump_json() if spec.search is not None else ""
        code = code_digest()
        asked = f"{spec.gate.model_dump_json()}{search}"
        content = f"{code}|{self._store_digest}|{asked}|{plan.model_dump_json()}"
        return hashlib.sha256(content.encode()).hexdigest()[:16]

    def visible(self, source: str, plan: Plan) -> Verdict:
        """See `Judge`."""
        task = self._folder_with(plan, self._episodes.store)
        found = judge(source, task, splits=("visible",), cascade=True, sandboxes=self._sandboxes)
        return Verdict.of(found.passed, found.failed, found.failures)

    def held_out(self, source: str, plan: Plan, generation: int) -> HeldOutCount:
        """See `Judge`."""
        task = self._folder_with(plan, self._episodes.at(generation))
        found = judge(source, task, splits=("held_out",), cascade=False, sandboxes=self._sandboxes)
        kinds = tuple(dict.fromkeys(_kind(failure) for failure in found.failures))
        failed = len(found.failed) + len(found.unjudged)
        return HeldOutCount(len(found.passed), failed, kinds[:KINDS])

    def alike(self, source: str, plan: Plan, batch: int) -> Alike:
        """See `Judge`. No search is made: it is for episodes that are kept."""
        spec = self._episodes.spec.model_copy(update={"search": None})
        task = TaskFolder(self._folder, spec, plan, self._episodes.fresh(batch))
        found = judge(source, task, splits=("visible",), cascade=True, sandboxes=self._sandboxes)
        return Alike(Verdict.of(found.passed, found.failed, found.failures), task)

    def explain(
        self, source: str, subtask: str, shot: Shot, initial: NDArray[np.uint8]
    ) -> tuple[str, ...]:
        """See `Judge`."""
        try:
            with self._sandboxes.open(parse(source)) as sandbox:
                return sandbox.explain(subtask, shot.frame, initial, shot.mission)
        except RewardError:
            return ()  # that it cannot be run is a failure of its own, and is reported as that

    def speed(self, source: str) -> Timing:
        """See `Judge`."""
        frames, initial, mission = self._example()
        measured = measure_speed(
            source, frames, initial, mission=mission, sandboxes=self._sandboxes
        )
        told = None if mission is None else [mission] * len(frames)
        pairs = np.zeros((len(frames), 2), dtype=np.int64)
        pairs[:, 0] = np.arange(len(frames))
        with self._sandboxes.open(parse(source)) as sandbox:
            # The best of a few, as for the times beside it: other work only ever adds time.
            times = min(
                (sandbox.profile(frames, pairs, told) for _ in range(PROFILES)),
                key=lambda times: sum(t.microseconds for t in times),
            )
        profile = tuple(
            FunctionRecord(function=t.name, microseconds=t.microseconds, calls=t.calls)
            for t in sorted(times, key=lambda t: -t.microseconds)
        )
        return Timing(measured.single_us, measured.batched_us, profile)

    def _folder_with(self, plan: Plan, store: EpisodeStore) -> TaskFolder:
        labels = self._episodes.labels
        return TaskFolder(self._folder, self._episodes.spec, plan, store, labels=labels)

    def _example(self) -> tuple[np.ndarray, np.ndarray, str | None]:
        """Visible frames, initial frame and mission: the longest random episode's, else any's."""
        store = self._episodes.original
        episodes = store.select(kind="random", split="visible") or store.select(split="visible")
        longest = max(episodes, key=lambda e: (len(e), e.id))
        frames = store.frames_of(longest)[:PROFILE_FRAMES]
        return frames, store.initial_of(longest), longest.mission


def _kind(failure: Failure) -> str:
    """What sort of failure it is, without where it was: no message, episode or picture."""
    promise = find_check(check_of(failure.test)).promise
    about = f"`{failure.subtask}`" if failure.subtask else "the program as a whole"
    return f"{about}, of which is asked: {promise}"


@cache
def code_digest(package: Path = Path(synth.__file__).parent) -> str:
    """Digest of the code that verdicts may depend on, so that a changed check judges anew.

    Args:
        package: Folder of the package, whose modules are found by walking it.
    """
    digest = hashlib.sha256()
    for file in sorted(package.rglob("*.py")):
        place = file.relative_to(package)
        # What is left out is named, not what counts: a new module that is too much costs one
        # judgement, one that were forgotten would keep a wrong verdict.
        if not is_beside_verdicts(".".join(place.with_suffix("").parts)):
            digest.update(f"{place.as_posix()}\0".encode())
            digest.update(hashlib.sha256(file.read_bytes()).digest())
    return digest.hexdigest()
