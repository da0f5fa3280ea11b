"""A vision-language model that is asked about every picture: ``vlm:MODEL``.

What a program is written to replace. Each answer is kept, and its cost counted.
"""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Literal

import numpy as np
from pydantic import Field

from synth.alternatives.answerer import PictureAnswerer, PictureVerdicts
from synth.alternatives.kept_answers import AnswerFile, KeptAnswer
from synth.alternatives.looking import FirstTokens, InWords, picture_digest, question_digest
from synth.alternatives.settings import Settings, read_name
from synth.envs import family_of
from synth.loop.prices import find_price
from synth.models.open import open_model
from synth.program import unwritten
from synth.prompts.render import templates_digest
from synth.reward import RewardFunction
from synth.sandbox import Cell, CellError
from synth.task import read_task
from synth.task.paths import RUNS

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from synth.alternatives.kept_answers import AskingCost
    from synth.alternatives.looking import Looking
    from synth.loop.prices import Price
    from synth.plan import Plan
    from synth.verdicts import Picture

__all__ = ["VlmAnswerer", "VlmSettings", "open_alternative"]

MOST_ERRORS = 4


class VlmSettings(Settings):
    """How a model is asked.

    Attributes:
        calls: How many requests may be sent about the task's pictures, earlier commands
            included.
        logprobs: ``1`` asks for the probability of True in place of an answer in words.
        threshold: With `logprobs`: above which probability a sub-task holds.
        jobs: Requests at once.
        base_url: Of a compatible or local server.
        timeout: Seconds to wait for one answer.
        max_output_tokens: Limit on one answer in words.
        temperature: Sent only where set.
    """

    calls: int = Field(default=1000, ge=1)
    logprobs: Literal["0", "1"] = "0"
    threshold: float = Field(default=0.5, ge=0, lt=1)
    jobs: int = Field(default=4, ge=1, le=64)
    base_url: str | None = None
    timeout: float | None = Field(default=None, gt=0)
    max_output_tokens: int | None = Field(default=None, ge=1)
    temperature: float | None = Field(default=None, ge=0)


class VlmAnswerer(PictureAnswerer):
    """Answers as a model says of each picture.

    Args:
        plan: The plan; K sub-tasks.
        looking: Asks the model.
        kept: What was answered before.
        about: What an answer depends on besides the picture, the model's name among it.
        threshold: Above which share a sub-task holds.
        jobs: Requests at once.
        price: What tokens cost, where it is known.
    """

    def __init__(
        self,
        plan: Plan,
        looking: Looking,
        kept: AnswerFile,
        about: tuple[str, ...],
        *,
        threshold: float = 0.5,
        jobs: int = 4,
        price: Price | None = None,
    ) -> None:
        super().__init__(plan.stage_names)
        self._names, self._looking, self._kept = plan.names, looking, kept
        self._about = (*about, looking.manner)
        self._threshold, self._jobs, self._price = threshold, jobs, price

    @property
    def cost(self) -> AskingCost:
        """What the model cost so far, earlier commands included."""
        return self._kept.cost(self._price)

    def judge(self, pictures: Sequence[Picture]) -> PictureVerdicts:
        """What the model says; pictures that it was asked about before cost nothing.

        Raises:
            ModelError: The service failed; what was answered by then is kept.
            BudgetExhausted: No more requests are allowed.
        """
        seen = [picture_digest(picture, self._about) for picture in pictures]
        questions = {
            question_digest(digest, names): (picture, digest, names)
            for digest, picture in dict(zip(seen, pictures, strict=True)).items()
            for names in self._looking.together
        }
        with ThreadPoolExecutor(self._jobs) as pool:
            asked = [
                pool.submit(self._look, key, *question)
                for key, question in questions.items()
                if self._kept.get(key) is None
            ]
            try:
                for future in asked:
                    future.result()
            except BaseException:
                # Ctrl-C too: no further request is paid for. Those under way are waited for, and
                # their answers kept.
                pool.shutdown(wait=False, cancel_futures=True)
                raise
        shares = np.array([self._told(digest) for digest in seen], np.float32)
        unsaid = np.isnan(shares)
        cells = np.where(unsaid, Cell.NOT_BOOL, shares > self._threshold).astype(np.uint8)
        return PictureVerdicts(cells, np.nan_to_num(shares), self._errors(unsaid))

    def _told(self, picture: str) -> list[float]:
        """What is kept of a picture, for each sub-task in plan order; NaN is no answer."""
        told: dict[str, float | None] = {}
        for names in self._looking.together:
            kept = self._kept.get(question_digest(picture, names))
            told |= zip(names, kept.shares if kept else [None] * len(names), strict=True)
        return [np.nan if (share := told[name]) is None else share for name in self._names]

    def _look(self, key: str, picture: Picture, digest: str, names: tuple[str, ...]) -> None:
        seen = self._looking.look(picture, names, key, self._kept.permit)
        answer = KeptAnswer(
            key=key,
            picture=digest,
            shares=seen.shares,
            requests=seen.requests,
            input_tokens=seen.usage.input_tokens,
            output_tokens=seen.usage.output_tokens,
        )
        self._kept.add(answer)

    def _errors(self, unsaid: NDArray[np.bool_]) -> tuple[CellError, ...]:
        return tuple(
            CellError(
                pair=pair,
                subtask=self._names[k],
                function=self._names[k],
                exception="NoAnswer",
                message="the model gave no answer that can be read",
                line=0,
            )
            for pair, k in np.argwhere(unsaid)[:MOST_ERRORS].tolist()
        )


def open_alternative(argument: str, folder: Path) -> RewardFunction:
    """``vlm:MODEL?KEY=VALUE&...``, MODEL as for ``--model``.

    Args:
        argument: What follows ``vlm:``.
        folder: ``generated/TASK``.

    Raises:
        UsageError: There is no such model, a setting makes no sense, or there is no task.
        ModelAuthError: The provider's key is not set.
    """
    name, settings = read_name("vlm", argument, VlmSettings)
    task = read_task(folder / "task.toml")
    model = open_model(
        name,
        base_url=settings.base_url,
        timeout=settings.timeout,
        max_output_tokens=settings.max_output_tokens,
        temperature=settings.temperature,
    )
    spec, plan = task.spec, task.plan
    notes = family_of(spec).notes(spec)
    by_tokens = settings.logprobs == "1"
    looking = (FirstTokens if by_tokens else InWords)(model, plan, spec.goal, notes)
    slug = re.sub(r"[^A-Za-z0-9._-]+", "-", name).strip("-.")
    told = (model.name, plan.model_dump_json(), spec.goal or "", notes, templates_digest())
    answerer = VlmAnswerer(
        plan,
        looking,
        AnswerFile(RUNS / spec.name / "alternatives" / f"{slug}.jsonl", most=settings.calls),
        told,
        threshold=settings.threshold,
        jobs=settings.jobs,
        price=find_price(model.name),
    )
    program = unwritten(
        f"vlm:{name}?logprobs={settings.logprobs}&threshold={settings.threshold}",
        plan.stage_names,
        takes_mission=spec.mission is not None,
        progress=plan.names if by_tokens else (),
    )
    return RewardFunction(program, answerer, folder=folder)
