"""What a printed program about things says for each relation, as text.

Each is the twin of a case in `synth.models.builtin.thing_grammar`.
"""

from __future__ import annotations

__all__ = ["HELPERS", "LEFT", "OF_COLOUR", "OTHER_COLOURS", "OTHER_SHADES", "SAME_SCENE"]

OF_COLOUR = '''
def of_colour(codes, colour):
    """The things of one colour, largest first."""
    return vision.blobs(vision.where(codes, colour, SHADES), SMALLEST, diagonal=True)[:MOST]
'''

OTHER_SHADES = '''
def other_colours(codes):
    """The things whose colour is neither the ground's nor that of a thing always there."""
    others = ~vision.where(codes, *GROUND, *KNOWN, tolerance=TOLERANCE)
    return vision.blobs(others, SMALLEST, diagonal=True)[:MOST]
'''

OTHER_COLOURS = '''
def other_colours(codes):
    """The things whose colour is neither the ground's nor that of a thing always there."""
    found = []
    others = [colour for colour, _ in vision.colours(codes) if colour not in GROUND + KNOWN]
    for colour in others[:MOST]:
        found += vision.blobs(codes == colour, SMALLEST, diagonal=True)
    return found[:MOST]
'''

SAME_SCENE = '''
def same_scene(now, initial):
    """Whether the image shows anything, and most of the ground is where it was."""
    bare, before = now["bare"], initial["bare"]
    if bare.shape != before.shape or bare.all() or not before.any():
        return False
    kept = np.count_nonzero(bare & before)
    return bool(kept >= SAME_SHARE * np.count_nonzero(before))
'''

LEFT = '''
def left(then, here):
    """Whether most of a thing's pixels are none of these things' now."""
    return sum(vision.overlap(then.mask, blob.mask) for blob in here) < 0.5
'''

HELPERS = {
    "gone": '''
def gone(now, initial, kind):
    """Whether there was a thing of this kind at first, and there is none now."""
    return len(initial[kind]) > 0 and len(now[kind]) == 0
''',
    "recoloured": '''
def recoloured(now, initial, kind):
    """Whether there is now something else, and not bare ground, where each of them was."""
    return len(initial[kind]) > 0 and all(
        left(then, now[kind]) and bool(np.mean(now["bare"][then.mask]) <= 0.5)
        for then in initial[kind]
    )
''',
    "appeared": '''
def appeared(now, initial, kind):
    """Whether there was no thing of this kind at first, and there is one now."""
    return len(initial[kind]) == 0 and len(now[kind]) > 0
''',
    "grown": '''
def grown(now, initial, kind):
    """Whether things of this kind cover half as much again as at first, or more."""
    before = sum(blob.area for blob in initial[kind])
    return 0 < before * 1.5 <= sum(blob.area for blob in now[kind])
''',
    "shrunk": '''
def shrunk(now, initial, kind):
    """Whether things of this kind cover two thirds of what they did at first, or less."""
    area = sum(blob.area for blob in now[kind])
    return 0 < area * 1.5 <= sum(blob.area for blob in initial[kind])
''',
    "moved": '''
def moved(now, initial, kind):
    """Whether things of this kind are all off the places where they were at first."""
    before = initial[kind]
    return (
        len(now[kind]) > 0
        and len(before) > 0
        and not any(vision.overlap(blob, then) > 0 for blob in now[kind] for then in before)
    )
''',
    "changed": '''
def changed(now, initial, kind):
    """Whether no thing of this kind is where one was at first, or hardly."""
    return len(initial[kind]) > 0 and all(left(then, now[kind]) for then in initial[kind])
''',
    "fewer": '''
def fewer(now, initial, kind):
    """Whether there are fewer things of this kind than at first."""
    return len(now[kind]) < len(initial[kind])
''',
    "more": '''
def more(now, initial, kind):
    """Whether there are more things of this kind than at first."""
    return len(now[kind]) > len(initial[kind])
''',
    "touches": '''
def touches(now, kind, other):
    """Whether there is no gap between a thing of one kind and one of the other."""
    return any(vision.touching(a.mask, b.mask) for a in now[kind] for b in now[other])
''',
    "overlaps": '''
def overlaps(now, kind, other):
    """Whether the boxes of a thing of one kind and of one of the other share pixels."""
    return any(vision.overlap(a, b) > 0 for a in now[kind] for b in now[other])
''',
    "within": '''
def within(now, kind, other):
    """Whether the box of a thing of one kind is inside that of one of the other."""
    return any(vision.overlap(a, b) == 1 for a in now[kind] for b in now[other])
''',
    "reached": '''
def reached(now, initial, kind, other):
    """Whether a thing of one kind is, in part, where one of the other was at first."""
    return any(vision.overlap(a, b) > 0 for a in now[kind] for b in initial[other])
''',
    "arrived": '''
def arrived(now, initial, kind, other):
    """Whether a thing of one kind is inside the box that one of the other had at first."""
    return any(vision.overlap(a, b) == 1 for a in now[kind] for b in initial[other])
''',
    "near": '''
def near(now, kind, other, pixels):
    """Whether the middles of a thing of one kind and of one of the other are this near."""
    return any(vision.distance(a.box, b.box) < pixels for a in now[kind] for b in now[other])
''',
    "became": '''
def became(now, initial, kind, other):
    """Whether most of where a thing of one kind was at first is one of the other now."""
    return any(
        vision.overlap(then.mask, blob.mask) > 0.5
        for then in initial[kind]
        for blob in now[other]
    )
''',
}
