"""Stills: pictures of one scene with the agent in some of the poses that it could reach.

Some poses beside what has changed, the others spread over all places, facing any way; then the
moment of the operation that made the scene, and every way of succeeding in it by one action.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from synth.episode import frame_digest
from synth.pixels import differing
from synth.record.rollout import HIDDEN

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from synth.envs import TimeStep
    from synth.record.exploring import Arrangement, Explorer
    from synth.record.player import Player
    from synth.vision import Box

__all__ = ["ARRIVALS", "Snapshot", "middle", "shots_of"]

BESIDE = 5
"""Poses beside what has changed, at least."""
ARRIVALS = 12
"""Stills of success in one scene, at most."""


class Snapshot(NamedTuple):
    """A still that is not stored yet: its picture, and what the environment says of it."""

    step: TimeStep
    note: str


def shots_of(
    explorer: Explorer,
    place: Arrangement,
    rng: np.random.Generator,
    *,
    count: int,
    successes: set[bytes],
) -> list[Snapshot]:
    """The stills of a scene, each picture once.

    Args:
        explorer: Of the scene's world.
        place: The scene.
        rng: Decides where the agent stands.
        count: Poses, at most.
        successes: Digests of all known pictures of success with the same initial one. A
            picture without success that is one of them is left out: nobody could tell.
    """
    player, explored = explorer.player, explorer.explored(place)
    words, backdrop = explorer.words(place), explorer.backdrop_of(place)
    made = explorer.rebuild(place, draw=True)
    shots = [Snapshot(made, f"after {words[-1]}" if words else "as at the start")]
    ended = {frame_digest(explorer.after(place, one).frame) for one in explored.ends}
    steps = [s for s in explorer.posed(place) if not s.done and frame_digest(s.frame) not in ended]
    where = [middle(differing(step.frame, backdrop)) for step in steps]
    for at in _spread(where, place.places, rng, count):
        y, x = where[at]
        shots.append(Snapshot(steps[at], f"the agent at row {y:.0f}, column {x:.0f}"))
    won = list(explored.arrivals.values())
    for at in rng.permutation(len(won))[:ARRIVALS]:
        word = player.words([won[at].action])[0]
        shots.append(Snapshot(explorer.after(place, won[at]), f"success by {word}"))
    kept: dict[bytes, Snapshot] = {}
    for shot in shots:
        digest = frame_digest(shot.step.frame)
        if _is_judged(shot.step, player) and (shot.step.success or digest not in successes):
            kept.setdefault(digest, shot)
    return list(kept.values())


def middle(mask: NDArray[np.bool_]) -> tuple[float, float]:
    """Row and column of the middle of some pixels; the picture's own where there are none."""
    rows, columns = np.nonzero(mask)
    if not len(rows):
        return (mask.shape[0] - 1) / 2, (mask.shape[1] - 1) / 2
    return float(rows.mean()), float(columns.mean())


def _spread(
    where: Sequence[tuple[float, float]],
    boxes: Sequence[Box],
    rng: np.random.Generator,
    count: int,
) -> list[int]:
    """Which poses to show, in order: first those beside what has changed, then farthest first."""
    if not where:
        return []
    spots = np.array(where)
    order = rng.permutation(len(spots))
    chosen: list[int] = []
    if boxes:
        centres = np.array(
            [((top + low - 1) / 2, (left + r - 1) / 2) for top, left, low, r in boxes]
        )
        gaps = np.linalg.norm(spots[order][:, None] - centres[None], axis=-1).round()
        # The nearest poses of each changed place in turn, those of equal distance as drawn.
        ranked = order[np.argsort(gaps, axis=0, kind="stable")]
        chosen = [int(at) for at in ranked[:BESIDE].ravel()]
    chosen = list(dict.fromkeys(chosen))[: max(BESIDE, count // 2)]
    rest = [int(at) for at in order if int(at) not in chosen]
    if not chosen and rest:
        chosen.append(rest.pop(0))
    while rest and len(chosen) < count:
        gaps = np.linalg.norm(spots[rest][:, None] - spots[chosen][None], axis=-1).min(axis=1)
        chosen.append(rest.pop(int(np.argmax(gaps))))
    return chosen[:count]


def _is_judged(step: TimeStep, player: Player) -> bool:
    """Whether the picture shows well enough what success depends on."""
    band = (player.simulator.resolution() or 0.0) * player.spec.success.pixels
    if step.margin is not None and abs(step.margin) < band:
        return False
    return not (step.success and step.seen is not None and step.seen < HIDDEN)
