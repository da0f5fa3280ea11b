# A plan without the key, which every success needs picked up.
#
# caught by: necessity
# because: a stage is missing: .*no sub-task notices
# plan: door_open > agent_on_goal


SUBTASKS = [door_open, agent_on_goal]
