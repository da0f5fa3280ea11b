"""Sub-tasks as options: a hierarchy of a manager that chooses and a policy that acts.

An option (Sutton, Precup and Singh, 1999) is where it may begin, how it acts and where it ends. A
reward program gives the first and the last of every sub-task; the policy is learned:

=================  =========================================================================
initiation set     every sub-task of earlier stages has been credited, and it has not
policy             learned; one network for all, which sees what option it follows
termination        its checker credits it, the episode ends, or `limit` steps have been made
intrinsic reward   1 where its checker credits it, else 0 (a subgoal of theirs, section 7)
=================  =========================================================================

`OptionEnv` (gymnasium) and `OptionVecWrapper` (stable-baselines3) make an episode of each option,
so that any learner of flat policies learns them; the environment's own episode goes on beneath. A
`Manager` chooses what comes next: `PlanOrder`, or `SMDPQLearning`, paid by the environment alone.
"""

from synth.options.env import OptionEnv
from synth.options.manager import Manager, OptionOutcome, PlanOrder, SMDPQLearning
from synth.options.option import Option, options_of

__all__ = [
    "Manager",
    "Option",
    "OptionEnv",
    "OptionOutcome",
    "PlanOrder",
    "SMDPQLearning",
    "options_of",
]
