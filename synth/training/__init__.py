"""Training with a task's reward, beside its alternatives: what `synth train` and `synth curves` do.

It needs the ``train`` extra.
"""

from synth.training.arm import Arm, environments
from synth.training.results import TrainingResult
from synth.training.settings import TrainingSettings, settings_of
from synth.training.trainer import TrainingRun, train

__all__ = [
    "Arm",
    "TrainingResult",
    "TrainingRun",
    "TrainingSettings",
    "environments",
    "settings_of",
    "train",
]
