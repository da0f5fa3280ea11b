from scipy import ndimage
from synth import vision

GREEN = 0x00FF00
RED = 0xFF0000
STEP = 4
# In samples: wider than what a triangle reaches beyond its outermost sample.
MARGIN = 3


def perceive(frame):
    codes = vision.pack(frame[::STEP, ::STEP])
    return codes == GREEN, codes == RED, frame


def agent_on_goal_square(now, initial):
    if now[2].shape != initial[2].shape:
        return False
    # The agent's colour where the initial image was green, coarsely.
    samples = now[1] & initial[0]
    if not samples.any():
        return False
    top, left, bottom, right = vision.bounding_box(samples)
    window = (
        slice(max(top - MARGIN, 0) * STEP, (bottom + MARGIN) * STEP),
        slice(max(left - MARGIN, 0) * STEP, (right + MARGIN) * STEP),
    )
    # And exactly, around there.
    codes = vision.pack(now[2][window])
    green = codes == GREEN
    before = vision.pack(initial[2][window]) == GREEN
    hit = (codes == RED) & before
    labels, count = ndimage.label(hit)
    for rows, columns in ndimage.find_objects(labels):
        height = rows.stop - rows.start
        width = columns.stop - columns.start
        if height < 3 or width < 3:
            continue
        # A triangle fills about half of its box.
        if hit[rows, columns].sum() < 0.25 * height * width:
            continue
        around = (
            slice(max(rows.start - 1, 0), rows.stop + 1),
            slice(max(columns.start - 1, 0), columns.stop + 1),
        )
        # The square was filled with green all around the triangle, and is
        # still to be seen beside it: not so where a smaller green thing was.
        inside = before[around]
        if inside.all() and green[around].sum() >= 0.25 * inside.size:
            return True
    return False


SUBTASKS = [agent_on_goal_square]
