"""One attempt at the reward of a committed task, beside the committed one and never over it.

An attempt is described by a value that travels between processes and machines. It works in
a folder of its own, ``runs/TASK/regress/MODEL/1-1``, whose journal makes it resumable: what was
answered there is neither asked nor paid for again. Nothing is written anywhere else.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path  # noqa: TC003 - pydantic reads the annotations when an attempt is kept
from typing import TYPE_CHECKING

from synth.errors import RewardError, UsageError
from synth.loop import LoopOptions, run_loop
from synth.loop.adopt import RecordedTask
from synth.models.exchange import ExchangeModel
from synth.models.open import open_model
from synth.program import parse, program_digest
from synth.sandbox import Sandboxes
from synth.task import TaskFolder
from synth.task.paths import run_folder
from synth.verdicts import Footage, ask

if TYPE_CHECKING:
    from collections.abc import Callable

    from synth.episode import EpisodeStore
    from synth.loop import Judge, Observer, Outcome
    from synth.models.base import Model

__all__ = [
    "Attempt",
    "Attempted",
    "GroupCount",
    "attempt",
    "attempt_folder",
    "goal_right",
    "newest_series",
]


LEAST_ROUNDS = 2
"""One to plan and one to write."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """What is to be attempted. It can be pickled.

    Attributes:
        task: The committed task's folder, ``generated/TASK``. It is only read.
        model: As given on the command line: ``openai:gpt-x``.
        folder: Where the attempt works; see `attempt_folder`.
        sample: Which of the model's independent samples this is, from 1.
        series: Which asking of the model this is, from 1; a later one asks everything again.
        prompts: Folder of templates that take the place of synth's own, or ``None``.
        options: Budgets and habits.
        base_url: Of a compatible or local server.
        max_output_tokens: Limit on one answer.
        max_images: Pictures in one request at most.
        timeout: Seconds to wait for one answer.
        temperature: Sent only where set.
        unsafe: Whether programs may run where no sandbox holds.

    Raises:
        UsageError: Its budget has too few rounds for any program.
    """

    task: Path
    model: str
    folder: Path
    sample: int = 1
    series: int = 1
    prompts: Path | None = None
    options: LoopOptions = field(default_factory=LoopOptions)
    base_url: str | None = None
    max_output_tokens: int | None = None
    max_images: int | None = None
    timeout: float | None = None
    temperature: float | None = None
    unsafe: bool = False

    def __post_init__(self) -> None:
        if self.options.rounds < LEAST_ROUNDS:
            raise UsageError(
                f"rounds = {self.options.rounds}: an attempt plans in its first round and writes "
                f"in the next, so none could pass; give at least {LEAST_ROUNDS}."
            )

    @property
    def asked(self) -> str:
        """The model as it is opened for this attempt.

        In an exchange folder each attempt has a folder of its own, or the first one's answers
        would be taken for all.
        """
        provider, _, rest = self.model.partition(":")
        if provider != "exchange" or not rest:
            return self.model
        return f"{self.model}/{self._place}"

    @property
    def _place(self) -> str:
        """Below an exchange folder."""
        return f"{self.task.name}/{self.series}-{self.sample}"

    def open(self, on_wait: Callable[[Path], None] | None = None) -> Model:
        """Open the model; nothing is asked yet.

        Args:
            on_wait: Told the folder of a request that waits for a person's answer.

        Raises:
            UsageError: There is no such model, or it does not know an option.
            ModelAuthError: Its key is not set.
        """
        model = open_model(
            self.model,
            base_url=self.base_url,
            max_output_tokens=self.max_output_tokens,
            max_images=self.max_images,
            timeout=self.timeout,
            temperature=self.temperature,
            on_wait=on_wait,
        )
        if isinstance(model, ExchangeModel):
            # Blessed, it is known by the name that was given, and not by the attempt's number.
            return model.below(self._place)
        return model


@dataclass(frozen=True, slots=True)
class GroupCount:
    """Tests of one group that passed and failed."""

    group: str
    passed: int
    failed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempted:
    """How an attempt went. It can be pickled.

    Attributes:
        attempt: What was attempted.
        passed: Whether its program passes everything, held-out episodes included.
        reason: Why it ended; where it did not pass, also what its best program fails first.
        groups: Visible tests by group, as far as the cascade came with the best program.
        held_out_passed: Held-out tests passed; none where the program did not come so far.
        held_out_failed: Held-out tests failed.
        held_out_right: Share of the judged held-out frames on which the goal says what the
            environment says; ``None`` where there is no program that runs.
        rounds: Rounds begun, those for speed left out.
        calls: Requests answered.
        replayed: How many of them the attempt's own journal answered this time.
        input_tokens: Of all calls.
        output_tokens: Of all calls.
        cost: Money of all calls, or ``None`` where no price is known.
        seconds: Seconds of work, earlier processes included.
        lines: Of the program; 0 where there is none.
        single: Microseconds a frame one by one, or ``None`` where it was not measured.
        batched: Microseconds a frame in batches, likewise.
        program: Where the best program lies, or ``None``.
        digest: Of the program; empty where there is none.
    """

    attempt: Attempt
    passed: bool
    reason: str
    groups: tuple[GroupCount, ...] = ()
    held_out_passed: int = 0
    held_out_failed: int = 0
    held_out_right: float | None = None
    rounds: int = 0
    calls: int = 0
    replayed: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    cost: float | None = None
    seconds: float = 0.0
    lines: int = 0
    single: float | None = None
    batched: float | None = None
    program: Path | None = None
    digest: str = ""


def attempt_folder(
    task: str, model: str, sample: int = 1, *, series: int = 1, prompts: Path | None = None
) -> Path:
    """``runs/TASK/regress/MODEL/SERIES-SAMPLE``, or ``MODEL+PROMPTS`` with other templates."""
    named = run_folder(task, model)
    name = named.name if prompts is None else f"{named.name}+{prompts.name}"
    return named.parent / "regress" / name / f"{series}-{sample}"


def newest_series(folder: Path, *, finished: bool = False) -> int:
    """The number of a model's newest series, or 0 where there is none.

    Args:
        folder: ``runs/TASK/regress/MODEL``.
        finished: Count only those whose comparison is there, ``2.json``.
    """
    names = [p.stem if finished else p.name.partition("-")[0] for p in _series(folder, finished)]
    return max((int(name) for name in names if name.isdecimal()), default=0)


def _series(folder: Path, finished: bool) -> list[Path]:
    return list(folder.glob("*.json" if finished else "*-*/"))


def attempt(
    one: Attempt,
    *,
    model: Model | None = None,
    observer: Observer | None = None,
    judge: Judge | None = None,
    on_wait: Callable[[Path], None] | None = None,
) -> Attempted:
    """Make a reward for a committed task, or go on with an attempt begun earlier.

    It is judged by the committed episodes and the committed spec, its search included.

    Args:
        one: What to attempt.
        model: What answers; by default the one that `one` names.
        observer: Told of what happens; see `synth.loop.events`.
        judge: Judges and measures; the task's suite by default.
        on_wait: Told the folder of a request that waits for a person's answer.

    Returns:
        How it went, also where a budget ran out or the model could not do it.

    Raises:
        KeyboardInterrupt: It was interrupted; the same call goes on.
        ModelError: The service failed; the same call goes on, and asks nothing twice.
        EnvironmentFault: Fresh episodes were needed and cannot be made.
        SandboxUnavailable: This machine cannot confine programs.
        UsageError: The task's folder is not whole, or it is the attempt's own.
    """
    if one.folder.resolve().is_relative_to(one.task.resolve()):
        raise UsageError(
            f"{one.folder}: an attempt may not work in the committed folder; choose another."
        )
    task = TaskFolder.read(one.task)
    sandboxes = Sandboxes(unsafe=one.unsafe)
    outcome = run_loop(
        RecordedTask(task.spec, task.store),
        model or one.open(on_wait),
        one.folder,
        one.options,
        observer,
        judge=judge,
        sandboxes=sandboxes,
        # A model's own labels belong to its plan; people's hold whoever writes the program.
        labels=tuple(label for label in task.labels if label.by_person),
        prompts=one.prompts,
    )
    if outcome.ending == "interrupted":
        raise KeyboardInterrupt
    return _attempted(one, outcome, task.store, sandboxes)


def _attempted(
    one: Attempt, outcome: Outcome, store: EpisodeStore, sandboxes: Sandboxes
) -> Attempted:
    source, verdict, held_out = outcome.source, outcome.verdict, outcome.held_out
    return Attempted(
        attempt=one,
        passed=outcome.accepted,
        reason=_reason(outcome),
        groups=tuple(GroupCount(g, *counts) for g, counts in verdict.groups.items())
        if verdict
        else (),
        held_out_passed=held_out.passed if held_out else 0,
        held_out_failed=held_out.failed if held_out else 0,
        held_out_right=None
        if source is None
        else goal_right(source, outcome.deciding_store() or store, sandboxes),
        rounds=outcome.rounds,
        calls=outcome.calls,
        replayed=outcome.replayed,
        input_tokens=outcome.usage.input_tokens,
        output_tokens=outcome.usage.output_tokens,
        cost=outcome.cost,
        seconds=outcome.seconds,
        lines=len(source.splitlines()) if source else 0,
        single=outcome.speed.single if outcome.speed else None,
        batched=outcome.speed.batched if outcome.speed else None,
        program=outcome.folder / "reward.py" if source else None,
        digest=program_digest(source) if source else "",
    )


def _reason(outcome: Outcome) -> str:
    """Why it ended, and what the best program fails first, without a full stop at the end."""
    reason = outcome.reason.rstrip(".")
    if outcome.accepted:
        return reason
    if outcome.verdict is None:
        return f"{reason}; no answer held a program"
    if outcome.verdict.exemplars:
        failure = outcome.verdict.exemplars[0].failure
        return f"{reason}; {failure.test}: {failure.message.rstrip('.')}"
    failed = outcome.held_out.failed if outcome.held_out else 0
    return f"{reason}; passes what it was shown and fails {failed} held-out tests"


def goal_right(source: str, store: EpisodeStore, sandboxes: Sandboxes) -> float | None:
    """Share of the judged held-out frames on which the goal says what the environment says."""
    episodes = store.select(split="held_out")
    shown = [Footage(store.frames, e.frame_index, e.mission) for e in episodes]
    try:
        answers = ask(parse(source), shown, sandboxes=sandboxes)
    except RewardError:
        return None
    judged = sum(int(e.judged.sum()) for e in episodes)
    if not judged:
        return None
    wrong = sum(
        int((answers.holds(k)[:, -1] != e.success)[e.judged].sum()) for k, e in enumerate(episodes)
    )
    return 1.0 - wrong / judged
