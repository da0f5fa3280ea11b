"""The search for counterexamples: episodes on which a program is wrong.

Where actions can be listed and no margin tells how near success is, sorties through states
seldom met look for them (`synth.search.exploring`); else Hypothesis draws them
(`synth.search.drawing`). What is found is shortened (`synth.search.shrink`). The same program,
spec, bounds and key always give the same counterexamples. What they mean for a program is for
the suite to say.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from synth.envs import Worded
from synth.failure import Find
from synth.record.player import Player
from synth.sandbox import CONFINED
from synth.search.cause import nearest_success, shared, why_skipped
from synth.search.counterexample import NOTES, Counterexample
from synth.search.drawing import drawn_search
from synth.search.examiner import Examiner
from synth.search.exploring import Exploration
from synth.search.layouts import chosen_seeds, key_of_program, starts_of
from synth.search.shrink import EXPANSIONS, PLAYS, shorten
from synth.search.sorties import CHEAP, Scout
from synth.search.strategies import LAYOUTS
from synth.verdicts import LiveVerdicts

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from synth.episode import Untold
    from synth.program import Program
    from synth.sandbox import Answerers
    from synth.search.coverage import Coverage
    from synth.search.examiner import Caught
    from synth.search.layouts import Start
    from synth.spec import Spec

__all__ = ["Hunt", "hunt"]

MOST_LAYOUTS = 64
"""Of one search by sorties."""

PER_LAYOUT = 6
"""Sorties in one layout, at least: what one has met the next starts from."""

PER_FIND = 30
"""Episodes played for shortening a find, at least, and as many again; half of the search's own."""


@dataclass(frozen=True, eq=False, slots=True)
class Hunt:
    """What a search came to.

    Attributes:
        counterexamples: At most one of each kind.
        coverage: How much was met, and how much of it was new at the end.
        key: What decided half of its seeds.
        untold: The pictures for which no program is blamed, as they cannot be told from success.
    """

    counterexamples: tuple[Counterexample, ...]
    coverage: Coverage
    key: str
    untold: Untold | None = None

    @property
    def episodes(self) -> int:
        """How many episodes were played, those for shrinking left out."""
        return self.coverage.episodes


def hunt(
    spec: Spec,
    program: Program,
    *,
    seeds: range,
    episodes: int,
    stream: int = 0,
    key: str | None = None,
    sandboxes: Answerers = CONFINED,
    on_episode: Callable[[int, int], None] | None = None,
) -> Hunt:
    """Look for episodes on which a program is wrong.

    Args:
        spec: Whose environment and expert.
        program: The program; it must lint.
        seeds: A block of seeds; half of those used come from it.
        episodes: How many to play at most, finding aside what shrinking takes; `CHEAP` times as
            many where sorties cost little.
        stream: Each number is another search, with other seeds and other draws.
        key: Decides the other half of the seeds; by default the program and the spec do.
        sandboxes: Where the program runs.
        on_episode: Told after each episode how many were played, of how many.

    Returns:
        The counterexamples, at most one of each kind.

    Raises:
        EnvironmentFault: The simulator is missing or misbehaves.
        SpecError: The spec names what does not exist.
        ProgramFault: The program hangs or crashes as a whole.
        SandboxUnavailable: This machine cannot confine it.
    """
    key = key_of_program(spec, program.source) if key is None else key
    with (
        Player(spec) as player,
        LiveVerdicts(program, sandboxes=sandboxes) as verdicts,
    ):
        examiner = Examiner(player, verdicts, progress=bool(program.progress))
        is_drawn = player.actions is None or player.simulator.resolution() is not None
        total = episodes * (CHEAP if Scout.is_cheap(player) and not is_drawn else 1)

        def tell(done: int) -> None:
            if on_episode is not None:
                on_episode(done, total)

        def choose(count: int) -> tuple[Start, ...]:
            chosen = chosen_seeds(spec, seeds, stream=stream, key=key, count=count)
            return starts_of(player, chosen)

        exploration = None
        if is_drawn:
            best, coverage = drawn_search(
                examiner, choose(LAYOUTS), total, number=stream, tell=tell
            )
        else:
            count = max(2, min(MOST_LAYOUTS, total // PER_LAYOUT))
            exploration = Exploration(examiner, choose(count), number=stream)
            exploration.run(total, tell)
            best, coverage = exploration.best, exploration.coverage()
        # Shared among the finds, so that shortening takes a bounded part of the whole.
        finds = max(1, len(best))
        share, plays = EXPANSIONS // finds, min(PLAYS, max(PER_FIND, total // (2 * finds)))
        found = tuple(
            _counterexample(examiner, one, exploration, expansions=share, plays=plays)
            for one in best.values()
        )
        untold = player.untold.found
    return Hunt(found, coverage, key, untold)


def _counterexample(
    examiner: Examiner,
    caught: Caught,
    exploration: Exploration | None,
    *,
    expansions: int,
    plays: int,
) -> Counterexample:
    short, proven = shorten(examiner, caught, expansions=expansions, plays=plays)
    violation, actions = short.violation, short.actions
    rolled = examiner.player.play(short.seed, actions, mission=short.mission)
    return Counterexample(
        violation.kind,
        violation.subtask,
        violation.frame,
        Find(short.seed, actions, NOTES[violation.kind], short.mission),
        rolled,
        proven,
        _words(examiner.player, actions),
        _beside(examiner, short, exploration),
    )


def _beside(examiner: Examiner, caught: Caught, exploration: Exploration | None) -> str:
    """What else there is to say of it; see `synth.search.cause`."""
    if caught.violation.kind == "skipped_subtask":
        return why_skipped(examiner, caught)
    if exploration is None:
        return nearest_success(examiner, caught, ())
    layouts = exploration.scout.layouts
    own = (caught.seed, caught.mission)
    met = [frame for one in layouts if (one.seed, one.mission) == own for frame in one.successes]
    kind = caught.violation.kind
    wrong = exploration.sightings(kind)
    initials = [one.initial for one in layouts]
    return nearest_success(examiner, caught, met) + shared(examiner, kind, wrong, initials)


def _words(player: Player, actions: Sequence[Any]) -> tuple[str, ...]:
    """The actions in words, where they have any: nobody reads twenty vectors of floats."""
    short = all(isinstance(action, int | str) for action in actions)
    return player.words(actions) if short or isinstance(player.simulator, Worded) else ()
