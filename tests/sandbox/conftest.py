"""Frames, and sandboxes that are closed after the test."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from scipy import ndimage
from scipy.ndimage import _nd_image

from synth.sandbox import Sandbox
from synth.sandbox.mended import mend

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import NDArray


@pytest.fixture
def frame() -> NDArray[np.uint8]:
    """One frame, ``uint8[12, 10, 3]``, every pixel another."""
    return np.arange(360, dtype=np.uint32).astype(np.uint8).reshape(12, 10, 3)


@pytest.fixture
def sandbox() -> Iterator[Callable[..., Sandbox]]:
    """Make sandboxes from source and sub-task names, one stage each."""
    made: list[Sandbox] = []

    def make(source: str, *names: str, deadline: float = 20.0) -> Sandbox:
        stages = tuple((name,) for name in names or ("goal",))
        made.append(Sandbox(source, stages=stages, deadline=deadline))
        return made[-1]

    yield make
    for one in made:
        one.close()


def scenes(seed: int, count: int, height: int = 7, width: int = 5) -> NDArray[np.uint8]:
    """Random frames, ``uint8[count, height, width, 3]``."""
    rng = np.random.default_rng(seed)
    return rng.integers(0, 256, (count, height, width, 3)).astype(np.uint8)


@pytest.fixture(scope="module")
def real() -> Iterator[dict[str, Any]]:
    """What ndimage has without the mends, which are made, and undone in the end."""
    kept = {module: dict(vars(module)) for module in (np, ndimage, _nd_image)}
    mend()
    yield kept[ndimage]
    for module, names in kept.items():
        for name, value in names.items():
            if vars(module)[name] is not value:
                setattr(module, name, value)
