"""Checks in changed pictures: what must not change a verdict does not.

Nothing is known here of what is right. A verdict on a changed picture is compared with the
same program's verdict on the picture as recorded, which the other groups judge.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from synth.episode.naming import in_words, sort_of
from synth.sandbox import Cell
from synth.suite.diagnosis import count, described
from synth.suite.registry import check

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from numpy.typing import NDArray

    from synth.episode.naming import Sort
    from synth.failure import Failure
    from synth.spec import MetamorphicSpec, Spec
    from synth.suite.evidence import ChangedVerdicts
    from synth.suite.registry import Case

__all__: list[str] = []

DEPENDS: dict[Sort, str] = {
    "distractors": "on there being nothing else in the scene",
    "colours": "on the very colours of these things",
    "noise": "on exact colours",
    "brightness": "on exact colours",
    "shift": "on exact places",
}
"""What a sub-task seems to depend on whose verdict is always the same in changed pictures."""


def _asked(ask: Callable[[MetamorphicSpec], object]) -> Callable[[Spec], bool]:
    """Whether a spec has the table, and something in it."""
    return lambda spec: spec.metamorphic is not None and bool(ask(spec.metamorphic))


@check("metamorphic", when=_asked(lambda table: table.render))
def holds_drawn_otherwise(case: Case) -> Iterator[Failure]:
    """Every verdict stays the same where the scene is drawn with other parameters."""
    yield from _compared(case, "render")


@check("metamorphic", when=_asked(lambda table: table.distractors))
def holds_among_distractors(case: Case) -> Iterator[Failure]:
    """Every verdict stays the same among things that the task is not about."""
    yield from _compared(case, "distractors")


@check("metamorphic", when=_asked(lambda table: table.colours))
def holds_in_other_colours(case: Case) -> Iterator[Failure]:
    """Every verdict stays the same where things have other colours."""
    yield from _compared(case, "colours")


@check("metamorphic", when=_asked(lambda table: table.noise))
def holds_under_noise(case: Case) -> Iterator[Failure]:
    """Every verdict stays the same where each pixel is a little off."""
    yield from _compared(case, "noise")


@check("metamorphic", when=_asked(lambda table: table.brightness))
def holds_in_other_light(case: Case) -> Iterator[Failure]:
    """Every verdict stays the same in pictures that are lighter or darker as a whole."""
    yield from _compared(case, "brightness")


@check("metamorphic", when=_asked(lambda table: table.shift))
def holds_when_shifted(case: Case) -> Iterator[Failure]:
    """Every verdict stays the same in pictures that are moved as a whole."""
    yield from _compared(case, "shift")


@dataclass(frozen=True, eq=False, slots=True)
class _Way:
    """All episodes of a split that are changed in one way, and one sub-task's verdicts there.

    Attributes:
        shown: The episodes.
        plain: For each, ``uint8[T+1]`` of `Cell`: as recorded.
        now: For each, ``uint8[T+1]`` of `Cell`: in the changed pictures.
    """

    shown: tuple[ChangedVerdicts, ...]
    plain: tuple[NDArray[np.uint8], ...]
    now: tuple[NDArray[np.uint8], ...]

    @property
    def wrong(self) -> list[NDArray[np.int64]]:
        """For each episode the frames whose verdict is another, where there was one."""
        return [
            np.flatnonzero((p != n) & (p <= Cell.TRUE))
            for p, n in zip(self.plain, self.now, strict=True)
        ]

    @property
    def stays(self) -> bool:
        """Whether no verdict is another."""
        return not any(len(frames) for frames in self.wrong)


def _compared(case: Case, sort: Sort) -> Iterator[Failure]:
    """One failure for each split, each way of changing and each sub-task that is not the same."""
    for split in case.subject.splits:
        ways: dict[str, list[ChangedVerdicts]] = {}
        for shown in case.subject.changed:
            name = shown.changed.name
            if sort_of(name) == sort and shown.changed.episode.split == split:
                ways.setdefault(_way_of(name), []).append(shown)
        for k, subtask in enumerate(case.evidence.subtasks):
            columns = {name: _way(case, shown, k) for name, shown in ways.items()}
            staying = [name for name, way in columns.items() if way.stays]
            for way in columns.values():
                if not way.stays:
                    yield _failure(case, subtask, way, staying)


def _way(case: Case, shown: Sequence[ChangedVerdicts], k: int) -> _Way:
    return _Way(
        tuple(shown),
        tuple(case.evidence.cells_of(s.changed.episode)[:, k] for s in shown),
        tuple(s.cells[:, k] for s in shown),
    )


def _failure(case: Case, subtask: str, way: _Way, staying: Sequence[str]) -> Failure:
    """One failure for all wrong verdicts of a sub-task under one change, by example."""
    wrong = way.wrong
    at_fault = [i for i, frames in enumerate(wrong) if len(frames)]
    example = min(at_fault, key=lambda i: way.shown[i].changed.episode.kind != "expert")
    shown, frame = way.shown[example], int(wrong[example][0])
    episode, name = shown.changed.episode, shown.changed.name
    before, now = int(way.plain[example][frame]), int(way.now[example][frame])
    says = _said(now, shown, frame)
    frames = sum(map(len, way.plain))
    return case.failure(
        f"{episode.id} {in_words(name)}, frame {frame}: {subtask} {says}, but in the picture as "
        f"recorded it {_said(before, shown, frame)} ({sum(map(len, wrong))} of {frames} frames "
        f"differ, in {len(at_fault)} of {count(len(wrong), 'episode')})."
        f"{_cause(subtask, way, name)}{_only(staying)}",
        episode=episode,
        frame=frame,
        subtask=subtask,
        expected=str(before == Cell.TRUE),
        actual=str(now == Cell.TRUE) if now <= Cell.TRUE else says,
        variant=name,
    )


def _said(cell: int, shown: ChangedVerdicts, frame: int) -> str:
    """What a checker answered, as the end of a clause."""
    if cell > Cell.TRUE:
        return described(cell, shown.errors.get(frame))
    return "holds" if cell == Cell.TRUE else "does not hold"


def _cause(subtask: str, way: _Way, name: str) -> str:
    """Where all changed pictures get the same verdict: what it seems to depend on."""
    now = np.concatenate(way.now)
    if (now > Cell.TRUE).any() or now.min() != now.max():
        return ""
    how = "every one" if now.all() else "none"
    on = DEPENDS.get(sort_of(name)) or f"on {_keys(name)}"
    return f" {subtask} holds on {how} of the frames {_generally(name)}: it depends {on}."


def _only(staying: Sequence[str]) -> str:
    """That other changes of the same sort do no harm, where there are any."""
    if not staying:
        return ""
    others = " and ".join(_generally(name) for name in staying)
    return f" Its verdicts stay the same on those {others}."


def _way_of(name: str) -> str:
    """What changes are counted together: their sort, and the parameters, not the amounts."""
    sort = sort_of(name)
    return name if sort in {"render", "brightness"} else sort


def _generally(name: str) -> str:
    """The change in words, without what differs from episode to episode."""
    match sort_of(name):
        case "distractors":
            return "with things added"
        case "shift":
            return "that are shifted"
    return in_words(name)


def _keys(name: str) -> str:
    """``tile_size and highlight``, of a change of render parameters."""
    return " and ".join(part.partition(" = ")[0] for part in name.split(", "))
