"""Which pictures go with a failure, and what its sub-task should have said on each.

The initial frame, the frame at fault, and one on which the answer should differ: of the
same episode, or else the success of another one that is most like it. A verdict that
changed with the picture is shown by the perturbed picture and the plain one; a still beside the
initial frame of its world and what it is compared with. Only visible
frames are shown (`shot` refuses others); which failures are shown is not decided here.
"""

from __future__ import annotations

import re
import zlib
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from synth.loop.demonstrations import shot, still_shot
from synth.prompts.requests import ChangedPicture, Shot

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from synth.episode import Episode, EpisodeStore
    from synth.failure import Failure
    from synth.loop.judge import Task
    from synth.spec import Spec

__all__ = ["ShownFrame", "changed_pictures", "failure_frames"]

TOLD = {"True": True, "False": False}


@dataclass(frozen=True, eq=False, slots=True)
class ShownFrame:
    """A picture that goes with a failure.

    Attributes:
        shot: The picture.
        label: What the sub-task at fault should have said on it, beside the first picture as
            the initial one; ``None`` where nobody knows.
        beside: The initial frame with which the program is asked about it, ``uint8[H, W, 3]``;
            ``None`` where what it computes tells nothing.
    """

    shot: Shot
    label: bool | None
    beside: NDArray[np.uint8] | None = None


def failure_frames(failure: Failure, goal: str, task: Task) -> tuple[ShownFrame, ...]:
    """The pictures of a failure, the initial one first.

    Args:
        failure: Of the visible split.
        goal: The plan's last sub-task.
        task: Where the pictures come from.

    Raises:
        ValueError: The episode is held out.
    """
    if failure.episode is None:
        return ()
    store = task.store
    if failure.still is not None:
        return _of_a_still(failure, store)
    episode, at = store[failure.episode], failure.frame
    if at is None or not 0 <= at < len(episode.frame_index):
        return (_initial(failure, goal, store),)
    changed = _changed(failure, at, task) if failure.variant is not None else None
    if changed is not None:
        return _beside_plain(failure, goal, task, at, changed)
    pictures = [_initial(failure, goal, store)] if at else []
    pictures.append(_picture(failure, goal, store, at, _at_fault(failure, episode, at)))
    pictures += _contrast(failure, goal, store, at)
    return tuple(pictures)


def _of_a_still(failure: Failure, store: EpisodeStore) -> tuple[ShownFrame, ...]:
    """The initial frame of its world, the still, and what it is compared with."""
    episode = store[failure.episode or ""]
    initial = shot(store, episode, 0, "the initial frame")
    # Nobody knows here whether the goal is reached at the start; of another sub-task it is not.
    fault, first = TOLD.get(failure.expected), initial.frame
    still = still_shot(store, failure.still or "", "the picture at fault")
    pictures = [ShownFrame(initial, None), ShownFrame(still, fault, first)]
    if failure.beside is not None:
        remark = "the same world, where the verdict is right"
        pictures.append(ShownFrame(still_shot(store, failure.beside, remark), None, first))
    if failure.frame:
        done = "compare the picture at fault with this one"
        pictures.append(ShownFrame(shot(store, episode, failure.frame, done), None, first))
    return tuple(pictures)


def changed_pictures(store: EpisodeStore, spec: Spec) -> tuple[ChangedPicture, ...]:
    """One example of each perturbation that a spec asks for and a visible episode allows."""
    from synth.suite.perturbed import examples  # noqa: PLC0415 - few specs need it

    shown = []
    for one in examples(store, spec):
        episode = store[one.episode]
        before = shot(store, episode, one.frame, "as recorded")
        after = _named(episode, one.frame, one.name, f"changed ({one.name})", one.after)
        shown.append(ChangedPicture(one.words, before, after))
    return tuple(shown)


def _picture(
    failure: Failure, goal: str, store: EpisodeStore, frame: int, remark: str
) -> ShownFrame:
    episode = store[failure.episode or ""]
    label = _label(failure, goal, episode, frame)
    return ShownFrame(shot(store, episode, frame, remark), label, store.initial_of(episode))


