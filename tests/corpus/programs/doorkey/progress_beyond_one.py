# Gives the distance to the goal as progress, which is more than one.
#
# caught by: contract
# because: agent_on_goal_progress


def agent_on_goal_progress(now, initial):
    if len(initial["goals"]) != 1 or len(now["agents"]) == 0:
        return 0.0
    (row, column), (r, c) = initial["goals"][0], now["agents"][0]
    return float(abs(r - row) + abs(c - column))
