"""Sheets of questions put to the model, and its answers read: the run's eyes.

A sheet that cannot be read is asked once more, with what is wrong with the answer; a sheet that
gets its control wrong is thrown away. What becomes of the answers is for `synth.loop.labelling`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from synth.episode.exhibit import exhibit_at
from synth.errors import ModelReplyError
from synth.labels.choose import PictureQuestion
from synth.prompts.label_answers import parse_labels, said_of
from synth.prompts.requests import LabelPicture, LabelRequest

if TYPE_CHECKING:
    from collections.abc import Container, Mapping, Sequence

    from synth.episode import EpisodeStore
    from synth.episode.exhibit import Exhibit
    from synth.journal import Journal
    from synth.labels.pool import Pool
    from synth.labels.sheets import Sheet
    from synth.loop.asking import Asker
    from synth.loop.ledger import Candidate
    from synth.prompts.label_answers import Said

__all__ = ["EyeAnswer", "Eyes"]

DIGITS = 16


@dataclass(frozen=True, slots=True)
class EyeAnswer:
    """What one look said to one question.

    Attributes:
        said: The answer.
        request: Digest of the request in which it came.
        by: Who answered.
    """

    said: Said
    request: str
    by: str


@dataclass(frozen=True, eq=False, slots=True)
class Eyes:
    """Puts sheets to the model.

    Attributes:
        asker: Asks.
        journal: Where the answers are.
        model: Who answers, where the service does not say.
        goal: The goal in words, or ``None``.
        picture_notes: What the family says of its pictures.
    """

    asker: Asker
    journal: Journal
    model: str
    goal: str | None
    picture_notes: str

    def look(
        self,
        candidate: Candidate,
        looks: Mapping[str, Sequence[Sheet]],
        pool: Pool,
        store: EpisodeStore,
        known: Container[PictureQuestion] = (),
    ) -> tuple[dict[PictureQuestion, EyeAnswer], ...]:
        """What each look says, all of them asked at once.

        Args:
            candidate: Whose plan is beside the pictures; its place in the run goes into keys.
            looks: Letter of the look, for keys, to its sheets.
            pool: Whose rows are asked about.
            store: Where the pictures are.
            known: Controls; a sheet that answers one wrong says nothing.

        Raises:
            BudgetExhausted: The budget does not allow it.
            ModelError: The service failed; what was answered is in the journal.
        """
        letters = [letter for letter, sheets in looks.items() for _ in sheets]
        sheets = [sheet for several in looks.values() for sheet in several]
        requests = [
            self._request(candidate, sheet, f"{letter}{n}", pool, store)
            for letter, several in looks.items()
            for n, sheet in enumerate(several)
        ]
        found: dict[str, dict[PictureQuestion, EyeAnswer]] = {letter: {} for letter in looks}
        for letter, sheet, read in zip(letters, sheets, self._read(requests), strict=True):
            rows = [row for row, _ in sheet.pictures]
            names = candidate.plan.names
            answers = {
                PictureQuestion(rows[place], names.index(answer.said.subtask)): answer
                for place, answer in read
            }
            if all(_vouches(pool, q, answers.get(q)) for q in sheet.questions if q in known):
                found[letter].update(answers)
        return tuple(found.values())

    def _request(
        self, candidate: Candidate, sheet: Sheet, part: str, pool: Pool, store: EpisodeStore
    ) -> LabelRequest:
        names = candidate.plan.names
        _, number, sample = candidate.key.split("-")
        pictures = []
        for place, (row, columns) in enumerate(sheet.pictures, start=1):
            exhibit = _exhibit(store, pool.references[row])
            subtasks = tuple(names[column] for column in columns)
            # The name says nothing of where the picture comes from.
            name = f"picture-{place:02d}"
            pictures.append(
                LabelPicture(name, exhibit.initial, exhibit.frame, subtasks, exhibit.mission)
            )
        return LabelRequest(
            goal=self.goal,
            picture_notes=self.picture_notes,
            round=int(number),
            sample=int(sample),
            plan=candidate.plan,
            pictures=tuple(pictures),
            part=part,
            held_out=pool.split == "held_out",
        )

    def _read(self, requests: Sequence[LabelRequest]) -> list[list[tuple[int, EyeAnswer]]]:
        """For each request the answers, each with the place of its picture on the sheet."""
        said = list(zip(requests, self.asker.ask(requests), strict=True))
        again: dict[int, LabelRequest] = {}
        for n, (request, text) in enumerate(said):
            try:
                parse_labels(text, request)
            except ModelReplyError as error:
                again[n] = replace(request, part=f"{request.part}x", problem=str(error))
        if again:
            repeated = self.asker.ask(list(again.values()))
            for (n, request), text in zip(again.items(), repeated, strict=True):
                said[n] = (request, text)
        return [self._answers(request, text) for request, text in said]

    def _answers(self, request: LabelRequest, text: str) -> list[tuple[int, EyeAnswer]]:
        record = self.journal.tape.response(request.key)
        digest, by = (record.digest[:DIGITS], record.model) if record else ("", "")
        places = {picture.name: place for place, picture in enumerate(request.pictures)}
        return [
            (places[said.picture], EyeAnswer(said, digest, by or self.model))
            for said in said_of(text, request)
        ]


def _vouches(pool: Pool, control: PictureQuestion, answer: EyeAnswer | None) -> bool:
    """Whether a control is not answered wrong; eyes that cannot tell are honest."""
    if answer is None or answer.said.answer == "cannot_tell":
        return True
    return (answer.said.answer == "yes") == bool(pool.success[control.row] == 1)


def _exhibit(store: EpisodeStore, reference: str) -> Exhibit:
    exhibit = exhibit_at(store, reference)
    if exhibit is None:
        raise LookupError(f"{reference}: no such picture")  # a pool is made from its store
    return exhibit
