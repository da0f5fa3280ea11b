import numpy as np
from synth import vision

GROUND = (0x76A85C,)  # colours of the ground
KNOWN = (0xECE2D0, 0x164A22, 0x285CC8)  # of things that are always there
TOLERANCE = 24  # shades of one colour, in each channel
SMALLEST = 6  # pixels; smaller groups are no things
MOST = 12  # things of a kind that are looked at, the largest first
SAME_SHARE = 0.49  # so much of the ground stays ground in an episode

# Colours of things.
BLUE_BLOCK = 0x285CC8
PALE_ORANGE_ROUND_THING = 0xECE2D0


def perceive(frame):
    """Which pixels are bare ground, and the things of each kind, largest first."""
    codes = vision.pack(frame)
    return {
        "bare": vision.where(codes, *GROUND, tolerance=TOLERANCE),
        "blue_block": of_colour(codes, BLUE_BLOCK),
        "pale_orange_round_thing": of_colour(codes, PALE_ORANGE_ROUND_THING),
        "hollow_thing": other_colours(codes),
    }


def of_colour(codes, colour):
    """The things of one colour, largest first."""
    return vision.blobs(vision.where(codes, colour, tolerance=TOLERANCE), SMALLEST, diagonal=True)[:MOST]


def other_colours(codes):
    """The things whose colour is neither the ground's nor that of a thing always there."""
    others = ~vision.where(codes, *GROUND, *KNOWN, tolerance=TOLERANCE)
    return vision.blobs(others, SMALLEST, diagonal=True)[:MOST]


def same_scene(now, initial):
    """Whether the image shows anything, and most of the ground is where it was."""
    bare, before = now["bare"], initial["bare"]
    if bare.shape != before.shape or bare.all() or not before.any():
        return False
    kept = np.count_nonzero(bare & before)
    return bool(kept >= SAME_SHARE * np.count_nonzero(before))


def appeared(now, initial, kind):
    """Whether there was no thing of this kind at first, and there is one now."""
    return len(initial[kind]) == 0 and len(now[kind]) > 0


def within(now, kind, other):
    """Whether the box of a thing of one kind is inside that of one of the other."""
    return any(vision.overlap(a, b) == 1 for a in now[kind] for b in now[other])


def blue_block_within_pale_orange_round_thing(now, initial):
    """The blue block lies within the pale orange round thing."""
    return same_scene(now, initial) and within(now, "blue_block", "pale_orange_round_thing")


def green_round_thing_gone(now, initial):
    """A hollow thing is visible that was not at first."""
    return same_scene(now, initial) and appeared(now, initial, "hollow_thing")


SUBTASKS = [blue_block_within_pale_orange_round_thing, green_round_thing_gone]
