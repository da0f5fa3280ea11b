"""Answers that were paid for, kept: what a model said of a picture is never asked twice.

JSON lines, appended durably. Several processes may add to one file; none reads what others have
added since it began, so that at worst an answer is paid for by each.
"""

from __future__ import annotations

import os
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict, ValidationError

from synth.errors import BudgetExhausted, UsageError
from synth.models.base import Usage

if TYPE_CHECKING:
    from pathlib import Path

    from synth.loop.prices import Price

__all__ = ["AnswerFile", "AskingCost", "KeptAnswer"]


class KeptAnswer(BaseModel):
    """What a model said to one question about a picture, and what that cost.

    Attributes:
        key: Digest of all that was asked, and of whom.
        picture: The same but for which sub-tasks were asked about.
        shares: For each of those how far the model says that it holds, 0 to 1; ``None`` where it
            gave no answer that can be read.
        requests: Sent for it.
        input_tokens: As the service counted them.
        output_tokens: As the service counted them.
    """

    model_config = ConfigDict(frozen=True)

    key: str
    picture: str
    shares: tuple[float | None, ...]
    requests: int
    input_tokens: int
    output_tokens: int


@dataclass(frozen=True, slots=True)
class AskingCost:
    """What it cost to ask about pictures.

    Attributes:
        pictures: Different ones.
        requests: Sent.
        usage: Tokens.
        money: By the user's price; ``None`` where there is none.
    """

    pictures: int
    requests: int
    usage: Usage
    money: float | None

    def __str__(self) -> str:
        """``asked about 312 pictures: 312 requests, ...``."""
        spent = (
            f"asked about {self.pictures:,} pictures so far: {self.requests:,} requests, "
            f"{self.usage.input_tokens:,} input and {self.usage.output_tokens:,} output tokens"
        )
        if self.money is None:
            return f"{spent}; what they cost is told where synth.toml has the model's price"
        each = self.money / max(self.pictures, 1) * 1000
        return f"{spent}; money: {self.money:.4g}, {each:.4g} per 1,000 pictures"


class AnswerFile:
    """The answers of one model about one task; may be used from several threads at once.

    Args:
        path: Created with its folder where missing.
        most: How many requests may have been sent when one more is wanted.

    Raises:
        UsageError: It cannot be read or written, or a line other than the last is damaged.
    """

    def __init__(self, path: Path, *, most: int) -> None:
        self._path, self._most = path, most
        self._lock = threading.Lock()
        self._sent = 0  # answered, or under way
        self._known: dict[str, KeptAnswer] = {}
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            content = path.read_bytes() if path.exists() else b""
        except OSError as error:
            raise UsageError(f"{path}: cannot be read ({error.strerror}).") from error
        *lines, torn = content.split(b"\n")
        for number, line in enumerate(lines, start=1):
            try:
                answer = KeptAnswer.model_validate_json(line)
            except ValidationError as error:
                raise UsageError(
                    f"{path}, line {number}: not an answer; restore the file, or move it away to "
                    "ask anew."
                ) from error
            self._known[answer.key] = answer
        self._sent = sum(one.requests for one in self._known.values())
        if torn:  # a process was killed while it wrote; the next line must not be glued to it
            os.truncate(path, len(content) - len(torn))

    def get(self, key: str) -> KeptAnswer | None:
        """The answer to a question, or ``None``."""
        with self._lock:
            return self._known.get(key)

    def permit(self) -> None:
        """Count one more request as under way; if it fails it counts while this process lives.

        Raises:
            BudgetExhausted: As many as are allowed have been sent, or are under way.
        """
        with self._lock:
            if self._sent >= self._most:
                raise BudgetExhausted(
                    f"{self._sent} requests about pictures were sent, and calls={self._most} are "
                    f"allowed; raise calls to go on. Their answers are kept in {self._path}."
                )
            self._sent += 1

    def add(self, answer: KeptAnswer) -> None:
        """Keep an answer: it is on the disk when this returns.

        Raises:
            UsageError: The file cannot be written.
        """
        line = answer.model_dump_json().encode() + b"\n"
        with self._lock:
            try:
                handle = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
                try:
                    os.write(handle, line)
                    os.fsync(handle)
                finally:
                    os.close(handle)
            except OSError as error:
                raise UsageError(f"{self._path}: cannot be written ({error.strerror}).") from error
            self._known[answer.key] = answer

    def cost(self, price: Price | None) -> AskingCost:
        """What all answers in the file cost."""
        with self._lock:
            kept = tuple(self._known.values())
        usage = Usage(sum(a.input_tokens for a in kept), sum(a.output_tokens for a in kept))
        money = None if price is None else price.cost(usage)
        return AskingCost(
            len({a.picture for a in kept}), sum(a.requests for a in kept), usage, money
        )
