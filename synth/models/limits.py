"""A provider's limits, kept by all who ask it: processes of a machine, and workers of a cluster.

What a service allows is written into ``synth.toml``, for one model or for all of a provider's::

    [limits."openai:gpt-x"]      # or [limits.openai]
    at_once = 8                  # requests under way
    per_minute = 60              # requests begun

Who asks holds one of ``at_once`` locked files, which the system frees however its process ends; the
times at which requests may begin are dealt out from one small file. Where a service answers that
there are too many requests all the same, everybody waits as long as it asked for, limits or none.
The files lie in ``runs/.limits``, which all of a cluster's workers see.
"""

from __future__ import annotations

import fcntl
import os
import re
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

from pydantic import BaseModel, ConfigDict, Field

from synth.errors import ModelRateLimited
from synth.models.configured import configured
from synth.scheduling import alone, read_kept
from synth.task.paths import RUNS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from synth.models.base import Model, Reply
    from synth.prompts.requests import Request

__all__ = ["Limit", "LimitedModel", "find_limit", "limits_folder"]

PATIENCE = 6
"""How often a request is sent that is refused as one too many."""
FIRST_WAIT, LONGEST_WAIT = 2.0, 120.0
"""Seconds after a refusal that does not say how long; twice as many after each further one."""
LOOK = 0.1
"""Seconds between two looks for a free place."""


class Limit(BaseModel):
    """What a service allows; ``None`` where nothing is known.

    Attributes:
        at_once: Requests under way at a time.
        per_minute: Requests begun in a minute.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    at_once: Annotated[int, Field(ge=1, le=10_000)] | None = None
    per_minute: Annotated[float, Field(gt=0, allow_inf_nan=False)] | None = None


class _Pace(BaseModel):
    """When the next request may begin, in seconds since the epoch.

    Attributes:
        next: As the limit per minute has it.
        held_until: As the service asked.
    """

    next: float = 0.0
    held_until: float = 0.0


def find_limit(model: str) -> Limit:
    """The limits of a model, or of its provider.

    Args:
        model: As given on the command line: ``openai:gpt-x``.

    Raises:
        UsageError: A file is not TOML, or its limit is not one.
    """
    names = [model, model.partition(":")[0]]
    remedy = "give at_once, per_minute or both"
    return configured("limits", names, Limit, remedy=remedy) or Limit()


def limits_folder(model: str) -> Path:
    """Where those who ask a model agree on who may."""
    return RUNS / ".limits" / re.sub(r"[^A-Za-z0-9._-]+", "-", model)


class LimitedModel:
    """A model that is asked as its limits allow.

    Args:
        model: What answers.
        limit: What it allows.
        folder: Shared by all who ask it; see `limits_folder`.
        now: Seconds since the epoch.
        sleep: Waits so many seconds.
    """

    def __init__(
        self,
        model: Model,
        limit: Limit,
        folder: Path,
        *,
        now: Callable[[], float] = time.time,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._model, self._limit, self._folder = model, limit, folder
        self._now, self._sleep = now, sleep

    @property
    def name(self) -> str:
        """The model's own."""
        return self._model.name

    def ask(self, request: Request) -> Reply:
        """Wait for a turn, and ask; where that is one too many, let all wait and ask again.

        Raises:
            ModelRateLimited: It is one too many however long one waits.
            ModelError: As the model's own.
        """
        with self._place():
            for wait in (min(LONGEST_WAIT, FIRST_WAIT * 2**k) for k in range(PATIENCE - 1)):
                self._turn()
                try:
                    return self._model.ask(request)
                except ModelRateLimited as error:
                    asked = wait if error.retry_after is None else error.retry_after
                    if asked > LONGEST_WAIT:
                        raise
                    self._hold(asked)
            self._turn()
            return self._model.ask(request)

    @contextmanager
    def _place(self) -> Iterator[None]:
        """One of the places for requests under way, for as long as the block lasts."""
        if self._limit.at_once is None:
            yield
            return
        self._folder.mkdir(parents=True, exist_ok=True)
        while True:
            for number in range(self._limit.at_once):
                path = self._folder / f"place-{number}"
                handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
                try:
                    fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                except BlockingIOError:
                    os.close(handle)
                    continue
                try:
                    yield
                finally:
                    os.close(handle)
                return
            self._sleep(LOOK)

    def _turn(self) -> None:
        """Wait until a request may begin."""
        start = self._booked()
        while (wait := max(start, self._pace().held_until) - self._now()) > 0:
            self._sleep(wait)

    def _booked(self) -> float:
        """The next time that the limit per minute allows, which is then taken."""
        if self._limit.per_minute is None:
            return 0.0
        with alone(self._folder / "pace.lock"):
            pace = self._pace()
            start = max(self._now(), pace.next)
            self._write(pace.model_copy(update={"next": start + 60.0 / self._limit.per_minute}))
        return start

    def _hold(self, seconds: float) -> None:
        """Let nobody begin for so long."""
        with alone(self._folder / "pace.lock"):
            pace = self._pace()
            until = max(pace.held_until, self._now() + seconds)
            self._write(pace.model_copy(update={"held_until": until}))

    def _pace(self) -> _Pace:
        return read_kept(self._folder / "pace.json", _Pace) or _Pace()

    def _write(self, pace: _Pace) -> None:
        # Replaced whole; need not outlast a crash of the machine, after which nobody is asking.
        draft = self._folder / ".pace.tmp"
        draft.write_text(pace.model_dump_json())
        draft.replace(self._folder / "pace.json")
