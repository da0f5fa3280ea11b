"""A provider's limits are kept by all who ask it, whoever they are."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from synth.errors import ModelRateLimited, UsageError
from synth.models.limits import Limit, LimitedModel, find_limit
from synth.models.scripted import ScriptedModel


@dataclass
class Clock:
    """Time that passes by sleeping."""

    at: float = 1000.0
    slept: list[float] = field(default_factory=list)

    def now(self) -> float:
        """Seconds."""
        return self.at

    def sleep(self, seconds: float) -> None:
        """No time is lost."""
        self.slept.append(seconds)
        self.at += seconds


def limited(model, folder: Path, clock: Clock, **limit: float) -> LimitedModel:
    """A model within limits."""
    return LimitedModel(model, Limit(**limit), folder, now=clock.now, sleep=clock.sleep)


@given(st.lists(st.tuples(st.integers(0, 2), st.floats(0, 40)), min_size=1, max_size=20))
def test_no_more_begin_in_a_minute_than_are_allowed(tmp_path_factory, asked) -> None:
    """Three askers, each at any time: from any request to the one six later is a minute or more."""
    folder, clock, began = tmp_path_factory.mktemp("limits"), Clock(), []

    def answer(_: object) -> str:
        began.append(clock.now())
        return "yes"

    askers = [limited(ScriptedModel(answer), folder, clock, per_minute=6) for _ in range(3)]
    for who, later in asked:
        clock.at += later
        askers[who].ask(None)
    assert all(b - a >= 60 - 1e-6 for a, b in zip(began, began[6:], strict=False))


def test_no_more_are_under_way_than_are_allowed(tmp_path: Path) -> None:
    """Eight threads and two places: never three at once, and all come through."""
    under_way, most, lock = [0], [0], threading.Lock()

    def answer(_: object) -> str:
        with lock:
            under_way[0] += 1
            most[0] = max(most[0], under_way[0])
        threading.Event().wait(0.01)
        with lock:
            under_way[0] -= 1
        return "yes"

    models = [LimitedModel(ScriptedModel(answer), Limit(at_once=2), tmp_path) for _ in range(8)]
    threads = [threading.Thread(target=model.ask, args=(None,)) for model in models]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most[0] <= 2


def test_where_one_is_told_to_wait_all_do(tmp_path: Path) -> None:
    """A 429 holds the others back as long as the service asked, and is asked again itself."""
    clock = Clock()
    refused = ModelRateLimited("too many", retry_after=30)
    first = limited(ScriptedModel([refused, "first"]), tmp_path, clock)
    second = limited(ScriptedModel(["second"]), tmp_path, clock)
    seen = []
    sleep = first._sleep
    first._sleep = lambda seconds: (seen.append(seconds), sleep(seconds / 2))[1]
    assert first.ask(None).text == "first"
    assert clock.at == pytest.approx(1030)
    first._hold(10)
    assert second.ask(None).text == "second"
    assert clock.at == pytest.approx(1040)


def test_a_service_that_never_has_room_is_given_up(tmp_path: Path) -> None:
    """After six tries, or at once where it asks for hours."""
    clock = Clock()
    full = ScriptedModel([ModelRateLimited("too many")] * 9)
    with pytest.raises(ModelRateLimited):
        limited(full, tmp_path, clock).ask(None)
    assert len(full.requests) == 6
    daily = ScriptedModel([ModelRateLimited("for today", retry_after=40_000)] * 2)
    with pytest.raises(ModelRateLimited, match="today"):
        limited(daily, tmp_path / "other", clock).ask(None)
    assert len(daily.requests) == 1


def test_limits_are_read_by_model_and_by_provider(tmp_path: Path, monkeypatch) -> None:
    """The nearer one counts; what is wrong in the file is told with its place."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    assert find_limit("openai:x") == Limit()
    (tmp_path / "synth.toml").write_text(
        '[limits.openai]\nat_once = 8\n[limits."openai:x"]\nper_minute = 30\n'
    )
    assert find_limit("openai:x") == Limit(per_minute=30)
    assert find_limit("openai:y") == Limit(at_once=8)
    (tmp_path / "synth.toml").write_text("[limits.openai]\nat_once = 0\n")
    with pytest.raises(UsageError, match=r"synth.toml: limits.\"openai\".at_once: .*per_minute"):
        find_limit("openai:x")
