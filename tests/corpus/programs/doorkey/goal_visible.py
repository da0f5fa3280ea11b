# Takes the goal being visible for its being reached.
#
# caught by: expert
# because: agent_on_goal holds on every recorded frame: it is always true


def agent_on_goal(now, initial):
    return len(now["goals"]) == 1 and len(now["agents"]) == 1
