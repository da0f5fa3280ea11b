"""Whether another model's rewards are as good as the committed ones.

`attempt` makes one reward for a committed task, beside what is committed and never over it.
"""

from synth.regress.attempt import Attempt, Attempted, GroupCount, attempt, attempt_folder

__all__ = ["Attempt", "Attempted", "GroupCount", "attempt", "attempt_folder"]
