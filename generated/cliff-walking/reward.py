import numpy as np
from synth import vision

GROUND = (0xC4D89E,)  # colours of the ground
TOLERANCE = 24  # shades of one colour, in each channel
SMALLEST = 6  # pixels; smaller groups are no things
MOST = 12  # things of a kind that are looked at, the largest first
SAME_SHARE = 0.50  # so much of the ground stays ground in an episode

# Colours of things.
RED_WIDE_THING = 0xCA665C


def perceive(frame):
    """Which pixels are bare ground, and the things of each kind, largest first."""
    codes = vision.pack(frame)
    return {
        "bare": vision.where(codes, *GROUND, tolerance=TOLERANCE),
        "red_wide_thing": of_colour(codes, RED_WIDE_THING),
    }


def of_colour(codes, colour):
    """The things of one colour, largest first."""
    return vision.blobs(vision.where(codes, colour, tolerance=TOLERANCE), SMALLEST, diagonal=True)[:MOST]


def same_scene(now, initial):
    """Whether the image shows anything, and most of the ground is where it was."""
    bare, before = now["bare"], initial["bare"]
    if bare.shape != before.shape or bare.all() or not before.any():
        return False
    kept = np.count_nonzero(bare & before)
    return bool(kept >= SAME_SHARE * np.count_nonzero(before))


def gone(now, initial, kind):
    """Whether there was a thing of this kind at first, and there is none now."""
    return len(initial[kind]) > 0 and len(now[kind]) == 0


def red_wide_thing_gone(now, initial):
    """No red wide thing is visible any more."""
    return same_scene(now, initial) and gone(now, initial, "red_wide_thing")


SUBTASKS = [red_wide_thing_gone]
