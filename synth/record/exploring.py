"""Which scenes there are in the world of one seed, and by what operations each is reached.

A *scene* is an arrangement of the world, the agent aside. From the reset on, breadth first: the
agent is put in each pose that it could reach, takes each action, and where the backdrop is
another afterwards, a scene has been found. It is rebuilt by a reset and its few operations.
Nothing is known of kinds of things.

What is found by the same actions and the same changes of the picture (something put down, here
or there) is of one *kind*. The first scenes of a kind are searched with all actions, one more
with those that did anything in them, and the rest not at all: what lies beyond is alike.

Nothing is expanded after success or a real end, nor where the expert, called anew, fails. A step
after which the picture is one of success, pixel for pixel, but for another action in the same
pose, is left out: no reader of pictures could tell them apart.
"""

from __future__ import annotations

from collections import Counter, deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from synth.envs import Alterable, Backdrop, Comparable
from synth.episode import frame_digest
from synth.errors import IllegalAction
from synth.pixels import differing
from synth.record.aliasing import then_expert
from synth.record.rollout import plain
from synth.record.scene_events import boxes_of

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

    from numpy.typing import NDArray

    from synth.envs import TimeStep
    from synth.record.player import Player
    from synth.vision import Box

__all__ = ["Arrangement", "Explored", "Explorer", "Operation", "refusal"]

MOST_TRIES = 24_000
"""Steps in one world, more or less: a search that has begun is finished."""
MOST_SEARCHED = 24
"""Scenes of one world in which actions are tried."""
THOROUGH, SEARCHED = 2, 2
"""Of one kind: scenes in which all actions are tried, and scenes in which any are."""
FEW = 8
"""Poses in which a world is asked whether it moves by itself."""


@dataclass(frozen=True, eq=False, slots=True)
class Operation:
    """The agent is put in a pose and takes one action."""

    pose: Callable[[Any], None]
    action: Any


@dataclass(frozen=True, eq=False, slots=True)
class Arrangement:
    """One scene of a world.

    Attributes:
        way: How it is rebuilt after a reset.
        kind: What was done, and what each change looks like.
        places: Boxes in which its backdrop differs from the initial one.
        last: Boxes that the last operation changed.
        parent: From where it was found; ``None`` for the initial scene.
    """

    way: tuple[Operation, ...]
    kind: tuple[Any, ...]
    places: tuple[Box, ...]
    last: tuple[Box, ...]
    parent: Arrangement | None


@dataclass(frozen=True, eq=False, slots=True)
class Explored:
    """What trying actions in one scene has shown.

    Attributes:
        arrivals: Operations that succeed, by digest of the frame after them; each frame once.
        ends: Operations after which the episode is over without success.
    """

    arrivals: dict[bytes, Operation] = field(default_factory=dict)
    ends: list[Operation] = field(default_factory=list)


def refusal(player: Player) -> str:
    """Why a player's worlds cannot be explored, or nothing where they can."""
    simulator = player.simulator
    if not isinstance(simulator, Backdrop):
        return "the simulator cannot draw its scene without the agent"
    if not isinstance(simulator, Alterable):
        return "the simulator cannot set the agent elsewhere"
    if not player.actions:
        return "there is no end of actions"
    return ""


@dataclass(frozen=True, eq=False, slots=True)
class _Outcome:
    """What one action in one pose has come to; for another scene its backdrop and its key."""

    operation: Operation
    what: Literal["nothing", "success", "end", "scene"] = "nothing"
    now: NDArray[np.uint8] | None = None
    key: bytes | None = None


