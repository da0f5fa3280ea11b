"""Progress on a terminal and in a pipe."""

from __future__ import annotations

import io

from rich.console import Console

from synth.cli.console import PhaseProgress


def test_in_a_pipe_long_work_says_a_plain_line_now_and_then() -> None:
    """One line in ten seconds of work, without control codes, naming the phase."""
    clock = iter(range(0, 1000, 4))
    stream = io.StringIO()
    console = Console(file=stream, force_terminal=False)
    with PhaseProgress("recording walk", console, now=lambda: float(next(clock))) as tell:
        for done in range(6):
            tell("near misses", done, 40)
    lines = stream.getvalue().splitlines()
    assert lines == [f"  recording walk: near misses, {n} of 40" for n in (2, 5)]
    assert "\x1b" not in stream.getvalue()


def test_in_a_pipe_a_long_wait_repeats_no_line_for_minutes() -> None:
    """An hour in which nothing comes leaves a line every five minutes, and news at once."""
    clock = iter(range(0, 10_000, 4))
    stream = io.StringIO()
    console = Console(file=stream, force_terminal=False)
    with PhaseProgress("matrix", console, now=lambda: float(next(clock))) as tell:
        for _ in range(150):  # ten minutes
            tell("attempts", 0, 8)
        tell("attempts", 1, 8)
    told = stream.getvalue().splitlines()
    assert told == ["  matrix: attempts, 0 of 8"] * 2 + ["  matrix: attempts, 1 of 8"]


def test_in_a_pipe_short_work_says_nothing() -> None:
    """A log of many small tasks stays short."""
    stream = io.StringIO()
    with PhaseProgress("x", Console(file=stream, force_terminal=False), now=lambda: 0.0) as tell:
        for done in range(100):
            tell("episodes", done, 100)
    assert not stream.getvalue()


def test_a_terminal_shows_a_bar_with_the_phase() -> None:
    """The same calls draw there, and brackets in a name are no markup."""
    stream = io.StringIO()
    console = Console(file=stream, force_terminal=True, width=120)
    with PhaseProgress("recording", console) as tell:
        tell("variants [of] them", 3, 40)
        tell._bar.refresh()
    assert "variants [of] them" in stream.getvalue()
    assert "3/40" in stream.getvalue()
