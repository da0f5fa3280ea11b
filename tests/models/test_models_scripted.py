"""The scripted model: a public fake that does what the script says."""

from __future__ import annotations

from threading import Thread
from typing import TYPE_CHECKING

import pytest

import synth
from synth.errors import ModelReplyError, ModelUnavailable
from synth.models.base import Model, Reply, Usage
from synth.models.scripted import ScriptedModel

if TYPE_CHECKING:
    from synth.prompts.requests import DescribeRequest, WriteRequest


def test_a_sequence_is_used_up_in_order(describe: DescribeRequest, write: WriteRequest) -> None:
    """Each ask takes the next answer; an error is raised, a reply passed on whole."""
    counted = Reply("three", Usage(10, 20), "other")
    model = ScriptedModel(["one", ModelUnavailable("down"), counted], name="toy")
    assert model.ask(describe) == Reply("one", model="toy")
    with pytest.raises(ModelUnavailable, match="down"):
        model.ask(write)
    assert model.ask(write) == counted
    assert [r.key for r in model.requests] == ["describe-0-0", "write-1-0", "write-1-0"]
    with pytest.raises(ModelReplyError, match=r"3 answers.*'write-1-0'"):
        model.ask(write)


def test_a_mapping_answers_by_key(describe: DescribeRequest, write: WriteRequest) -> None:
    """The order of asking plays no part, and a missing key is named."""
    model = ScriptedModel({"write-1-0": "program"})
    assert model.ask(write).text == model.ask(write).text == "program"
    with pytest.raises(ModelReplyError, match=r"'describe-0-0'; it has: write-1-0"):
        model.ask(describe)


def test_a_callable_sees_the_request(write: WriteRequest) -> None:
    """Answers may be computed."""
    model = ScriptedModel(lambda request: f"for {request.key}")
    assert model.ask(write).text == "for write-1-0"


def test_threads_share_one_script(write: WriteRequest) -> None:
    """An ask in the midst of another one gets an answer of its own."""
    second: list[str] = []

    class Interrupted(list):  # type: ignore[type-arg]  # of requests
        """A list whose length is asked for at the worst moment."""

        def __len__(self) -> int:
            length = super().__len__()
            if not threads:
                threads.append(Thread(target=lambda: second.append(model.ask(write).text)))
                threads[0].start()
                threads[0].join(0.05)  # it ends at once where nothing holds it back
            return length

    threads: list[Thread] = []
    model = ScriptedModel(["one", "two"])
    model._requests = Interrupted()
    first = model.ask(write).text
    threads[0].join()
    assert [first, *second] == ["one", "two"]


def test_it_is_a_model_and_public() -> None:
    """Users test against the fake that we test against."""
    assert isinstance(ScriptedModel([]), Model)
    assert synth.ScriptedModel is ScriptedModel
