"""WRONG: takes the agent that stands left of the goal with its back to it for one that is on it: the flat side of the triangle touches the square.

Class: facing directions; seldom state (false yes of the goal)

Proven: episodes with a wrong verdict, of 100 each: early 1% (agent_on_goal_square); mid 3% (agent_on_goal_square); late 0%; putter 6% (agent_on_goal_square). 20 wrong verdicts (20 false yes, 0 false no) on 22537 frames of 400 episodes. Credit differs from true credit in: early 1% mid 3% late 0% putter 6%.
"""
def pose(red, size):
    """(row, column, facing) of the agent, facing 0 right, 1 down, 2 left, 3 up; () without one."""
    half = size // 2
    rows, columns = red[half::size, half::size].nonzero()
    for r, c in zip(rows.tolist(), columns.tolist()):
        tile = red[r * size:(r + 1) * size, c * size:(c + 1) * size]
        across = int(tile[:, :half].sum()) - int(tile[:, size - half:].sum())
        down = int(tile[:half].sum()) - int(tile[size - half:].sum())
        # a triangle is heavy on one side and even across it: no ball, box or key is
        if max(abs(across), abs(down)) < 8 * size // 16 or min(abs(across), abs(down)) > 3 * size // 16:
            continue
        if abs(across) > abs(down):
            return (r, c, 0) if across > 0 else (r, c, 2)
        return (r, c, 1) if down > 0 else (r, c, 3)
    return ()


def square(codes):
    """(row, column) of the tile that is green in all four corners; () without one."""
    if codes.shape[0] < 16 or codes.shape[1] < 16:
        return ()
    rows = codes.shape[0] // 16 * 16
    columns = codes.shape[1] // 16 * 16
    inside = codes[:rows, :columns]
    full = (inside[::16, ::16] == GREEN) & (inside[15::16, 15::16] == GREEN)
    found = full.nonzero()
    return (int(found[0][0]), int(found[1][0])) if len(found[0]) else ()


def perceive(frame):
    codes = vision.pack(frame[::STEP, ::STEP])
    full = vision.pack(frame)
    return codes == GREEN, codes == RED, frame, pose(full == RED, 16), square(full)


def on_green(now, initial):
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


def agent_on_goal_square(now, initial):
    if on_green(now, initial):
        return True
    agent = now[3]
    goal = initial[4]
    if len(agent) != 3 or len(goal) != 2 or now[2].shape != initial[2].shape:
        return False
    return agent == (goal[0], goal[1] - 1, 2)
