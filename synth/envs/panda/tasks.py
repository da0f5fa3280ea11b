"""What each task of the family is about: its things, its camera, its options.

Needs no simulator.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from synth.envs.keys import SpecKeys, refuse_condition, wrong_key

if TYPE_CHECKING:
    from synth.spec import Spec

__all__ = [
    "COLOURS",
    "IDS",
    "KINDS",
    "SHAPES",
    "Distractor",
    "PandaKind",
    "PandaTask",
    "PandaThing",
    "is_panda",
    "task_of",
]

_ID = re.compile(r"Panda(Reach|Push|Slide|PickAndPlace|Stack)(Joints)?(Dense)?-v3")


@dataclass(frozen=True, slots=True)
class PandaThing:
    """An object that belongs somewhere.

    Attributes:
        body: Its name in the simulation.
        target: The name of the place where it belongs.
        word: What people call it: ``blue cube``.
        colour: Of its target, in words.
        rgb: Of its target, 0 to 1.
        half: Half of its height, in metres.
    """

    body: str
    target: str
    word: str
    colour: str
    rgb: tuple[float, float, float]
    half: float = 0.02


@dataclass(frozen=True, slots=True)
class PandaKind:
    """One task of panda-gym, whatever steers the arm.

    Attributes:
        name: Its class in panda-gym.
        things: What has to be brought somewhere, in the order in which it is done; none where
            the hand itself has.
        options: Keyword arguments that a spec may give.
        middle: What the cameras look at, in metres.
        distance: Of the cameras, in metres.
        fingers: Whether the fingers can be opened.
        threshold: Of the distance, below which it is a success; the package's default.
    """

    name: str
    things: tuple[PandaThing, ...]
    options: tuple[str, ...]
    middle: tuple[float, float, float] = (0.0, 0.0, 0.0)
    distance: float = 0.75
    fingers: bool = False
    threshold: float = 0.05

    @property
    def in_the_air(self) -> bool:
        """Whether a target may lie above the table."""
        return self.name in {"Reach", "PickAndPlace"}


MAGENTA, CYAN, YELLOW = (0.9, 0.1, 0.9), (0.1, 0.8, 0.9), (0.95, 0.85, 0.1)
_CUBE = PandaThing("object", "target", "green cube", "magenta", MAGENTA)
_PUCK = PandaThing("object", "target", "green puck", "magenta", MAGENTA, half=0.015)
_STACK = (
    PandaThing("object1", "target1", "blue cube", "cyan", CYAN),
    PandaThing("object2", "target2", "green cube", "yellow", YELLOW),
)
_RANGES = ("distance_threshold", "goal_xy_range", "obj_xy_range")

_RAISED = (0.0, 0.0, 0.1)
"""What the cameras look at where things are in the air."""

KINDS: dict[str, PandaKind] = {
    kind.name: kind
    for kind in (
        PandaKind("Reach", (), ("distance_threshold", "goal_range"), _RAISED, 0.8),
        PandaKind("Push", (_CUBE,), _RANGES),
        PandaKind("Slide", (_PUCK,), (*_RANGES, "goal_x_offset"), (0.2, 0.0, 0.0), 0.9),
        PandaKind("PickAndPlace", (_CUBE,), (*_RANGES, "goal_z_range"), _RAISED, 0.8, fingers=True),
        PandaKind("Stack", _STACK, _RANGES, fingers=True, threshold=0.1),
    )
}

IDS = tuple(f"Panda{name}{how}-v3" for name in KINDS for how in ("", "Joints"))
"""The environments that the family knows by name; ``Dense`` ones differ in the reward alone."""

COLOURS: dict[str, tuple[float, float, float]] = {
    "green": (0.1, 0.9, 0.1),
    "blue": (0.1, 0.1, 0.9),
    "red": (0.9, 0.1, 0.1),
    "orange": (0.95, 0.5, 0.1),
}
SHAPES = ("cube", "ball", "cylinder")


@dataclass(frozen=True, slots=True)
class Distractor:
    """A thing on the table that the task is not about.

    Attributes:
        body: Its name in the simulation.
        colour: One of `COLOURS`.
        shape: One of `SHAPES`.
    """

    body: str
    colour: str
    shape: str

    @property
    def word(self) -> str:
        """``blue cube``."""
        return f"{self.colour} {self.shape}"


@dataclass(frozen=True, slots=True)
class PandaTask:
    """What a spec asks for.

    Attributes:
        kind: The task.
        joints: Whether the joints are steered, and not the hand.
        reward_type: ``sparse`` or ``dense``, as the id says.
        options: Keyword arguments of the task.
        distractors: More things on the table.
    """

    kind: PandaKind
    joints: bool
    reward_type: str
    options: dict[str, Any]
    distractors: tuple[Distractor, ...]

    @property
    def threshold(self) -> float:
        """The distance below which it is a success, in metres."""
        return float(self.options.get("distance_threshold", self.kind.threshold))


def is_panda(env_id: str) -> bool:
    """Whether an id is one of the family's."""
    return _ID.fullmatch(env_id.rpartition(":")[2]) is not None


def task_of(spec: Spec) -> PandaTask:
    """What a spec asks for.

    Raises:
        SpecError: It has an option that the task does not know, or one that cannot be read; or
            it says what success is.
    """
    found = _ID.fullmatch(spec.env.rpartition(":")[2])
    if found is None:
        problem = f"{spec.env} is not one of the Panda family."
        raise wrong_key(spec, "env", problem, f"Known: {', '.join(IDS)}.")
    kind = KINDS[found[1]]
    refuse_condition(spec, "panda-gym's tasks know their own")
    keys = SpecKeys(spec, "options")
    keys.require_known((*kind.options, "distractors"))
    options = {
        key: keys.number(key, 0.1, lambda metres: 0 <= metres < math.inf, "a number of metres")
        for key in kind.options
        if key in spec.options
    }
    return PandaTask(
        kind,
        joints=bool(found[2]),
        reward_type="dense" if found[3] else "sparse",
        options=options,
        distractors=_distractors(spec, keys, kind),
    )


def _distractors(spec: Spec, keys: SpecKeys, kind: PandaKind) -> tuple[Distractor, ...]:
    text = spec.options.get("distractors", "")
    if text == "":
        return ()
    named = [part.strip() for part in text.split(",")] if isinstance(text, str) else []
    own = {thing.word for thing in kind.things}
    found: list[Distractor] = []
    for number, name in enumerate(named):
        colour, _, shape = name.partition(" ")
        if colour not in COLOURS or shape not in SHAPES or name in own or name in named[:number]:
            found.clear()
            break
        found.append(Distractor(f"distractor{number}", colour, shape))
    if not found:
        raise keys.wrong(
            "distractors",
            f"must name things, each once and none of the task's own, but the file says {text!r}.",
            'For example: distractors = "blue cube, green ball". '
            f"Colours: {', '.join(COLOURS)}; shapes: {', '.join(SHAPES)}.",
        )
    return tuple(found)
