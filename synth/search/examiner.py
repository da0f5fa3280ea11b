"""Plays episodes, asks the program about their pictures, and says where it is wrong.

Pictures take most of the time where they are drawn by a physics engine. So where a simulator
tells margins an episode is played without pictures first, and played again for the few that
matter: those nearest to the threshold of success just outside the band, where programs fail
first, and one in ten of the rest.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from synth.errors import ProgramFault
from synth.record.rollout import HIDDEN
from synth.search.counterexample import unexcused, violations

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from synth.episode import Rollout
    from synth.plan import Stages
    from synth.record.player import Player
    from synth.search.counterexample import Violation
    from synth.verdicts import LiveVerdicts, Picture

__all__ = ["Caught", "Examined", "Examiner", "excused"]

NEAREST = 8
"""Frames nearest to the threshold that are drawn of each episode."""
EVERY = 10
"""Of the other frames one in so many is drawn."""


@dataclass(frozen=True, slots=True)
class Caught:
    """A violation and the episode it is in, which ends with it.

    Attributes:
        violation: The violation.
        seed: What the environment was reset with.
        actions: Of the episode.
        mission: Its words; ``None`` where missions do not vary.
    """

    violation: Violation
    seed: int
    actions: tuple[Any, ...]
    mission: str | None = None


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
        mission: Its words; ``None`` where missions do not vary.
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
    mission: str | None = None


class Examiner:
    """A player and a program together.

    Args:
        player: Where to play.
        verdicts: The program.
        progress: Whether the program tells any progress.

    Attributes:
        player: As given.
    """

    def __init__(self, player: Player, verdicts: LiveVerdicts, *, progress: bool) -> None:
        self.player, self._verdicts, self._has_progress = player, verdicts, progress
        self._has_margins = player.simulator.resolution() is not None

    @property
    def stages(self) -> Stages:
        """The program's sub-tasks, stage by stage."""
        return self._verdicts.stages

    def examine(
        self,
        seed: int,
        actions: Sequence[Any],
        *,
        again: bool = False,
        mission: str | None = None,
    ) -> Examined:
        """Play actions from a reset, then the expert if `again`, and ask the program.

        The episode has its own mission, unless it is given one.

        Raises:
            EnvironmentFault: The simulator misbehaves.
            ProgramFault: The program hangs or crashes as a whole.
        """
        if self._has_margins:
            return self._sampled(seed, actions, again=again, mission=mission)
        return self._whole(self.player.play(seed, actions, again=again, mission=mission))

    def caught(self, episode: Examined, wanted: Callable[[Violation], bool]) -> tuple[Caught, ...]:
        """The first violation of each kind that is wanted.

        Those that no reader of pictures can be blamed for are left out; see `excused`.
        """
        drawn = episode.drawn
        if episode.rolled is None and self._needs_whole(episode, wanted):
            episode = self._whole(
                self.player.play(episode.seed, episode.actions, mission=episode.mission)
            )
            drawn = episode.drawn
        found = unexcused(
            episode.holds,
            episode.success[drawn],
            episode.judged[drawn],
            self.stages,
            lambda v: self._is_excused(episode, replace(v, frame=int(drawn[v.frame]))),
            wanted=wanted,
        )
        frames = [int(drawn[violation.frame]) for violation in found]
        return tuple(
            Caught(
                replace(violation, frame=frame),
                episode.seed,
                episode.actions[:frame],
                episode.mission,
            )
            for violation, frame in zip(found, frames, strict=True)
        )

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
                shares = self._verdicts.progress(
                    episode.frames[free], episode.frames[0], episode.mission
                )
                held += shares.mean(axis=1)
            except ProgramFault:
                self._has_progress = False  # another check says so; the search does without
        return float(held.max())

    def holds(
        self, frames: NDArray[np.uint8], initial: NDArray[np.uint8], mission: str | None
    ) -> NDArray[np.bool_]:
        """``bool[T, K]``: what the program says of frames of one episode."""
        return self._verdicts.holds(frames, initial, mission)

    def holds_of(self, pictures: Sequence[Picture]) -> NDArray[np.bool_]:
        """``bool[N, K]``: what the program says of frames; see `LiveVerdicts.holds_of`."""
        return self._verdicts.holds_of(pictures)

    def _whole(self, rolled: Rollout) -> Examined:
        holds = self.holds(rolled.frames, rolled.frames[0], rolled.mission)
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
            mission=rolled.mission,
        )

    def _sampled(
        self, seed: int, actions: Sequence[Any], *, again: bool, mission: str | None
    ) -> Examined:
        """Play undrawn, then draw what is worth it and ask the program about that."""
        rolled = self.player.play(seed, actions, again=again, draw=False, mission=mission)
        success, judged = rolled.success, rolled.judged
        away = np.abs(_margins(rolled))
        drawn = _worth_drawing(away, judged)
        frames, hidden = self._pictures(rolled, drawn)
        # What a frame hides is known once it is drawn, and success on it is not judged.
        judged = judged.copy()
        judged[drawn[hidden]] &= ~success[drawn[hidden]]
        off = away[judged & ~success]
        return Examined(
            seed,
            rolled.actions,
            success,
            judged,
            drawn,
            frames,
            self.holds(frames, frames[0], rolled.mission),
            distance=float(off.min()) if len(off) else None,
            mission=rolled.mission,
        )

    def _pictures(
        self, rolled: Rollout, drawn: NDArray[np.intp]
    ) -> tuple[NDArray[np.uint8], NDArray[np.bool_]]:
        """Play again, drawing those frames alone; the first is 0.

        Returns:
            ``uint8[N, H, W, 3]``, and ``bool[N]``, whether one hides what decides.
        """
        simulator, wanted = self.player.simulator, set(drawn.tolist())
        steps = [self.player.began(rolled.seed, mission=rolled.mission)]
        for t, action in enumerate(rolled.actions[: drawn[-1]], start=1):
            step = simulator.step(action, draw=t in wanted)
            if t in wanted:
                steps.append(step)
        hidden = [step.seen is not None and step.seen < HIDDEN for step in steps]
        return np.stack([step.frame for step in steps]), np.array(hidden, dtype=np.bool_)

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
            wanted(v) and (v.kind == "skipped_subtask" or self.player.actions is not None)
            for v in found
        )

    def _is_excused(self, episode: Examined, violation: Violation) -> bool:
        # Two vectors of numbers hardly ever lead to the same pixels: only a table is tried.
        if self.player.actions is None or episode.rolled is None:
            return False
        return excused(self.player, episode.rolled, violation)


