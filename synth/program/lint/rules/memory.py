"""Memory that nobody wrote: results whose gaps hold what stood there before."""

from __future__ import annotations

import ast
from functools import partial
from typing import TYPE_CHECKING

from synth.program.lint.given import array, given, names_of_kind
from synth.program.lint.registry import Context, Hit, rule
from synth.program.lint.signatures import MODE_AT, argument, starred_before, written

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["no_gaps"]

_MODES = frozenset(
    {"constant", "edge", "linear_ramp", "maximum", "mean", "median", "minimum", "reflect",
     "symmetric", "wrap"}
)  # fmt: skip
_REDUCTIONS = frozenset(
    {"all", "any", "sum", "prod", "mean", "std", "var", "min", "max", "amin", "amax", "nanmin",
     "nanmax", "nansum", "nanprod", "nanmean", "nanstd", "nanvar", "reduce", "copyto"}
)  # fmt: skip
"""They leave out what ``where`` leaves out, and make no gaps."""

_TWO_RESULTS = frozenset({"divmod", "frexp", "modf"})
"""They write into as many arrays; one of them alone leaves gaps in the other."""


@rule(
    "S407",
    "Every element of a result is written: `where=` stands with `out=` except in reductions, and "
    "np.pad has a mode written out that is not empty.",
)
def no_gaps(context: Context) -> Iterator[Hit]:
    """``np.add(a, b, where=mask)``, ``np.pad(a, 1, "empty")``."""
    surely = partial(_surely, context)
    arrays = names_of_kind(given(context), surely)
    for node in context.nodes:
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
            continue
        name = node.func.attr
        module = context.scopes.kind(node.func.value) == "module"
        where = argument(node, "where", None)
        if where is not None and name not in _REDUCTIONS:
            out = _out(node, name, module=module)
            needs = surely(out) if name not in _TWO_RESULTS or _is_pair(out) else None
            if needs is not None and needs <= arrays:
                continue
            message = f"where `where` is false, the result of {name} holds what stood there before."
            hint = "Add `out=np.zeros(shape)`, or write np.where(mask, value, 0)."
            yield Hit(where, message, hint)
        if module and name in MODE_AT:
            yield from _mode(node, MODE_AT[name])


def _out(node: ast.Call, name: str, *, module: bool) -> ast.expr | None:
    """What a call is given to write into."""
    out = argument(node, "out", None)
    at = min(written("np" if module else "", name, len(node.args)), default=None)
    return node.args[at] if out is None and at is not None else out


def _is_pair(out: ast.expr | None) -> bool:
    return isinstance(out, ast.Tuple) and len(out.elts) == 2  # noqa: PLR2004 - a pair


def _surely(context: Context, value: ast.expr | None) -> frozenset[str] | None:
    """The names that must hold arrays for this to hold one; ``None`` where it may be none."""
    if isinstance(value, ast.Tuple) and value.elts:
        parts = [_surely(context, part) for part in value.elts]
        known = [part for part in parts if part is not None]
        return frozenset().union(*known) if len(known) == len(parts) else None
    if value is None or isinstance(value, ast.BinOp | ast.Compare):
        return None if value is None else frozenset()
    return array(context, value)


def _mode(node: ast.Call, at: int) -> Iterator[Hit]:
    star = starred_before(node, at)
    if star is not None:
        message = "a starred argument of pad may hold its mode."
        yield Hit(star, message, "Write each argument by itself.")
        return
    mode = argument(node, "mode", at)
    if mode is None or (isinstance(mode, ast.Constant) and mode.value in _MODES):
        return
    yield Hit(
        mode,
        "the mode of np.pad must be written out, and may not be empty.",
        'Write "constant", "edge", "reflect", "symmetric" or "wrap".',
    )
