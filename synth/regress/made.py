"""An attempt as workers make it: by one at a time, asked through a courier, and kept.

What is kept is the answer to one question: this task as committed, these words and budgets, judged
by this code. Asked anything else, the attempt goes on from its journal.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, replace
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict

from synth.loop.judge import code_digest
from synth.models.base import ModelOptions
from synth.models.courier import CourierModel, needs_courier
from synth.prompts.render import templates_digest
from synth.regress.attempt import Attempt, Attempted, attempt
from synth.scheduling import kept_result
from synth.task.provenance import read_digests

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from synth.loop import Observer
    from synth.models.base import Model

__all__ = ["MADE", "make_attempt"]

MADE = "made.json"


class _Made(BaseModel):
    """What ``made.json`` in an attempt's folder holds.

    Attributes:
        asked: Digest of what this answers.
        went: How it went.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    asked: str
    went: Attempted

    def answers(self, asked: str) -> bool:
        """Whether it is what is asked for now, and its program is still there."""
        return self.asked == asked and (self.went.program is None or self.went.program.is_file())


def make_attempt(
    one: Attempt,
    *,
    observer: Observer | None = None,
    on_wait: Callable[[Path], None] | None = None,
) -> Attempted:
    """Make an attempt, go on with one that was cut short, or read what is known.

    Whoever comes while another is at it waits for that one, and takes what it made.

    Args:
        one: What to attempt.
        observer: As for `synth.regress.attempt`.
        on_wait: Likewise.

    Raises:
        SynthError: What `synth.regress.attempt` raises; nothing is kept then but its journal.
        UsageError: The folder is damaged.
    """
    asked = _digest(one)

    def make() -> _Made:
        model = _courier(one)
        went = attempt(one, model=model, observer=observer, on_wait=on_wait)
        return _Made(asked=asked, went=went)

    kept = kept_result(one.folder / MADE, _Made, make, lambda made: made.answers(asked))
    # How the service is reached is no part of the question.
    return replace(kept.went, attempt=one)


def _courier(one: Attempt) -> Model | None:
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


def _digest(one: Attempt) -> str:
    judged_by = {
        name: digest
        for name, digest in (read_digests(one.task) or {}).items()
        if name == "task.toml" or name.startswith("episodes/")
    }
    words, budgets = templates_digest(one.prompts), asdict(one.options)
    what = [code_digest(), one.asked, words, budgets, judged_by]
    return hashlib.sha256(json.dumps(what, sort_keys=True).encode()).hexdigest()
