"""Checks in perturbed pictures: what must not change a verdict does not.

Nothing is known here of what is right. A verdict on a perturbed picture is compared with the
same program's verdict on the picture as recorded, which the other groups judge.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from synth.perturbations import perturbations
from synth.sandbox import Cell
from synth.suite.diagnosis import count, described
from synth.suite.registry import check

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from synth.failure import Failure
    from synth.perturbations import Perturbation
    from synth.spec import Spec
    from synth.suite.evidence import PerturbedVerdicts
    from synth.suite.registry import Case

__all__: list[str] = []


def _register(perturbation: Perturbation[Any]) -> None:
    """One check for one perturbation, made where the spec asks for it."""

    def made(case: Case) -> Iterator[Failure]:
        yield from _compared(case, perturbation)

    made.__name__, made.__doc__ = perturbation.check, perturbation.promise

    def wanted(spec: Spec) -> bool:
        table = spec.metamorphic
        return table is not None and bool(perturbation.ways(table.setting(perturbation.key)))

    check("metamorphic", when=wanted, words=f"metamorphic.{perturbation.key}")(made)


@dataclass(frozen=True, eq=False, slots=True)
class _Way:
    """All episodes of a split that are changed in one way, and one sub-task's verdicts there.

    Attributes:
        shown: The episodes.
        counts: For each, ``bool[T+1]``: the frames that count.
        plain: For each, ``uint8[T+1]`` of `Cell`: as recorded.
        now: For each, ``uint8[T+1]`` of `Cell`: in the perturbed pictures.
    """

    shown: tuple[PerturbedVerdicts, ...]
    counts: tuple[NDArray[np.bool_], ...]
    plain: tuple[NDArray[np.uint8], ...]
    now: tuple[NDArray[np.uint8], ...]

    @property
    def wrong(self) -> list[NDArray[np.int64]]:
        """For each episode the frames whose verdict is another, where there was one."""
        return [
            np.flatnonzero((p != n) & (p <= Cell.TRUE) & counts)
            for p, n, counts in zip(self.plain, self.now, self.counts, strict=True)
        ]

    @property
    def stays(self) -> bool:
        """Whether no verdict is another."""
        return not any(len(frames) for frames in self.wrong)


def _compared(case: Case, perturbation: Perturbation[Any]) -> Iterator[Failure]:
    """One failure for each split, each way of perturbing and each sub-task not the same."""
    shown_so = [p for p in case.subject.pictures if p.perturbation is perturbation]
    case.require(shown_so, f"metamorphic.{perturbation.key}", "no episode can be shown so")
    for split in case.subject.splits:
        ways: dict[str, list[PerturbedVerdicts]] = {}
        for shown in case.subject.perturbed:
            pictures = shown.perturbed
            if pictures.perturbation is perturbation and pictures.episode.split == split:
                ways.setdefault(perturbation.group(pictures.name), []).append(shown)
        for k, subtask in enumerate(case.evidence.subtasks):
            columns = {name: _way(case, shown, k) for name, shown in ways.items()}
            staying = [way for way in columns.values() if way.stays]
            for way in columns.values():
                if not way.stays:
                    yield _failure(case, subtask, way, staying)


def _way(case: Case, shown: Sequence[PerturbedVerdicts], k: int) -> _Way:
    return _Way(
        tuple(shown),
        # Where success cannot be told from the picture, no verdict on the goal is wrong.
        tuple(s.perturbed.episode.judged | (k < len(case.evidence.subtasks) - 1) for s in shown),
        tuple(case.evidence.cells_of(s.perturbed.episode)[:, k] for s in shown),
        tuple(s.cells[:, k] for s in shown),
    )


def _failure(case: Case, subtask: str, way: _Way, staying: Sequence[_Way]) -> Failure:
    """One failure for all wrong verdicts of a sub-task under one change, by example."""
    wrong = way.wrong
    at_fault = [i for i, frames in enumerate(wrong) if len(frames)]
    example = min(at_fault, key=lambda i: way.shown[i].perturbed.episode.kind != "expert")
    shown, frame = way.shown[example], int(wrong[example][0])
    episode, name = shown.perturbed.episode, shown.perturbed.name
    before, now = int(way.plain[example][frame]), int(way.now[example][frame])
    says = _said(now, shown, frame)
    words = shown.perturbed.perturbation.words(name)
    frames = sum(map(len, way.plain))
    return case.failure(
        f"{episode.id} {words}, frame {frame}: {subtask} {says}, but in the picture as "
        f"recorded it {_said(before, shown, frame)} ({sum(map(len, wrong))} of {frames} frames "
        f"differ, in {len(at_fault)} of {count(len(wrong), 'episode')})."
        f"{_cause(subtask, way)}{_only(staying)}",
        episode=episode,
        frame=frame,
        subtask=subtask,
        expected=str(before == Cell.TRUE),
        actual=str(now == Cell.TRUE) if now <= Cell.TRUE else says,
        variant=name,
    )


def _said(cell: int, shown: PerturbedVerdicts, frame: int) -> str:
    """What a checker answered, as the end of a clause."""
    if cell > Cell.TRUE:
        return described(cell, shown.errors.get(frame))
    return "holds" if cell == Cell.TRUE else "does not hold"


def _cause(subtask: str, way: _Way) -> str:
    """Where all perturbed pictures get the same verdict: what it seems to depend on."""
    now = np.concatenate(way.now)
    if (now > Cell.TRUE).any() or now.min() != now.max():
        return ""
    how = "every one" if now.all() else "none"
    by, name = way.shown[0].perturbed.perturbation, way.shown[0].perturbed.name
    return (
        f" {subtask} holds on {how} of the frames {by.generally(name)}: "
        f"it depends {by.cause(name)}."
    )


def _only(staying: Sequence[_Way]) -> str:
    """That other ways of the same perturbation do no harm, where there are any."""
    if not staying:
        return ""
    shown = [way.shown[0].perturbed for way in staying]
    others = " and ".join(one.perturbation.generally(one.name) for one in shown)
    return f" Its verdicts stay the same on those {others}."


for _each in perturbations():
    _register(_each)
