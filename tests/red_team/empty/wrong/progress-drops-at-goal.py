"""WRONG: the progress measures the nearness of the agent to the green that is seen, and on the goal, where the agent covers it, it falls to nothing; it is 1.0 beside it.

Class: misleading progress: the best place is beside the goal

Proven: episodes with a wrong verdict, of 100 each: early 0%; mid 0%; late 0%; putter 0%. 0 wrong verdicts (0 false yes, 0 false no) on 22537 frames of 400 episodes. Credit differs from true credit in: early 0% mid 0% late 0% putter 0%. agent_on_goal_square_progress: early 0% of 953 against, full 8%, paid for undoing 0%, done but below 0.99 5%, stuck 54%; mid 0% of 922 against, full 100%, paid for undoing 0%, done but below 0.99 100%, stuck 24%; late 0% of 900 against, full 100%, paid for undoing 0%, done but below 0.99 100%, stuck 13%; putter 0% of 1234 against, full 36%, paid for undoing 0%, done but below 0.99 22%, stuck 50%.
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
    if len(agent) != 3 or len(goal) != 2 or agent[:2] == goal:
        return 0.0
    far = abs(agent[0] - goal[0]) + abs(agent[1] - goal[1])
    return max(0.0, 1.0 - (far - 1) / 12)
