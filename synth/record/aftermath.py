"""What can be told after a frame that looks like success and is none.

A box that was destroyed looks like a box that was taken for as long as the agent stands as it
would have to stand to take it. Once it turns away the picture is one that no success shows. So
what follows such a frame is judged again where it can be told.

Whether it can is tried out in a *twin*: the same episode without the action that faked success,
where nothing but the place it changed differs. There the agent is set in every pose and takes
every action. A picture that no success of these shows, of the agent in one of these poses, is
told. All else is not: a scene in which other things lie otherwise, a pose that the twin does not
have. How the agent would have come to a pose is not asked, so that more is forgiven than need be,
and nobody is blamed for a picture of success.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from itertools import product
from typing import TYPE_CHECKING, Any, Protocol, cast

import numpy as np

from synth.envs import Alterable, Backdrop, Comparable, Pictured
from synth.envs.recipe import acting
from synth.episode import frame_digest
from synth.pixels import differing
from synth.record.aliasing import first_alias, unaliased

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from numpy.typing import NDArray

    from synth.envs import Policy, Simulator
    from synth.episode import Rollout
    from synth.record.aliasing import Alias, Play
    from synth.vision import Box

__all__ = ["Aftermath", "Twins"]

MOST = 25
"""Frames after the first that looks like success which are looked at where an episode is kept."""


@dataclass(frozen=True, eq=False, slots=True)
class _Twin:
    """What success can look like without the action that faked it.

    Attributes:
        scene: ``uint8[H, W, 3]``, without the agent.
        looks: How the agent looks in each of its poses, as digests.
        successes: Digests of the pictures of success, by any action in any pose.
    """

    scene: NDArray[np.uint8]
    looks: frozenset[bytes]
    successes: frozenset[bytes]


@dataclass(frozen=True, slots=True)
class Twins:
    """What is known of the twins of episodes that start in the same way.

    Attributes:
        by_actions: By the JSON of their actions; ``None`` where there is none.
        by_state: By the simulator's state, the agent in its first pose.
        successes: Digests of the pictures of success in all of them.
    """

    by_actions: dict[str, _Twin | None] = field(default_factory=dict)
    by_state: dict[bytes, _Twin] = field(default_factory=dict)
    successes: set[bytes] = field(default_factory=set)


class _Able(Backdrop, Alterable, Comparable, Pictured, Protocol):
    """What a simulator must be able to do; see `_able`."""


class Aftermath:
    """Tells whether frames after an alias can be told from success.

    Args:
        rolled: The episode.
        alias: Where it can first not be told from success.
        play: Plays a policy from the start of the very same episode.
        actions: All actions there are; ``None`` where there is no end of them.
        expert: As for `first_alias`.
        simulator: What `play` plays in. Where it lacks an ability nothing is told.
        twins: Of episodes that start in the same way.
        known: As for `first_alias`.
        longest: Actions that an episode may last.
    """

    def __init__(
        self,
        rolled: Rollout,
        alias: Alias,
        play: Play,
        actions: Sequence[Any] | None,
        *,
        expert: Policy,
        simulator: Simulator,
        twins: Twins,
        known: dict[str, Alias | None],
        longest: int,
    ) -> None:
        self._rolled, self._alias, self._play, self._twins = rolled, alias, play, twins
        self._actions, self._expert, self._aliases = tuple(actions or ()), expert, known
        self._longest = longest
        self._simulator = _able(simulator) if self._actions else None
        self._boxes = [e.box for e in rolled.scene_events or () if e.frame == alias.frame]
        self._scenes: dict[int, NDArray[np.uint8]] = {}

    def tells(self, frame: int) -> bool:
        """Whether a frame can be told from success, or is one; none before the alias is asked."""
        rolled, alias = self._rolled, self._alias
        if frame <= alias.last or rolled.success[frame]:
            return True
        # Without a change of the scene nothing was faked that a twin could leave out.
        if frame == alias.frame or self._simulator is None or not self._boxes:
            return False
        twin = self._twin_of(frame)
        if twin is None:
            return False
        picture = rolled.frames[frame]
        if frame_digest(picture) in twin.successes:
            return False
        if _look(picture, self._scene(frame)) not in twin.looks:
            return False
        return not self._again(frame)

    def _again(self, frame: int) -> bool:
        """Whether success was faked a second time by then, of which the twin knows nothing."""
        again = first_alias(
            self._rolled.until(frame),
            self._play,
            self._actions,
            expert=self._expert,
            simulator=cast("Simulator", self._simulator),
            suspects=(frame,),
            known=self._aliases,
            after=self._alias.frame,
        )
        return again is not None and frame > again.last

    def _twin_of(self, frame: int) -> _Twin | None:
        """The twin whose scene is that of a frame but for what was faked; ``None`` without one."""
        at = self._alias.frame
        scene, before, after = self._scene(frame), self._scene(at - 1), self._scene(at)
        # What was faked must still look as it did then, and all else as in the twin.
        if not np.array_equal(_inside(scene, self._boxes), _inside(after, self._boxes)):
            return None
        wanted = scene.copy()
        for top, left, bottom, right in self._boxes:
            wanted[top:bottom, left:right] = before[top:bottom, left:right]
        just_before = self._rolled.actions[: at - 1]
        for done in (just_before, (*just_before, *self._rolled.actions[at:frame])):
            twin = self._known(done)
            if twin is None or not np.array_equal(twin.scene, wanted):
                continue
            # Going on without it, the agent may hold what makes success impossible. That proves
            # nothing: what it holds is not seen.
            if done is just_before or twin.successes:
                return twin
        return None

    def _known(self, done: tuple[Any, ...]) -> _Twin | None:
        key = json.dumps(done)
        if key not in self._twins.by_actions:
            self._twins.by_actions[key] = self._made(done)
        return self._twins.by_actions[key]

    def _made(self, done: tuple[Any, ...]) -> _Twin | None:
        simulator = self._simulator
        assert simulator is not None  # noqa: S101 - the caller has seen to it
        quick = self._play(acting(done), draw=False)
        if len(quick) != len(done) or quick.success.any():
            return None
        poses = simulator.poses()
        # Wherever the agent stands, the first pose is the same: many ways make one twin.
        simulator.alter(poses[0], draw=False)
        state = simulator.state()
        if state not in self._twins.by_state:
            scene = simulator.backdrop()
            looks = frozenset(_look(simulator.alter(pose).frame, scene) for pose in poses)
            successes = self._successes(done, poses)
            self._twins.by_state[state] = _Twin(scene, looks, successes)
            self._twins.successes.update(successes)
        return self._twins.by_state[state]

    def _successes(
        self, done: tuple[Any, ...], poses: Sequence[Callable[[Any], None]]
    ) -> frozenset[bytes]:
        """Digests of the pictures of success by one action in any pose, after other actions."""
        simulator, left = self._simulator, list(product(poses, self._actions))
        assert simulator is not None  # noqa: S101 - the caller has seen to it
        found: set[bytes] = set()

        def trying(stepped: Simulator) -> Iterator[Any]:
            yield from done
            simulator.alter(poses[0], draw=False)
            state = simulator.state()
            # No longer than an episode may last: success that comes too late is none.
            for _ in range(max(1, self._longest - len(done))):
                if not left:
                    return
                pose, action = left.pop()
                simulator.alter(pose, draw=False)
                if stepped.step(action, draw=False).success:
                    found.add(frame_digest(simulator.picture()))
                # What changes nothing but the agent's pose is undone by setting it back. Anything
                # else takes another play.
                simulator.alter(poses[0], draw=False)
                if simulator.state() != state:
                    return

        count = 0
        while left and len(left) != count:  # equal: the episode is over before
            count = len(left)
            self._play(trying, draw=False)
        return frozenset(found)

    def _scene(self, frame: int) -> NDArray[np.uint8]:
        assert self._simulator is not None  # noqa: S101 - the callers have seen to it
        if frame not in self._scenes:
            self._play(acting(self._rolled.actions[:frame]), draw=False)
            self._scenes[frame] = self._simulator.backdrop()
        return self._scenes[frame]

    def kept(self) -> Rollout:
        """The episode with the bits of what is judged, up to the last frame that can be told.

        An episode that succeeds later on ends before its first untold frame: a program that was
        rightly fooled there has credited the goal, and what it credits afterwards says nothing.
        """
        rolled, alias = self._rolled, self._alias
        if rolled.success[alias.frame :].any():
            return unaliased(rolled, alias)
        end = min(len(rolled), alias.frame + MOST)
        told = [self.tells(frame) for frame in range(end + 1)]
        last = max(frame for frame, tells in enumerate(told) if tells)
        whole = rolled.until(last)
        return replace(whole, judged=whole.judged & np.array(told[: last + 1]))


def _able(simulator: Simulator) -> _Able | None:
    able = (
        isinstance(simulator, Backdrop)
        and isinstance(simulator, Alterable)
        and isinstance(simulator, Comparable)
        and isinstance(simulator, Pictured)
    )
    return simulator if able else None  # type: ignore[return-value]  # no type says all four


def _look(picture: NDArray[np.uint8], scene: NDArray[np.uint8]) -> bytes:
    """How the agent looks, and where: what a picture has that its scene has not."""
    agent = differing(picture, scene)
    return frame_digest(np.where(agent[..., None], picture, 0)) + np.packbits(agent).tobytes()


def _inside(scene: NDArray[np.uint8], boxes: Sequence[Box]) -> NDArray[np.uint8]:
    """The pixels of a scene within some boxes, ``uint8[N, 3]``."""
    parts = [scene[top:bottom, left:right].reshape(-1, 3) for top, left, bottom, right in boxes]
    return np.concatenate(parts)
