"""A model reached through a folder: ``exchange:FOLDER``.

Each request becomes a folder with a markdown prompt and PNG pictures; a person, or any
assistant that can look at pictures, puts the answer beside it. No key and no network are
needed, and a request that has been put once is never put again. Who
answers may be said in ``model.txt`` beside the answer.
"""

from __future__ import annotations

import json
import shutil
import time
import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from synth.errors import ModelReplyError, ModelUnavailable, UsageError
from synth.models.base import Reply
from synth.prompts.render import PicturePart, render
from synth.prompts.requests import request_digest

if TYPE_CHECKING:
    from collections.abc import Callable

    from synth.models.base import ModelOptions
    from synth.prompts.render import Prompt
    from synth.prompts.requests import Request

__all__ = ["ANSWERS", "ExchangeModel", "open_provider", "waiting_requests"]

ANSWERS = ("answer.md", "answer.txt", "answer.json")
"""Names under which an answer is looked for, in this order."""

README = """\
# An exchange folder

synth writes each of its requests here as a folder of its own and waits for the answer.

1. Open the `prompt.md` of a folder that has no answer yet, and look at its pictures.
2. Write the answer into `answer.md` beside it (`answer.txt` and `answer.json` will do too).
3. Optional: write who or what answered into `model.txt` beside it, on one line.

A folder stands for one request for ever: after an interruption, run the same command again
and it goes on from the answers that are here. To answer anew, change the answer before synth
has read it; what has been read is in the journal of the run.
"""

HEAD = """\
> Open the pictures in `pictures/` where the text refers to them, and write the answer into
> `answer.md` beside this file. Nothing else is needed.

"""


@dataclass(frozen=True, slots=True)
class _Seen:
    """An answer as it lay there at one look."""

    file: Path
    size: int
    modified: int


class ExchangeModel:
    """A model that reads requests from a folder and answers there.

    Several requests may wait at once, each in its own folder ``<key>-<digest>``.

    Args:
        folder: Created where missing.
        label: Who answered, where no ``model.txt`` says so.
        poll: Seconds between two looks. An answer counts once two looks in a row find it
            the same and not empty.
        timeout: Seconds after which to give up; ``None`` waits for ever.
        on_wait: Called with the request's folder when the waiting begins.
        sleep: Replaces `time.sleep` in tests.
    """

    def __init__(
        self,
        folder: str | Path,
        label: str = "multimodal model through the exchange folder",
        *,
        poll: float = 1.0,
        timeout: float | None = None,
        on_wait: Callable[[Path], None] | None = None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._folder = self._named = Path(folder)
        self._label = label
        self._poll = poll
        self._timeout = timeout
        self._on_wait = on_wait
        self._sleep = sleep

    @property
    def name(self) -> str:
        """``exchange:`` and the folder; of an absolute path the last part alone."""
        folder = self._named
        return f"exchange:{folder.name if folder.is_absolute() else folder}"

    def below(self, place: str) -> ExchangeModel:
        """The same model, under the same name, with its requests in a folder below its own."""
        model = ExchangeModel(
            self._folder / place,
            self._label,
            poll=self._poll,
            timeout=self._timeout,
            on_wait=self._on_wait,
            sleep=self._sleep,
        )
        model._named = self._named
        return model

    def ask(self, request: Request) -> Reply:
        """Put the request into the folder, unless it is there, and wait for the answer.

        Raises:
            ModelUnavailable: No answer came in time.
            ModelReplyError: The answer is not UTF-8 text.
            UsageError: The folder cannot be written.
        """
        prompt = render(request)
        digest = request_digest(request, prompt.text)
        place = self._folder / f"{request.key}-{digest[:8]}"
        try:
            if not place.exists():
                self._put(place, prompt)
            answer = self._wait(place)
            text = answer.read_text(encoding="utf-8-sig")
            label = _first_line(place / "model.txt") or self._label
        except UnicodeDecodeError as error:
            raise ModelReplyError(
                f"{place}: the answer is not UTF-8 text; save it again as UTF-8."
            ) from error
        except OSError as error:
            raise UsageError(
                f"{place}: the exchange folder cannot be used ({error.strerror})."
            ) from error
        return Reply(text, model=label)

    def _put(self, place: Path, prompt: Prompt) -> None:
        """Write a request whole or not at all, whoever else is writing it."""
        self._folder.mkdir(parents=True, exist_ok=True)
        readme = self._folder / "README.md"
        if not readme.exists():
            readme.write_text(README, encoding="utf-8")
        draft = self._folder / f".{place.name}-{uuid.uuid4().hex[:8]}"
        try:
            (draft / "pictures").mkdir(parents=True)
            (draft / "prompt.md").write_text(_markdown(prompt, draft), encoding="utf-8")
            if prompt.schema is not None:
                schema = json.dumps(prompt.schema, indent=2) + "\n"
                (draft / "schema.json").write_text(schema, encoding="utf-8")
            draft.rename(place)
        except OSError:
            if not place.exists():
                raise
        finally:
            shutil.rmtree(draft, ignore_errors=True)

    def _wait(self, place: Path) -> Path:
        waited, before, told = 0.0, None, False
        while True:
            seen = _look(place)
            if seen is not None and seen == before:
                return seen.file
            if seen is None:
                if not told and self._on_wait is not None:
                    self._on_wait(place)
                told = True
                if self._timeout is not None and waited >= self._timeout:
                    raise ModelUnavailable(
                        f"{place}: no answer after {waited:g} seconds. Write it into "
                        "answer.md there, and run the same command again."
                    )
            before = seen
            self._sleep(self._poll)
            waited += self._poll


def open_provider(name: str, options: ModelOptions) -> ExchangeModel:
    """``exchange:FOLDER``.

    Raises:
        UsageError: There is no folder's name.
    """
    if not name:
        raise UsageError("exchange: name the folder, as in `exchange:FOLDER`.")
    return ExchangeModel(name, timeout=options.timeout, on_wait=options.on_wait)


def waiting_requests(folder: Path) -> tuple[Path, ...]:
    """The folders of requests that lie in an exchange folder without an answer, by name.

    Args:
        folder: Where an `ExchangeModel` puts its requests; it may be missing.
    """
    places = sorted(prompt.parent for prompt in folder.glob("[!.]*/prompt.md"))
    return tuple(place for place in places if _look(place) is None)


def _markdown(prompt: Prompt, folder: Path) -> str:
    """The prompt with its pictures, which are written into ``folder/pictures``."""
    pieces = [HEAD, prompt.system, "\n\n"]
    number = 0
    for part in prompt.parts:
        if isinstance(part, PicturePart):
            number += 1
            file = f"pictures/{number:02d}-{part.name}.png"
            (folder / file).write_bytes(part.png)
            pieces.append(f"![{part.name}]({file})")
        else:
            pieces.append(part.text)
    return "".join(pieces)


def _look(place: Path) -> _Seen | None:
    for name in ANSWERS:
        file = place / name
        try:
            content = file.read_bytes()
            found = file.stat()
        except FileNotFoundError:
            continue
        if content.strip():
            return _Seen(file, found.st_size, found.st_mtime_ns)
    return None


def _first_line(file: Path) -> str:
    try:
        lines = file.read_text(encoding="utf-8-sig").strip().splitlines()
    except FileNotFoundError:
        return ""
    return lines[0].strip() if lines else ""
