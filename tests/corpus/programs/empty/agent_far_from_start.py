# Takes the agent far from where it began for the agent on the goal.
#
# caught by: expert
# because: agent_on_goal .*early


def agent_on_goal(now, initial):
    if now["size"] != initial["size"] or not now["agents"] or not initial["agents"]:
        return False
    (row, column), (r, c) = initial["agents"][0], now["agents"][0]
    return abs(r - row) + abs(c - column) >= 8
