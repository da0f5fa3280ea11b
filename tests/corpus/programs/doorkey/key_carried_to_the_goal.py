# A plan that wants the key carried to the goal, which nothing asks for.
#
# caught by: necessity
# because: a success can do without key_carried_to_goal, so the plan is wrong, not the program
# plan: key_picked_up > door_open > key_carried_to_goal > agent_on_goal


def key_carried_to_goal(now, initial):
    if now["size"] != initial["size"] or len(initial["goals"]) != 1:
        return False
    row, column = initial["goals"][0]
    beside = [abs(r - row) + abs(c - column) == 1 for r, c in now["agents"]]
    return len(now["keys"]) == 0 and any(beside)


SUBTASKS = [key_picked_up, door_open, key_carried_to_goal, agent_on_goal]
