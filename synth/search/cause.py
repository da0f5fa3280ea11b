"""Why a program is wrong on an episode, as far as pictures tell: words for whoever mends it.

A lie is set beside the nearest success of the same layout, and beside the other pictures on
which the program lies: what all of these share is most often what it looks at. Where a sub-task
is missing at a success, the expert's episode of the same layout shows whether the plan asks
for something needless, or the program did not see what had happened. Only pixels, success flags
and verdicts are compared.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from synth.envs import Backdrop
from synth.errors import ExpertFailed
from synth.failure import place_in_words
from synth.pixels import differing
from synth.vision import bounding_box, pack

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from synth.episode import Rollout
    from synth.search.counterexample import ViolationKind
    from synth.search.examiner import Caught, Examiner

__all__ = ["Sighting", "nearest_success", "shared", "why_skipped"]

FEW = 3
"""Pictures that must share what is told of them: one alone is like itself in every way."""

SAMPLE = 12
"""Pictures that are looked at; each is played again from the reset."""

NARROW = 0.5
"""A band of rows or columns that is told is no more than this share of the picture."""

RARE = 0.5
"""A colour that is told is in no more than this share of the layouts' first pictures."""

Sighting = tuple[int, tuple[Any, ...], str | None]
"""Seed, actions and mission of a picture on which a program is wrong: its episode's last."""


def nearest_success(examiner: Examiner, caught: Caught, met: Sequence[NDArray[np.uint8]]) -> str:
    """How a picture differs from the nearest success of its layout.

    Args:
        examiner: Plays and asks.
        caught: The lie; the picture is its episode's last.
        met: Other successes of the layout, ``uint8[H, W, 3]`` each.

    Returns:
        A sentence with a leading space; nothing where no success is known.
    """
    player, name = examiner.player, caught.violation.subtask
    frames = player.play(caught.seed, caught.actions, mission=caught.mission).frames
    told = list(met)
    try:
        shown = player.roll_expert(caught.seed, mission=caught.mission)
        told += list(shown.frames[shown.success & shown.judged])
    except ExpertFailed:
        pass
    here = frames[-1]
    if caught.violation.kind == "false_negative" and told:
        # One on which the goal holds tells what the program wants.
        holds = examiner.holds(np.stack(told), frames[0], caught.mission)[:, -1]
        told = [frame for frame, held in zip(told, holds, strict=True) if held]
        if not told:
            return f" {name} holds on no success of this layout that was met."
    if not told:
        return ""
    apart = [differing(frame, here) for frame in told]
    differs = min(apart, key=lambda mask: int(mask.sum()))
    if not differs.any():
        return ""
    which = "on which it holds " if caught.violation.kind == "false_negative" else ""
    return (
        f" The nearest success of this layout {which}differs in {int(differs.sum())} pixels, "
        f"within {place_in_words(bounding_box(differs))}."
    )


