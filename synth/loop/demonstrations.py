"""Which frames of the visible experts a model is shown.

Three episodes that look as different as possible, with different missions where these vary:
initial and goal image of each; of the shortest of them about eight frames, around the moments
at which most changes. What changes is measured by colours before places: when an object is
taken, opened or moved onto another the colours shift, while a mere step leaves them as they were.

Truth is not read, and nothing held out is selected.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from synth.errors import EnvironmentFault
from synth.pixels import differing
from synth.prompts.requests import Demonstration, Shot

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from synth.episode import Episode, EpisodeStore

__all__ = ["demonstrations", "shot", "some_missions", "still_shot"]

EPISODES = 3
FRAMES = 8

MISSIONS = 24
"""Examples of missions that a model is shown, at most."""


def demonstrations(store: EpisodeStore) -> tuple[Demonstration, ...]:
    """The demonstrations for `store`; the same store always gives the same.

    Returns:
        Up to three, the one with most frames first.

    Raises:
        EnvironmentFault: No visible expert episode reaches success.
    """
    experts = [
        e for e in store.select(kind="expert", split="visible") if e.success.any() and len(e)
    ]
    experts = [e for e in experts if not e.success[0]] or experts
    if not experts:
        raise EnvironmentFault(
            "no visible expert episode reaches success, so there is nothing to show a model; "
            "record again with an expert that succeeds."
        )
    chosen = _spread(store, experts)
    long = min(chosen, key=lambda e: (len(np.unique(e.frame_index)), e.id))
    others = [e for e in chosen if e is not long]
    return (
        _demonstration(store, long, _telling_frames(store, long)),
        *(_demonstration(store, e, (0, _last_success(e))) for e in others),
    )


def some_missions(store: EpisodeStore) -> tuple[str, ...]:
    """Different missions of visible episodes, evenly from all; none where missions do not vary."""
    visible = store.select(split="visible")
    distinct = sorted({e.mission for e in visible if e.mission is not None})
    step = max(1.0, len(distinct) / MISSIONS)
    return tuple(distinct[int(n * step)] for n in range(min(MISSIONS, len(distinct))))


def shot(store: EpisodeStore, episode: Episode, frame: int, remark: str) -> Shot:
    """One frame of a visible episode as a picture of a request.

    Raises:
        ValueError: The episode is held out.
    """
    if episode.split != "visible":
        raise ValueError("a held-out episode cannot be shown")
    return Shot(
        name=f"{episode.id}-frame-{frame:04d}",
        caption=f"episode {episode.id}, frame {frame} of {len(episode)}: {remark}",
        frame=store.frames[episode.frame_index[frame]],
        mission=episode.mission,
    )


def still_shot(store: EpisodeStore, still_id: str, remark: str) -> Shot:
    """A still of a visible scene as a picture of a request.

    Raises:
        KeyError: There is no such still.
        ValueError: Its scene is held out.
    """
    for scene in store.scenes:
        for still in scene.stills:
            if still.id == still_id:
                if scene.split != "visible":
                    raise ValueError("a held-out still cannot be shown")
                way = ", then ".join(scene.way) or "nothing done"
                where = f"{way}; {still.note}" if still.note else way
                return Shot(
                    name=still.id.replace("/", "-still-"),
                    caption=f"still {still.id} in the world of {scene.base} ({where}): {remark}",
                    frame=still.frame,
                    mission=store[scene.base].mission,
                )
    raise KeyError(still_id)


def _demonstration(store: EpisodeStore, episode: Episode, frames: tuple[int, ...]) -> Demonstration:
    last = _last_success(episode)

    def remark(frame: int) -> str:
        if frame == 0:
            return "the initial frame"
        if episode.success[frame]:
            return "the goal is reached" + (", the last frame" if frame == last else "")
        return "on the way"

    shots = tuple(shot(store, episode, frame, remark(frame)) for frame in frames)
    return Demonstration(episode.id, shots, complete=frames == tuple(range(len(episode) + 1)))


def _last_success(episode: Episode) -> int:
    return int(np.flatnonzero(episode.success)[-1])


def _spread(store: EpisodeStore, experts: list[Episode]) -> list[Episode]:
    """Farthest-point sampling over initial frames, from the first expert on."""
    chosen = [experts[0]]
    frames = [store.initial_of(e) for e in experts]
    colours = [_histogram(frame) for frame in frames]
    distance = np.full(len(experts), np.inf)
    while len(chosen) < min(EPISODES, len(experts)):
        newest = experts.index(chosen[-1])
        for k, frame in enumerate(frames):
            moved = float(differing(frame, frames[newest]).mean())
            recoloured = float(np.abs(colours[k] - colours[newest]).sum())
            told = float(experts[k].mission != chosen[-1].mission)
            distance[k] = min(distance[k], moved + recoloured + told)
        distance[[experts.index(e) for e in chosen]] = -1.0
        chosen.append(experts[int(distance.argmax())])
    return sorted(chosen, key=lambda e: e.id)


def _telling_frames(store: EpisodeStore, episode: Episode) -> tuple[int, ...]:
    """First, last, and the frames before and after the greatest changes."""
    last = _last_success(episode)
    if last < FRAMES:
        return tuple(range(last + 1))
    frames = store.frames_of(episode)
    histograms = [_histogram(frame) for frame in frames]
    change = [
        float(np.abs(histograms[t] - histograms[t - 1]).sum())
        + 0.01 * float(differing(frames[t], frames[t - 1]).mean())
        for t in range(1, last + 1)
    ]
    wanted = [0, last]
    for t in sorted(range(1, last + 1), key=lambda t: (-change[t - 1], t)):
        wanted += [t, t - 1]
    return tuple(sorted(list(dict.fromkeys(wanted))[:FRAMES]))


def _histogram(frame: NDArray[np.uint8]) -> NDArray[np.float64]:
    """Share of each of 512 colours, ``float64[512]``."""
    coarse = (frame >> 5).astype(np.int64)
    index = (coarse[..., 0] * 8 + coarse[..., 1]) * 8 + coarse[..., 2]
    counts = np.bincount(index.ravel(), minlength=512)
    return counts / max(index.size, 1)
