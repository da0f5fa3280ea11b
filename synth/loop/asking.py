"""Asking a model, with the journal as cache and the budget at the door.

Every request is looked up first by its place in the run and its digest: what the journal
holds is neither asked nor paid for again. Before anything is sent, the request is on the
disk; before an answer is looked at, so is the answer. The providers retry.
"""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from synth.errors import BudgetExhausted, ModelError, ModelTruncated, Paid
from synth.journal import (
    NoteRecord,
    PictureRecord,
    RequestRecord,
    ResponseRecord,
    WastedRecord,
)
from synth.loop.budget import Spent
from synth.loop.events import Answered, Asked, Noticed
from synth.loop.pictures import picture_name
from synth.models.base import Reply, Usage
from synth.prompts.requests import request_digest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from synth.journal import Journal, Tape
    from synth.loop.budget import StopCondition
    from synth.loop.clock import Clock
    from synth.loop.events import Event, Observer
    from synth.loop.pictures import PictureFolder
    from synth.loop.prices import Price
    from synth.models.base import Model
    from synth.prompts.requests import Request

__all__ = ["Asker"]

THREADS = 16


@dataclass(frozen=True, eq=False, slots=True)
class _Question:
    request: Request
    prompt: str
    digest: str


class Asker:
    """Answers requests from the journal, or else from the model.

    Args:
        model: What answers.
        journal: What was answered.
        pictures: Where the pictures of requests are kept.
        render: The full text of a request.
        stop: When not to ask any more.
        price: For the cost, where known.
        clock: For the records.
        observe: Told of every request and answer, one at a time.
        tape: The tape a replaying model answers from; where it ends, the run does.
        prompts: Folder of templates that take the place of synth's own, or ``None``.

    Attributes:
        rounds: Rounds begun that the budget counts.
        replayed: Requests that the journal answered.
        tape_ended: Whether the tape had no answer, and the run ended for it.
        strayed: The first request that shows other pictures than the tape has at its place.
    """

    def __init__(
        self,
        *,
        model: Model,
        journal: Journal,
        pictures: PictureFolder,
        render: Callable[[Request], str],
        stop: StopCondition,
        price: Price | None,
        clock: Clock,
        observe: Observer,
        tape: Tape | None = None,
        prompts: Path | None = None,
    ) -> None:
        self._model, self._journal, self._pictures = model, journal, pictures
        self._render, self._stop, self._price, self._clock = render, stop, price, clock
        self._observe, self._tape, self._prompts = observe, tape, prompts
        self._mutex = threading.Lock()
        self._before = len(journal.tape.responses)
        self._told = False
        self._begun = 0
        self.strayed = ""
        self.rounds = 0
        self.replayed = 0
        self.tape_ended = False

    @property
    def spent(self) -> Spent:
        """What the run has cost so far, earlier processes included."""
        paid = self._journal.tape.paid
        usage = Usage(sum(r.input_tokens for r in paid), sum(r.output_tokens for r in paid))
        cost = self._price.cost(usage) if self._price else None
        return Spent(self.rounds, len(paid), usage, cost, self._clock.elapsed())

    @property
    def answered(self) -> int:
        """Requests answered so far in this process, by the journal or the model."""
        return self.replayed + len(self._journal.tape.responses) - self._before

    def begin_round(self, *, counted: bool) -> int:
        """Begin a round.

        Args:
            counted: Whether the budget of rounds counts it.

        Returns:
            Its number in the run, from 0.

        Raises:
            BudgetExhausted: There is none left.
        """
        if counted:
            self._require(requests=0)
            self.rounds += 1
        self._begun += 1
        return self._begun - 1

    def ask(self, requests: Sequence[Request]) -> tuple[str, ...]:
        """The answers to `requests`, in their order; those not yet known are asked at once.

        Raises:
            BudgetExhausted: They are not all known, and the budget does not allow the rest.
            ModelError: The service failed; the answers that did come are in the journal.
        """
        questions = [self._question(request) for request in requests]
        missing = [q for q in questions if self._known(q) is None]
        strayed = (q.request.key for q in questions if self._shows_others(q))
        self.strayed = self.strayed or next(strayed, "")
        for question in questions:
            if (record := self._known(question)) is not None:
                self.replayed += 1
                self._keep_pictures(question)  # a journal may have come without them
                self._say_answered(record, replayed=True)
        # All or none: with half of its samples a round would decide otherwise than when it is
        # resumed with the rest.
        if missing:
            self._require_tape(missing)
            self._require(requests=len(missing))
            for question in missing:
                self._write_down(question)  # before it is sent: what is paid for has a record
            self._send(missing)
        found = [self._known(question) for question in questions]
        return tuple(record.text for record in found if record is not None)

    def _question(self, request: Request) -> _Question:
        request = replace(request, prompts=self._prompts)
        prompt = self._render(request)
        return _Question(request, prompt, request_digest(request, prompt))

    def _known(self, question: _Question) -> ResponseRecord | None:
        key, digest = question.request.key, question.digest
        known = self._journal.tape.response(key, digest)
        if known is None or self._tape is None:
            return known
        # The folder may hold a replay of another journal: then this one's answer counts.
        played = self._tape.response(key, digest) or self._tape.response(key)
        return known if played is not None and played.text == known.text else None

    def _require(self, *, requests: int) -> None:
        reason = self._stop.reason(self.spent, requests=requests)
        if reason:
            raise BudgetExhausted(reason)

    def _require_tape(self, missing: Sequence[_Question]) -> None:
        if self._tape is None:
            return
        for question in missing:
            key = question.request.key
            if self._tape.response(key) is None:
                self.tape_ended = True
                raise BudgetExhausted(self._why_none(key))

    def _why_none(self, key: str) -> str:
        """Why the tape has no answer: it ends, or the recorded run went another way."""
        if not self.strayed:
            return f"the replayed journal ends before {key}"
        return (
            f"the replayed journal has no answer to {key}: from {self.strayed} on other pictures "
            "are asked about than when it was recorded, since the episodes, or what judges by "
            "them, have changed"
        )

    def _shows_others(self, question: _Question) -> bool:
        """Whether other pictures are asked about than were at the same place of the tape."""
        there = self._tape.request(question.request.key) if self._tape is not None else None
        if there is None or question.request.private:
            return False  # of what is held out no picture is written down
        now = [picture_name(shot.frame) for shot in question.request.shots]
        return now != [picture.sha for picture in there.pictures]

    def _write_down(self, question: _Question) -> None:
        request, tape = question.request, self._journal.tape
        if tape.asked(request.key, question.digest):
            return
        if self._tape is None and not self._told and tape.response(request.key) is not None:
            self._told = True
            text = (
                f"{request.key} is asked anew: the prompt, the spec or the episodes have changed "
                "since the journal was written, so its answers from here on do not apply."
            )
            self._journal.append(NoteRecord(text=text))
            self._say(Noticed(text))
        self._journal.append(
            RequestRecord(
                key=request.key,
                digest=question.digest,
                kind=request.kind,
                prompt=question.prompt,
                pictures=self._keep_pictures(question),
            )
        )

    def _keep_pictures(self, question: _Question) -> tuple[PictureRecord, ...]:
        if question.request.private:
            return ()
        return tuple(
            PictureRecord(name=s.name, caption=s.caption, sha=self._pictures.keep(s.frame))
            for s in question.request.shots
        )

    def _send(self, missing: Sequence[_Question]) -> None:
        if len(missing) == 1:
            self._ask_one(missing[0])
            return
        under_way = _UnderWay()

        def ask(question: _Question) -> None:
            with under_way as goes_on:
                if goes_on:
                    self._ask_one(question)

        # Leaving waits for what is under way, after Ctrl-C too: it is paid for. The pool alone
        # would not wait for a thread in whose start Ctrl-C comes.
        with under_way.ended(), ThreadPoolExecutor(min(len(missing), THREADS), "synth-ask") as pool:
            try:
                futures = [pool.submit(ask, question) for question in missing]
                wait(futures)
            except BaseException:  # also on Ctrl-C: what has not begun is not begun
                pool.shutdown(wait=False, cancel_futures=True)
                raise
        for future in futures:
            future.result()

    def _ask_one(self, question: _Question) -> None:
        request = question.request
        self._say(Asked(request.key, len(request.shots), len(question.prompt)))
        try:
            reply = self._model.ask(request)
        except ModelTruncated as error:
            # The model can do something about this one: it is told, as of any useless answer.
            paid = error.paid or Paid("")
            usage = Usage(paid.input_tokens, paid.output_tokens)
            text = f"(The answer was cut at the token limit: {error})"
            reply = Reply(text, usage, paid.model)
        except ModelError as error:
            self._write_off(question, error)
            raise
        record = ResponseRecord(
            key=request.key,
            digest=question.digest,
            text=reply.text.encode("utf-8", "replace").decode("utf-8"),
            input_tokens=reply.usage.input_tokens,
            output_tokens=reply.usage.output_tokens,
            model=reply.model,
            elapsed=self._clock.elapsed(),
        )
        self._journal.append(record)
        self._say_answered(record, replayed=False)

    def _write_off(self, question: _Question, error: ModelError) -> None:
        """Write down what was paid for and is no answer; it is asked again on another day."""
        if error.paid is None:
            return
        self._journal.append(
            WastedRecord(
                key=question.request.key,
                digest=question.digest,
                text=error.paid.text.encode("utf-8", "replace").decode("utf-8"),
                reason=str(error),
                input_tokens=error.paid.input_tokens,
                output_tokens=error.paid.output_tokens,
                model=error.paid.model,
                elapsed=self._clock.elapsed(),
            )
        )

    def _say_answered(self, record: ResponseRecord, *, replayed: bool) -> None:
        usage = Usage(record.input_tokens, record.output_tokens)
        cost = self._price.cost(usage) if self._price else None
        self._say(Answered(record.key, usage, cost, replayed))

    def _say(self, event: Event) -> None:
        with self._mutex:
            self._observe(event)


class _UnderWay:
    """Requests that have been begun: none is begun, and none left, once they are to end."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._count = 0
        self._over = False

    def __enter__(self) -> bool:
        """Begin one; false where none is to be begun any more."""
        with self._changed:
            self._count += 1
            return not self._over

    def __exit__(self, *_: object) -> None:
        with self._changed:
            self._count -= 1
            self._changed.notify_all()

    @contextmanager
    def ended(self) -> Iterator[None]:
        """Begin none after this block, and leave it when all that were begun have ended."""
        try:
            yield
        finally:
            with self._changed:
                self._over = True
                self._changed.wait_for(lambda: self._count == 0)