def excused(player: Player, rolled: Rollout, violation: Violation) -> bool:
    """Whether no reader of pictures can be blamed for a violation; see `synth.record.aliasing`.

    The goal is judged picture by picture. What a success skips was credited on the way, perhaps by
    a picture that looked like success: behind one nothing is skipped.

    Args:
        player: Plays the episode again.
        rolled: The episode.
        violation: In it.
    """
    if violation.kind == "skipped_subtask":
        return player.follows_alias(rolled, violation.frame)
    return player.is_aliased(rolled, violation.frame)


def _margins(rolled: Rollout) -> NDArray[np.float64]:
    """``float64[T+1]``; what has no margin is near to nothing."""
    if rolled.margins is None:
        return np.full(len(rolled.success), np.inf)
    return np.nan_to_num(rolled.margins, nan=np.inf)


def _worth_drawing(away: NDArray[np.float64], judged: NDArray[np.bool_]) -> NDArray[np.intp]:
    """The frames to draw, ascending.

    Args:
        away: ``float64[T+1]``, how far from the threshold.
        judged: ``bool[T+1]``.
    """
    order = np.argsort(np.where(judged, away, np.inf), kind="stable")
    # Where the others begin depends on the episode's length, so that no place is always missed.
    others = np.arange(len(away) % EVERY, len(away), EVERY)
    return np.unique(np.concatenate([[0], order[:NEAREST], others]))
