"""How a run looks while it goes on: a live panel on a terminal, plain lines elsewhere.

An observer of the loop's events and nothing more: it decides nothing, and a run without it
comes to the same end.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Self

from rich.console import Group
from rich.live import Live
from rich.panel import Panel
from rich.spinner import Spinner
from rich.table import Table
from rich.text import Text

from synth.cli.lines import line_of
from synth.loop import events
from synth.models.base import Usage
from synth.suite import all_checks

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

    from synth.loop.events import Event
    from synth.loop.verdict import Verdict
    from synth.spec import Spec

__all__ = ["RunDisplay", "groups_of"]

PASSED, FAILED, WAITING = Text("✓", "green"), Text("✗", "red"), Text("·", "dim")
SHOWN = 6


class RunDisplay:
    """Draws a run.

    Args:
        console: Where to.
        rounds: The budget of rounds.
        groups: Of the suite, in the order of the cascade; see `groups_of`.
    """

    def __init__(self, console: Console, *, rounds: int, groups: tuple[str, ...]) -> None:
        self._console = console
        self._rounds = rounds
        self._groups = groups
        self._live: Live | None = None
        self._title = ""
        self._round = 0
        self._kind = ""
        self._calls = self._replayed = 0
        self._usage = Usage()
        self._cost: float | None = None
        self._names: tuple[str, ...] = ()
        self._verdict: Verdict | None = None
        self._doing = "starting"
        self._log: list[str] = []
        self._since = time.monotonic()

    def __enter__(self) -> Self:
        """Begin to draw, where there is a terminal to draw on."""
        if self._console.is_terminal:
            self._live = Live(
                console=self._console, get_renderable=self._draw, refresh_per_second=8
            )
            self._live.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Leave the last picture standing."""
        if self._live is not None:
            self._doing = ""
            self._live.stop()
            self._live = None

    def __call__(self, event: Event) -> None:
        """Take in an event."""
        self._take(event)
        line = line_of(event)
        if line is None:
            return
        if self._live is None:
            self._console.print(line, markup=False)
        else:
            self._log.append(line)

    def _take(self, event: Event) -> None:
        match event:
            case events.RunStarted(task=task, model=model):
                self._title = f"{task} · {model}"
            case events.RoundStarted(round=number, kind=kind):
                self._round, self._kind = number, kind
            case events.Asked(key=key):
                self._doing = f"waiting for the model: {key}"
            case events.Answered(usage=usage, cost=cost, replayed=replayed):
                self._calls += 1
                self._replayed += replayed
                self._usage += usage
                if cost is not None:
                    self._cost = (self._cost or 0.0) + cost
                self._doing = "judging"
            case events.Planned(plan=plan):
                self._names = plan.names
            case events.Judged(verdict=verdict):
                self._verdict = verdict
            case events.SpeedMeasured():
                self._doing = "measuring"
            case events.Stopped(reason=reason):
                self._doing = reason
            case _:
                pass

    def _draw(self) -> RenderableType:
        parts: list[RenderableType] = []
        head = Table.grid(padding=(0, 3))
        cost = "" if self._cost is None else f"cost {self._cost:.4f}"
        head.add_row(
            f"round {self._round}/{self._rounds} {self._kind}",
            f"calls {self._calls}" + (f" ({self._replayed} replayed)" if self._replayed else ""),
            f"tokens {self._usage.total:,}",
            cost,
            f"{time.monotonic() - self._since:.0f} s",
        )
        parts.append(head)
        if self._verdict is not None:
            parts.append(_table(self._names, self._groups, self._verdict))
        parts.extend(Text(line, style="dim") for line in self._log[-SHOWN:])
        if self._doing:
            parts.append(Spinner("dots", text=self._doing))
        return Panel(Group(*parts), title=self._title, title_align="left", border_style="blue")


def groups_of(spec: Spec) -> tuple[str, ...]:
    """The groups of tests that are made for tasks of a spec, in the order of the cascade."""
    return tuple(dict.fromkeys(c.group for c in all_checks() if c.applies(spec)))


def _table(names: tuple[str, ...], groups: tuple[str, ...], verdict: Verdict) -> Table:
    """Sub-tasks by test group; a failure that names no sub-task is one of all of them."""
    table = Table("sub-task", *(g.replace("_", " ") for g in groups), box=None, pad_edge=False)
    for name in names:
        marks = []
        for group in groups:
            if group not in verdict.groups:
                marks.append(WAITING)
            elif {(group, name), (group, None)} & verdict.matrix.keys():
                marks.append(FAILED)
            else:
                marks.append(PASSED)
        table.add_row(name, *marks)
    return table
