# Takes the first argument for the initial frame and the second for the present one.
#
# caught by: expert
# because: agent_on_goal holds on no recorded frame of any episode: it is always false


def agent_on_goal(initial, now):
    if now["size"] != initial["size"] or len(initial["goals"]) != 1:
        return False
    goal = initial["goals"][0]
    return goal in now["goals"] and goal in now["agents"] and goal not in initial["agents"]
