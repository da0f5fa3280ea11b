# Is content with the agent next to the goal.
#
# caught by: expert
# because: agent_on_goal .*early


def agent_on_goal(now, initial):
    if now["size"] != initial["size"] or len(initial["goals"]) != 1:
        return False
    row, column = initial["goals"][0]
    return any([abs(r - row) + abs(c - column) <= 1 for r, c in now["agents"]])
