"""What a check looks at: one program, one task, and what came of running the one on the other.

Everything is computed when first asked for and kept, failures included, so that a thousand
checks cost one run. A program that does not parse, does not lint or does not follow the
plan is never run at all.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, TypeVar

import numpy as np

from synth.errors import (
    BudgetExhausted,
    EnvironmentFault,
    ModelError,
    ProgramFault,
    ProgramSyntaxError,
    SpecError,
)
from synth.program import lint, parse
from synth.sandbox import CONFINED
from synth.suite.evidence import gather, gather_perturbed
from synth.suite.perturbed import perturbed
from synth.suite.still_verdicts import gather_stills
from synth.verdicts import patience

if TYPE_CHECKING:
    from collections.abc import Callable

    from synth.episode import Episode, EpisodeKind, Scene, Split, Untold
    from synth.program import Finding, Program
    from synth.sandbox import Answerer, Answerers, Verdicts
    from synth.search import Hunt
    from synth.suite.drift import Drift
    from synth.suite.evidence import PerturbedVerdicts, RecordedVerdicts
    from synth.suite.perturbed import Perturbed
    from synth.suite.still_verdicts import StillVerdicts
    from synth.task.folder import TaskFolder

__all__ = ["NotJudged", "Skip", "Subject"]

T = TypeVar("T")
FEW = 250
"""Frames in one call of a check that makes its own images, at most."""


class NotJudged(Exception):
    """A check cannot be made, because the program could not be run.

    Attributes:
        reason: Why, as a clause: ``the program does not parse: line 1, ...``.
    """

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)


class Skip(Exception):
    """A check cannot be made here, whatever the program.

    Attributes:
        reason: What goes unchecked, and why: ``scene events (none was recorded)``.
    """

    def __init__(self, what: str, why: str) -> None:
        self.reason = f"{what} ({why})"
        super().__init__(self.reason)


_KEPT = (NotJudged, Skip, ProgramFault, ModelError, BudgetExhausted)
"""What is raised again for every check that needs the same: asking anew would cost the same."""


class Subject:
    """A program under judgement.

    Args:
        source: The program's text.
        task: What it is judged against.
        splits: Which splits; frames of no other are given to the program.
        twice: Whether it runs on the episodes a second time, in another order.
        sandboxes: Where it runs.
        program: Stands in for the text where the reward is no program: it is neither parsed nor
            linted, and `sandboxes` answer for it.
        searched: Whether counterexamples are searched for; if not, that check is skipped.
        unsearched: Why they are not, where they are not.
        day: Decides half of the search's layouts; by default the program and the spec do.
        watched: Whether to look whether the environment still draws and behaves as recorded.
    """

    def __init__(
        self,
        source: str,
        task: TaskFolder,
        *,
        splits: tuple[Split, ...],
        twice: bool = True,
        sandboxes: Answerers = CONFINED,
        program: Program | None = None,
        searched: bool = True,
        unsearched: str = "--reward-search does not name this task",
        day: str | None = None,
        watched: bool = False,
    ) -> None:
        self.source, self._unwritten = source, program
        self._watched = watched
        self.searched, self._unsearched, self._day = searched, unsearched, day
        self.task = task
        self.splits = splits
        self.twice = twice
        self.sandboxes = sandboxes
        self._kept: dict[str, object] = {}

    @property
    def first_split(self) -> Split:
        """The visible split if it is judged."""
        return "visible" if "visible" in self.splits else "held_out"

    @property
    def last_split(self) -> Split:
        """The held-out split if it is judged: where a failure that tells no place belongs."""
        return "held_out" if "held_out" in self.splits else "visible"

    def episodes(
        self, kind: EpisodeKind | None = None, split: Split | None = None
    ) -> tuple[Episode, ...]:
        """Episodes of the chosen splits, the visible ones first."""
        splits = [s for s in ("visible", "held_out") if s in self.splits and split in (None, s)]
        return tuple(e for s in splits for e in self.task.store.select(kind=kind, split=s))

    @property
    def written(self) -> bool:
        """Whether it is a program, with a text that can be judged as well."""
        return self._unwritten is None

    @cached_property
    def syntax_error(self) -> ProgramSyntaxError | None:
        """Why the program does not parse, or ``None``."""
        if self._unwritten is not None:
            return None
        try:
            parse(self.source)
        except ProgramSyntaxError as error:
            return error
        return None

    @cached_property
    def program(self) -> Program:
        """The parsed program.

        Raises:
            NotJudged: It does not parse.
        """
        if self.syntax_error is not None:
            raise NotJudged(f"the program does not parse: {self.syntax_error}")
        if self._unwritten is not None:
            return self._unwritten
        return parse(self.source)

    @cached_property
    def findings(self) -> tuple[Finding, ...]:
        """What the lint has against it.

        Raises:
            NotJudged: It does not parse.
        """
        missions = self.task.spec.mission is not None
        return tuple(lint(self.program.source, missions=missions)) if self.written else ()

    def follows_plan(self) -> bool:
        """Whether ``SUBTASKS`` names the plan's sub-tasks in the plan's stages.

        Within a stage the order is free, as it is for the agent.

        Raises:
            NotJudged: It does not parse.
        """
        mine, planned = self.program.stages, self.task.plan.stage_names
        return [sorted(stage) for stage in mine] == [sorted(stage) for stage in planned]

    def require_runnable(self) -> None:
        """Check that the program may be run.

        Raises:
            NotJudged: It does not parse or lint, does not follow the plan, or is known to
                fail on a single frame.
        """
        if self.findings:
            raise NotJudged(f"the program does not pass the lint: {self.findings[0]}")
        if not self.follows_plan():
            raise NotJudged("the program's SUBTASKS are not those of the plan")
        # Only if it was met already: a program need not be tried on one frame to be run on all.
        fault = self._kept.get("smoke")
        if isinstance(fault, ProgramFault):
            raise NotJudged(f"the program cannot be run on a single frame: {fault}")

    @property
    def smoke(self) -> Verdicts:
        """The verdicts on one frame: the first episode's initial one, against itself.

        Raises:
            NotJudged: The program may not be run.
            ProgramFault: It cannot be loaded, or fails as a whole.
        """
        return self.keep("smoke", self._smoke)

    @property
    def evidence(self) -> RecordedVerdicts:
        """The verdicts on all episodes of the chosen splits.

        Raises:
            NotJudged: The program may not be run.
            ProgramFault: It fails as a whole.
        """
        return self.keep("evidence", self._gather)

    @cached_property
    def scenes(self) -> tuple[Scene, ...]:
        """The scenes of the chosen splits, the visible ones first."""
        splits = [s for s in ("visible", "held_out") if s in self.splits]
        return tuple(scene for s in splits for scene in self.task.store.scenes if scene.split == s)

    @property
    def still_verdicts(self) -> StillVerdicts:
        """The verdicts on the stills of all scenes of the chosen splits.

        Raises:
            NotJudged: The program may not be run.
            ProgramFault: It fails as a whole.
        """
        return self.keep("stills", self._gather_stills)

    @property
    def perturbed(self) -> tuple[PerturbedVerdicts, ...]:
        """The verdicts on the episodes of the chosen splits in perturbed pictures.

        Raises:
            NotJudged: The program may not be run.
            ProgramFault: It fails as a whole.
        """
        return self.keep("perturbed", self._gather_perturbed)

    def open(self) -> Answerer:
        """A fresh worker for the program.

        Raises:
            NotJudged: The program may not be run.
            ProgramFault: It cannot be loaded.
        """
        self.require_runnable()
        return self.sandboxes.open(self.program, deadline=patience(FEW))

    def _smoke(self) -> Verdicts:
        episode = self.episodes()[0]
        frame = self.task.store.initial_of(episode)
        told = None if episode.mission is None else [episode.mission]
        with self.open() as sandbox:
            return sandbox.verdicts(frame[None], np.zeros((1, 2), dtype=np.int64), told)

    def _gather(self) -> RecordedVerdicts:
        self.require_runnable()
        return gather(
            self.program,
            self.task.store,
            self.episodes(),
            twice=self.twice,
            sandboxes=self.sandboxes,
        )

    def _gather_perturbed(self) -> tuple[PerturbedVerdicts, ...]:
        self.require_runnable()
        return gather_perturbed(self.program, self.pictures, sandboxes=self.sandboxes)

    def _gather_stills(self) -> StillVerdicts:
        self.require_runnable()
        return gather_stills(self.program, self.task.store, self.scenes, sandboxes=self.sandboxes)

    @cached_property
    def pictures(self) -> tuple[Perturbed, ...]:
        """The episodes of the chosen splits in perturbed pictures, whatever the program."""
        return tuple(perturbed(self.task.store, self.task.spec, self.splits))

    @property
    def search(self) -> Hunt:
        """What the bounded search for counterexamples came to, on seeds of the last split judged.

        Where both splits are judged the held-out seeds alone are searched: one search costs
        as much as all other checks together, and no program was made with those in sight. They
        are other ones for each generation of held-out episodes.

        Raises:
            Skip: The simulator or the expert is not here.
            NotJudged: The program may not be run.
            ProgramFault: It fails as a whole.
            EnvironmentFault: The simulator misbehaves.
        """
        return self.keep("search", self._search)

    @property
    def untold(self) -> Untold | None:
        """The pictures that cannot be told from success: recorded, and searched so far."""
        hunted, recorded = self._kept.get("search"), self.task.store.untold
        met: Untold | None = getattr(hunted, "untold", None)
        return met if recorded is None else recorded + met

    @property
    def drift(self) -> Drift | None:
        """How the environment of today differs from the recorded one.

        ``None`` where nobody asks, where it cannot be played here, and where the program cannot
        be run.
        """
        return self.keep("drift", self._drift)

    @property
    def drift_seen(self) -> Drift | None:
        """The same, if anybody has asked by now."""
        seen = self._kept.get("drift")
        return seen if hasattr(seen, "drifted") else None  # type: ignore[return-value]  # as for `hunted`

    def _drift(self) -> Drift | None:
        if not self._watched:
            return None
        # Both bring simulators.
        from synth.envs.registry import why_no_simulator  # noqa: PLC0415
        from synth.suite.drift import drift_of  # noqa: PLC0415

        if why_no_simulator(self.task.spec):
            return None
        try:
            self.require_runnable()
            return drift_of(self.task, self.program, self.sandboxes)
        except (EnvironmentFault, SpecError, NotJudged, ProgramFault):
            return None  # what else needs them says why

    @property
    def hunted(self) -> Hunt | None:
        """What the search came to, if one was made by now."""
        hunted = self._kept.get("search")
        # What stands there else is a fault. The type is not imported: it brings simulators.
        return hunted if hasattr(hunted, "coverage") else None  # type: ignore[return-value]

    def _search(self) -> Hunt:
        # Few subjects are searched, and both import simulators.
        from synth.record.seeds import Seeds  # noqa: PLC0415
        from synth.search import hunt, missing  # noqa: PLC0415

        if not self.searched:
            raise Skip("search", self._unsearched)
        spec = self.task.spec
        reason = missing(spec)
        if reason:
            raise Skip("search", reason.rstrip("."))
        self.require_runnable()
        if self.drift is not None and self.drift.matters:
            # Whatever it found would be called the reward's fault.
            raise Skip("search", "the environment is not as it was recorded")
        seeds = Seeds.of(spec)
        held_out = self.last_split == "held_out"
        return hunt(
            spec,
            self.program,
            seeds=seeds.held_out_search if held_out else seeds.visible_search,
            episodes=spec.search.episodes if spec.search is not None else 0,
            stream=self.task.store.generation if held_out else 0,
            key=self._day,
            sandboxes=self.sandboxes,
        )

    def keep(self, name: str, compute: Callable[[], T]) -> T:
        """What several checks need, computed once.

        A fault is kept and raised again, since a hang is not worth repeating.

        Args:
            name: Under which it is kept.
            compute: Makes it.
        """
        if name not in self._kept:
            try:
                self._kept[name] = compute()
            except _KEPT as error:
                self._kept[name] = error
        kept = self._kept[name]
        if isinstance(kept, _KEPT):
            raise kept
        return kept  # type: ignore[return-value]  # only `compute`'s own result is kept under its name
