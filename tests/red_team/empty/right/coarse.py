"""RIGHT: means over blocks of 8 x 8 pixels, and no single pixel.

Class: right, in an unusual style

Proven: episodes with a wrong verdict, of 100 each: early 0%; mid 0%; late 0%; putter 0%. 0 wrong verdicts (0 false yes, 0 false no) on 22537 frames of 400 episodes. Credit differs from true credit in: early 0% mid 0% late 0% putter 0%.
"""
import numpy as np

B = 8


def perceive(frame):
    """float32[2R, 2C, 3]: means of blocks; none where not even one square fits."""
    rows = frame.shape[0] // (2 * B) * 2
    columns = frame.shape[1] // (2 * B) * 2
    if rows < 6 or columns < 6:
        return np.zeros((0, 0, 3), np.float32)
    part = frame[:rows * B, :columns * B].astype(np.float32)
    return part.reshape(rows, B, columns, B, 3).mean(axis=(1, 3))


def squares(means):
    """Cells of two by two blocks, all of them the purest green."""
    green = (means[..., 1] > 250) & (means[..., 0] < 5) & (means[..., 2] < 5)
    four = green[::2, ::2] & green[1::2, ::2] & green[::2, 1::2] & green[1::2, 1::2]
    return np.argwhere(four).tolist()


def agent_on_goal_square(now, initial):
    if now.shape != initial.shape or not now.size:
        return False
    for r, c in squares(initial):
        cell = now[2 * r:2 * r + 2, 2 * c:2 * c + 2].reshape(4, 3)
        # a triangle of pure red on pure green: what is missing of the one there is of the other
        red = cell[:, 0]
        green = cell[:, 1]
        if red.mean() < 30 or cell[:, 2].max() > 5:
            return False
        return bool(red.min() > 5 and green.min() > 60 and (red + green).min() > 200)
    return False


SUBTASKS = [agent_on_goal_square]
