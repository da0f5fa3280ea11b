"""The seam between synth and simulators: what a family of environments provides.

A family makes environments, renders them, and knows success and truth. Truth is a mapping
of named predicates over simulator *state*; it is recorded beside the frames and scores
reports. A simulator must do little (`Simulator`); what else it can do is an ability of its
own (`synth.envs.abilities`), and a check that needs an ability which a simulator lacks is
skipped with that reason.

Only protocols stand here: no simulator is imported.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

import numpy as np

from synth.envs.abilities import (
    Alterable,
    Backdrop,
    Comparable,
    Enumerable,
    Instructable,
    Missioned,
    Native,
    Nudged,
    Pictured,
    Worded,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from synth.envs.recipe import Recipe
    from synth.spec import Spec

__all__ = [
    "UNDRAWN",
    "Alterable",
    "Backdrop",
    "Comparable",
    "Defaults",
    "Enumerable",
    "Family",
    "Instructable",
    "Missioned",
    "Native",
    "Nudged",
    "Pictured",
    "PlainFamily",
    "PlainSimulator",
    "Policy",
    "Scenery",
    "Simulator",
    "TimeStep",
    "Worded",
]

UNDRAWN: NDArray[np.uint8] = np.zeros((0, 0, 3), np.uint8)
"""The frame of a step that nobody wanted drawn."""
UNDRAWN.setflags(write=False)


@dataclass(frozen=True, eq=False, slots=True)
class TimeStep:
    """What can be known after a reset or a step.

    Attributes:
        frame: ``uint8[H, W, 3]``, RGB; the caller may keep it. `UNDRAWN` where it was not
            asked for.
        reward: The environment's own reward; 0.0 after a reset.
        success: Whether the environment reports success at this very moment.
        done: Whether the episode is over: a real end, or the environment's own step limit.
            Success alone need not be one.
        truth: Predicate name to value; the same names throughout an episode.
        margin: Signed distance of the state from the threshold of success, in the family's
            unit; positive exactly at success. ``None`` where the family has no such measure.
        seen: Share of the deciding thing that the best view shows, 0 to 1; ``None`` where
            the family cannot tell.
    """

    frame: NDArray[np.uint8]
    reward: float
    success: bool
    done: bool
    truth: Mapping[str, bool]
    margin: float | None = None
    seen: float | None = None


@runtime_checkable
class Simulator(Protocol):
    """One environment, rendered. Not thread-safe.

    The same seed and actions give the same frames to the byte, whatever was played before.
    """

    def reset(self, seed: int, *, draw: bool = True) -> TimeStep:
        """Begin the episode of that seed.

        Args:
            seed: The same seed gives the same episode.
            draw: Whether the picture is wanted; without it the frame is `UNDRAWN`.

        Raises:
            EnvironmentFault: The simulator cannot build that episode.
        """
        ...

    def step(self, action: Any, *, draw: bool = True) -> TimeStep:
        """Apply one action, a JSON value; `draw` as for `reset`.

        Raises:
            IllegalAction: The action is not one of the environment's.
            EnvironmentFault: The environment breaks.
        """
        ...

    def random_action(self, rng: np.random.Generator) -> Any:
        """An action drawn uniformly, a JSON value."""
        ...

    def scene(self) -> str:
        """What kind of scene the present episode is (``yellow door``), or ``""``.

        Reports group episodes by it, so that a colour on which a reward fails shows.
        """
        ...

    def resolution(self) -> float | None:
        """What one pixel shows of the margin's unit, where success is decided.

        ``None`` where the simulator gives no margins.
        """
        ...

    def close(self) -> None:
        """Release what the simulator holds."""
        ...


class Scenery(Protocol):
    """Changes of a family's scenes that must not change what an episode is.

    Whether a changed scene leaves an episode as it was is not decided here: the episode is
    played again in it.
    """

    def kinds(self) -> tuple[str, ...]:
        """Kinds of things that have a colour."""
        ...

    def additions(self, env: Any, rng: np.random.Generator) -> list[Callable[[Any], None]]:
        """Ways to add one thing each, of kinds that the task is not about.

        Raises:
            ExpertFailed: The scene has no room for any; the message says why.
        """
        ...

    def recolouring(
        self, env: Any, rng: np.random.Generator, kinds: Sequence[str]
    ) -> Callable[[Any], None]:
        """A way to draw all things of some kinds in other colours.

        Raises:
            ExpertFailed: The scene holds none of these kinds.
        """
        ...


@dataclass(frozen=True, slots=True)
class Defaults:
    """What `synth new` writes into a spec of a family.

    Attributes:
        policy: The expert, ``module:function``; ``""`` where the user must name one.
        render: TOML lines of ``[render]``, comments included.
        options: TOML lines of ``[options]``.
        success: TOML lines of ``[success]``; none where the family knows success.
        metamorphic: TOML lines of ``[metamorphic]``: what may change in the family's own
            pictures without changing a verdict.
        max_steps: Steps after which an episode is cut.
        hold: Frames recorded on after the first success.
        remarks: Sentences for the user: what was taken for success, and on what evidence.
    """

    policy: str = ""
    render: tuple[str, ...] = ()
    success: tuple[str, ...] = ()
    metamorphic: tuple[str, ...] = ()
    max_steps: int = 200
    hold: int = 0
    remarks: tuple[str, ...] = field(default=())
    options: tuple[str, ...] = ()


class Family(Protocol):
    """Environments that are made, rendered and understood in the same way.

    A family is one folder of `synth.envs` and one line in `synth.envs.registry`.
    """

    @property
    def name(self) -> str:
        """One lower-case word: ``minigrid``."""
        ...

    def claims(self, env_id: str) -> bool:
        """Whether this family makes that environment, by its id or by its registered class.

        Needs no simulator installed for ids that the family knows by name.
        """
        ...

    def known(self) -> tuple[str, ...]:
        """The environment ids it can make here; none where its simulator is missing."""
        ...

    def make(self, spec: Spec) -> Simulator:
        """Make the environment of a spec.

        Raises:
            EnvironmentFault: A package is missing; the message says what to install.
            SpecError: ``env``, ``render``, ``options`` or ``success`` say what the family
                cannot do.
        """
        ...

    def defaults(self, env_id: str) -> Defaults:
        """What `synth new` writes for that environment.

        Raises:
            EnvironmentFault: The environment cannot be made here.
        """
        ...

    def recipes(self) -> tuple[Recipe, ...]:
        """The family's own near misses and routes; they come before the general ones."""
        ...

    def scenery(self) -> Scenery | None:
        """How its scenes can be changed; ``None`` where they cannot."""
        ...

    def notes(self, spec: Spec) -> str:
        """What a prompt should say of the pictures: camera, sizes, seams between views.

        No truth, and nothing that the pictures do not show. ``""`` where there is nothing.
        """
        ...

    def measures(self, spec: Spec) -> bool:
        """Whether success is a threshold of a measure, so that progress can be asked for."""
        ...

    def versions(self) -> dict[str, str]:
        """Package name to version, of what decides the frames."""
        ...


