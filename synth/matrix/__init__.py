"""Which model is good enough for which task: attempts by the table, and what they came to."""

from __future__ import annotations

from synth.matrix.cells import Cell, Difference, Matrix, PromptSetDifference
from synth.matrix.columns import Column, columns_of
from synth.matrix.samples import Sample
from synth.matrix.table import MatrixOptions, measure_matrix

__all__ = [
    "Cell",
    "Column",
    "Difference",
    "Matrix",
    "MatrixOptions",
    "PromptSetDifference",
    "Sample",
    "columns_of",
    "measure_matrix",
]
