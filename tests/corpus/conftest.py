"""Tasks of the corpus, recorded once each: recording is what takes the time."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from synth.record import record, scenes
from synth.task.folder import TaskFolder
from tests.corpus.corpus import PLANS, WORLDS, plan_of, spec_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from synth.episode import EpisodeStore


@pytest.fixture(scope="session")
def task_of() -> Callable[..., TaskFolder]:
    """A task by name, in memory, under its own plan or another one."""
    stores: dict[str, EpisodeStore] = {}

    def made(name: str, plan: str | None = None) -> TaskFolder:
        spec = spec_of(name)
        if name not in stores:
            with pytest.MonkeyPatch.context() as patch:
                patch.setattr(scenes, "LAYOUTS", WORLDS)
                stores[name] = record(spec)
        return TaskFolder(Path(name), spec, plan_of(plan or PLANS[name]), stores[name])

    return made
