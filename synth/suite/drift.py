"""Whether the environment still draws and behaves as it did when the reward was judged.

A few recorded episodes are played again, same seeds and actions, and held against the recording
picture by picture. A reward is proven for the recorded pictures: where an upgrade draws others its
recorded tests pass as ever while it pays nothing, and a search calls the reward wrong. So what has
changed is said by name: the pictures, and in which colours, or what actions lead to.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from synth.episode import frame_digest
from synth.errors import EnvironmentFault
from synth.pixels import differing
from synth.record.player import Player
from synth.verdicts import Footage, ask

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from synth.episode import Episode, EpisodeStore, Rollout
    from synth.program import Program
    from synth.sandbox import Answerers
    from synth.task import TaskFolder

__all__ = ["Drift", "drift_of"]

AGAIN = (("expert", 2), ("random", 1))
"""How many recorded episodes of each kind are played again; both are of unchanged scenes."""
COLOURS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Drift:
    """How the environment of today differs from the recorded one.

    Attributes:
        task: The task's name.
        played: Pictures that were drawn again.
        place: The first that differs: ``expert-0000, frame 3``; empty where none does.
        pixels: How many of its pixels differ, of how many; both 0 where its size does.
        colours: Its changed colours as they were and as they are, the most frequent first.
        drawn: Pictures that differ in episodes that go as they went.
        behaves: Where an episode goes otherwise than it went: in words; empty where none does.
        changed: Verdicts of the program that are others on the pictures of today.
        verdicts: Verdicts that were given on them.
        versions: Packages with another version than the recording's, as ``minigrid 3.1 -> 3.2``.
    """

    task: str
    played: int
    place: str = ""
    pixels: tuple[int, int] = (0, 0)
    colours: tuple[tuple[tuple[int, ...], tuple[int, ...]], ...] = ()
    drawn: int = 0
    behaves: str = ""
    changed: int = 0
    verdicts: int = 0
    versions: tuple[str, ...] = ()

    @property
    def drifted(self) -> bool:
        """Whether anything is not as it was."""
        return bool(self.drawn or self.behaves)

    @property
    def matters(self) -> bool:
        """Whether the program's verdicts are others than on the recorded pictures."""
        return bool(self.drifted and self.changed)

    def __str__(self) -> str:
        """What has changed, whose doing it is, and what to do."""
        if not self.drifted:
            return (
                f"environment: {self.played} recorded pictures were drawn again and are the same, "
                "so what fails is the reward's"
            )
        versions = f" ({', '.join(self.versions)})" if self.versions else ""
        if self.behaves:
            what = f"The environment behaves otherwise than when it was recorded: {self.behaves}"
            party = "the environment has changed"
        else:
            what = (
                "The environment draws other pictures than those that the reward was judged on: "
                f"{self.place}: {self._pixels}; seeds, actions and successes are the same"
            )
            party = "the renderer has changed"
        effect = (
            f"{self.changed} of {self.verdicts} verdicts are others on what is drawn now"
            if self.changed
            else f"all {self.verdicts} verdicts are the same on what is drawn now"
        )
        return (
            f"environment: {what}{versions}. So {party}, and not the reward; {effect}. Install the "
            f"recorded version, or record and judge anew: `synth record {self.task} --force`, "
            f"`synth run {self.task} --bless`."
        )

    @property
    def _pixels(self) -> str:
        if not self.pixels[1]:
            return "it has another size"
        told = ", ".join(f"{then} is now {now}" for then, now in self.colours[:COLOURS])
        more = len(self.colours) - COLOURS
        rest = f" and {more} more colours changed" if more > 0 else ""
        return f"{self.pixels[0]} of {self.pixels[1]} pixels differ; {told}{rest}"


