"""Requests that are sent by a process of their own, so that killing whoever asked loses no answer.

A request to a service is paid for once it is sent, and its answer comes over a connection that dies
with its process. So whoever may be killed, as workers are, does not hold the connection: a
*courier* does. It is handed requests through a pipe, asks the model, puts the answer into a file
named by the request's digest, and only then hands it back. Where nobody is left to take it, it
finishes what is under way and ends. Who asks again finds the file, or waits for the courier that is
at it still. So an answer is lost only with the courier itself, or with the machine.
"""

from __future__ import annotations

import itertools
import os
import pickle
import subprocess
import sys
import threading
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict

from synth.errors import ModelError, ModelUnavailable
from synth.models.base import ModelOptions, Reply, Usage
from synth.models.limits import LimitedModel, find_limit, limits_folder
from synth.models.open import PROVIDERS, open_model
from synth.prompts.render import render
from synth.prompts.requests import request_digest
from synth.scheduling import kept_result

if TYPE_CHECKING:
    from synth.models.base import Model
    from synth.prompts.requests import Request

__all__ = ["CourierModel", "needs_courier"]

THREADS = 16
DIGITS = 16


def needs_courier(model: str) -> bool:
    """Whether a model's answers are paid for and come over a connection.

    Args:
        model: As given on the command line.
    """
    provider = PROVIDERS.get(model.partition(":")[0])
    return provider is not None and provider.key is not None


class CourierModel:
    """A model asked through this process's courier for it.

    Args:
        name: ``openai:NAME``, as for `synth.models.open_model`.
        folder: Where answers are kept: one for each run, since another run's are its own.
        options: How to reach it. It is told to nobody that a request waits.
    """

    def __init__(self, name: str, folder: Path, options: ModelOptions | None = None) -> None:
        self._name, self._folder = name, folder.absolute()
        self._options = options or ModelOptions()

    @property
    def name(self) -> str:
        """As given."""
        return self._name

    def ask(self, request: Request) -> Reply:
        """Have a request sent, or find its answer.

        Raises:
            ModelError: As the model's own; or the courier was killed.
        """
        digest = request_digest(request, render(request).text)
        file = self._folder / f"{request.key}-{digest[:DIGITS]}.json"
        return _courier(self._name, self._options, Path.cwd()).send(file, request)


@dataclass(frozen=True, slots=True)
class _Errand:
    """What is handed to a courier."""

    number: int
    file: Path
    request: Request


@dataclass(frozen=True, slots=True)
class _Return:
    """What it hands back."""

    number: int
    outcome: Reply | Exception