def _initial(failure: Failure, goal: str, store: EpisodeStore) -> ShownFrame:
    """The initial frame, where another one is at fault."""
    return replace(_picture(failure, goal, store, 0, "the initial frame"), beside=None)


def _at_fault(failure: Failure, episode: Episode, at: int) -> str:
    if failure.group != "necessity":
        return "the frame at fault"
    return "the goal is reached, against the plan" if episode.success[at] else "against the plan"


def _label(failure: Failure, goal: str, episode: Episode, frame: int) -> bool | None:
    """What the sub-task at fault should have said on a frame, where that is known."""
    if failure.subtask is None:
        return None
    if failure.subtask == goal:
        return bool(episode.success[frame])
    if frame == 0:
        return False if episode.kind == "expert" else None
    return TOLD.get(failure.expected) if frame == failure.frame else None


def _contrast(failure: Failure, goal: str, store: EpisodeStore, at: int) -> list[ShownFrame]:
    """A frame on which the answer should have been another."""
    episode = store[failure.episode or ""]
    if failure.subtask not in (None, goal):
        return [_picture(failure, goal, store, at - 1, "the frame before")] if at > 1 else []
    reached = bool(episode.success[at])
    others = np.flatnonzero(episode.success != reached)
    if others.size:
        nearest = int(others[np.abs(others - at).argmin()])
        if nearest == 0:
            return []  # shown as the initial frame
        remark = "here the goal is not reached" if reached else "here the goal is reached"
        return [_picture(failure, goal, store, nearest, remark)]
    return [] if reached else _success_elsewhere(store, episode, at)


def _success_elsewhere(store: EpisodeStore, episode: Episode, at: int) -> list[ShownFrame]:
    """The visible success that is most like a frame of an episode without any."""
    like = store.most_like(
        store.frames[episode.frame_index[at]],
        ((e, int(t)) for e in store.select(split="visible") for t in np.flatnonzero(e.success)[:1]),
    )
    if like is None:
        return []
    other = like.episode
    remark = (
        f"in {other.id}, another episode, the goal is reached; the success most like this frame"
    )
    # Its own initial frame is not shown, so that nothing can be said of it beside this one.
    picture = shot(store, other, like.frame, remark)
    return [ShownFrame(picture, None, store.initial_of(other))]


def _changed(failure: Failure, frame: int, task: Task) -> NDArray[np.uint8] | None:
    from synth.suite.perturbed import picture_of  # noqa: PLC0415 - few failures need it

    return picture_of(task.store, task.spec, replace(failure, frame=frame))


def _beside_plain(
    failure: Failure, goal: str, task: Task, at: int, changed: NDArray[np.uint8]
) -> tuple[ShownFrame, ...]:
    """The changed initial frame, the changed frame at fault, and the same frame unchanged."""
    store, episode, name = task.store, task.store[failure.episode or ""], failure.variant or ""
    fault = f"the frame at fault, changed ({name})"
    initial = _changed(failure, 0, task) if at else None
    label = _label(failure, goal, episode, at)
    beside = changed if at == 0 else initial
    pictures = [ShownFrame(_named(episode, at, name, fault, changed), label, beside)]
    if initial is not None:
        first = _named(episode, 0, name, f"the initial frame, changed ({name})", initial)
        pictures.insert(0, ShownFrame(first, _label(failure, goal, episode, 0)))
    plain = shot(store, episode, at, "the same frame unchanged, where the answer is another")
    return (*pictures, ShownFrame(plain, None, store.initial_of(episode)))


def _named(episode: Episode, frame: int, name: str, remark: str, shown: NDArray[np.uint8]) -> Shot:
    """A changed frame as a picture; two names never become the same."""
    if episode.split != "visible":
        raise ValueError("a held-out episode cannot be shown")
    words = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")
    mark = f"{zlib.crc32(name.encode()):08x}"[:4]
    return Shot(
        name=f"{episode.id}-{words}-{mark}-frame-{frame:04d}",
        caption=f"episode {episode.id}, frame {frame} of {len(episode)}: {remark}",
        frame=shown,
        mission=episode.mission,
    )
