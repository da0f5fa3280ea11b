"""A failed assertion as data.

The same object becomes a pytest message, a line of a JSON report and a refinement prompt.
It does not carry pictures: episode and frame say where to find them.
"""

from __future__ import annotations

import json
import shlex
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["Failure", "Find", "place_in_words"]


def place_in_words(box: tuple[int, int, int, int]) -> str:
    """Where a box ``(top, left, bottom, right)`` lies, as all messages say it.

    >>> place_in_words((16, 48, 32, 64))
    'rows 16..31, columns 48..63'
    """
    top, left, bottom, right = box
    return f"rows {top}..{bottom - 1}, columns {left}..{right - 1}"


@dataclass(frozen=True, slots=True)
class Find:
    """An episode on which a program is wrong, as it can be played again.

    Attributes:
        seed: What the environment is reset with.
        actions: As JSON values; the fault is on the frame after the last of them.
        note: What kind of fault it is, in words.
        mission: The words of the episode, where they vary.
    """

    seed: int
    actions: tuple[Any, ...]
    note: str
    mission: str | None = None

    def command(self, task: str, reward: Path | None = None) -> str:
        """The command that plays it again.

        Args:
            task: The task's name.
            reward: The program, where it is not the committed one.

        >>> Find(70412, (2, 2, 1), "").command("doorkey")
        'synth hunt doorkey --seed 70412 --actions 2,2,1'
        """
        acts = ",".join(json.dumps(action, separators=(",", ":")) for action in self.actions)
        words = ["synth", "hunt", task, "--seed", str(self.seed)]
        words += ["--actions", acts] if acts else []
        words += [] if self.mission is None else ["--mission", self.mission]
        words += [] if reward is None else ["--reward", str(reward)]
        return shlex.join(words)


@dataclass(frozen=True, slots=True)
class Failure:
    """One failed assertion.

    Attributes:
        test: The test's id, ``group::check`` or ``group::check[episode]``.
        group: The group of the suite it belongs to; see `synth.suite.groups`.
        message: One sentence a model can act on.
        episode: Episode id, or ``None`` where no episode is involved.
        frame: Index of the frame within the episode, or ``None``.
        subtask: The sub-task's name, or ``None`` where the whole program is meant.
        expected: What the assertion wanted, in words.
        actual: What came, in words.
        held_out: Whether the episode is held out; such a failure never reaches a prompt.
        variant: Name of the perturbed picture of the episode that was judged, or ``None``.
        find: An episode that the search made and no store holds yet, or ``None``.
        still: Id of the still that was judged, or ``None``; `episode` is then the one in whose
            world it is, and `frame` one of its frames to compare the still with, or ``None``.
        beside: Id of another still of the same world to compare it with, or ``None``.
    """

    test: str
    group: str
    message: str
    episode: str | None = None
    frame: int | None = None
    subtask: str | None = None
    expected: str = ""
    actual: str = ""
    held_out: bool = False
    variant: str | None = None
    find: Find | None = None
    still: str | None = None
    beside: str | None = None

    def to_json(self) -> dict[str, Any]:
        """The failure as a JSON object, every field present."""
        return asdict(self)

    def __str__(self) -> str:
        """The sentence."""
        return self.message