class Explorer:
    """Explores the world of one seed.

    Args:
        player: Whose simulator has the abilities; see `refusal`.
        seed: Of the world.

    Attributes:
        player: As given.
        successes: Digests of all frames of success that were met.
    """

    def __init__(self, player: Player, seed: int) -> None:
        simulator = player.simulator
        assert isinstance(simulator, Alterable)  # noqa: S101 - the caller has asked `refusal`
        assert isinstance(simulator, Backdrop)  # noqa: S101 - likewise
        self.player, self._seed = player, seed
        self._simulator, self._alterable, self._staged = simulator, simulator, simulator
        self._actions: tuple[Any, ...] = player.actions or ()
        self.successes: set[bytes] = set()
        self._known: dict[Arrangement, Explored] = {}
        self._ahead: dict[Arrangement, tuple[Box, ...] | None] = {}
        self._effective: dict[tuple[Any, ...], set[int]] = {}
        self._winning: set[int] = set()
        self._tries = self._spare = 0
        self._start = Arrangement((), (), (), (), None)
        self.rebuild(self._start)
        self._initial = self._staged.backdrop()
        self._places: dict[bytes, Arrangement] = {self._key() or b"": self._start}
        self._barred: set[bytes] = set()

    def explore(self, rng: np.random.Generator) -> list[Arrangement]:
        """All scenes found, the initial one first; at most what the bounds allow.

        A world that moves by itself has none: nobody's operations made its arrangements.

        Args:
            rng: Decides which scenes of a kind are searched.
        """
        if self._restless():
            return []
        queue, counted = deque([self._start]), Counter[tuple[Any, ...]]()
        while queue and counted.total() < MOST_SEARCHED and self._tries < MOST_TRIES:
            place = queue.popleft()
            if counted[place.kind] == SEARCHED or self.ahead(place) is None:
                continue
            counted[place.kind] += 1
            if counted[place.kind] <= THOROUGH:
                actions = list(range(len(self._actions)))
            else:
                actions = sorted(self._effective[place.kind])
            found = self._try(place, actions)
            queue.extend(found[int(at)] for at in rng.permutation(len(found)))
        return list(self._places.values())

    def explored(self, place: Arrangement) -> Explored:
        """What is known of one scene; where nothing is, what succeeded elsewhere is tried."""
        if place not in self._known:
            self._try(place, sorted(self._winning), extend=False)
        return self._known[place]

    def ahead(self, place: Arrangement) -> tuple[Box, ...] | None:
        """Boxes of the places that still change until the expert, called anew, succeeds.

        ``None`` where it does not succeed.
        """
        if place not in self._ahead:
            self._ahead[place] = self._follow(place)
        return self._ahead[place]

    def rebuild(self, place: Arrangement, *, draw: bool = False) -> TimeStep:
        """Bring the simulator to a scene, the agent where the last operation leaves it.

        Args:
            place: One of this world's.
            draw: Whether the picture of that moment is wanted.
        """
        step = self._simulator.reset(self._seed, draw=draw and not place.way)
        for number, operation in enumerate(place.way, start=1):
            step = self._do(operation, draw=draw and number == len(place.way))
        return step

    def backdrop_of(self, place: Arrangement) -> NDArray[np.uint8]:
        """The picture of a scene without the agent, ``uint8[H, W, 3]``."""
        self.rebuild(place)
        return self._staged.backdrop()

    def posed(self, place: Arrangement) -> list[TimeStep]:
        """The scene with the agent in each of its poses, drawn."""
        self.rebuild(place)
        return [self._alterable.alter(pose) for pose in self._alterable.poses()]

    def words(self, place: Arrangement) -> tuple[str, ...]:
        """What was done on the way to a scene, in words."""
        return self.player.words([operation.action for operation in place.way])

    def after(self, place: Arrangement, operation: Operation) -> TimeStep:
        """The moment after one more operation, drawn."""
        self.rebuild(place)
        return self._do(operation, draw=True)

    def _do(self, operation: Operation, *, draw: bool = False) -> TimeStep:
        self._alterable.alter(operation.pose, draw=False)
        return self._simulator.step(operation.action, draw=draw)

    def _try(
        self, place: Arrangement, actions: Sequence[int], *, extend: bool = True
    ) -> list[Arrangement]:
        """Try actions in every pose of a scene; gives the scenes found, none of them known."""
        known = self._known.setdefault(place, Explored())
        effective = self._effective.setdefault(place.kind, set())
        self.rebuild(place)
        backdrop = self._staged.backdrop()
        found: list[Arrangement] = []
        self._spare = 0
        for pose in self._alterable.poses():
            tried = [
                (number, self._attempt(place, Operation(pose, self._actions[number]), backdrop))
                for number in actions
            ]
            effective.update(number for number, outcome in tried if outcome.what != "nothing")
            self._winning.update(number for number, outcome in tried if outcome.what == "success")
            outcomes = [outcome for _, outcome in tried]
            known.ends.extend(o.operation for o in outcomes if o.what == "end")
            won = [o.operation for o in outcomes if o.what == "success"]
            frames = {frame_digest(self.after(place, one).frame): one for one in won}
            known.arrivals.update(frames)
            self.successes |= frames.keys()
            for outcome in outcomes:
                if extend and outcome.what == "scene":
                    found += self._take_in(place, outcome, backdrop, frames.keys())
            if won:
                self._spare = 0
        return [one for one in found if one in self._places.values()]

    def _attempt(
        self, place: Arrangement, operation: Operation, backdrop: NDArray[np.uint8]
    ) -> _Outcome:
        """Take one action in one pose of a scene, which is built anew only where it must be."""
        if self._spare == 0:
            self.rebuild(place)
            # The environment's own step limit is no real end: it is never reached.
            self._spare = max(1, self.player.spec.max_steps - len(place.way) - 1)
        before = self._alterable.alter(operation.pose, draw=False)
        if before.success or before.done:
            return _Outcome(operation, "nothing")
        self._spare -= 1
        self._tries += 1
        try:
            step = self._simulator.step(operation.action, draw=False)
        except IllegalAction:
            self._spare = 0
            return _Outcome(operation, "nothing")
        now = self._staged.backdrop()
        changed = not np.array_equal(now, backdrop)
        if changed or step.success or step.done:
            self._spare = 0
        if step.success:
            return _Outcome(operation, "success")
        if step.done:
            return _Outcome(operation, "end")
        return _Outcome(operation, "scene", now, self._key()) if changed else _Outcome(operation)

    def _take_in(
        self,
        place: Arrangement,
        outcome: _Outcome,
        backdrop: NDArray[np.uint8],
        successes: Collection[bytes],
    ) -> list[Arrangement]:
        """The scene behind a change, if it is new and can be told from the successes beside it."""
        key, now, operation = outcome.key, outcome.now, outcome.operation
        if key is None or now is None or key in self._barred:
            return []
        if successes:
            self._spare = 0
            if frame_digest(self.after(place, operation).frame) in successes:
                self._barred.add(key)
                self._places.pop(key, None)
                return []
        if key in self._places:
            return []
        self._places[key] = self._beyond(place, operation, backdrop, now)
        return [self._places[key]]

    def _beyond(
        self,
        place: Arrangement,
        operation: Operation,
        before: NDArray[np.uint8],
        now: NDArray[np.uint8],
    ) -> Arrangement:
        last = tuple(boxes_of(differing(before, now)))
        looks = tuple(
            frame_digest(now[top:bottom, left:right]) for top, left, bottom, right in last
        )
        return Arrangement(
            way=(*place.way, operation),
            kind=(*place.kind, (self._actions.index(operation.action), tuple(looks))),
            places=tuple(boxes_of(differing(self._initial, now))),
            last=last,
            parent=place,
        )

    def _key(self) -> bytes | None:
        """What tells the present scene from others; ``None`` where the agent fits nowhere."""
        backdrop, poses = frame_digest(self._staged.backdrop()), self._alterable.poses()
        if not poses:
            return None
        # In the first of its poses, so that where the agent stands does not matter, and where it
        # can go does: beyond a blocked door it has other poses.
        if isinstance(self._simulator, Comparable):
            self._alterable.alter(poses[0], draw=False)
            return backdrop + self._simulator.state()
        return backdrop + frame_digest(self._alterable.alter(poses[0]).frame)

    def _restless(self) -> bool:
        """Whether the world moves by itself: most actions change it, in whatever pose."""
        self.rebuild(self._start)
        poses = self._alterable.poses()
        changed = []
        for pose in poses[:: max(1, len(poses) // FEW)]:
            for action in self._actions:
                self.rebuild(self._start)
                self._do(Operation(pose, action))
                changed.append(not np.array_equal(self._staged.backdrop(), self._initial))
        return sum(changed) > len(changed) // 2

    def _follow(self, place: Arrangement) -> tuple[Box, ...] | None:
        step = self.rebuild(place)
        before = self._staged.backdrop()
        boxes: dict[Box, None] = {}
        left = self.player.spec.max_steps - len(place.way)
        for given in then_expert((), self.player.expert)(self._simulator):
            try:
                step = self._simulator.step(plain(given), draw=False)
            except IllegalAction:
                return None
            now = self._staged.backdrop()
            if not np.array_equal(before, now):
                boxes |= dict.fromkeys(boxes_of(differing(before, now)))
            before, left = now, left - 1
            if step.success:
                return tuple(boxes)
            if step.done or left <= 0:
                return None
        return None
