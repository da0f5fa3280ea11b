"""Images that Hypothesis draws, and the search for one on which a program fails.

Drawn images are flat, or cut from a recorded frame, with rectangles in the task's colours
and in others, from one pixel upwards: they reach branches of a checker that noise never
does. Each drawn scene is painted once for each rotation of the palette, since drawing is
dear and judging is cheap. Frame and initial frame always have the same size. This module
registers no check.

Everything is drawn from single bits. Hypothesis mixes constants found in whatever modules
happen to be imported into its integers, and then the same program would be shown other
images by the loop than by pytest; bits have no such constants, and shrink as well.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import numpy as np
from hypothesis import HealthCheck, Phase, Verbosity, given, seed, settings
from hypothesis import strategies as st
from hypothesis.errors import Flaky

from synth.errors import ProgramFault
from synth.sandbox import Cell

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from synth.sandbox import Answerer, Verdicts

__all__ = ["Probe", "palette", "search"]

SCENES = 40
RECTANGLES = 4
SIDE_BITS = 5  # sides from 1 to 32 pixels: larger ones add time and no new branches
COLOUR_BITS = 4
MADE_UP = ((0, 0, 0), (255, 255, 255), (127, 1, 254), (0, 128, 64))


class _Failing(Exception):
    """Tells Hypothesis that an image is worth shrinking."""


class Probe:
    """Asks a program about single images and keeps the last answer that was wrong.

    Args:
        sandbox: The program's worker.
        missions: Asked with in turn; none where missions do not vary.

    Attributes:
        image: The last image at fault, in words; empty while there is none.
        fault: How the program failed as a whole on it, or ``None``.
        unstable: Whether it answered differently when asked again.
        verdicts: Its answer, in which some cell is no bool.
    """

    def __init__(self, sandbox: Answerer, missions: Sequence[str] = ()) -> None:
        self._sandbox, self._missions = sandbox, missions
        self.image = ""
        self.fault: ProgramFault | None = None
        self.unstable = False
        self.verdicts: Verdicts | None = None

    def ask(self, images: NDArray[np.uint8], kind: str) -> bool:
        """Whether the program answers properly about images, each against its neighbour.

        Args:
            images: ``uint8[2n, H, W, 3]``.
            kind: What sort of images they are, for `image`.
        """
        each = np.arange(len(images))
        pairs = np.stack([each, each ^ 1], axis=1)
        told = [self._missions[n % len(self._missions)] for n in each.tolist() if self._missions]
        image = f"{kind} of {images.shape[2]}x{images.shape[1]} pixels"
        try:
            verdicts = self._sandbox.verdicts(images, pairs, told or None)
            again = self._sandbox.verdicts(images, pairs[::-1], told[::-1] or None)
        except ProgramFault as fault:
            self.fault, self.image = fault, image
            return False
        if (verdicts.cells >= Cell.RAISED).any():
            self.verdicts, self.image = verdicts, image
            return False
        if not np.array_equal(verdicts.cells, again.cells[::-1]):
            self.unstable, self.image = True, image
            return False
        return True


@dataclass(frozen=True, slots=True)
class _Rectangle:
    top: int
    left: int
    height: int
    width: int
    colour: int
    in_frame: bool
    in_initial: bool


@dataclass(frozen=True, slots=True)
class _Scene:
    """What a frame and its initial frame show, colours as places in the palette."""

    height: int
    width: int
    colour: int
    cut: tuple[int, int] | None
    rectangles: tuple[_Rectangle, ...]

    def paint(self, colours: NDArray[np.uint8], recorded: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """``uint8[2, H, W, 3]``: the frame and the initial frame."""
        images = np.empty((2, self.height, self.width, 3), dtype=np.uint8)
        images[:] = colours[self.colour]
        if self.cut is not None:
            top, left = (at % side for at, side in zip(self.cut, recorded.shape, strict=False))
            piece = recorded[top : top + self.height, left : left + self.width]
            images[:, : piece.shape[0], : piece.shape[1]] = piece
        for r in self.rectangles:
            for image, shown in zip(images, (r.in_frame, r.in_initial), strict=True):
                if shown:
                    image[r.top : r.top + r.height, r.left : r.left + r.width] = colours[r.colour]
        return images


def search(probe: Probe, colours: NDArray[np.uint8], recorded: NDArray[np.uint8]) -> None:
    """Look for a drawn image on which the program fails, and shrink it.

    Args:
        probe: Keeps what is found.
        colours: ``uint8[C, 3]``, the palette.
        recorded: ``uint8[H, W, 3]``, a frame to cut from.
    """

    def fails(scene: _Scene) -> bool:
        painted = [
            scene.paint(np.roll(colours, shift, axis=0), recorded) for shift in range(len(colours))
        ]
        return probe.fault is None and not probe.ask(np.concatenate(painted), "a drawn image")

    def shrink(scene: _Scene) -> None:
        if fails(scene):
            raise _Failing

    if not any(map(fails, _drawn())) or probe.fault is not None:
        return
    try:
        _look_at_each(shrink, Phase.generate, Phase.shrink)
    except (_Failing, Flaky):
        return  # the probe knows what failed


@cache
def _drawn() -> tuple[_Scene, ...]:
    """The scenes that Hypothesis draws while none fails: the same each time, and dear to draw."""
    scenes: list[_Scene] = []
    _look_at_each(scenes.append, Phase.generate)
    return tuple(scenes)


def _look_at_each(look: Callable[[_Scene], None], *phases: Phase) -> None:
    """Call a function with one drawn scene after another, from the same seed whatever it is."""

    @seed(0)
    @settings(
        database=None,
        deadline=None,
        max_examples=SCENES,
        phases=phases,
        suppress_health_check=list(HealthCheck),
        verbosity=Verbosity.quiet,
        report_multiple_bugs=False,
        print_blob=False,
    )
    @given(_scenes())
    def run(scene: _Scene) -> None:
        look(scene)

    run()


def palette(frame: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The most frequent colours of a frame and a few that no task has.

    Args:
        frame: ``uint8[H, W, 3]``.

    Returns:
        ``uint8[16, 3]``.
    """
    colours, counts = np.unique(frame.reshape(-1, 3), axis=0, return_counts=True)
    frequent = colours[np.argsort(-counts, kind="stable")][: 2**COLOUR_BITS - len(MADE_UP)]
    both = np.concatenate([frequent, np.array(MADE_UP, dtype=np.uint8)])
    return np.resize(both, (2**COLOUR_BITS, 3))


@st.composite
def _scenes(draw: Callable[[st.SearchStrategy[tuple[bool, ...]]], tuple[bool, ...]]) -> _Scene:
    def number(bits: int) -> int:
        return sum(bit << i for i, bit in enumerate(draw(st.tuples(*[st.booleans()] * bits))))

    def rectangle() -> _Rectangle:
        top, left, height, width = (number(SIDE_BITS) for _ in range(4))
        shown = number(2)
        return _Rectangle(
            top, left, height + 1, width + 1, number(COLOUR_BITS), bool(shown & 1), bool(shown & 2)
        )

    return _Scene(
        height=1 + number(SIDE_BITS),
        width=1 + number(SIDE_BITS),
        colour=number(COLOUR_BITS),
        cut=(number(SIDE_BITS + 1), number(SIDE_BITS + 1)) if number(1) else None,
        rectangles=tuple(rectangle() for _ in range(RECTANGLES) if number(1)),
    )
