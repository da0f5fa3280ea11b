"""One sample of a cell: an attempt, made by whichever worker, and kept in its folder.

What is kept is the answer to one question: this task as committed, these words and budgets, this
version of synth. Asked anything else, the attempt goes on from its journal.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict

from synth import __version__
from synth.errors import UsageError
from synth.matrix.eyes import label_score
from synth.models.base import ModelOptions
from synth.models.courier import CourierModel, needs_courier
from synth.prompts.render import templates_digest
from synth.prompts.sets import set_name
from synth.regress import attempt
from synth.scheduling import kept_result
from synth.task.provenance import read_digests

if TYPE_CHECKING:
    from synth.models.base import Model
    from synth.regress import Attempt, Attempted

__all__ = ["KEPT", "Sample", "Wanted", "make_sample"]

KEPT = "attempted.json"


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
    """How one attempt went, as ``attempted.json`` in its folder holds it.

    Attributes:
        asked: Digest of what this answers.
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

    asked: str
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
    asked = _digest(wanted)
    return kept_result(
        one.folder / KEPT,
        Sample,
        lambda: _sample(wanted, attempt(one, model=_model(one)), asked),
        lambda kept: kept.asked == asked,
    )


def _model(one: Attempt) -> Model | None:
    """A service is asked by a courier, since workers may be killed; others as they are."""
    if not needs_courier(one.model):
        return None
    options = ModelOptions(
        base_url=one.base_url,
        max_output_tokens=one.max_output_tokens,
        timeout=one.timeout,
        temperature=one.temperature,
        max_images=one.max_images,
    )
    return CourierModel(one.model, one.folder / "answers", options)


def _sample(wanted: Wanted, went: Attempted, asked: str) -> Sample:
    labels, right = label_score(wanted.attempt)
    return Sample(
        asked=asked,
        task=wanted.task,
        model=wanted.attempt.model,
        prompt_set=set_name(wanted.attempt.prompts),
        prompts=wanted.prompts,
        number=wanted.attempt.sample,
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


def _digest(wanted: Wanted) -> str:
    one = wanted.attempt
    judged_by = {
        name: digest
        for name, digest in (read_digests(one.task) or {}).items()
        if name == "task.toml" or name.startswith("episodes/")
    }
    what = [__version__, one.asked, wanted.prompts, asdict(one.options), judged_by]
    return hashlib.sha256(json.dumps(what, sort_keys=True).encode()).hexdigest()