class PlainFamily:
    """What a family has that knows nothing of its own; a family may inherit it."""

    name: str

    def known(self) -> tuple[str, ...]:
        """None by name."""
        return ()

    def defaults(self, env_id: str) -> Defaults:  # noqa: ARG002 - the same for all
        """Nothing but the general ones."""
        return Defaults()

    def recipes(self) -> tuple[Recipe, ...]:
        """None of its own."""
        return ()

    def scenery(self) -> Scenery | None:
        """None: its scenes cannot be changed."""
        return None

    def notes(self, spec: Spec) -> str:  # noqa: ARG002 - there is nothing to say
        """Nothing."""
        return ""

    def measures(self, spec: Spec) -> bool:  # noqa: ARG002 - the same for all
        """It is not."""
        return False

    def versions(self) -> dict[str, str]:
        """Nothing that decides the frames."""
        return {}


class PlainSimulator:
    """The part of a simulator that most have in common; a simulator may inherit it."""

    def scene(self) -> str:
        """No kinds of scene."""
        return ""

    def resolution(self) -> float | None:
        """None: there are no margins."""
        return None

    def close(self) -> None:
        """There is nothing to release."""


class Policy(Protocol):
    """A function from a simulator to actions."""

    def __call__(self, simulator: Any, /) -> Iterator[Any]:
        """Called after a reset; yields actions and may look at the simulator in between."""
        ...
