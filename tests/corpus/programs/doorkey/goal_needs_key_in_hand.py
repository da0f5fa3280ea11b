# Asks for the key in hand on the goal, which the task does not.
#
# caught by: near_miss
# because: most similar success on which it holds .* differs in \d+ pixels, within rows


def agent_on_goal(now, initial):
    if now["size"] != initial["size"] or len(initial["goals"]) != 1:
        return False
    goal = initial["goals"][0]
    return goal in now["goals"] and goal in now["agents"] and len(now["keys"]) == 0
