"""Images that Hypothesis draws, and the search for one on which a program fails.

Drawn images are flat, or cut from a recorded frame, with rectangles in the task's colours
and in others, from one pixel upwards: they reach branches of a checker that noise never
does. Frame and initial frame always have the same size. This module registers no check.

Everything is drawn from single bits. Hypothesis mixes constants found in whatever modules
happen to be imported into its integers, and then the same program would be shown other
images by the loop than by pytest; bits have no such constants, and shrink as well.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from hypothesis import HealthCheck, Phase, Verbosity, given, settings
from hypothesis import strategies as st
from hypothesis.errors import Flaky

from synth.errors import ProgramFault
from synth.sandbox import Cell

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from synth.sandbox import Sandbox, Verdicts

__all__ = ["Probe", "palette", "search"]

EXAMPLES = 60
RECTANGLES = 4
SIDE_BITS = 5  # sides from 1 to 32 pixels: larger ones add time and no new branches
COLOUR_BITS = 4
MADE_UP = ((0, 0, 0), (255, 255, 255), (127, 1, 254), (0, 128, 64))
PAIRS = np.array([[0, 1], [1, 1], [1, 0], [0, 0]])


class _Failing(Exception):
    """Tells Hypothesis that an image is worth shrinking."""


class Probe:
    """Asks a program about single images and keeps the last answer that was wrong.

    Args:
        sandbox: The program's worker.

    Attributes:
        image: The last image at fault, in words; empty while there is none.
        fault: How the program failed as a whole on it, or ``None``.
        unstable: Whether it answered differently when asked again.
        verdicts: Its answer, in which some cell is no bool.
    """

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox
        self.image = ""
        self.fault: ProgramFault | None = None
        self.unstable = False
        self.verdicts: Verdicts | None = None

    def ask(self, frame: NDArray[np.uint8], initial: NDArray[np.uint8], kind: str) -> bool:
        """Whether the program answers properly about an image.

        Args:
            frame: ``uint8[H, W, 3]``.
            initial: ``uint8[H, W, 3]``.
            kind: What sort of image it is, for `image`.
        """
        images = np.stack([frame, initial])
        image = f"{kind} of {frame.shape[1]}x{frame.shape[0]} pixels"
        try:
            verdicts = self._sandbox.verdicts(images, PAIRS)
            again = self._sandbox.verdicts(images[::-1], 1 - PAIRS[::-1])
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


def search(
    probe: Probe, colours: NDArray[np.uint8], recorded: NDArray[np.uint8], examples: int = EXAMPLES
) -> None:
    """Look for a drawn image on which the program fails, and shrink it.

    Args:
        probe: Keeps what is found.
        colours: ``uint8[C, 3]``, of the task.
        recorded: ``uint8[H, W, 3]``, a frame to cut from.
        examples: How many images to draw.
    """

    @settings(
        derandomize=True,
        database=None,
        deadline=None,
        max_examples=examples,
        phases=(Phase.generate, Phase.shrink),
        suppress_health_check=list(HealthCheck),
        verbosity=Verbosity.quiet,
        report_multiple_bugs=False,
        print_blob=False,
    )
    @given(_scenes(colours, recorded))
    def run(scene: tuple[NDArray[np.uint8], NDArray[np.uint8]]) -> None:
        if probe.fault is None and not probe.ask(*scene, "a drawn image"):
            raise _Failing

    try:
        run()
    except (_Failing, Flaky):
        return  # the probe knows what failed


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
def _scenes(
    draw: Callable[[st.SearchStrategy[tuple[bool, ...]]], tuple[bool, ...]],
    colours: NDArray[np.uint8],
    recorded: NDArray[np.uint8],
) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """A frame and an initial frame, which share some of their rectangles."""

    def number(bits: int) -> int:
        return sum(bit << i for i, bit in enumerate(draw(st.tuples(*[st.booleans()] * bits))))

    height, width = 1 + number(SIDE_BITS), 1 + number(SIDE_BITS)
    frame = np.empty((height, width, 3), dtype=np.uint8)
    frame[:] = colours[number(COLOUR_BITS)]
    if number(1):
        top, left = (number(SIDE_BITS + 1) % side for side in recorded.shape[:2])
        cut = recorded[top : top + height, left : left + width]
        frame[: cut.shape[0], : cut.shape[1]] = cut
    initial = frame.copy()
    for _ in range(RECTANGLES):
        shown_in = number(2)
        if shown_in:
            top, left, bottom, right = (number(SIDE_BITS) for _ in range(4))
            area = (slice(top, top + bottom + 1), slice(left, left + right + 1))
            colour = colours[number(COLOUR_BITS)]
            for bit, image in enumerate((frame, initial)):
                if shown_in >> bit & 1:
                    image[area] = colour
    return frame, initial
