"""What SciPy takes without looking at it: it then writes or reads where it must not."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from synth.program.lint.registry import Context, Hit, rule
from synth.program.lint.signatures import (
    METRIC_AT,
    ORIGINS_AT,
    OUTPUT_AT,
    argument,
    starred_before,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["no_blind_arguments"]


@rule(
    "S410",
    "ndimage.label writes into no array, binary morphology has no origin, and a metric is a "
    "word written out: SciPy does not check them.",
)
def no_blind_arguments(context: Context) -> Iterator[Hit]:
    """``ndimage.label(a, output=b)``, ``binary_erosion(a, origin=4)``, ``metric=a``."""
    for node in context.nodes:
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
            continue
        name = node.func.attr
        if context.scopes.kind(node.func.value) != "module":
            continue
        if name == "label":
            message = "label writes even into an array that is locked."
            yield from _refused(node, "output", OUTPUT_AT[name], message, "Use what it returns.")
        for parameter, at in ORIGINS_AT.get(name, {}).items():
            message = f"{name} reads beyond its memory where {parameter} is too large."
            hint = "Leave it out, and shift the result with np.roll."
            yield from _refused(node, parameter, at, message, hint)
        if name in METRIC_AT:
            metric = argument(node, "metric", METRIC_AT[name])
            if not isinstance(metric, ast.Constant) or not isinstance(metric.value, str):
                message = f"the metric of {name} may be read beyond its memory."
                hint = 'Write "chessboard" or "taxicab".'
                yield from _refused(node, "metric", METRIC_AT[name], message, hint)


def _refused(node: ast.Call, name: str, at: int, message: str, hint: str) -> Iterator[Hit]:
    found = argument(node, name, at) or starred_before(node, at)
    if found is not None:
        yield Hit(found, message, hint)
