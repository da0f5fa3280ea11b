"""One sitting: a person plays seeds one after the other, and what succeeds is kept.

Where events come from, and where pictures go, is a `PlayScreen`'s business: a terminal, a window,
or a list in a test. An episode that succeeds goes on for as many steps as the spec holds; then it
is kept and the next begins. Undoing plays the episode again but for its last action, since a
simulator need not be able to go back.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from synth.experts.played import PlayedEpisode, keep
from synth.play.controls import COMMANDS
from synth.record.missions import mission_of

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

    from synth.envs import Simulator, TimeStep
    from synth.play.controls import Controls
    from synth.spec import Spec

__all__ = ["PlayEvent", "PlayScreen", "PlayedOut", "play_session"]


@dataclass(frozen=True, slots=True)
class PlayEvent:
    """What a person did: pressed a key, or clicked into the picture.

    Attributes:
        key: A character, or ``up``, ``down``, ``left``, ``right``, ``space``, ``enter``.
        at: Where it was clicked, ``(x, y)`` in the picture's own pixels.
    """

    key: str = ""
    at: tuple[int, int] | None = None


class PlayScreen(Protocol):
    """Shows the picture, and gives what the person does."""

    def show(self, frame: NDArray[np.uint8], lines: list[str]) -> None:
        """Show ``uint8[H, W, 3]`` with a few lines of words below."""
        ...

    def wait(self) -> PlayEvent:
        """The next thing the person does; ``q`` where there will be no more."""
        ...


@dataclass(frozen=True, slots=True)
class PlayedOut:
    """What came of a sitting."""

    kept: int
    given_up: int


class _Quit(Exception):
    """The person wants to stop."""


def play_session(
    spec: Spec,
    simulator: Simulator,
    controls: Controls,
    screen: PlayScreen,
    *,
    seeds: Iterable[int],
    folder: Path,
) -> PlayedOut:
    """Play seeds until the person stops.

    Args:
        spec: The task.
        simulator: Of the spec.
        controls: Its keys.
        screen: Where it is shown.
        seeds: Played in turn; those solved at the start are passed over.
        folder: Takes each episode that succeeds, at once.
    """
    kept = given_up = 0
    for seed in seeds:
        sitting = _Sitting(spec, simulator, controls, screen, seed=seed, kept=kept)
        if sitting.solved:
            continue
        try:
            actions = sitting.play()
        except _Quit:
            break
        if actions is None:
            given_up += 1
            continue
        keep(folder, PlayedEpisode(env=spec.env, seed=seed, success=True, actions=tuple(actions)))
        kept += 1
    return PlayedOut(kept, given_up)


class _Sitting:
    """One seed."""

    def __init__(
        self,
        spec: Spec,
        simulator: Simulator,
        controls: Controls,
        screen: PlayScreen,
        *,
        seed: int,
        kept: int,
    ) -> None:
        self._spec, self._simulator, self._controls = spec, simulator, controls
        self._screen, self._seed, self._kept = screen, seed, kept
        self._again([])
        self.solved = self._step.success

    def _again(self, actions: list[Any]) -> None:
        """Reset, and play these."""
        self._step: TimeStep = self._simulator.reset(self._seed)
        self._actions: list[Any] = []
        self._since: int | None = None  # steps since the first success
        self._clicks: list[tuple[int, int]] = []
        for action in actions:
            self._act(action)

    def _act(self, action: Any) -> None:
        self._step = self._simulator.step(action)
        self._actions.append(action)
        self._clicks = []
        if self._since is not None:
            self._since += 1
        elif self._step.success:
            self._since = 0

    def play(self) -> list[Any] | None:
        """The actions of an episode that succeeds; ``None`` where the person goes on without."""
        while True:
            held = self._since is not None and self._since >= self._spec.expert.hold
            over = self._step.done or len(self._actions) >= self._spec.max_steps
            if self._since is not None and (held or over):
                return self._actions
            self._screen.show(self._step.frame, self._lines(over=over))
            event = self._screen.wait()
            if event.key == "q":
                raise _Quit
            if event.key == "n":
                return None
            if event.key == "r":
                self._again([])
            elif event.key == "u":
                self._again(self._actions[:-1])
            elif not over:
                self._take(event)

    def _take(self, event: PlayEvent) -> None:
        if event.at is not None:
            self._clicks.append(event.at)
            action = self._controls.clicked(self._clicks)
            if action is not None:
                self._act(action)
        elif event.key in self._controls.keys:
            self._act(self._controls.keys[event.key])

    def _lines(self, *, over: bool) -> list[str]:
        spec = self._spec
        goal = mission_of(self._simulator) if spec.mission is not None else spec.goal or ""
        state = (
            f"seed {self._seed}, step {len(self._actions)} of {spec.max_steps}, {self._kept} kept"
        )
        if over:
            state += "; it is over without success: r begins again, n goes on"
        elif self._since is not None:
            state += f"; success, hold it for {spec.expert.hold - self._since} more"
        elif self._clicks:
            state += f"; {len(self._clicks)} clicked, and one more"
        keys = [f"{key} {word}" for key, word in self._controls.words.items()]
        if self._controls.pointed:
            keys = ["click, or arrows and enter", *keys]
        commands = "   ".join(f"{key} {word}" for key, word in COMMANDS.items())
        return [line for line in (goal, state, "   ".join(keys), commands) if line]
