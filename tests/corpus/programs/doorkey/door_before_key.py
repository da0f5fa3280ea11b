# A plan that wants the door open before the key is picked up.
#
# caught by: expert
# because: door_open and key_picked_up are credited on the same frame in all
# plan: door_open > key_picked_up > agent_on_goal


SUBTASKS = [door_open, key_picked_up, agent_on_goal]
