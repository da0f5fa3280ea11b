"""Reports: figures about a reward that are printed and never asserted."""

from __future__ import annotations

from synth.report.accuracy import Accuracy, SubTaskAccuracy, measure_accuracy

__all__ = ["Accuracy", "SubTaskAccuracy", "measure_accuracy"]
