"""A world whose missions vary: a row of places, two tokens on it, and words for one of them.

The agent walks left and right and takes what lies where it stands. Taking the token that the
mission names succeeds, taking the other ends the episode. No picture shows the mission.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from synth.envs import UNDRAWN, PlainFamily, PlainSimulator, TimeStep
from synth.errors import EnvironmentFault
from synth.plan import Plan, SubTask
from synth.spec import parse_spec

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from synth.spec import Spec

LAST = 5
LEFT, RIGHT, TAKE = range(3)
COLOURS = {"red": (250, 0, 0), "blue": (0, 0, 250), "green": (0, 200, 0), "pink": (250, 100, 180)}

PLAN = Plan(
    task="Take the token that the mission names.",
    stages=(
        (
            SubTask(
                name="taken",
                description="The token of the mission's colour is taken.",
                visible="The token of the mission's colour is gone from the upper row.",
            ),
        ),
    ),
)

HEAD = f"""\
import numpy as np

COLOURS = {COLOURS!r}


def near(part, colour):
    return (np.abs(part.astype(np.int64) - np.array(colour)) < 15).all(axis=-1)


def seen(frame, colour):
    return bool(near(frame[:3], COLOURS[colour]).any())


def gone(now, initial, colour):
    # bare ground between the tokens and the agent: else it is no picture of the row
    ground = now.shape == initial.shape == (6, 24, 3) and bool(near(now[3], (20, 20, 20)).all())
    return ground and seen(initial, colour) and not seen(now, colour)


def changed(now, initial):
    return any(gone(now, initial, colour) for colour in COLOURS)

"""

REWARD = f"""\
{HEAD}
def taken(now, initial, mission):
    colour = mission.split()[2] if len(mission.split()) > 2 else ""
    return colour in COLOURS and gone(now, initial, colour)


SUBTASKS = [taken]
"""


def program(taken: str) -> str:
    """A program whose one checker returns the given expression."""
    return (
        f"{HEAD}\ndef taken(now, initial, mission):\n    return {taken}\n\n\nSUBTASKS = [taken]\n"
    )


@dataclass
class BareTokens(PlainSimulator):
    """The world, telling its mission and no more.

    Attributes:
        fickle: Whether it changes its mind within an episode.
        words: The mission.
    """

    fickle: bool = False
    at: int = 2
    tokens: dict[int, str] = field(default_factory=dict)
    words: str = ""

    @property
    def env(self) -> BareTokens:
        """The state."""
        return self

    def reset(self, seed: int, *, draw: bool = True) -> TimeStep:
        """Two tokens of different colours, one of them wanted."""
        rng = np.random.default_rng(seed)
        first, second = (list(COLOURS)[int(n)] for n in rng.permutation(len(COLOURS))[:2])
        self.tokens = {int(rng.integers(2)): first, LAST - int(rng.integers(2)): second}
        self.at = int(rng.integers(2, 4))
        self.words = f"take the {(first, second)[int(rng.integers(2))]} token"
        return self._now(draw=draw)

    def step(self, action: Any, *, draw: bool = True) -> TimeStep:
        """Walk, or take what lies here."""
        self.at = min(max(self.at + {LEFT: -1, RIGHT: 1}.get(action, 0), 0), LAST)
        taken = self.tokens.pop(self.at, "") if action == TAKE else ""
        if self.fickle:
            self.words += " please"
        return self._now(draw=draw, taken=taken)

    def random_action(self, rng: np.random.Generator) -> int:
        """Any."""
        return int(rng.integers(3))

    def actions(self) -> tuple[int, ...]:
        """All three."""
        return LEFT, RIGHT, TAKE

    def action_name(self, action: Any) -> str:
        """In words."""
        return ("left", "right", "take")[action]

    def mission(self) -> str:
        """The words."""
        return self.words

    def picture(self) -> np.ndarray:
        """The present moment."""
        frame = self._empty()
        frame[4:6, 4 * self.at : 4 * self.at + 3] = 250
        return frame

    def _empty(self) -> np.ndarray:
        frame = np.full((6, 4 * (LAST + 1), 3), 20, np.uint8)
        for place, colour in self.tokens.items():
            frame[0:3, 4 * place : 4 * place + 3] = COLOURS[colour]
        return frame

    def _now(self, *, draw: bool, taken: str = "") -> TimeStep:
        won = bool(taken) and taken in self.words
        frame = self.picture() if draw else UNDRAWN
        return TimeStep(frame, float(won), success=won, done=bool(taken), truth={"right": won})


@dataclass
class TokenRow(BareTokens):
    """The same with every ability; it can be given the mission of either token."""

    def missions(self) -> tuple[str, ...]:
        """One for each token that lies there once."""
        colours = list(self.tokens.values())
        return tuple(f"take the {c} token" for c in colours if colours.count(c) == 1)

    def instruct(self, mission: str, *, draw: bool = True) -> TimeStep:
        """Want the other token."""
        if mission not in self.missions():
            raise EnvironmentFault(f"no token for {mission!r}")
        self.words = mission
        return self._now(draw=draw)

    def alter(self, change: Callable[[Any], None], *, draw: bool = True) -> TimeStep:
        """Change tokens, or set the agent elsewhere."""
        change(self)
        return self._now(draw=draw)

    def poses(self) -> tuple[Callable[[Any], None], ...]:
        """Every place."""
        return tuple(partial(_put, at=at) for at in range(LAST + 1))

    def backdrop(self) -> np.ndarray:
        """The tokens."""
        return self._empty()

    def state(self) -> bytes:
        """Place and tokens."""
        return repr((self.at, sorted(self.tokens.items()))).encode()


def _put(env: BareTokens, *, at: int) -> None:
    env.at = at


@dataclass
class TokenFamily(PlainFamily):
    """Hands out one row."""

    simulator: BareTokens
    name: str = "tokens"

    def claims(self, _env_id: str) -> bool:
        """All of them."""
        return True

    def make(self, _spec: Spec) -> BareTokens:
        """Always the same one."""
        return self.simulator


def fetch(simulator: BareTokens) -> Iterator[int]:
    """To the wanted token, and take it."""
    place = next(at for at, colour in simulator.tokens.items() if colour in simulator.words)
    while simulator.at != place:
        yield RIGHT if simulator.at < place else LEFT
    yield TAKE


def token_spec(more: str = "", *, missions: bool = True) -> Spec:
    """Few, short episodes."""
    mission = '[mission]\nfrom = "env.mission"\n' if missions else ""
    return parse_spec(
        'env = "TokenRow-v0"\nmax_steps = 20\n[expert]\npolicy = "token_row:fetch"\n'
        "episodes = 8\n[random]\nepisodes = 3\n[held_out]\nepisodes = 4\n"
        f"[near_miss]\nepisodes = 8\nscenes = 4\n[search]\nepisodes = 40\n{mission}{more}",
        name="tokens",
    )