class _Answer(BaseModel):
    """An answer as its file holds it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    text: str
    input_tokens: int
    output_tokens: int
    model: str


class _Line:
    """The pipes to one courier, and who waits for what it will hand back.

    Args:
        name: The model's.
        options: How it is reached.
    """

    def __init__(self, name: str, options: ModelOptions) -> None:
        self._name = name
        self._waiting: dict[int, Future[Reply]] = {}
        self._numbers = itertools.count()
        self._lock = threading.Lock()
        self._process = subprocess.Popen(
            # Not with -m: what it hands back must be of this module, and not of its `__main__`.
            [sys.executable, "-c", f"from {__name__} import main; main()"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            start_new_session=True,  # neither Ctrl-C nor a terminal's end reaches it
        )
        threading.Thread(target=self._listen, daemon=True).start()
        self._put((name, options))

    @property
    def is_open(self) -> bool:
        """Whether the courier lives, as far as is known."""
        return self._process.poll() is None

    def send(self, file: Path, request: Request) -> Future[Reply]:
        """Hand over a request."""
        future: Future[Reply] = Future()
        with self._lock:
            number = next(self._numbers)
            self._waiting[number] = future
            self._put(_Errand(number, file, request))
        return future

    def _put(self, what: object) -> None:
        assert self._process.stdin is not None  # noqa: S101 - a pipe was asked for
        try:
            pickle.dump(what, self._process.stdin)
            self._process.stdin.flush()
        except OSError as error:
            raise self._killed() from error

    def _listen(self) -> None:
        assert self._process.stdout is not None  # noqa: S101 - a pipe was asked for
        try:
            while True:
                came: _Return = pickle.load(self._process.stdout)  # noqa: S301 - our own process
                future = self._waiting.pop(came.number)
                if isinstance(came.outcome, Reply):
                    future.set_result(came.outcome)
                else:
                    future.set_exception(came.outcome)
        except (EOFError, pickle.UnpicklingError):
            pass  # it has ended, possibly in the midst of a word
        finally:
            self._process.kill()
            self._process.wait()
            while self._waiting:
                self._waiting.popitem()[1].set_exception(self._killed())

    def _killed(self) -> ModelError:
        return ModelUnavailable(
            f"{self._name}: the process that sends requests was killed, and what was under way "
            "with it. Run the same command again."
        )


class _Courier:
    """The courier of this process for one model: started when first needed, and again if killed."""

    def __init__(self, name: str, options: ModelOptions) -> None:
        self._name, self._options = name, options
        self._lock = threading.Lock()
        self._line: _Line | None = None

    def send(self, file: Path, request: Request) -> Reply:
        """Hand over a request, and wait for what comes of it."""
        with self._lock:
            if self._line is None or not self._line.is_open:
                self._line = _Line(self._name, self._options)
            line = self._line
        return line.send(file, request).result()


@lru_cache(maxsize=8)
def _courier(name: str, options: ModelOptions, folder: Path) -> _Courier:  # noqa: ARG001
    # It works in the folder in which it is started, so another folder has another one.
    return _Courier(name, options)


def main() -> None:
    """Serve whoever started this process, until it is gone and all is answered."""
    # Whatever prints must not print into the answers.
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    name, options = pickle.load(sys.stdin.buffer)  # noqa: S301 - from whoever started this
    say, opened = threading.Lock(), _Opened(name, options)

    def serve(errand: _Errand) -> None:
        outcome: Reply | Exception
        try:
            outcome = opened.answer(errand)
        except Exception as error:  # noqa: BLE001 - a bug too is for whoever asked
            outcome = error
        with say:
            try:
                pickle.dump(_Return(errand.number, outcome), out)
                out.flush()
            except BrokenPipeError:
                pass  # nobody is left to take it; the file will be found

    with ThreadPoolExecutor(THREADS) as pool:
        while True:
            try:
                errand: _Errand = pickle.load(sys.stdin.buffer)  # noqa: S301 - likewise
            except EOFError:
                break
            pool.submit(serve, errand)
    os._exit(0)  # the pipe is broken where nobody is left, and need not be flushed


class _Opened:
    """The model as a courier asks it: opened once, within its limits, answers kept."""

    def __init__(self, name: str, options: ModelOptions) -> None:
        self._name, self._options = name, options
        self._lock = threading.Lock()
        self._model: Model | None = None

    def answer(self, errand: _Errand) -> Reply:
        """The answer's file, or else the answer, once it is in its file."""

        def make() -> _Answer:
            reply = self._limited().ask(errand.request)
            usage = reply.usage
            text = reply.text.encode("utf-8", "replace").decode("utf-8")
            return _Answer(
                text=text,
                input_tokens=usage.input_tokens,
                output_tokens=usage.output_tokens,
                model=reply.model,
            )

        kept = kept_result(errand.file, _Answer, make)
        return Reply(kept.text, Usage(kept.input_tokens, kept.output_tokens), kept.model)

    def _limited(self) -> Model:
        with self._lock:
            if self._model is None:
                o = self._options
                model = open_model(
                    self._name,
                    base_url=o.base_url,
                    max_output_tokens=o.max_output_tokens,
                    timeout=o.timeout,
                    max_retries=o.max_retries,
                    temperature=o.temperature,
                    max_images=o.max_images,
                )
                self._model = LimitedModel(model, find_limit(self._name), limits_folder(self._name))
            return self._model