def drift_of(task: TaskFolder, program: Program, sandboxes: Answerers) -> Drift:
    """Play some recorded episodes again, and hold them against the recording.

    Args:
        task: With episodes that its own simulator played.
        program: Whose verdicts are compared.
        sandboxes: Where it runs.

    Raises:
        EnvironmentFault: The simulator is missing or misbehaves.
        SpecError: The spec names what does not exist.
        ProgramFault: The program cannot be run on the pictures.
    """
    store = task.store
    chosen = [
        episode
        for kind, many in AGAIN
        for episode in store.select(kind=kind, split="visible")[:many]  # type: ignore[arg-type]  # the kinds that AGAIN names
    ]
    with Player(task.spec) as player:
        played = [(e, _again(player, e)) for e in chosen]
        versions = _versions(store.versions, player.family.versions())
    behaves, place, pixels, drawn = "", "", (0, 0), 0
    colours: tuple[tuple[tuple[int, ...], tuple[int, ...]], ...] = ()
    same: list[tuple[Episode, Rollout]] = []
    for episode, rolled in played:
        if rolled is None or not np.array_equal(rolled.success, episode.success):
            behaves = behaves or _otherwise(episode, rolled)
            continue
        same.append((episode, rolled))
        before = store.frames_of(episode)
        for frame in _differing(before, rolled.frames):
            drawn += 1
            if not place:
                place = f"{episode.id}, frame {frame}"
                pixels, colours = _compared(before[frame], rolled.frames[frame])
    changed, verdicts = _changed(program, store, same, sandboxes) if drawn or behaves else (0, 0)
    return Drift(
        task=task.name,
        played=sum(len(e.frame_index) for e, _ in played),
        place=place,
        pixels=pixels,
        colours=colours,
        drawn=drawn,
        behaves=behaves,
        changed=changed,
        verdicts=verdicts,
        versions=versions,
    )


def _again(player: Player, episode: Episode) -> Rollout | None:
    """The episode played again; ``None`` where the environment does not take its actions."""
    try:
        return player.play(
            episode.seed, episode.actions, name=episode.policy, mission=episode.mission
        )
    except EnvironmentFault:
        return None


def _otherwise(episode: Episode, rolled: Rollout | None) -> str:
    told = f"{episode.id}, seed {episode.seed}"
    if rolled is None:
        return f"{told}, cannot be played again"
    if len(rolled) != len(episode):
        return f"{told}, ends after {len(rolled)} actions and ended after {len(episode)}"
    frame = int(np.argmax(rolled.success != episode.success))
    now = "a success" if rolled.success[frame] else "no success"
    return f"{told}, frame {frame} is {now} now and was not so then"


def _differing(before: NDArray[np.uint8], now: NDArray[np.uint8]) -> list[int]:
    """The frames that do not look as they did."""
    if before.shape[1:] != now.shape[1:]:
        return list(range(len(before)))
    return [t for t in range(len(before)) if frame_digest(before[t]) != frame_digest(now[t])]


def _compared(
    before: NDArray[np.uint8], now: NDArray[np.uint8]
) -> tuple[tuple[int, int], tuple[tuple[tuple[int, ...], tuple[int, ...]], ...]]:
    """How many pixels differ, and the pairs of colours, the most frequent first."""
    if before.shape != now.shape:
        return (0, 0), ()
    odd = differing(before, now)
    pairs = np.concatenate([before[odd], now[odd]], axis=-1).tolist()
    counted = Counter((tuple(pair[:3]), tuple(pair[3:])) for pair in pairs)
    return (int(odd.sum()), odd.size), tuple(pair for pair, _ in counted.most_common())


def _changed(
    program: Program,
    store: EpisodeStore,
    played: Sequence[tuple[Episode, Rollout]],
    sandboxes: Answerers,
) -> tuple[int, int]:
    """Of how many verdicts, on episodes that go as they went, how many are others now."""
    if not played:
        return 0, 0
    before = [Footage(store.frames, e.frame_index, e.mission) for e, _ in played]
    now = [Footage.of(rolled.frames, rolled.mission) for _, rolled in played]
    then, today = ask(program, before, sandboxes=sandboxes), ask(program, now, sandboxes=sandboxes)
    both = [(then.of(k), today.of(k)) for k in range(len(played))]
    return sum(int((a != b).sum()) for a, b in both), sum(a.size for a, _ in both)


def _versions(recorded: Mapping[str, str], now: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(
        f"{name} {recorded[name]} -> {now[name]}"
        for name in sorted(recorded)
        if name in now and recorded[name] != now[name]
    )
