"""Imports: three, spelt one way, at the top level."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from synth.program.lint.allowed import IMPORTS
from synth.program.lint.registry import Context, Hit, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["only_three_imports"]


@rule(
    "S101",
    "The only imports are `import numpy as np`, `from scipy import ndimage` and "
    "`from synth import vision`, at the top level.",
)
def only_three_imports(context: Context) -> Iterator[Hit]:
    """Any other import, any other spelling, and imports within functions."""
    listed = "; ".join(IMPORTS.values())
    for node in context.nodes:
        if not isinstance(node, ast.Import | ast.ImportFrom):
            continue
        text = ast.unparse(node)
        if text not in IMPORTS.values():
            yield Hit(node, f"`{text}` is not available.", _instead(text, listed))
        elif context.scopes.parents[node] is not context.tree:
            yield Hit(node, "imports stand at the top level.", f"Move `{text}` to the top.")


def _instead(text: str, listed: str) -> str:
    if "typing" in text or "__future__" in text:
        return "Remove it; annotate with dict, list, tuple, `X | None` and np.ndarray."
    for module, allowed in (("numpy", "np"), ("ndimage", "ndimage"), ("vision", "vision")):
        if module in text:
            return f"Write `{IMPORTS[allowed]}` and use it as `{allowed}.name`."
    if "dataclass" in text or "namedtuple" in text:
        return "Use a tuple or a dictionary: `box = {'top': 3, 'left': 4}`."
    if text == "import math":
        return "Use NumPy: np.sqrt, np.hypot, np.floor, np.pi."
    return f"Use only: {listed}."
