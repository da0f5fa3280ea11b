"""What the loop's tests share."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import pytest
from squares import Markers, Squares, fresh_held_out, fresh_visible

from synth.loop import LoopOptions, Outcome, Price, run_loop

if TYPE_CHECKING:
    from pathlib import Path

    from synth.models.base import Model

Go = Callable[..., Outcome]


@pytest.fixture(scope="module", autouse=True)
def fresh_squares() -> Iterator[None]:
    """Fresh episodes without a simulator; undone before the next file."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("synth.loop.episodes.fresh_held_out", fresh_held_out)
        patch.setattr("synth.loop.episodes.fresh_visible", fresh_visible)
        yield


@pytest.fixture(scope="session")
def squares() -> Squares:
    """The task."""
    return Squares()


@pytest.fixture
def markers() -> Markers:
    """A judge that counts what it is asked."""
    return Markers()


@pytest.fixture
def go(tmp_path: Path, squares: Squares, markers: Markers) -> Go:
    """Run the loop in a folder of the test's own, judged by markers."""

    def go(
        model: Model, folder: str = "run", price: Price | None = None, **options: Any
    ) -> Outcome:
        extra = {k: options.pop(k) for k in ("observer", "clock") if k in options}
        task = options.pop("task", squares)
        return run_loop(
            task,
            model,
            tmp_path / folder,
            LoopOptions(**options),
            judge=markers,
            price=price,
            **extra,
        )

    return go
