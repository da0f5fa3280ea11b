"""The search for counterexamples: Hypothesis draws episodes, which are played and judged.

``hypothesis.target`` steers towards frames on which the program claims much and the
environment grants nothing, and, where the simulator tells margins, towards the threshold of
success. What is found is shrunk by Hypothesis, and then to a short episode of its seed
(`synth.search.shrink`). The same program, spec and bounds always give the same
counterexamples. What they mean for a program is for the suite to say.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from hypothesis import HealthCheck, Phase, Verbosity, given, seed, settings, target
from hypothesis.errors import Flaky

from synth.envs import Worded
from synth.errors import SynthError
from synth.failure import Find
from synth.record.player import Player
from synth.sandbox import CONFINED
from synth.search.counterexample import KINDS, NOTES, Counterexample, Violation, ViolationKind
from synth.search.examiner import Caught, Examined, Examiner
from synth.search.shrink import shorten
from synth.search.strategies import LAYOUTS, Script, Sketch, scripts, sketches
from synth.verdicts import LiveVerdicts

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from synth.episode import Untold
    from synth.program import Program
    from synth.sandbox import Sandboxes
    from synth.spec import Spec

__all__ = ["Hunt", "hunt"]

SHRINKS = 100
"""Episodes that Hypothesis may try in order to shrink a find; the rest is done without it."""


@dataclass(frozen=True, eq=False, slots=True)
class Hunt:
    """What a search came to.

    Attributes:
        counterexamples: At most one of each kind, in the order in which they were found.
        episodes: How many episodes were drawn and played, those for shrinking left out.
        target: The most that the program claimed of a frame without success: how many
            sub-tasks hold, and the mean of their progress where it tells any.
        untold: The pictures for which no program is blamed, as they cannot be told from success.
    """

    counterexamples: tuple[Counterexample, ...]
    episodes: int
    target: float
    untold: Untold | None = None


class _Contradicted(Exception):
    """Tells Hypothesis that an episode is worth shrinking."""


def hunt(
    spec: Spec,
    program: Program,
    *,
    seeds: range,
    episodes: int,
    stream: int = 0,
    sandboxes: Sandboxes = CONFINED,
    on_episode: Callable[[int, int], None] | None = None,
) -> Hunt:
    """Look for episodes on which a program is wrong.

    Args:
        spec: Whose environment and expert.
        program: The program; it must lint.
        seeds: Seeds that may be used; a stream uses a few of them.
        episodes: How many to try at most, finding aside what shrinking takes.
        stream: Each number is another search, with other seeds and other draws.
        sandboxes: Where the program runs.
        on_episode: Told after each episode how many were tried, of how many.

    Returns:
        The counterexamples, at most one of each kind.

    Raises:
        EnvironmentFault: The simulator is missing or misbehaves.
        SpecError: The spec names what does not exist.
        ProgramFault: The program hangs or crashes as a whole.
        SandboxUnavailable: This machine cannot confine it.
    """
    found: list[Counterexample] = []
    tried, best = 0, 0.0
    with (
        Player(spec) as player,
        LiveVerdicts(program, sandboxes=sandboxes) as verdicts,
    ):
        examiner = Examiner(player, verdicts, progress=bool(program.progress))
        start = stream * LAYOUTS
        chosen = tuple(seeds[(start + i) % len(seeds)] for i in range(LAYOUTS))
        # One run of Hypothesis stops at what it finds first, so each kind has a run of its own.
        while tried < episodes and len(found) < len(KINDS):
            wanted = frozenset(KINDS) - {one.kind for one in found}
            search = _Search(examiner, chosen, wanted)
            before = tried

            def tell(done: int, before: int = before) -> None:
                if on_episode is not None:
                    on_episode(before + done, episodes)

            search.run(episodes - tried, number=stream * len(KINDS) + len(found), tell=tell)
            tried += search.tried
            best = max(best, search.claim)
            if search.best is None:
                break
            found.append(_counterexample(examiner, search.best))
        untold = player.untold.found
    return Hunt(tuple(found), tried, best, untold)


class _Search:
    """One run of Hypothesis, up to the first violation of a wanted kind.

    Attributes:
        tried: Episodes played before the first violation, that one included.
        claim: The most claimed without success.
        best: The violation, in the shortest episode met.
    """

    def __init__(
        self, examiner: Examiner, seeds: tuple[int, ...], wanted: frozenset[ViolationKind]
    ) -> None:
        self._examiner, self._seeds, self._wanted = examiner, seeds, wanted
        self._fault: SynthError | None = None
        self._shrinks = 0
        self._answers: dict[Script | Sketch, bool] = {}
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
        @given(sketches() if self._examiner.player.actions is None else scripts())
        def attempt(drawn: Script | Sketch) -> None:
            # Hypothesis asks again about what it knows, to see whether it is flaky; playing is
            # deterministic, so the answer is.
            if self._fault is None and drawn not in self._answers:
                try:
                    self._answers[drawn] = self._try(drawn)
                except SynthError as error:
                    # Raised here it would be one more find to Hypothesis, and be shrunk.
                    self._fault = error
                if not self._shrinks:
                    self.tried += 1
                    tell(self.tried)
            if self._answers.get(drawn, False):
                raise _Contradicted

        with suppress(_Contradicted, Flaky):  # the best violation is kept
            attempt()
        if self._fault is not None:
            raise self._fault

    def _try(self, drawn: Script | Sketch) -> bool:
        """Play one drawn episode; whether a wanted violation is in it."""
        if self.best is not None:
            self._shrinks += 1
            # Hypothesis shrinks what it drew; `shorten` does better with the actions themselves.
            if self._shrinks > SHRINKS:
                return False
        start = self._seeds[drawn.seed]
        episode = self._examiner.examine(start, self._actions(drawn, start), again=drawn.again)
        if self.best is None:
            self._steer(episode)
        caught = self._examiner.caught(episode, self._wants)
        for one in caught[:1]:
            if self.best is None or len(one.actions) < len(self.best.actions):
                self.best = one
        return bool(caught)

    def _actions(self, drawn: Script | Sketch, start: int) -> tuple[Any, ...]:
        player = self._examiner.player
        shown = player.shown(start)
        if isinstance(drawn, Script):
            return drawn.actions(shown, player.table)
        return drawn.actions(shown, player.simulator)

    def _steer(self, episode: Examined) -> None:
        """Tell Hypothesis how promising an episode is."""
        claim = self._examiner.claim(episode)
        self.claim = max(self.claim, claim)
        target(claim)
        if episode.distance is not None:
            target(-episode.distance, label="nearness to the threshold")

    def _wants(self, violation: Violation) -> bool:
        # Once one is found, only its like: shrinking must not slip to another violation.
        if self.best is None:
            return violation.kind in self._wanted
        return self.best.violation.is_like(violation)


def _counterexample(examiner: Examiner, caught: Caught) -> Counterexample:
    short, proven = shorten(examiner, caught)
    violation, actions = short.violation, short.actions
    return Counterexample(
        violation.kind,
        violation.subtask,
        violation.frame,
        Find(short.seed, actions, NOTES[violation.kind]),
        examiner.player.play(short.seed, actions),
        proven,
        _words(examiner.player, actions),
    )


def _words(player: Player, actions: Sequence[Any]) -> tuple[str, ...]:
    """The actions in words, where they have any: nobody reads twenty vectors of floats."""
    short = all(isinstance(action, int | str) for action in actions)
    return player.words(actions) if short or isinstance(player.simulator, Worded) else ()
