"""WRONG: the progress looks at the goal's row alone: 1.0 anywhere in that row, and nothing for coming nearer along it.

Class: misleading progress: 1.0 without holding

Proven: episodes with a wrong verdict, of 100 each: early 0%; mid 0%; late 0%; putter 0%. 0 wrong verdicts (0 false yes, 0 false no) on 22537 frames of 400 episodes. Credit differs from true credit in: early 0% mid 0% late 0% putter 0%. agent_on_goal_square_progress: early 0% of 466 against, full 21%, stuck 78%; mid 0% of 438 against, full 32%, stuck 64%; late 0% of 404 against, full 4%, stuck 61%; putter 0% of 455 against, full 19%, stuck 81%.
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


def agent_on_goal_square_progress(now, initial):
    agent = now[3]
    goal = initial[4]
    if len(agent) != 3 or len(goal) != 2:
        return 0.0
    return max(0.0, 1.0 - abs(agent[0] - goal[0]) / 8)
