"""What would fool a reward: tried here and now, on what is recorded.

The suite asserts what the spec asks for. A reader wants to know as well how near the edge is, so
two things are looked at that no test asserts: pictures changed in ways that the spec does not ask
for, and the pictures of failure that are most like success.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from synth.page.failures import Plate
from synth.perturbations import Computed, asked, perturbations
from synth.sandbox import Cell
from synth.spec import MetamorphicSpec
from synth.suite.evidence import gather_perturbed
from synth.suite.perturbed import perturbed

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from synth.episode import Episode, EpisodeStore
    from synth.page.album import Album
    from synth.suite.evidence import PerturbedVerdicts, RecordedVerdicts
    from synth.suite.perturbed import Perturbed
    from synth.suite.subject import Subject
    from synth.task import TaskFolder

__all__ = ["CloseCall", "PictureProbe", "close_calls", "probes"]

WAYS: dict[str, Any] = {"noise": 4, "brightness": 16, "shift": 1}
"""How pictures are changed where the spec does not say so: a little."""

EPISODES = 3
"""Of each kind that are shown in changed pictures."""

FRAMES = 200
"""Frames of failures that are compared with successes, at most."""


@dataclass(frozen=True, slots=True)
class PictureProbe:
    """A change of the picture that the suite does not ask about, and what came of it.

    Attributes:
        words: ``lighter by 16 of 255``.
        frames: Frames that were judged in changed pictures.
        differ: Those on which some verdict is another.
        holding: Verdicts that hold as recorded, over frames and sub-tasks.
        lost: Those of them that do not hold as changed.
        gained: Verdicts that hold as changed alone.
        subtasks: Sub-tasks with the number of frames on which theirs is, those of none left out.
        plates: A frame as recorded and as changed, the first on which a verdict is another.
        first: What changes there, in words.
    """

    words: str
    frames: int
    differ: int
    holding: int
    lost: int
    gained: int
    subtasks: tuple[tuple[str, int], ...]
    plates: tuple[Plate, ...] = ()
    first: str = ""

    @property
    def share(self) -> float:
        """Of the frames, those on which some verdict is another."""
        return self.differ / self.frames if self.frames else 0.0


@dataclass(frozen=True, slots=True)
class CloseCall:
    """A frame that is no success, beside the success that it is most like.

    Attributes:
        pixels: In how many pixels the two differ.
        of: Pixels of a frame.
        refused: Whether the goal is rightly said not to hold.
        plates: The frame, then the success.
    """

    pixels: int
    of: int
    refused: bool
    plates: tuple[Plate, ...]


def probes(subject: Subject, album: Album) -> tuple[PictureProbe, ...]:
    """Ask the program about changed pictures of visible episodes, most telling first.

    Args:
        subject: The program and its task.
        album: Where pictures go.

    Raises:
        ProgramFault: The program fails as a whole.
    """
    task = subject.task
    demanded = {one.perturbation.key for one in asked(task.spec)}
    found: list[PictureProbe] = []
    for one in perturbations():
        if not isinstance(one, Computed) or one.key in demanded or one.key not in WAYS:
            continue
        table = MetamorphicSpec.model_validate({"episodes": EPISODES, one.key: WAYS[one.key]})
        spec = task.spec.model_copy(update={"metamorphic": table})
        shown = [p for p in perturbed(task.store, spec, ("visible",)) if p.perturbation is one]
        groups: dict[str, list[Perturbed]] = {}
        for each in shown:
            groups.setdefault(one.group(each.name), []).append(each)
        for members in groups.values():
            said = gather_perturbed(subject.program, members, sandboxes=subject.sandboxes)
            words = one.generally(members[0].name)
            found.append(_probe(words, said, subject, album))
    return tuple(sorted(found, key=lambda probe: -probe.share))


def _probe(
    words: str, said: Sequence[PerturbedVerdicts], subject: Subject, album: Album
) -> PictureProbe:
    evidence = subject.evidence
    wrong = [one.cells != evidence.cells_of(one.perturbed.episode) for one in said]
    every: NDArray[np.bool_] = np.concatenate(wrong)
    before = np.concatenate([evidence.holds(one.perturbed.episode) for one in said])
    after = np.concatenate([one.cells == Cell.TRUE for one in said])
    counts = every.sum(axis=0).tolist()
    probe = PictureProbe(
        words,
        len(every),
        int(every.any(axis=1).sum()),
        int(before.sum()),
        int((before & ~after).sum()),
        int((after & ~before).sum()),
        tuple((name, n) for name, n in zip(evidence.subtasks, counts, strict=True) if n),
    )
    for one, other in zip(said, wrong, strict=True):
        if other.any():
            at = int(np.argmax(other.any(axis=1)))
            plates = _changed(one.perturbed, at, words, subject.task.store, album)
            return replace(probe, plates=plates, first=_first(one, at, other[at], evidence))
    return probe


def _changed(
    shown: Perturbed, at: int, words: str, store: EpisodeStore, album: Album
) -> tuple[Plate, ...]:
    where = f"{shown.episode.id}, frame {at}"
    return (
        Plate(album.add(store.frames[shown.episode.frame_index[at]]), f"{where}, as recorded"),
        Plate(album.add(shown.frames[shown.index[at]]), f"the same, {words}"),
    )


def _first(
    one: PerturbedVerdicts, at: int, wrong: NDArray[np.bool_], evidence: RecordedVerdicts
) -> str:
    """What changes on a frame, in words."""
    k = int(np.argmax(wrong))
    before = bool(evidence.holds(one.perturbed.episode)[at, k])
    holds = ("does not hold", "holds")
    return f"{evidence.subtasks[k]} {holds[before]} as recorded, and {holds[not before]} as changed"


def close_calls(
    task: TaskFolder, evidence: RecordedVerdicts, album: Album, most: int
) -> tuple[CloseCall, ...]:
    """Frames of visible failures that are most like a success, the most alike first.

    Args:
        task: The task.
        evidence: What the program says of its episodes.
        album: Where pictures go.
        most: How many, each of another episode.
    """
    store = task.store
    successes = [
        (e, e.first_success)
        for e in store.select(split="visible")
        if e.first_success is not None and e.judged[e.first_success]
    ]
    failures = [e for e in store.select(split="visible") if not e.success.any()]
    failures.sort(key=lambda e: (e.kind == "random", e.id))
    calls: list[tuple[int, str, CloseCall]] = []
    for episode, at in _last_frames(failures):
        frame = store.frames[episode.frame_index[at]]
        like = store.most_like(frame, _alike(successes, episode))  # type: ignore[arg-type]
        if like is None:
            continue
        other = like.episode
        plates = (
            Plate(
                album.add(frame),
                f"{episode.id}, frame {at}: no success{_asked(episode)}{_how(episode)}",
            ),
            Plate(
                album.add(store.frames[other.frame_index[like.frame]]),
                f"{other.id}, frame {like.frame}: success{_asked(other)}",
            ),
        )
        refused = not evidence.goal(episode)[at]
        call = CloseCall(like.pixels, frame.shape[0] * frame.shape[1], refused, plates)
        calls.append((like.pixels, episode.id, call))
    first: dict[str, CloseCall] = {}
    for _, id_, call in sorted(calls, key=lambda entry: entry[:2]):
        first.setdefault(id_, call)
    return tuple(first.values())[:most]


def _asked(episode: Episode) -> str:
    return f" where the mission is “{episode.mission}”" if episode.mission is not None else ""


def _how(episode: Episode) -> str:
    return f" ({episode.note})" if episode.note else ""


def _alike(
    successes: Sequence[tuple[Episode, int | None]], episode: Episode
) -> list[tuple[Episode, int | None]]:
    """Successes in the same world where there is one: others differ in what does not matter."""
    same = [one for one in successes if one[0].seed == episode.seed]
    return same or list(successes)


def _last_frames(failures: Sequence[Episode]) -> Iterator[tuple[Episode, int]]:
    """Frames of failures, from the ends of episodes backwards, those made on purpose first."""
    left = FRAMES
    for episode in failures:
        judged = np.flatnonzero(episode.judged)[::-1]
        for at in judged[: max(1, FRAMES // max(len(failures), 1))].tolist():
            if left == 0:
                return
            left -= 1
            yield episode, int(at)
