"""Seeds that do not serve: solved at the start, or failed by the expert.

Such a seed is passed over and the next one taken; how many were is said, and too many are
refused, since what remains would no longer be the environment's own choice of scenes. An expert
that fails is bad; scenes that begin solved are how some environments are, and say nothing against
those that do not.
"""

from __future__ import annotations

from itertools import chain, islice
from typing import TYPE_CHECKING, Protocol, TypeVar

from synth.errors import ExpertBroke, ExpertFailed, SolvedAtStart
from synth.record.seeds import spare

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from synth.episode import Rollout
    from synth.spec import Spec

__all__ = ["MOST", "OnProgress", "OnSkip", "Serving", "one_each"]

Made = TypeVar("Made")

MOST = 0.1
"""Share of the seeds tried on which the expert may fail."""

MOST_SOLVED = 1 / 3
"""Share of the seeds tried that may be solved at the start."""


class OnProgress(Protocol):
    """Called as a recording goes on."""

    def __call__(self, phase: str, done: int, total: int) -> None:
        """`done` of the `total` episodes, scenes or ways of a phase are there.

        Phases are ``experts``, ``random``, ``near misses`` and ``scenes``, of which each split
        has its own (``held-out experts``), and ``perturbed pictures``.
        """
        ...


class OnSkip(Protocol):
    """Called where something was left out."""

    def __call__(self, what: str, seed: int, reason: str) -> None:
        """`what` (a recipe, a variant, a seed) was left out for `seed`, because of `reason`."""
        ...


class Serving:
    """Takes seeds for one kind of episode and passes over those that do not serve.

    Args:
        spec: The task.
        wanted: How many seeds must serve in all.
        on_skip: Told of every seed that is passed over.
    """

    def __init__(self, spec: Spec, wanted: int, on_skip: OnSkip | None = None) -> None:
        self._spec, self._wanted, self._on_skip = spec, wanted, on_skip
        self._first: ExpertFailed | None = None
        self._failed: set[int] = set()
        self._served = 0
        self._solved = 0
        self.passed = 0

    def rolls(self, seeds: Sequence[int], roll: Callable[[int], Rollout]) -> Iterator[Rollout]:
        """One episode for each seed; for a seed that does not serve, that of a spare one.

        Args:
            seeds: As many as episodes are wanted.
            roll: Plays a seed; raises `ExpertFailed` where it does not serve.

        Raises:
            ExpertFailed: Too many seeds do not serve.
        """
        episodes = (one for seed in chain(seeds, spare(seeds)) if (one := self.try_(seed, roll)))
        made = 0
        for episode in islice(episodes, len(seeds)):
            made += 1
            yield episode
        if made < len(seeds):
            raise self._refusal() from self._first

    def try_(self, seed: int, roll: Callable[[int], Rollout]) -> Rollout | None:
        """The seed's episode, or ``None`` where the seed does not serve.

        Raises:
            ExpertFailed: Too many seeds do not serve; the first one's reason is told.
        """
        try:
            rolled = roll(seed)
        except ExpertFailed as error:
            if seed in self._failed:  # of demonstrations several near misses are made
                return None
            self._failed.add(seed)
            self.passed += 1
            self._solved += isinstance(error, SolvedAtStart)
            self._first = self._first or error
            # Judged against all that will be tried, or one bad seed at first would be too many.
            tried = self._wanted + self.passed
            if self._failures > MOST * tried or self._solved > MOST_SOLVED * tried:
                raise self._refusal() from error
            if self._on_skip is not None:
                self._on_skip("a seed", seed, str(error))
            return None
        self._served += 1
        return rolled

    @property
    def _failures(self) -> int:
        return self.passed - self._solved

    def _refusal(self) -> ExpertFailed:
        tried = self._served + self.passed
        many = self._wanted + self.passed
        told = []
        if self._failures:
            told.append(
                f"on {self._failures} the expert fails, where at most {MOST:.0%} of {many} are "
                "passed over"
            )
        if self._solved:
            told.append(
                f"{self._solved} are solved at the start, where at most {MOST_SOLVED:.0%} are"
            )
        key = f"specs/{self._spec.name}.toml: expert.policy: "
        kind = ExpertBroke if isinstance(self._first, ExpertBroke) else ExpertFailed
        return kind(
            f"{key}{self.passed} of {tried} seeds tried do not serve: {', and '.join(told)} "
            f"(the {self._wanted} needed and these {self.passed}). The first: "
            f"{str(self._first).removeprefix(key)}"
        )


def one_each(
    make: Callable[[int], Made | None], seeds: Sequence[int], number: int, *, tries: int
) -> Iterator[Made]:
    """What can be made of some seeds, where a task need not allow it at all.

    Args:
        make: Of one seed; ``None`` where nothing comes of it.
        seeds: Used from the first on.
        number: How many are wanted at most.
        tries: So many seeds in a row without one end it.
    """
    made, missed = 0, 0
    for seed in seeds:
        if made == number or missed == tries:
            return
        found = make(seed)
        if found is None:
            missed += 1
            continue
        made, missed = made + 1, 0
        yield found
