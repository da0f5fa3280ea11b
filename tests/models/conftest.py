"""Requests to ask with, and a server to ask."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from model_server import ModelServer

from synth.plan import Plan, SubTask
from synth.prompts.requests import Demonstration, DescribeRequest, Shot, WriteRequest

if TYPE_CHECKING:
    from collections.abc import Iterator

KEY = "test-key-3141592653589793"


@pytest.fixture
def key() -> str:
    """A key that must never be seen in a message."""
    return KEY


@pytest.fixture(autouse=True)
def _environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keys and addresses of this machine play no part."""
    for provider in ("OPENAI", "ANTHROPIC"):
        monkeypatch.setenv(f"{provider}_API_KEY", KEY)
        monkeypatch.delenv(f"{provider}_BASE_URL", raising=False)
    monkeypatch.delenv("ANTHROPIC_AUTH_TOKEN", raising=False)
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


@pytest.fixture
def server() -> Iterator[ModelServer]:
    """A service on the loopback."""
    with ModelServer() as running:
        yield running


def _shots() -> tuple[Shot, Shot]:
    start = np.zeros((24, 32, 3), np.uint8)
    goal = start.copy()
    goal[8:16, 8:16] = 255
    return (
        Shot("expert-0000-frame-0000", "the initial frame", start),
        Shot("expert-0000-frame-0003", "the goal is reached", goal),
    )


@pytest.fixture
def describe() -> DescribeRequest:
    """A request whose answer is a plan."""
    return DescribeRequest(demonstrations=(Demonstration("expert-0000", _shots()),))


@pytest.fixture
def write() -> WriteRequest:
    """A request whose answer is a program."""
    plan = Plan(
        task="Show the square.",
        stages=((SubTask(name="show", description="It is shown.", visible="It is white."),),),
    )
    return WriteRequest(
        plan=plan,
        demonstrations=(Demonstration("expert-0000", _shots()),),
        target_microseconds=60.0,
        round=1,
    )
