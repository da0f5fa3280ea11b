"""Whether another model's rewards are as good as the committed ones.

`attempt` makes one reward for a committed task, beside what is committed and never over it;
`regress` holds several against the committed one, and rules.
"""

from synth.regress.attempt import Attempt, Attempted, GroupCount, attempt, attempt_folder
from synth.regress.comparison import ComparedAttempt
from synth.regress.figures import RewardFigures
from synth.regress.made import make_attempt
from synth.regress.rates import PassRate, Rules, Ruling, rule
from synth.regress.regression import Regression, RegressionOptions, TaskRegression, regress

__all__ = [
    "Attempt",
    "Attempted",
    "ComparedAttempt",
    "GroupCount",
    "PassRate",
    "Regression",
    "RegressionOptions",
    "RewardFigures",
    "Rules",
    "Ruling",
    "TaskRegression",
    "attempt",
    "attempt_folder",
    "make_attempt",
    "regress",
    "rule",
]
