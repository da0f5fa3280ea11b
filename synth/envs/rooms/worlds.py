"""Rooms of synth's own, on MiniWorld's classes: find, lift and put next, as a mission says.

Registers ``Rooms-Find-v0``, ``Rooms-Lift-v0`` and ``Rooms-PutNext-v0``. A mission names things by
colour and shape, and the layout sees to it that it must be read (``alike``):

==========  ==============================================================================
``both``    two colours times two shapes: four things, and no word alone tells one of them
``colour``  one colour, a ball, a box and a key
``shape``   one shape in three colours
``mixed``   one of these three, drawn for each episode
==========  ==============================================================================

Actions are MiniWorld's: turn left, turn right, forward, back, and, but for finding, pick up and
put down. An episode ends at success. ``info["mission"]`` holds the mission as well.
"""

from __future__ import annotations

import math
from itertools import permutations
from typing import Any

import gymnasium
from gymnasium import spaces
from miniworld.miniworld import MiniWorldEnv
from miniworld.params import DEFAULT_PARAMS

from synth.envs.rooms.errands import Errand, gap
from synth.envs.rooms.things import COLOURS, SHAPES, thing, words

__all__ = ["FindRoom", "LiftRoom", "NamedThings", "PutNextRoom"]

ALIKE = ("both", "colour", "shape", "mixed")
FORWARD, TURN = 0.25, 15.0
"""Metres of a step forward or back, and degrees of a turn."""
TRIES = 200
"""Layouts tried before an episode is given up: things may not lie near one another."""
GAP, DOOR, CLEAR = 0.4, 1.8, 1.8
"""Metres between two rooms, the width of the way through, and how far things lie from it."""


