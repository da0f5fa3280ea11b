# Compares the rows of agent and goal, and forgets the columns.
#
# caught by: random
# because: agent_on_goal .*early


def agent_on_goal(now, initial):
    if now["size"] != initial["size"] or len(initial["goals"]) != 1:
        return False
    goal = initial["goals"][0]
    return len(now["agents"]) == 1 and now["agents"][0][0] == goal[0]
