"""A judge with a memory, so that a program is judged and measured once in a run's life.

Every question is looked up in the journal first. What the search finds while a program is
judged joins the run's episodes here, and every program judged from then on is judged by it
too; so a verdict is kept under the episodes that were there when it was given. Held-out
episodes on which a program has failed are not looked at again: the next look is at fresh
ones. Nothing is decided here about a program.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from synth.errors import RewardError
from synth.journal import FoundRecord, HeldOutRecord, SpeedRecord
from synth.loop.episodes import find_key
from synth.loop.verdict import Verdict
from synth.program import program_digest
from synth.task.labels import wording_of

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from synth.episode import Split
    from synth.journal import Exemplar, Journal, Tape
    from synth.loop.clock import Clock
    from synth.loop.episodes import Episodes
    from synth.loop.judge import Alike, Judge
    from synth.plan import Plan
    from synth.prompts.requests import Shot

__all__ = ["CachedJudge"]


class CachedJudge:
    """A judge with a memory: the journal's.

    Args:
        judge: Asked where the journal has no answer.
        episodes: Take in what is found.
        journal: Where answers are kept.
        clock: For the records.
        source: Another run's tape, so that a replay decides as that run did: its measured
            speeds are taken over, and so are looks at held-out episodes that have been
            replaced since. Where this machine cannot search, so are the lies that were
            found; the episodes that show them are judged anew.
    """

    def __init__(
        self,
        judge: Judge,
        episodes: Episodes,
        journal: Journal,
        clock: Clock,
        source: Tape | None = None,
    ) -> None:
        self._examiner, self._episodes = judge, episodes
        self._journal, self._clock, self._source = journal, clock, source
        self._evidence: dict[Plan, str] = {}
        self._alike: dict[tuple[str, Plan, int], Alike] = {}
        self._generation = episodes.original.generation

    def visible(self, source: str, plan: Plan) -> Verdict:
        """How a program does on the visible split, by the episodes that there are now.

        Raises:
            EnvironmentFault: What was found must be played again, and cannot be.
        """
        program, evidence, tape = program_digest(source), self._now(plan), self._journal.tape
        record = tape.verdict(program, evidence)
        verdict = Verdict.from_record(record, tape.suite(record.tests)) if record else None
        if verdict is None:
            verdict = self._examiner.visible(source, plan)
            # A replay may run where no simulator is: what the run's search found stands in.
            if self._source is not None:
                verdict = verdict.with_lies(self._lies(program))
            suite = verdict.suite()
            # Names first, and once: a verdict is one mark a test and means nothing without them.
            if tape.suite(suite.digest) != suite.ids:
                self._journal.append(suite)
            self._journal.append(verdict.record(program, evidence, self._clock.elapsed()))
        self._take_in(verdict)
        return verdict

    def held_out(self, source: str, plan: Plan) -> HeldOutRecord:
        """How a program does on the held-out split; a program is looked at once.

        Raises:
            EnvironmentFault: Fresh episodes are needed, and cannot be recorded.
        """
        program, tape = program_digest(source), self._journal.tape
        evidence = self._held_out_evidence(plan)
        record = tape.held_out(program, evidence)
        if record is None:
            record = self._look(source, plan, program, evidence)
            self._journal.append(record)
        if not record.passes and self._episodes.renewable:
            # These episodes have told something; the next program is held against fresh ones.
            self._generation = max(self._generation, record.generation + 1)
        return record

    def alike(self, source: str, plan: Plan, batch: int) -> Alike | None:
        """How a program does on fresh visible episodes, or ``None`` in a replay.

        It is not written down: it decides nothing but what a prompt shows, and the journal
        holds the prompt. So in a replay there is nobody to show it to.

        Raises:
            EnvironmentFault: They cannot be made.
            SpecError: There are no seeds for more.
        """
        if self._source is not None:
            return None
        asked = (program_digest(source), plan, batch)
        if asked not in self._alike:
            self._alike[asked] = self._examiner.alike(source, plan, batch)
        return self._alike[asked]

    def explain(
        self, source: str, subtask: str, shot: Shot, initial: NDArray[np.uint8]
    ) -> tuple[str, ...]:
        """What a program computed on a picture. Not written down: the prompt is."""
        return self._examiner.explain(source, subtask, shot, initial)

    def speed(self, source: str) -> SpeedRecord | None:
        """How fast a program is, or ``None`` where it cannot be run long enough to tell."""
        program = program_digest(source)
        known = self._journal.tape.speed(program)
        # The other run's figure comes first: by it that run decided, on whatever machine.
        record = (self._source.speed(program) if self._source else None) or known
        if record is not None and record == known:
            return record
        if record is None:
            try:
                timing = self._examiner.speed(source)
            except RewardError:
                return None
            record = SpeedRecord(
                program=program,
                single=timing.single,
                batched=timing.batched,
                profile=timing.profile,
            )
        self._journal.append(record)
        return record

    def recorded(self, source: str, plan: Plan) -> tuple[HeldOutRecord | None, SpeedRecord | None]:
        """What is known of a program, without looking or measuring again."""
        program, tape = program_digest(source), self._journal.tape
        return tape.held_out(program, self._held_out_evidence(plan)), tape.speed(program)

    def _look(self, source: str, plan: Plan, program: str, evidence: str) -> HeldOutRecord:
        taped = self._source.look(program) if self._source is not None else None
        generation = self._generation if taped is None else taped.generation
        if taped is not None and generation != self._episodes.original.generation:
            passed, failed, kinds = taped.passed, taped.failed, taped.kinds
        else:
            count = self._examiner.held_out(source, plan, generation)
            passed, failed, kinds = count.passed, count.failed, count.kinds
        last = self._journal.tape.look(program)
        # Labels of these very pictures have come since: the same look, and one bit all the same.
        goes_on = last is not None and last.generation == generation and last.evidence != evidence
        number = last.look if last is not None and goes_on else self._journal.tape.looks + 1
        return HeldOutRecord(
            program=program,
            evidence=evidence,
            passed=passed,
            failed=failed,
            look=number,
            generation=generation,
            kinds=kinds,
        )

    def _lies(self, program: str) -> tuple[Exemplar, ...]:
        """What the search found in the other run when the program was judged this often."""
        there = self._source.verdicts_of(program) if self._source is not None else ()
        if not there:
            return ()
        # A program is judged again as episodes are found, so the n-th verdict here is matched
        # with the n-th there.
        before = len(self._journal.tape.verdicts_of(program))
        record = there[min(before, len(there) - 1)]
        return tuple(e for e in record.exemplars if e.failure.find is not None)

    def _take_in(self, verdict: Verdict) -> None:
        known = {find_key(r) for r in self._journal.tape.found}
        for exemplar in verdict.exemplars:
            find = exemplar.failure.find
            if find is None or not self._episodes.add(find):
                continue  # no find of the search, or one that judges already
            if find_key(find) not in known:
                self._journal.append(
                    FoundRecord(
                        seed=find.seed,
                        actions=find.actions,
                        note=find.note,
                        mission=find.mission,
                    )
                )

    def _of(self, plan: Plan) -> str:
        if plan not in self._evidence:
            self._evidence[plan] = self._examiner.evidence(plan)
        return self._evidence[plan]

    def _now(self, plan: Plan) -> str:
        """Digest of the evidence with what has been found and labelled so far."""
        keys = [find_key(find) for find in self._episodes.finds]
        return _with(self._of(plan), [*keys, *self._labels(plan, "visible")])

    def _held_out_evidence(self, plan: Plan) -> str:
        return _with(self._of(plan), self._labels(plan, "held_out"))

    def _labels(self, plan: Plan, split: Split) -> list[str]:
        """What eyes have said of a split, as far as it judges programs for a plan."""
        words = {wording_of(subtask) for subtask in plan.subtasks}
        return [
            f"{' '.join(label.question)} {label.answer}"
            for label in self._episodes.labels
            if label.split == split and label.holds is not None and label.wording in words
        ]


def _with(evidence: str, more: list[str]) -> str:
    """The digest itself where nothing has come."""
    if not more:
        return evidence
    keys = "\n".join(more)
    return hashlib.sha256(f"{evidence}\n{keys}".encode()).hexdigest()[:16]
