"""What a run came to."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from synth.models.base import Usage

if TYPE_CHECKING:
    from synth.episode import EpisodeStore
    from synth.journal import HeldOutRecord, SpeedRecord
    from synth.loop.episodes import Episodes
    from synth.loop.failure_log import FailedAnswer
    from synth.loop.labelling import LabelCounts
    from synth.loop.verdict import Verdict
    from synth.plan import Plan

__all__ = ["Ending", "Outcome", "audit_command", "next_step"]

Ending = Literal["accepted", "budget", "dead_end", "interrupted"]
PARTS = 3
_EXIT_CODES: dict[Ending, int] = {"accepted": 0, "budget": 5, "dead_end": 6, "interrupted": 130}


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What a run came to.

    Attributes:
        folder: Where the run's files lie.
        accepted: Whether `source` passes everything, held-out episodes included.
        ending: How it ended. A run may be accepted and then be cut short while its
            program is made faster; it is accepted all the same.
        reason: Why it ended, in a sentence.
        next_step: What the user may do, in a sentence.
        source: The best program, or ``None`` where no answer held one.
        plan: The plan that it follows.
        verdict: How it did on the visible split.
        held_out: How it did on the held-out split, or ``None`` where it was not looked at.
        speed: How fast it is, or ``None`` where it was not measured.
        target: Microseconds a frame that the spec asks for.
        rounds: Rounds begun, those for speed left out.
        calls: Requests answered, those of earlier processes included.
        replayed: How many of them the journal answered in this process.
        usage: Tokens of all calls.
        cost: Money of all calls, or ``None`` where no price is known.
        seconds: Seconds of work, earlier processes included.
        looks: How often the held-out split was looked at.
        replaced: How often the held-out episodes were replaced between two looks.
        failures: The file that tells what failed, where a run was not accepted.
        failed_answers: Of each round in which something failed the first answer.
        episodes: By which programs were judged, or ``None`` where that is not known.
        labels: What came of asking eyes, or ``None`` where the spec does not ask for it.
        tape_ended: Whether it was a replay whose journal had no answer to what came next.
        strayed: Whether a replay went another way than the recorded run, by other pictures.
        wrote: Whether an answer held a program, judged to the end or not.
    """

    folder: Path
    accepted: bool
    ending: Ending
    reason: str
    next_step: str = ""
    source: str | None = None
    plan: Plan | None = None
    verdict: Verdict | None = None
    held_out: HeldOutRecord | None = None
    speed: SpeedRecord | None = None
    target: float = 0.0
    rounds: int = 0
    calls: int = 0
    replayed: int = 0
    usage: Usage = field(default_factory=Usage)
    cost: float | None = None
    seconds: float = 0.0
    looks: int = 0
    replaced: int = 0
    failures: Path | None = None
    failed_answers: tuple[FailedAnswer, ...] = ()
    episodes: Episodes | None = None
    labels: LabelCounts | None = None
    tape_ended: bool = False
    strayed: bool = False
    wrote: bool = False

    @property
    def exit_code(self) -> int:
        """What the ``synth`` command exits with."""
        return 0 if self.accepted else _EXIT_CODES[self.ending]

    @property
    def finds(self) -> int:
        """How many episodes the search added."""
        return len(self.episodes.finds) if self.episodes is not None else 0

    def deciding_store(self) -> EpisodeStore | None:
        """The episodes that decided: with the finds, and those held out that were passed.

        Returns:
            ``None`` where nothing was accepted, or the episodes are not known.

        Raises:
            EnvironmentFault: They must be recorded again for that, and cannot be.
        """
        if not self.accepted or self.held_out is None or self.episodes is None:
            return None
        return self.episodes.at(self.held_out.generation)

    @property
    def fast_enough(self) -> bool | None:
        """Whether the spec's target is met, or ``None`` where speed was not measured."""
        return None if self.speed is None else self.speed.single <= self.target


def audit_command(task: str, folder: Path) -> str:
    """The command that makes every test of a task on the best program of a run."""
    return f"pytest generated/{task} --reward {shown(folder)}/reward.py"


def shown(folder: Path) -> str:
    """A run's folder or file as people see it: relative to where synth was started.

    One that lies elsewhere is named by its last parts, as in ``runs/TASK/MODEL``: what is
    written into files must not tell where they were made.
    """
    cwd = Path.cwd()
    if folder.is_relative_to(cwd):
        folder = folder.relative_to(cwd)
    return (Path(*folder.parts[-PARTS:]) if folder.is_absolute() else folder).as_posix()


def next_step(outcome: Outcome, task: str) -> str:
    """What the user may do now, in a sentence or two."""
    if outcome.accepted:
        if outcome.fast_enough is False and outcome.speed is not None:
            return (
                f"The reward passes but takes {outcome.speed.single:.0f} us a frame, where "
                f"specs/{task}.toml asks for {outcome.target:.0f}: take it as it is, or run again "
                "with more rounds for speed."
            )
        return f"Audit it with `pytest generated/{task}` once it is promoted."
    if outcome.ending == "interrupted":
        return "Run the same command to go on; nothing answered is asked again."
    if outcome.ending == "dead_end":
        return "Asking the same model again gives the same: choose another with --model."
    return _how_to_go_on(outcome, task)


def _how_to_go_on(outcome: Outcome, task: str) -> str:
    """What the user may do where a budget, or a replayed journal, ended the run."""
    if outcome.tape_ended:
        back = "go back to the episodes that the journal was made with, or " * outcome.strayed
        return (
            f"A replay asks no model, so a larger budget gives it nothing: {back}ask one with "
            f"`synth run {task} --model MODEL`."
        )
    if outcome.verdict is None:
        begun = (
            "The first program has not been judged to the end"
            if outcome.wrote
            else "No answer held a program yet"
        )
        return f"{begun}; run the same command with a larger budget to go on."
    passed, failed = len(outcome.verdict.passed), len(outcome.verdict.failed)
    return (
        f"The best program so far passes {passed} of the {passed + failed} tests that it reached; "
        f"look at what fails with `{audit_command(task, outcome.folder)}`, run the same command "
        "with a larger budget to go on, or try another model."
    )
