"""WRONG: the progress is how well the heading points to the goal: turning on the spot, to and fro, moves it and walking does not; the wrong corner with the right heading is full.

Class: misleading progress: pays for wasting time

Proven: episodes with a wrong verdict, of 100 each: early 0%; mid 0%; late 0%; putter 0%. 0 wrong verdicts (0 false yes, 0 false no) on 22537 frames of 400 episodes. Credit differs from true credit in: early 0% mid 0% late 0% putter 0%. agent_on_goal_square_progress: early 3% of 1472 against, full 100%, stuck 47%; mid 20% of 510 against, full 100%, stuck 70%; late 39% of 258 against, full 100%, stuck 78%; putter 8% of 1377 against, full 100%, stuck 55%.
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
    down = goal[0] - agent[0]
    across = goal[1] - agent[1]
    ways = (across, down, -across, -down)
    return 1.0 if ways[agent[2]] > 0 else 0.3
