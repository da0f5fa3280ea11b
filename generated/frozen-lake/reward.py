import numpy as np
from synth import vision

GROUND = (0xC6E0F2,)  # colours of the ground
TOLERANCE = 24  # shades of one colour, in each channel
SMALLEST = 6  # pixels; smaller groups are no things
MOST = 12  # things of a kind that are looked at, the largest first
SAME_SHARE = 0.49  # so much of the ground stays ground in an episode

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


def left(then, here):
    """Whether most of a thing's pixels are none of these things' now."""
    return sum(vision.overlap(then.mask, blob.mask) for blob in here) < 0.5


def recoloured(now, initial, kind):
    """Whether there is now something else, and not bare ground, where each of them was."""
    return len(initial[kind]) > 0 and all(
        left(then, now[kind]) and bool(np.mean(now["bare"][then.mask]) <= 0.5)
        for then in initial[kind]
    )


def red_wide_thing_gone(now, initial):
    """Where the red wide thing was there is something else."""
    return same_scene(now, initial) and recoloured(now, initial, "red_wide_thing")


SUBTASKS = [red_wide_thing_gone]
