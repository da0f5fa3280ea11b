"""Plays episodes, asks the program about their pictures, and says where it is wrong.

Pictures take most of the time where they are drawn by a physics engine. So where a simulator
tells margins an episode is played without pictures first, and played again for the few that
matter: those nearest to the threshold of success just outside the band, where programs fail
first, and one in ten of the rest.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from synth.envs import Enumerable
from synth.envs.recipe import acting
from synth.episode import Rollout
from synth.errors import ProgramFault
from synth.record.aliasing import then_expert
from synth.search.counterexample import violations

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Sequence

    from numpy.typing import NDArray

    from synth.envs import TimeStep
    from synth.plan import Stages
    from synth.record.player import Player
    from synth.search.counterexample import Violation
    from synth.verdicts import LiveVerdicts

__all__ = ["Caught", "Examined", "Examiner", "is_judged"]

NEAREST = 8
"""Frames nearest to the threshold that are drawn of each episode."""
EVERY = 10
"""Of the other frames one in so many is drawn."""

_ALL = range(1 << 30)
"""Every frame."""


@dataclass(frozen=True, slots=True)
class Caught:
    """A violation and the episode it is in, which ends with it."""

    violation: Violation
    seed: int
    actions: tuple[Any, ...]


@dataclass(frozen=True, eq=False, slots=True)
class Examined:
    """An episode of T actions, and what the program says of N of its frames.

    Attributes:
        seed: What the environment was reset with.
        actions: T actions.
        success: ``bool[T+1]``.
        judged: ``bool[T+1]``.
        drawn: ``int[N]``, the frames that were drawn, ascending; the first is 0.
        frames: ``uint8[N, H, W, 3]``.
        holds: ``bool[N, K]``.
        distance: How far the nearest judged frame without success is from the threshold, in
            the family's unit; ``None`` without margins.
        rolled: The episode as a rollout, where all of it is drawn.
    """

    seed: int
    actions: tuple[Any, ...]
    success: NDArray[np.bool_]
    judged: NDArray[np.bool_]
    drawn: NDArray[np.intp]
    frames: NDArray[np.uint8]
    holds: NDArray[np.bool_]
    distance: float | None = None
    rolled: Rollout | None = None


class Examiner:
    """A player and a program together.

    Args:
        player: Where to play.
        verdicts: The program.
        progress: Whether the program tells any progress.

    Attributes:
        player: As given.
        stages: The program's sub-tasks, stage by stage.
        table: All actions there are; ``None`` where there is no end of them.
    """

    def __init__(self, player: Player, verdicts: LiveVerdicts, *, progress: bool) -> None:
        self.player, self._verdicts, self._has_progress = player, verdicts, progress
        simulator = player.simulator
        endless = isinstance(simulator, Enumerable) and simulator.actions() is None
        self.table: tuple[Any, ...] | None = None if endless else player.table
        resolution = simulator.resolution()
        self._has_margins = resolution is not None
        self.band = player.spec.success.pixels * resolution if resolution is not None else 0.0

    @property
    def stages(self) -> Stages:
        """The program's sub-tasks, stage by stage."""
        return self._verdicts.stages

    def examine(self, seed: int, actions: Sequence[Any], *, again: bool = False) -> Examined:
        """Play actions from a reset, then the expert if `again`, and ask the program.

        Raises:
            EnvironmentFault: The simulator misbehaves.
            ProgramFault: The program hangs or crashes as a whole.
        """
        if self._has_margins:
            return self._sampled(seed, actions, again=again)
        return self._whole(self.player.play(seed, actions, again=again))

    def draw(self, seed: int, actions: Sequence[Any]) -> Rollout:
        """The episode of these actions, every frame of it drawn."""
        if not self._has_margins:
            return self.player.play(seed, actions)
        steps, played = self._play(seed, actions, again=False, drawn=_ALL)
        return Rollout(
            frames=np.stack([s.frame for s in steps]),
            actions=played,
            rewards=np.array([s.reward for s in steps[1:]], dtype=np.float64),
            success=_success(steps),
            truth={k: np.array([s.truth[k] for s in steps], np.bool_) for k in steps[0].truth},
            seed=seed,
            policy="search",
            scene=self.player.simulator.scene(),
            judged=self._judged(steps),
        )

    def caught(self, episode: Examined, wanted: Callable[[Violation], bool]) -> tuple[Caught, ...]:
        """The first violation of each kind that is wanted.

        Those that no reader of pictures can be blamed for are left out; see
        `synth.record.aliasing`.
        """
        drawn = episode.drawn
        if episode.rolled is None and self._needs_whole(episode, wanted):
            episode = self._whole(self.draw(episode.seed, episode.actions))
            drawn = episode.drawn
        found = violations(
            episode.holds, episode.success[drawn], episode.judged[drawn], self.stages
        )
        caught = []
        for violation in found:
            frame = int(drawn[violation.frame])
            if wanted(violation) and not self._is_excused(episode, frame):
                at = type(violation)(violation.kind, violation.subtask, frame)
                caught.append(Caught(at, episode.seed, episode.actions[:frame]))
        return tuple(caught)

    def claim(self, episode: Examined) -> float:
        """The most that the program claims of any judged frame without success.

        That is how many sub-tasks hold, plus the mean of their progress where it tells any.
        """
        free = ~episode.success[episode.drawn] & episode.judged[episode.drawn]
        if not free.any():
            return 0.0
        held = episode.holds[free].sum(axis=1).astype(np.float64)
        if self._has_progress:
            try:
                shares = self._verdicts.progress(episode.frames[free], episode.frames[0])
                held += shares.mean(axis=1)
            except ProgramFault:
                self._has_progress = False  # another check says so; the search does without
        return float(held.max())

    def holds(self, frames: NDArray[np.uint8], initial: NDArray[np.uint8]) -> NDArray[np.bool_]:
        """``bool[T, K]``: what the program says of frames of one episode."""
        return self._verdicts.holds(frames, initial)

    def _whole(self, rolled: Rollout) -> Examined:
        holds = self.holds(rolled.frames, rolled.frames[0])
        every = np.arange(len(rolled.frames))
        return Examined(
            rolled.seed,
            rolled.actions,
            rolled.success,
            rolled.judged,
            every,
            rolled.frames,
            holds,
            rolled=rolled,
        )

    def _sampled(self, seed: int, actions: Sequence[Any], *, again: bool) -> Examined:
        steps, played = self._play(seed, actions, again=again, drawn=())
        success, judged = _success(steps), self._judged(steps)
        # A step without a margin, which a family may leave out, is near to nothing.
        margins = np.array([np.inf if s.margin is None else s.margin for s in steps])
        drawn = _worth_drawing(margins, judged)
        pictures, _ = self._play(seed, played[: drawn[-1]], again=False, drawn=set(drawn.tolist()))
        frames = np.stack([pictures[t].frame for t in drawn])
        holds = self.holds(frames, frames[0])
        off = np.abs(margins[judged & ~success])
        distance = float(off.min()) if len(off) else None
        return Examined(seed, played, success, judged, drawn, frames, holds, distance)

    def _play(
        self, seed: int, actions: Sequence[Any], *, again: bool, drawn: Container[int]
    ) -> tuple[list[TimeStep], tuple[Any, ...]]:
        """Play, drawing only some frames; success alone does not end it."""
        player, acts = self.player, tuple(actions)
        policy = then_expert(acts, player.expert) if again else acting(acts)
        steps = [player.simulator.reset(seed, draw=0 in drawn)]
        played: list[Any] = []
        held = 0
        if steps[0].done:
            return steps, ()
        for action in policy(player.simulator):
            played.append(action)
            steps.append(player.simulator.step(action, draw=len(played) in drawn))
            # An expert may go on for ever: it is left to hold as long as in its recordings.
            held += len(played) > len(acts) and (held > 0 or steps[-1].success)
            over = steps[-1].done or len(played) >= player.spec.max_steps
            if over or held > player.spec.expert.hold:
                break
        return steps, tuple(played)

    def _needs_whole(self, episode: Examined, wanted: Callable[[Violation], bool]) -> bool:
        """Whether the frames drawn show something that they cannot prove.

        A sub-task may have been credited on a frame that was not drawn, and whether a frame
        is aliased is seen from the whole episode.
        """
        drawn = episode.drawn
        found = violations(
            episode.holds, episode.success[drawn], episode.judged[drawn], self.stages
        )
        return any(
            wanted(v) and (v.kind == "skipped_subtask" or self.table is not None) for v in found
        )

    def _is_excused(self, episode: Examined, frame: int) -> bool:
        # Two vectors of numbers hardly ever lead to the same pixels: only a table is tried.
        if self.table is None or episode.rolled is None:
            return False
        return self.player.is_aliased(episode.rolled, frame)

    def _judged(self, steps: list[TimeStep]) -> NDArray[np.bool_]:
        return np.array([is_judged(s, self.band) for s in steps], dtype=np.bool_)


def is_judged(step: TimeStep, band: float) -> bool:
    """Whether success can be told there: the margin is not within the band."""
    return step.margin is None or abs(step.margin) >= band


def _success(steps: list[TimeStep]) -> NDArray[np.bool_]:
    return np.array([s.success for s in steps], dtype=np.bool_)


def _worth_drawing(margins: NDArray[np.float64], judged: NDArray[np.bool_]) -> NDArray[np.intp]:
    """The frames to draw, ascending.

    Args:
        margins: ``float64[T+1]``.
        judged: ``bool[T+1]``.
    """
    order = np.argsort(np.where(judged, np.abs(margins), np.inf), kind="stable")
    # Where the others begin depends on the episode's length, so that no place is always missed.
    others = np.arange(len(margins) % EVERY, len(margins), EVERY)
    return np.unique(np.concatenate([[0], order[:NEAREST], others]))