class NamedThings(MiniWorldEnv):  # type: ignore[misc]  # MiniWorld has no types
    """A room of things, one of which a mission names.

    Args:
        size: Metres of each side of the square that is seen from above.
        rooms: 1, or 2 with a way through.
        alike: How the things resemble one another.
        reach: Metres between two things, edge to edge, that are still near.
        kwargs: MiniWorld's own.

    Attributes:
        mission: What this episode asks for.
        errand: The same, as an `Errand`.
    """

    def __init__(
        self,
        size: float = 6.0,
        rooms: int = 1,
        alike: str = "both",
        reach: float = 0.6,
        **kwargs: Any,
    ) -> None:
        if alike not in ALIKE:
            raise ValueError(f"alike is one of {', '.join(ALIKE)}, not {alike!r}")
        if rooms not in {1, 2}:
            raise ValueError(f"rooms is 1 or 2, not {rooms!r}")
        if not 4 <= size <= 20 or not 0.2 <= reach <= 2:  # noqa: PLR2004 - metres
            raise ValueError("size is 4 to 20 metres, and reach 0.2 to 2")
        self.size, self.parts, self.alike, self.reach = float(size), rooms, alike, float(reach)
        self.errand: Errand | None = None
        self.mission = ""
        self.door = 0.0
        self.things: list[Any] = []
        if "params" not in kwargs:
            kwargs["params"] = DEFAULT_PARAMS.no_random()
            kwargs["params"].set("forward_step", FORWARD)
            kwargs["params"].set("turn_step", TURN)
        kwargs.setdefault("max_episode_steps", 200)
        super().__init__(**kwargs)
        self.action_space = spaces.Discrete(self.last_action + 1)

    last_action = MiniWorldEnv.Actions.drop
    wall_segs: Any

    def missions(self) -> tuple[str, ...]:
        """Everything that this layout could ask for."""
        return tuple(self._errands())

    def instruct(self, mission: str) -> None:
        """Ask for something else in the same layout.

        Raises:
            ValueError: This layout has no such mission.
        """
        errands = self._errands()
        if mission not in errands:
            raise ValueError(f"this layout has no mission {mission!r}")
        self.mission, self.errand = mission, errands[mission]

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[Any, dict[str, Any]]:
        """Lay out a room, and draw a mission."""
        observation, info = super().reset(seed=seed, options=options)
        return observation, {**info, "mission": self.mission}

    def step(self, action: Any) -> tuple[Any, float, bool, bool, dict[str, Any]]:
        """As MiniWorld does it; ends with a reward where the mission is done."""
        observation, reward, terminated, truncated, info = super().step(action)
        if self.errand is not None and self.errand.done(self):
            reward, terminated = self._reward(), True
        return observation, float(reward), terminated, truncated, {**info, "mission": self.mission}

    def _gen_world(self) -> None:
        half = self.size / 2
        for _ in range(TRIES):
            for laid in (self.entities, self.rooms):
                laid.clear()
            self.wall_segs = []
            self._build(half)
            self.things = [self.place_entity(thing(*one)) for one in self._drawn()]
            self.place_agent()
            if self._apart() and self._passable():
                break
        else:
            raise ValueError(f"{len(self.things)} things do not fit; make `size` larger")
        missions = self.missions()
        self.instruct(missions[int(self.np_random.integers(len(missions)))])

    def _build(self, half: float) -> None:
        if self.parts == 1:
            self.add_rect_room(min_x=-half, max_x=half, min_z=-half, max_z=half, no_ceiling=True)
            return
        north = self.add_rect_room(
            min_x=-half, max_x=half, min_z=-half, max_z=-GAP / 2, no_ceiling=True
        )
        south = self.add_rect_room(
            min_x=-half, max_x=half, min_z=GAP / 2, max_z=half, no_ceiling=True
        )
        reach = half - DOOR / 2
        self.door = float(self.np_random.uniform(-reach, reach))
        self.connect_rooms(north, south, min_x=self.door - DOOR / 2, max_x=self.door + DOOR / 2)

    def _drawn(self) -> list[tuple[str, str]]:
        """Colours and shapes of an episode."""
        alike = self.alike
        if alike == "mixed":
            alike = str(self.np_random.choice(ALIKE[:3]))
        colours = [str(c) for c in self.np_random.permutation(COLOURS)]
        shapes = [str(s) for s in self.np_random.permutation(SHAPES)]
        if alike == "colour":
            return [(colours[0], shape) for shape in shapes]
        if alike == "shape":
            return [(colour, shapes[0]) for colour in colours[:3]]
        return [(colour, shape) for colour in colours[:2] for shape in shapes[:2]]

    def _apart(self) -> bool:
        """Whether nothing is near anything, so that no mission is done yet."""
        clear = self.reach + self.max_step
        everything = [*self.things, self.agent]
        return all(gap(a, b) > clear for a in everything for b in everything if a is not b)

    def _passable(self) -> bool:
        """Whether nothing stands in the way between two rooms."""
        return self.parts == 1 or all(
            math.hypot(one.pos[0] - self.door, one.pos[2]) > CLEAR for one in self.things
        )

    @property
    def max_step(self) -> float:
        """Metres of a step forward."""
        return float(self.params.get_max("forward_step"))

    def _errands(self) -> dict[str, Errand]:
        raise NotImplementedError


class FindRoom(NamedThings):
    """Go near a thing: ``go to the red ball``."""

    last_action = MiniWorldEnv.Actions.move_back

    def _errands(self) -> dict[str, Errand]:
        return {
            f"go to the {words(one)}": Errand("find", one, reach=self.reach) for one in self.things
        }


class LiftRoom(NamedThings):
    """Pick up a thing: ``pick up the red ball``. What is not wanted may be put down again."""

    def _errands(self) -> dict[str, Errand]:
        return {f"pick up the {words(one)}": Errand("lift", one) for one in self.things}


class PutNextRoom(NamedThings):
    """Have two things lie near each other: ``put the red ball next to the blue box``."""

    def _errands(self) -> dict[str, Errand]:
        return {
            f"put the {words(one)} next to the {words(other)}": Errand(
                "put_next", one, other, self.reach
            )
            for one, other in permutations(self.things, 2)
        }


for _name, _kind in (("Find", FindRoom), ("Lift", LiftRoom), ("PutNext", PutNextRoom)):
    gymnasium.register(id=f"Rooms-{_name}-v0", entry_point=f"{__name__}:{_kind.__name__}")
