"""One sample of a cell: an attempt, made by whichever worker, in the figures of the table."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict

from synth.errors import UsageError
from synth.matrix.eyes import label_score
from synth.prompts.render import templates_digest
from synth.prompts.sets import set_name
from synth.regress import make_attempt

if TYPE_CHECKING:
    from synth.regress import Attempt

__all__ = ["Sample", "Wanted", "make_sample"]


@dataclass(frozen=True, slots=True)
class Wanted:
    """A sample to be made.

    Attributes:
        column: Place of its column in the table.
        task: The task's name.
        attempt: What is to be attempted.
        prompts: Digest of the templates, as whoever wants it has read them.
    """

    column: int
    task: str
    attempt: Attempt
    prompts: str


class Sample(BaseModel):
    """How one attempt went.

    Attributes:
        task: The task's name.
        model: As given on the command line.
        prompt_set: Name of the set of templates.
        prompts: Its digest.
        number: Which sample, from 1.
        passed: Whether its program passes everything, held-out episodes included.
        reason: Why it ended.
        rounds: Rounds begun, those for speed left out.
        calls: Requests answered.
        input_tokens: Of all calls.
        output_tokens: Of all calls.
        cost: Money of all calls, or ``None`` where no price is known.
        seconds: Seconds of work.
        labels: Answers by the model's eyes of which truth says whether they are right.
        labels_right: Those that are.
        lines: Of the program; 0 where there is none.
        microseconds: A frame, one by one, or ``None`` where it was not measured.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    task: str
    model: str
    prompt_set: str
    prompts: str
    number: int
    passed: bool
    reason: str
    rounds: int
    calls: int
    input_tokens: int
    output_tokens: int
    cost: float | None
    seconds: float
    labels: int
    labels_right: int
    lines: int
    microseconds: float | None


def make_sample(wanted: Wanted) -> Sample:
    """Make a sample, go on with one that was cut short, or read what is known.

    Raises:
        UsageError: The templates are not those that were wanted, or the folder is damaged.
        SynthError: What `synth.regress.attempt` raises; nothing is kept then but its journal.
    """
    one = wanted.attempt
    if templates_digest(one.prompts) != wanted.prompts:
        raise UsageError(
            f"the prompts {set_name(one.prompts)!r} were changed while they were in use; run the "
            "same command again."
        )
    went = make_attempt(one)
    labels, right = label_score(one)
    return Sample(
        task=wanted.task,
        model=one.model,
        prompt_set=set_name(one.prompts),
        prompts=wanted.prompts,
        number=one.sample,
        passed=went.passed,
        reason=went.reason,
        rounds=went.rounds,
        calls=went.calls,
        input_tokens=went.input_tokens,
        output_tokens=went.output_tokens,
        cost=went.cost,
        seconds=round(went.seconds, 1),
        labels=labels,
        labels_right=right,
        lines=went.lines,
        microseconds=went.single,
    )
