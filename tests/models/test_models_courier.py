"""A courier holds the connection, so that killing whoever asked loses no answer."""

from __future__ import annotations

import subprocess
import sys
import threading
from pathlib import Path

import asks_once
import pytest
from wires import OpenAIWire

from synth.errors import ModelRefused
from synth.models.courier import needs_courier

WIRE = OpenAIWire()


def test_an_answer_outlives_whoever_asked_and_is_paid_for_once(
    server, tmp_path: Path, monkeypatch
) -> None:
    """Killed while the service thinks: the courier takes the answer, and who asks again gets it."""
    monkeypatch.chdir(tmp_path)
    came, go_on = threading.Event(), threading.Event()

    def think(handler) -> None:
        came.set()
        go_on.wait(60)
        WIRE.ok("a plan")(handler)

    server.will(think)
    script = Path(asks_once.__file__)
    command = [sys.executable, str(script), WIRE.url(server), "answers"]
    with subprocess.Popen(command, cwd=tmp_path) as asking:
        assert came.wait(60)
        asking.kill()
    threading.Timer(0.2, go_on.set).start()  # the second asker is there before the answer
    reply = asks_once.ask(WIRE.url(server), tmp_path / "answers")
    assert (reply.text, reply.usage.input_tokens) == ("a plan", 1200)
    assert len(server.asked) == 1
    assert asks_once.ask(WIRE.url(server), tmp_path / "answers") == reply
    assert len(server.asked) == 1
    server.will(WIRE.refused())
    with pytest.raises(ModelRefused, match="cannot help"):
        asks_once.ask(WIRE.url(server), tmp_path / "another-run")


def test_only_services_need_one() -> None:
    """What is free, or on the disk already, is asked as it is."""
    assert [name for name in ("openai:x", "anthropic:x") if not needs_courier(name)] == []
    free = ("builtin", "builtin:3", "exchange:f", "replay:j", "scripted:x")
    assert [name for name in free if needs_courier(name)] == []
