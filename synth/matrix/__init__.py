"""Which model is good enough for which task: attempts by the table, and what they came to."""

from __future__ import annotations

from synth.matrix.cells import Matrix, MatrixCell, PromptSetDifference
from synth.matrix.columns import Column, columns_of
from synth.matrix.samples import Sample
from synth.matrix.table import MatrixOptions, measure_matrix

__all__ = [
    "Column",
    "Matrix",
    "MatrixCell",
    "MatrixOptions",
    "PromptSetDifference",
    "Sample",
    "columns_of",
    "measure_matrix",
]