def shared(
    examiner: Examiner,
    kind: ViolationKind,
    wrong: Sequence[Sighting],
    initials: Sequence[NDArray[np.uint8]],
) -> str:
    """What the pictures on which a program is wrong have in common.

    Args:
        examiner: Plays them again, and leaves out those that nobody is to blame for.
        kind: In which way it is wrong.
        wrong: Where.
        initials: The first pictures of all layouts, ``uint8[H, W, 3]`` each.

    Returns:
        A sentence with a leading space; nothing where nothing is shared.
    """
    simulator = examiner.player.simulator
    frames, agents, layouts = [], [], set()
    for seed, actions, mission in wrong[:: max(1, len(wrong) // SAMPLE)][:SAMPLE]:
        episode = examiner.examine(seed, actions, mission=mission)
        if not examiner.caught(episode, lambda violation: violation.kind == kind):
            continue
        frame = examiner.player.play(seed, actions, mission=mission).frames[-1]
        frames.append(frame)
        layouts.add(seed)
        if isinstance(simulator, Backdrop):
            agents.append(differing(simulator.backdrop(), frame))
    if len(frames) < FEW:
        return ""
    parts = [part for part in (_agents(frames, agents), _colours(frames, initials)) if part]
    if not parts:
        return ""
    where = f"{len(frames)} wrong pictures looked at, of {len(layouts)} layout"
    return f" In all {where}{'' if len(layouts) == 1 else 's'}, {', and '.join(parts)}."


def _agents(frames: list[NDArray[np.uint8]], masks: list[NDArray[np.bool_]]) -> str:
    """Where the agent is in all of them, in words."""
    if not masks or not all(mask.any() for mask in masks):
        return ""
    boxes = [bounding_box(mask) for mask in masks]
    top, left = (min(box[i] for box in boxes) for i in (0, 1))
    bottom, right = (max(box[i] for box in boxes) for i in (2, 3))
    height, width = masks[0].shape
    bands = []
    if bottom - top <= NARROW * height:
        bands.append(f"rows {top}..{bottom - 1}")
    if right - left <= NARROW * width:
        bands.append(f"columns {left}..{right - 1}")
    looks = {
        (f[a:c, b:d].shape, m[a:c, b:d].tobytes())
        for f, m, (a, b, c, d) in zip(frames, masks, boxes, strict=True)
    }
    same = "looks the same" if len(looks) == 1 else ""
    place = f"is within {', '.join(bands)}" if bands else ""
    what = " and ".join(part for part in (place, same) if part)
    return f"the agent (what the picture without it lacks) {what}" if what else ""


def _colours(frames: list[NDArray[np.uint8]], initials: Sequence[NDArray[np.uint8]]) -> str:
    """A colour that all of them show and most layouts do not, in words."""
    if len({frame.tobytes() for frame in initials}) < FEW:
        return ""
    codes = set.intersection(*(set(np.unique(pack(frame)).tolist()) for frame in frames))
    known = [set(np.unique(pack(frame)).tolist()) for frame in initials]
    share = {code: sum(code in shown for shown in known) / len(known) for code in codes}
    rare = [code for code in codes if 0 < share[code] <= RARE]
    if not rare:
        return ""
    last = pack(frames[-1])
    code = min(rare, key=lambda c: (-int((last == c).sum()), c))
    rgb = (code >> 16, code >> 8 & 255, code & 255)
    return f"there is the colour {rgb}, which {share[code]:.0%} of the layouts show"


def why_skipped(examiner: Examiner, caught: Caught) -> str:
    """Whether the program, and not the plan, is to blame for a sub-task that is missing.

    The expert's episode of the layout shows by which change the sub-task begins. If the same
    place came to look the same before the success that skips it, the program did not see it.

    Returns:
        A clause; nothing where the pictures do not tell.
    """
    player, name = examiner.player, caught.violation.subtask
    try:
        shown = player.roll_expert(caught.seed, mission=caught.mission)
    except ExpertFailed:
        return ""
    column = [one for stage in examiner.stages for one in stage].index(name)
    held = examiner.holds(shown.frames, shown.frames[0], shown.mission)[:, column]
    if held[0] or not held.any():
        return ""
    first = int(np.argmax(held))
    begun = [event for event in shown.scene_events or () if event.frame <= first]
    if not begun:
        return ""
    event = begun[-1]
    rolled = player.play(caught.seed, caught.actions, mission=caught.mission)
    since = _same_change(rolled, shown, event.frame, event.box)
    if since is None:
        return ""
    told = examiner.holds(rolled.frames, rolled.frames[0], rolled.mission)[:, column]
    if told[since:].any():
        return ""  # it was seen, but came in another order than the plan's
    late = first - event.frame
    where = place_in_words(event.box)
    if late:
        what = f"the program is late: there it holds {late} frame{'' if late == 1 else 's'} after"
    else:
        what = "the program does not see it here"
    return (
        f"at frame {since} the place within {where} came to look as it does in the expert's "
        f"episode of this seed where {name} begins, and {what}"
    )


def _same_change(
    rolled: Rollout, shown: Rollout, frame: int, box: tuple[int, int, int, int]
) -> int | None:
    """The first frame at which a place changed to how it looks in another episode."""
    top, left, bottom, right = box
    place = (slice(top, bottom), slice(left, right))
    for event in rolled.scene_events or ():
        if event.box == box and any(
            np.array_equal(rolled.frames[t][place], shown.frames[u][place])
            for t in range(event.frame, len(rolled.frames))
            for u in range(frame, len(shown.frames))
        ):
            return event.frame
    return None
