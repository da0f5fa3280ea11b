# Asks for red on the picture and for green, not for both in one place.
#
# caught by: expert
# because: agent_on_goal holds on every recorded frame: it is always true


def agent_on_goal(now, initial):
    return len(now["agents"]) == 1 and len(now["goals"]) == 1
