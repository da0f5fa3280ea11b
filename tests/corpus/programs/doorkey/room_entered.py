# Is content at first sight of the agent in the goal's room.
#
# caught by: expert
# because: agent_on_goal .*early


def agent_on_goal(now, initial):
    if now["size"] != initial["size"] or len(initial["doors"]) != 1:
        return False
    wall = initial["doors"][0][1]
    return any([column > wall for _, column in now["agents"]])
