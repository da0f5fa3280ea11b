"""Reports: figures about a reward that are printed and never asserted."""

from __future__ import annotations

from synth.report.accuracy import Accuracy, SubTaskAccuracy, measure_accuracy
from synth.report.label_accuracy import LabelAccuracy, measure_label_accuracy

__all__ = [
    "Accuracy",
    "LabelAccuracy",
    "SubTaskAccuracy",
    "measure_accuracy",
    "measure_label_accuracy",
]
