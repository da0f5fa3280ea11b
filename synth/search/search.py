"""The search for lies: Hypothesis draws episodes, the simulator plays them, the program talks.

``hypothesis.target`` steers towards frames on which the program claims much and the
environment grants nothing. What is found is shrunk by Hypothesis, and then to the shortest
episode of its seed (`synth.search.shrink`). The same program, spec and bounds always give
the same lies. This module keeps nothing on disk and accepts nothing: what a lie means for a
program is the suite's to say.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from hypothesis import HealthCheck, Phase, Verbosity, given, seed, settings, target
from hypothesis.errors import Flaky

from synth.errors import SynthError
from synth.failure import Find
from synth.record.player import Player
from synth.search.counterexample import KINDS, NOTES, Counterexample, Kind, Violation
from synth.search.shrink import Caught, first_lies, shorten
from synth.search.strategies import LAYOUTS, Script, scripts
from synth.search.witness import Witness

if TYPE_CHECKING:
    from collections.abc import Callable

    from synth.plan import Stages
    from synth.spec import Spec

__all__ = ["Hunt", "hunt"]

SHRINKS = 100
"""Episodes that Hypothesis may try in order to shrink a find; the rest is done without it."""


@dataclass(frozen=True, eq=False, slots=True)
class Hunt:
    """What a search came to.

    Attributes:
        lies: At most one of each kind, in the order in which they were found.
        episodes: How many episodes were drawn and played, those for shrinking left out.
        target: The most that the program claimed of a frame without success: how many
            sub-tasks hold, and the mean of their progress where it tells any.
    """

    lies: tuple[Counterexample, ...]
    episodes: int
    target: float


class _Lying(Exception):
    """Tells Hypothesis that an episode is worth shrinking."""


def hunt(
    spec: Spec,
    source: str,
    stages: Stages,
    *,
    seeds: range,
    episodes: int,
    stream: int = 0,
    unsafe: bool = False,
    on_episode: Callable[[int, int], None] | None = None,
) -> Hunt:
    """Look for episodes on which a program lies.

    Args:
        spec: Whose environment and expert.
        source: The program's text; it must parse and lint.
        stages: The program's own sub-tasks, stage by stage.
        seeds: Seeds that may be used; a stream uses a few of them.
        episodes: How many to try at most, finding aside what shrinking takes.
        stream: Each number is another search, with other seeds and other draws.
        unsafe: Run the program even where this machine cannot confine it.
        on_episode: Told after each episode how many were tried, of how many.

    Returns:
        The lies, at most one of each kind.

    Raises:
        EnvironmentFault: The simulator is missing or misbehaves.
        SpecError: The spec names what does not exist.
        ProgramFault: The program hangs or crashes as a whole.
        SandboxUnavailable: This machine cannot confine it.
    """
    lies: list[Counterexample] = []
    tried, best = 0, 0.0
    with Player(spec) as player, Witness(source, stages, unsafe=unsafe) as witness:
        start = stream * LAYOUTS
        chosen = tuple(seeds[(start + i) % len(seeds)] for i in range(LAYOUTS))
        while tried < episodes and len(lies) < len(KINDS):
            wanted = frozenset(KINDS) - {lie.kind for lie in lies}
            search = _Search(player, witness, chosen, wanted)
            before = tried

            def tell(done: int, before: int = before) -> None:
                if on_episode is not None:
                    on_episode(before + done, episodes)

            search.run(episodes - tried, number=stream * len(KINDS) + len(lies), tell=tell)
            tried += search.tried
            best = max(best, search.claim)
            if search.best is None:
                break
            lies.append(_lie(player, witness, search.best))
    return Hunt(tuple(lies), tried, best)


class _Search:
    """One run of Hypothesis, up to the first lie of a wanted kind.

    Attributes:
        tried: Episodes played before the first lie, that one included.
        claim: The most claimed without success.
        best: The lie, in the shortest episode met.
    """

    def __init__(
        self, player: Player, witness: Witness, seeds: tuple[int, ...], wanted: frozenset[Kind]
    ) -> None:
        self._player, self._witness, self._seeds, self._wanted = player, witness, seeds, wanted
        self._fault: SynthError | None = None
        self._shrinks = 0
        self._answers: dict[Script, bool] = {}
        self.tried = 0
        self.claim = 0.0
        self.best: Caught | None = None

    def run(self, episodes: int, *, number: int, tell: Callable[[int], None]) -> None:
        """Try so many episodes; `number` decides which."""

        @seed(number)
        @settings(
            database=None,
            deadline=None,
            max_examples=episodes,
            phases=(Phase.generate, Phase.target, Phase.shrink),
            suppress_health_check=list(HealthCheck),
            verbosity=Verbosity.quiet,
            report_multiple_bugs=False,
            print_blob=False,
        )
        @given(scripts())
        def attempt(script: Script) -> None:
            if self._fault is None and script not in self._answers:
                try:
                    self._answers[script] = self._try(script)
                except SynthError as error:
                    self._fault = error
                if not self._shrinks:
                    self.tried += 1
                    tell(self.tried)
            if self._answers.get(script, False):
                raise _Lying

        with suppress(_Lying, Flaky):  # the best lie is kept
            attempt()
        if self._fault is not None:
            raise self._fault

    def _try(self, script: Script) -> bool:
        """Play one script; whether the lie is in it."""
        if self.best is not None:
            self._shrinks += 1
            if self._shrinks > SHRINKS:
                return False
        start = self._seeds[script.seed]
        actions = script.actions(self._player.shown(start), self._player.table)
        rolled = self._player.play(start, actions, again=script.again)
        if self.best is None:
            claim = self._witness.claim(rolled.frames[~rolled.success], rolled.frames[0])
            self.claim = max(self.claim, claim)
            target(claim)
        lies = first_lies(self._player, self._witness, rolled, self._wants)
        for lie in lies[:1]:
            if self.best is None or len(lie.rolled) < len(self.best.rolled):
                self.best = lie
        return bool(lies)

    def _wants(self, spot: Violation) -> bool:
        return spot.kind in self._wanted if self.best is None else self.best.spot.is_like(spot)


def _lie(player: Player, witness: Witness, caught: Caught) -> Counterexample:
    short, proven = shorten(player, witness, caught)
    spot, rolled = short.spot, short.rolled
    find = Find(rolled.seed, rolled.actions, NOTES[spot.kind])
    words = player.words(rolled.actions)
    return Counterexample(spot.kind, spot.subtask, spot.frame, find, rolled, proven, words)
