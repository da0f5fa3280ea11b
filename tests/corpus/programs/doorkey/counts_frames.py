# Counts the frames it has seen, and is content after twenty.
#
# caught by: program
# because: S601


SEEN = []


def agent_on_goal(now, initial):
    SEEN.append(1)
    return len(SEEN) > 20
