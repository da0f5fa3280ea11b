"""Frames that look like success and are none: no reader of pictures can be blamed for them.

In some environments a thing that should be taken can also be destroyed, and what is carried
is not drawn: the picture after the one is the picture after the other. A frame is *aliased*
where the very same picture, of the same episode, is a success by another way: another last
action, or the expert going on from just before. It is forgiven. What follows is judged where it
can be told again (`synth.record.aftermath`).

There is a wider case. The scene changed at a frame, and the expert, going on from just before,
succeeds by the same change of the same place, and by that change alone; but the two pictures
differ. The frame itself can be told from success and is judged. What follows can be brought to
look like success in every pixel, and is forgiven likewise. Where the expert had to
change another place first, that place tells the two apart, and judging goes on; but where its
success itself can be faked, the very picture made by another last action, the goal has nothing
left to tell by once its change has been faked. Where the scene changes so whatever is done, as
where balls roll about, it means nothing.

Told from frames and success flags alone, by playing again; no state, no truth and no program's
verdict is read.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from synth.envs import Backdrop, Enumerable
from synth.envs.recipe import acting
from synth.errors import ExpertFailed, SynthError
from synth.record.streams import Stream

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from synth.envs import Policy, Simulator
    from synth.episode import Rollout

__all__ = [
    "Alias",
    "action_table",
    "all_actions",
    "first_alias",
    "then_expert",
    "unaliased",
]

DRAWS = 256
MOST_ACTIONS = 16
"""More than any grid world has; of actions without end, so many are tried."""


@dataclass(frozen=True, slots=True)
class Alias:
    """Where an episode can no longer be told from success.

    Attributes:
        frame: The frame at which that begins.
        same: Whether this very picture is a success by another way. If not, only what follows
            can be brought to look like one, and the frame itself is judged.
    """

    frame: int
    same: bool

    @property
    def last(self) -> int:
        """The last frame that is judged."""
        return self.frame - 1 if self.same else self.frame


class Play(Protocol):
    """Plays a policy from the start of one and the same episode."""

    def __call__(self, policy: Policy, *, draw: bool = True) -> Rollout:
        """The episode, its frames `UNDRAWN` unless `draw`."""
        ...


def action_table(simulator: Simulator) -> tuple[Any, ...]:
    """Distinct actions to choose from, the same ones each time.

    All actions where the simulator can name them. Where there is no end of them, or it does
    not say, as many as are drawn, in the order of their JSON.

    Args:
        simulator: It need not have been reset.
    """
    if (named := all_actions(simulator)) is not None:
        return named
    rng = np.random.default_rng(Stream.ACTIONS)
    distinct: dict[str, Any] = {}
    for _ in range(DRAWS):
        action = simulator.random_action(rng)
        distinct.setdefault(json.dumps(action), action)
        if len(distinct) == MOST_ACTIONS:
            break
    return tuple(distinct[text] for text in sorted(distinct))


def all_actions(simulator: Simulator) -> tuple[Any, ...] | None:
    """Every action there is; ``None`` where there is no end of them, or nobody can tell."""
    return simulator.actions() if isinstance(simulator, Enumerable) else None


def then_expert(actions: Sequence[Any], expert: Policy) -> Policy:
    """A policy that plays given actions and then lets the expert go on, as far as it can.

    Args:
        actions: Played first.
        expert: Called after them; where it fails or breaks, the episode ends.
    """

    def act(simulator: Simulator) -> Iterator[Any]:
        yield from actions
        try:
            yield from expert(simulator)
        except ExpertFailed:
            return
        except SynthError:
            raise
        except Exception:  # noqa: BLE001 - an expert is the user's code, and need not stand being called within an episode
            return

    return act


def first_alias(
    rolled: Rollout,
    play: Play,
    actions: Sequence[Any] | None,
    *,
    expert: Policy | None = None,
    simulator: Simulator | None = None,
    suspects: Sequence[int] = (),
    known: dict[str, Alias | None] | None = None,
    after: int = 0,
) -> Alias | None:
    """Where an episode can no longer be told from success, though it is none.

    Args:
        rolled: The episode.
        play: Plays a policy from the start of the very same episode.
        actions: All actions there are; ``None`` where there is no end of them, and then no
            other one can be expected to make the very same frame.
        expert: Called where the scene changed, to see whether it succeeds by that change.
        simulator: What `play` plays in. Where it draws a backdrop, two pictures that differ
            by the agent's place alone count as the same.
        suspects: Frames to look at besides those where the scene changed.
        known: What has come of it for episodes that start in the same way, by the JSON of
            their actions.
        after: Only frames after this one.

    Returns:
        The first such frame, or ``None`` where there is none.
    """
    known = {} if known is None else known
    # What is out of sight (what the agent carries) changes with a thing in sight: only there is it
    # worth asking, unless the caller suspects more. Every frame would cost a play per action.
    changed = {event.frame for event in rolled.scene_events or ()}
    for frame in sorted(changed | set(suspects)):
        if frame <= after or rolled.success[frame]:
            continue
        # What comes of an episode depends on its actions alone, so that episodes which begin alike
        # share the answer.
        done = json.dumps(rolled.actions[:frame])
        if done not in known:
            if any(_made_otherwise(rolled, frame, play, actions or (), success=True)):
                known[done] = Alias(frame, same=True)
            else:
                found = None
                if expert is not None and frame in changed:
                    found = _as_expert(
                        rolled, frame, play, expert, simulator=simulator, actions=actions or ()
                    )
                alone = found is not None and _by_itself(rolled, frame, play, actions or ())
                known[done] = None if alone else found
        if (alias := known[done]) is not None:
            return alias
    return None


def unaliased(rolled: Rollout, alias: Alias | None) -> Rollout:
    """An episode up to the last frame that is judged."""
    return rolled if alias is None else rolled.until(alias.last)


def _made_otherwise(
    rolled: Rollout, frame: int, play: Play, actions: Sequence[Any], *, success: bool
) -> Iterator[bool]:
    """Whether another action in place of the last makes the very same picture; lazily.

    For example, of two keys in one place, the agent takes the wrong one: with the right one in
    its hand the picture would be the very same, since nothing that is carried is drawn.

    Args:
        rolled: The episode.
        frame: Of which picture.
        play: As for `first_alias`.
        actions: Likewise.
        success: Only others that are a success there count, or only others that are none.
    """
    before = rolled.actions[: frame - 1]
    for action in actions:
        if action == rolled.actions[frame - 1]:
            continue
        policy = acting((*before, action))
        # Most actions do not succeed, and drawing is what costs time: played without pictures
        # first. Shorter than asked for, it was over before the last action came.
        quick = play(policy, draw=False)
        if len(quick) != frame or bool(quick.success[-1]) is not success:
            continue
        yield np.array_equal(play(policy).frames[-1], rolled.frames[frame])


def _as_expert(
    rolled: Rollout,
    frame: int,
    play: Play,
    expert: Policy,
    *,
    simulator: Simulator | None,
    actions: Sequence[Any],
) -> Alias | None:
    """What it means that the expert, from just before, succeeds by the same change."""
    other = play(then_expert(rolled.actions[: frame - 1], expert))
    end = other.first_success
    if end is None or end < frame:
        return None
    # Its hold after success, if any, has moved the simulator on.
    whole = end == len(other)
    staged = simulator if isinstance(simulator, Backdrop) and whole else None
    scene = None if staged is None else staged.backdrop()
    other = other.until(end)
    later = [event for event in other.scene_events or () if event.frame >= frame]
    with_success = [event for event in later if event.frame == len(other)]
    if len(with_success) != 1:
        return None
    top, left, bottom, right = box = with_success[0].box
    place = (slice(top, bottom), slice(left, right))
    if not any(event.frame == frame and event.box == box for event in rolled.scene_events or ()):
        return None
    if not np.array_equal(other.frames[-1][place], rolled.frames[frame][place]):
        return None
    # One event alone from here on, and success with it: had the expert changed another place
    # first, that place would tell its success from this frame.
    if len(later) > 1:
        faked = any(_made_otherwise(other, len(other), play, actions, success=False))
        return Alias(frame, same=False) if faked else None
    same = np.array_equal(other.frames[-1], rolled.frames[frame])
    if not same and staged is not None and scene is not None:
        # The agent can take another way and stand elsewhere when it succeeds; where nothing else
        # differs, the right reader of pictures says the same of both.
        play(acting(rolled.actions[:frame]))
        same = np.array_equal(staged.backdrop(), scene)
    return Alias(frame, same=same)


def _by_itself(rolled: Rollout, frame: int, play: Play, actions: Sequence[Any]) -> bool:
    """Whether the scene changes so at a frame whatever is done, as where balls roll about.

    Such a change is not what success comes of, so that it makes nothing look like success.
    """
    before = rolled.actions[: frame - 1]
    others = [action for action in actions if action != rolled.actions[frame - 1]]
    mine = {event.box for event in rolled.scene_events or () if event.frame == frame}
    times = 0
    for action in others:
        events = play(acting((*before, action))).scene_events or ()
        times += bool(mine & {event.box for event in events if event.frame == frame})
    return bool(others) and 2 * times >= len(others)
