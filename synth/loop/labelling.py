"""Labels within a run: asked for when a program passes all else, looked at again when it objects.

A program that passes every test, or fails by labels alone, has its rivals told apart by eyes: two
looks of the model at the pictures on which readings disagree (`synth.labels`). Answers that agree
are labels from then on, and programs are judged by them like by episodes. Before a program is
blamed by a label for the first time, that label is looked at once more, among others; one that is
taken back is withdrawn for good.

What is asked is in the journal, and so are the answers: going through the run again comes to the
same labels without asking or choosing anew.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from synth.errors import BudgetExhausted
from synth.journal import QuestionsRecord
from synth.labels.choose import PictureQuestion
from synth.labels.contradictions import contradicted
from synth.labels.pool import make_pool
from synth.labels.questions import choose_questions
from synth.labels.sheets import deal, settled
from synth.loop.events import Labelled, LookedAgain
from synth.loop.eyes import Eyes
from synth.loop.rival_programs import rival_programs
from synth.program import parse
from synth.task.labels import Label, in_force, wording_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from synth.episode import EpisodeStore, Split
    from synth.journal import Journal, Tape
    from synth.labels.pool import Pool
    from synth.loop.asking import Asker
    from synth.loop.episodes import Episodes
    from synth.loop.events import Observer
    from synth.loop.eyes import EyeAnswer
    from synth.loop.ledger import Candidate
    from synth.plan import Plan
    from synth.prompts.requests import Demonstration
    from synth.sandbox import Sandboxes

__all__ = ["LabelCounts", "Labelling"]

COMPANIONS = 5
"""Labels that nobody doubts, among which doubted ones are looked at again."""

LETTERS: Mapping[str, str] = {"visible": "abc", "held_out": "pqr"}
"""What the looks of a split are called in keys: the two looks, and the one that follows doubt."""

DRAW = 20240204  # any fixed seed


@dataclass(frozen=True, slots=True)
class LabelCounts:
    """What came of asking eyes, over a whole run and both splits.

    Attributes:
        asked: Questions put twice.
        agreed: Answered the same twice, yes or no.
        contested: Answered yes once and no once.
        cannot_tell: Of which one look, or both, could not tell.
        dropped: Without two answers, most of them on sheets whose control was wrong.
        withdrawn: Labels taken back.
        contradicted: Programs that a label, after all looks, speaks against.
    """

    asked: int = 0
    agreed: int = 0
    contested: int = 0
    cannot_tell: int = 0
    dropped: int = 0
    withdrawn: int = 0
    contradicted: int = 0


class Labelling:
    """Asks for labels, and keeps them among a run's episodes.

    Args:
        asker: Asks, and counts against the budget.
        journal: Where it is kept what was asked.
        episodes: The run's; labels join them.
        frames: How many pictures of each split may be put to eyes for one plan.
        shown: Visible demonstrations, from which ``builtin`` writes a rival.
        goal: The goal in words, or ``None``.
        picture_notes: What the family says of its pictures.
        model: The model's name.
        sandboxes: Where programs run.
        observe: Told of what comes of it.
        source: Another run's tape: what it asked is asked again.
    """

    def __init__(
        self,
        *,
        asker: Asker,
        journal: Journal,
        episodes: Episodes,
        frames: int,
        shown: tuple[Demonstration, ...],
        goal: str | None,
        picture_notes: str,
        model: str,
        sandboxes: Sandboxes,
        observe: Observer,
        source: Tape | None = None,
    ) -> None:
        self._eyes = Eyes(asker, journal, model, goal, picture_notes)
        self._journal, self._episodes = journal, episodes
        self._frames, self._shown, self._goal, self._model = frames, shown, goal, model
        self._sandboxes, self._observe, self._source = sandboxes, observe, source
        self._pools: dict[tuple[str, int, int], Pool] = {}
        self._put: dict[tuple[str, str], dict[str, None]] = {}
        self._asked: set[tuple[str, str, str]] = set()
        self._remarks: dict[str, None] = {}
        self._blamed: set[str] = set()
        self.counts = LabelCounts()

    @property
    def remarks(self) -> tuple[str, ...]:
        """What the plan leaves open, in the words of whoever looked; of visible pictures alone."""
        return tuple(self._remarks)

    def visible(self, candidate: Candidate) -> None:
        """Have the visible pictures labelled that tell a candidate's rivals apart.

        Raises:
            BudgetExhausted: The budget does not allow it.
            ModelError: The service failed; what was answered is in the journal.
        """
        self._label(candidate, "visible", self._episodes.store)

    def held_out(self, candidate: Candidate, generation: int) -> None:
        """The same for held-out pictures of a generation; see `visible`."""
        self._label(candidate, "held_out", self._episodes.at(generation))

    def _label(self, candidate: Candidate, split: Split, store: EpisodeStore) -> None:
        pool = self._pool(split, store)
        chosen = self._questions(candidate, pool)
        if chosen.questions:
            self._ask(candidate, chosen, pool, store)
        else:
            self._observe(Labelled(candidate.key, split == "held_out", chosen.rivals, 0, 0, 0, 0))
        self._look_again(candidate, pool, store)

    def _pool(self, split: Split, store: EpisodeStore) -> Pool:
        key = (split, store.generation, len(store.episodes))
        if key not in self._pools:
            self._pools[key] = make_pool(store, split)
        return self._pools[key]

    def _questions(self, candidate: Candidate, pool: Pool) -> QuestionsRecord:
        """What is to be asked; the journal's word, or else another run's, comes first."""
        program, wording = candidate.program, _wording(candidate.plan)
        sought = (program, pool.split, pool.digest, wording)
        known = self._journal.tape.questions(*sought)
        if known is not None:
            return known
        record = self._source.questions(*sought) if self._source is not None else None
        if record is None:
            order = parse(candidate.source).subtasks
            chosen = choose_questions(
                candidate.source,
                pool,
                most=max(self._frames - len(self._put.get((pool.split, wording), ())), 0),
                asked=self._known(candidate.plan, pool, order),
                others=rival_programs(
                    candidate, self._journal.tape, self._shown, self._model, self._goal
                ),
                sandboxes=self._sandboxes,
            )
            record = QuestionsRecord(
                program=program,
                split=pool.split,
                pool=pool.digest,
                wording=wording,
                questions=tuple((q.row, order[q.column]) for q in chosen.questions),
                controls=tuple(q.row for q in chosen.controls),
                rivals=chosen.rivals,
                told=chosen.told,
                left=chosen.left,
            )
        self._journal.append(record)
        return record

    def _known(self, plan: Plan, pool: Pool, order: Sequence[str]) -> tuple[PictureQuestion, ...]:
        """What was asked before about pictures of a pool, people's answers included."""
        rows = {sha: row for row, sha in enumerate(pool.shas)}
        words = {wording_of(subtask): subtask.name for subtask in plan.subtasks}
        asked = self._asked | {label.question for label in self._episodes.labels}
        return tuple(
            sorted(
                PictureQuestion(rows[sha], order.index(name))
                for sha, name, wording in asked
                if sha in rows and words.get(wording) == name
            )
        )

    def _ask(
        self, candidate: Candidate, chosen: QuestionsRecord, pool: Pool, store: EpisodeStore
    ) -> None:
        """Two looks, and the labels that come of them."""
        plan, names = candidate.plan, candidate.plan.names
        questions = [PictureQuestion(row, names.index(name)) for row, name in chosen.questions]
        known = [PictureQuestion(row, len(names) - 1) for row in chosen.controls]
        put = self._put.setdefault((pool.split, chosen.wording), {})
        put.update(dict.fromkeys(pool.shas[q.row] for q in (*questions, *known)))
        sheets = {
            letter: deal(questions, known, look=look)
            for look, letter in enumerate(LETTERS[pool.split][:2])
        }
        answered = self._eyes.asker.answered
        try:
            one, other = self._eyes.look(candidate, sheets, pool, store, known)
        except BudgetExhausted:
            # Where some were answered the questions were asked, though no label comes of them.
            if self._eyes.asker.answered > answered:
                asked, dropped = self.counts.asked, self.counts.dropped
                more = len(questions)
                self.counts = replace(self.counts, asked=asked + more, dropped=dropped + more)
            raise
        words = {subtask.name: wording_of(subtask) for subtask in plan.subtasks}
        before = self.counts
        for question in questions:
            name = names[question.column]
            self._asked.add((pool.shas[question.row], name, words[name]))
            looks = (one.get(question), other.get(question))
            self._settle(pool, (question.row, name, words[name]), looks)
        now = self.counts
        pictures = len({q.row for q in (*questions, *known)})
        self._observe(
            Labelled(
                candidate.key,
                pool.split == "held_out",
                chosen.rivals,
                pictures,
                now.asked - before.asked,
                now.agreed - before.agreed,
                now.contested - before.contested,
            )
        )

    def _settle(
        self,
        pool: Pool,
        question: tuple[int, str, str],
        looks: tuple[EyeAnswer | None, EyeAnswer | None],
    ) -> None:
        """Make a label of what two looks said to a row, a sub-task and its wording."""
        row, name, wording = question
        both = [answer for answer in looks if answer is not None]
        said = settled(*(a.said.answer if a is not None else None for a in looks))
        self.counts = replace(
            self.counts,
            asked=self.counts.asked + 1,
            agreed=self.counts.agreed + (said in {"yes", "no"}),
            contested=self.counts.contested + (said == "contested"),
            cannot_tell=self.counts.cannot_tell + (said == "cannot_tell"),
            dropped=self.counts.dropped + (said is None),
        )
        # What a person has settled is settled, whatever a model sees.
        settled_by_hand = any(
            label.by_person and label.question == (pool.shas[row], name, wording)
            for label in self._episodes.labels
        )
        if said is None or settled_by_hand:
            return
        remark = next((a.said.remark for a in both if a.said.remark), "")
        if remark and pool.split == "visible":
            self._remarks.setdefault(f"{name}: {remark}", None)
        label = Label(
            picture=pool.references[row],
            sha=pool.shas[row],
            split=pool.split,
            subtask=name,
            wording=wording,
            answer=said,
            by=" and ".join(dict.fromkeys(a.by for a in both)),
            looks=tuple(a.request for a in both),
            remark=remark,
        )
        self._episodes.labels = (*self._episodes.labels, label)

    def _look_again(self, candidate: Candidate, pool: Pool, store: EpisodeStore) -> None:
        """Before a label blames a program it is looked at once more, among others."""
        plan = candidate.plan
        standing = [
            (label, exhibit)
            for label, exhibit in in_force(self._episodes.labels, plan, store)
            if label.split == pool.split
        ]
        against = contradicted(parse(candidate.source), standing, sandboxes=self._sandboxes)
        doubted = [label for label in against if not (label.confirmed or label.by_person)]
        if doubted:
            self._doubt(candidate, doubted, [label for label, _ in standing], pool, store)
        stands = {one.question for one in self._episodes.labels if one.holds is not None}
        if any(label.question in stands for label in against):
            self._blamed.add(candidate.program)
        self.counts = replace(self.counts, contradicted=len(self._blamed))

    def _doubt(
        self,
        candidate: Candidate,
        doubted: Sequence[Label],
        standing: Sequence[Label],
        pool: Pool,
        store: EpisodeStore,
    ) -> None:
        names = candidate.plan.names
        rows = {sha: row for row, sha in enumerate(pool.shas)}
        others = [
            label
            for label in standing
            if label not in doubted and not label.by_person and label.sha in rows
        ]
        rng = np.random.default_rng([DRAW, len(self._episodes.labels)])
        company = [others[i] for i in rng.permutation(len(others))[:COMPANIONS]]
        looked = {
            PictureQuestion(rows[label.sha], names.index(label.subtask)): label
            for label in (*doubted, *company)
        }
        letter = LETTERS[pool.split][2]
        (answers,) = self._eyes.look(candidate, {letter: deal(looked, look=2)}, pool, store)
        changed = {
            label.question: _after(label, answers.get(question))
            for question, label in looked.items()
        }
        self._episodes.labels = tuple(
            changed.get(label.question, label) if not label.by_person else label
            for label in self._episodes.labels
        )
        withdrawn = sum(bool(label.withdrawn_by) for label in changed.values())
        self.counts = replace(self.counts, withdrawn=self.counts.withdrawn + withdrawn)
        self._observe(LookedAgain(candidate.key, pool.split == "held_out", len(doubted), withdrawn))


def _after(label: Label, answer: EyeAnswer | None) -> Label:
    """A label after a further look; without an answer it stays as it is."""
    if answer is None:
        return label
    looked = {"looks": (*label.looks, answer.request)}
    if answer.said.answer == label.answer:
        return label.model_copy(update={**looked, "confirmed": True})
    return label.model_copy(update={**looked, "withdrawn_by": answer.by})


def _wording(plan: Plan) -> str:
    words: Iterable[str] = (wording_of(subtask) for subtask in plan.subtasks)
    return hashlib.sha256("\n".join(words).encode()).hexdigest()[:16]
