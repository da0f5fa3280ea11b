# Mixes up the colours of agent and goal: the red thing has been reached once it is covered.
#
# caught by: expert
# because: agent_on_goal .*early


def agent_on_goal(now, initial):
    if now["size"] != initial["size"] or len(initial["agents"]) != 1:
        return False
    seen = len(now["agents"]) == 1 and len(now["doors"]) == 1 and len(now["goals"]) == 1
    return seen and now["agents"] != initial["agents"]
