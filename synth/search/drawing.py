"""The search where actions have no end, or success has a margin: Hypothesis draws the episodes.

``hypothesis.target`` steers towards frames on which the program claims much and the
environment grants nothing, and, where the simulator tells margins, towards the threshold of
success. What is found is shrunk by Hypothesis, and then to a short episode of its seed
(`synth.search.shrink`).
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any

from hypothesis import HealthCheck, Phase, Verbosity, given, seed, settings, target
from hypothesis.errors import Flaky

from synth.episode import frame_digest
from synth.errors import SynthError
from synth.search.counterexample import KINDS, Violation, ViolationKind
from synth.search.coverage import Coverage, Diary
from synth.search.strategies import Script, Sketch, scripts, sketches

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from synth.search.examiner import Caught, Examined, Examiner
    from synth.search.layouts import Start

__all__ = ["drawn_search"]

SHRINKS = 100
"""Episodes that Hypothesis may try in order to shrink a find; the rest is done without it."""


def drawn_search(
    examiner: Examiner,
    starts: tuple[Start, ...],
    episodes: int,
    *,
    number: int,
    tell: Callable[[int], None],
) -> tuple[dict[ViolationKind, Caught], Coverage]:
    """Look for one contradiction of each kind.

    Args:
        examiner: Plays and asks.
        starts: Of the layouts.
        episodes: How many to try, shrinking aside.
        number: Of the search: each is another one.
        tell: Told after each episode how many were tried.
    """
    diary = Diary()
    found, tried = _other_deeds(examiner, starts, episodes // 2, diary, tell)
    # One run of Hypothesis stops at what it finds first, so each kind has a run of its own.
    while tried < episodes and len(found) < len(KINDS):
        search = _Search(examiner, starts, frozenset(KINDS) - found.keys(), diary)
        before = tried
        search.run(
            episodes - tried,
            number=number * len(KINDS) + len(found),
            tell=lambda done, before=before: tell(before + done),  # type: ignore[misc]
        )
        tried += search.tried
        if search.best is None:
            break
        found[search.best.violation.kind] = search.best
    return found, diary.coverage()


def _other_deeds(
    examiner: Examiner,
    starts: Sequence[Start],
    episodes: int,
    diary: Diary,
    tell: Callable[[int], None],
) -> tuple[dict[ViolationKind, Caught], int]:
    """The right deeds for other missions, each whole and as the expert does it.

    Changed by chance they are soon right for none, and would not be taken for success by a
    program that heeds half of a mission.

    Returns:
        The shortest contradiction of each kind, and how many episodes were played.
    """
    found: dict[ViolationKind, Caught] = {}
    player = examiner.player
    misled = [start for start in starts if start.deed is not None][:episodes]
    for done, start in enumerate(misled, start=1):
        shown = player.shown(start.seed, mission=start.deed)
        episode = examiner.examine(start.seed, shown, mission=start.mission)
        diary.write((start, frame_digest(frame)) for frame in episode.frames)
        for one in examiner.caught(episode, lambda _: True):
            known = found.get(one.violation.kind)
            if known is None or len(one.actions) < len(known.actions):
                found[one.violation.kind] = one
        tell(done)
    return found, len(misled)


class _Contradicted(Exception):
    """Tells Hypothesis that an episode is worth shrinking."""


class _Search:
    """One run of Hypothesis, up to the first violation of a wanted kind.

    Attributes:
        tried: Episodes played before the first violation, that one included.
        best: The violation, in the shortest episode met.
    """

    def __init__(
        self,
        examiner: Examiner,
        starts: tuple[Start, ...],
        wanted: frozenset[ViolationKind],
        diary: Diary,
    ) -> None:
        self._examiner, self._starts, self._wanted = examiner, starts, wanted
        self._diary = diary
        self._fault: SynthError | None = None
        self._shrinks = 0
        self._answers: dict[Script | Sketch, bool] = {}
        self.tried = 0
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
        start = self._starts[drawn.seed]
        episode = self._examiner.examine(
            start.seed, self._actions(drawn, start), again=drawn.again, mission=start.mission
        )
        if self.best is None:
            self._steer(episode)
            self._diary.write((start, frame_digest(frame)) for frame in episode.frames)
        caught = self._examiner.caught(episode, self._wants)
        for one in caught[:1]:
            if self.best is None or len(one.actions) < len(self.best.actions):
                self.best = one
        return bool(caught)

    def _actions(self, drawn: Script | Sketch, start: Start) -> tuple[Any, ...]:
        player = self._examiner.player
        shown = player.shown(start.seed, mission=start.mission)
        if isinstance(drawn, Script):
            return drawn.actions(shown, player.table)
        return drawn.actions(shown, player.simulator)

    def _steer(self, episode: Examined) -> None:
        """Tell Hypothesis how promising an episode is."""
        target(self._examiner.claim(episode))
        if episode.distance is not None:
            target(-episode.distance, label="nearness to the threshold")

    def _wants(self, violation: Violation) -> bool:
        # Once one is found, only its like: shrinking must not slip to another violation.
        if self.best is None:
            return violation.kind in self._wanted
        return self.best.violation.is_like(violation)
