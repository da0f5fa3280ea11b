"""Reports: figures about a reward that are printed and never asserted."""

from __future__ import annotations

from synth.report.accuracy import Accuracy, SubTaskAccuracy, measure_accuracy
from synth.report.label_accuracy import LabelAccuracy, measure_label_accuracy
from synth.report.standing import Measured, measure

__all__ = [
    "Accuracy",
    "LabelAccuracy",
    "Measured",
    "SubTaskAccuracy",
    "measure",
    "measure_accuracy",
    "measure_label_accuracy",
]
