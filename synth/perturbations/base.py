"""What a perturbation is: a change of the picture that must not change any verdict.

A perturbation is one class and one line of `synth.perturbations.registry`. It says where it
stands in the spec, how its pictures come about, what they are called, and how it is put into
words. It is either `Computed` from recorded frames, when a suite is run, or `Replayed` with
the simulator, when episodes are recorded. For example, pictures in grey::

    class Grey(Computed[bool]):
        key, shape, default = "grey", bool, False
        check = "holds_in_grey"
        promise = "Every verdict stays the same in pictures without colours."
        depends = "on colours"

        def repaints(self, way, rng, render):
            yield Repaint("grey: 1", lambda frames: frames[..., [1, 1, 1]])

        def words(self, name):
            return "in grey"

        def prompt(self, way, render):
            return "without colours"
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Generic, Protocol, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy as np
    from numpy.typing import NDArray

    from synth.envs import Scenery

__all__ = [
    "Alter",
    "Computed",
    "Perturbation",
    "Repaint",
    "Replay",
    "Replayed",
    "Retake",
    "Stage",
]

W = TypeVar("W")
"""One way in which a perturbation is asked for: an amount, a list of kinds, a table."""

Alter = Callable[[Any], None]
"""Changes the scene of an environment that has just been reset."""


class Perturbation(ABC, Generic[W]):
    """One change of the picture that must not change any verdict.

    Attributes:
        key: Its place in ``[metamorphic]``.
        shape: What the spec may say there, as pydantic reads it.
        default: What stands there where the spec is silent; it asks for nothing.
        check: The name of the check that compares verdicts under it.
        promise: What a program does that passes this check, in one sentence.
        depends: On what a sub-task depends whose verdict is the same in all perturbed
            pictures: ``on exact colours``.
        always_written: Whether ``task.toml`` says the key even at its default. True of those
            that are as old as the first committed tasks, whose digests must stay.
    """

    key: ClassVar[str]
    shape: ClassVar[Any]
    default: ClassVar[Any]
    check: ClassVar[str]
    promise: ClassVar[str]
    depends: ClassVar[str]
    always_written: ClassVar[bool] = False

    def ways(self, setting: Any) -> tuple[W, ...]:
        """The ways that a spec's setting asks for; none where it stands at its default."""
        return (setting,) if setting else ()

    def label(self, way: W) -> str:
        """What a way is called before an episode is shown in it: ``noise: 6``."""
        return f"{self.key}: {way}"

    def claims(self, name: str) -> bool:
        """Whether a stored name is one of this perturbation's."""
        return name.startswith(f"{self.key}: ")

    def made_by(self, way: W, name: str) -> bool:  # noqa: ARG002 - most have one way alone
        """Whether pictures of a stored name were made in this way."""
        return self.claims(name)

    @abstractmethod
    def words(self, name: str) -> str:
        """A stored name as the end of a sentence: ``with noise of at most 6 of 255``."""

    def generally(self, name: str) -> str:
        """The same without what differs from episode to episode."""
        return self.words(name)

    def group(self, name: str) -> str:  # noqa: ARG002 - for most all names count as one
        """What names are counted together: all of one group make one failure."""
        return self.key

    def cause(self, name: str) -> str:  # noqa: ARG002 - the same for all names of most
        """On what a sub-task seems to depend; see `depends`."""
        return self.depends

    @abstractmethod
    def prompt(self, way: W, render: Mapping[str, Any]) -> str:
        """A clause that tells a model of it before it writes a program.

        Args:
            way: One of `ways`.
            render: The spec's own render parameters.
        """


def amount_of(name: str) -> str:
    """What follows the key in a stored name: ``6`` of ``noise: 6``."""
    return name.partition(": ")[2]


@dataclass(frozen=True, eq=False, slots=True)
class Repaint:
    """One way to compute an episode's pictures anew.

    Attributes:
        name: As it is stored.
        function: From ``uint8[N, H, W, 3]`` to pictures of the same number.
        each_frame: Whether frames that are equal may become different ones. Then it is given
            all frames of the episode in order, else each distinct one once.
    """

    name: str
    function: Callable[[NDArray[np.uint8]], NDArray[np.uint8]]
    each_frame: bool = False


class Computed(Perturbation[W]):
    """A perturbation whose pictures are computed from the recorded ones."""

    @abstractmethod
    def repaints(
        self, way: W, rng: np.random.Generator, render: Mapping[str, Any]
    ) -> Iterator[Repaint]:
        """How one episode's pictures are painted anew.

        Args:
            way: One of `ways`.
            rng: The episode's own; the same whenever a suite is run.
            render: The spec's own render parameters.
        """


@dataclass(frozen=True, eq=False, slots=True)
class Replay:
    """An episode played again.

    Attributes:
        frames: ``uint8[n, H, W, 3]``; fewer than T + 1 where it was over sooner.
        success: ``bool[n]``.
    """

    frames: NDArray[np.uint8]
    success: NDArray[np.bool_]


class Stage(Protocol):
    """One recorded episode, and the means to play it again."""

    @property
    def plain(self) -> Replay:
        """The episode as recorded."""
        ...

    @property
    def scenery(self) -> Scenery:
        """How the family's scenes can be changed; for those that `needs_scenery`."""
        ...

    def rng(self, *more: int) -> np.random.Generator:
        """The episode's own draws; other numbers give other ones."""
        ...

    def env(self) -> Any:
        """The environment after a fresh reset, before the first action."""
        ...

    def drawn(self, render: Mapping[str, Any]) -> Replay:
        """Play it again, drawn with other parameters, merged over the spec's own."""
        ...

    def altered(self, alters: Sequence[Alter]) -> Replay:
        """Play it again in a scene that is changed after the reset, in this order."""
        ...


@dataclass(frozen=True, eq=False, slots=True)
class Retake:
    """An episode in other pictures, and the name to store them under."""

    name: str
    played: Replay


class Replayed(Perturbation[W]):
    """A perturbation that needs the simulator: the episode is played again.

    Attributes:
        needs_scenery: Whether it changes the scene, so that a family whose scenes cannot be
            changed goes without it.
    """

    needs_scenery: ClassVar[bool] = False

    def unknown(self, way: W, scenery: Scenery) -> str:  # noqa: ARG002 - most name nothing of the family's
        """What a way names that the family does not know, as a sentence; else nothing."""
        return ""

    @abstractmethod
    def replay(self, way: W, stage: Stage) -> Retake | str:
        """The episode in other pictures, or why it does not allow that.

        Whether it still is the same episode is looked at afterwards once more.
        """
