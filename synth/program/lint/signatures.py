"""Where functions of NumPy and SciPy take what a reward program must spell out.

A dtype, a mode or an array to write into may be given by keyword, or by position and without
its name. The tables say at which position; a test compares them with the installed NumPy
and SciPy, since linting imports neither.
"""

from __future__ import annotations

import ast

from synth.program.lint.allowed import UFUNCS

__all__ = [
    "DISTANCES_AT",
    "DTYPE_AT",
    "DTYPE_METHODS",
    "METRIC_AT",
    "MODE_AT",
    "ORIGINS_AT",
    "OUTPUT_AT",
    "OUT_AT",
    "OUT_METHODS",
    "argument",
    "starred_before",
    "written",
]


def _positions(text: str) -> dict[str, int]:
    pairs = (entry.split(":") for entry in text.split())
    return {name: int(at) for name, at in pairs}


DTYPE_AT = _positions("""
    arange:3 array:1 asarray:1 ascontiguousarray:1 cumprod:2 cumsum:2 eye:3 finfo:0 fromiter:1
    full:2 full_like:2 geomspace:4 identity:1 iinfo:0 indices:1 linspace:5 logspace:5 mean:2
    nancumprod:2 nancumsum:2 nanmean:2 nanprod:2 nanstd:2 nansum:2 nanvar:2 ones:1 ones_like:1
    prod:2 std:2 sum:2 trace:4 tri:3 var:2 zeros:1 zeros_like:1
""")
"""Functions of np that take a dtype by position."""

DTYPE_METHODS = _positions("""
    accumulate:2 astype:0 cumprod:1 cumsum:1 mean:1 prod:1 reduce:2 reduceat:3 std:1 sum:1
    trace:3 var:1 view:0
""")
"""Methods of arrays and ufuncs that take a dtype by position."""

OUT_AT = _positions("""
    all:2 amax:2 amin:2 any:2 argmax:2 argmin:2 around:2 choose:2 clip:3 compress:3 concat:2
    concatenate:2 cumprod:3 cumsum:3 dot:2 fix:1 isneginf:1 isposinf:1 max:2 mean:3 median:2
    min:2 nanargmax:2 nanargmin:2 nancumprod:3 nancumsum:3 nanmax:2 nanmean:3 nanmedian:2
    nanmin:2 nanpercentile:3 nanprod:3 nanquantile:3 nanstd:3 nansum:3 nanvar:3 outer:2
    percentile:3 prod:3 ptp:2 quantile:3 round:2 stack:2 std:3 sum:3 take:3 trace:5 var:3
""")
"""Functions of np that write into an argument, which may be given by position."""

OUT_METHODS = _positions("""
    accumulate:3 all:1 any:1 argmax:1 argmin:1 choose:1 clip:2 compress:2 cumprod:2 cumsum:2
    dot:1 max:1 mean:2 min:1 prod:2 reduce:3 reduceat:4 round:1 std:2 sum:2 take:2 trace:4
    var:2
""")
"""Methods of arrays and ufuncs that do."""

OUTPUT_AT = _positions("""
    binary_closing:3 binary_dilation:4 binary_erosion:4 binary_fill_holes:2
    binary_hit_or_miss:3 binary_opening:3 binary_propagation:3 black_tophat:4 convolve:2
    convolve1d:3 correlate:2 correlate1d:3 gaussian_filter:3 gaussian_filter1d:4
    gaussian_gradient_magnitude:2 gaussian_laplace:2 grey_closing:4 grey_dilation:4
    grey_erosion:4 grey_opening:4 label:2 laplace:1 map_coordinates:2 maximum_filter:3
    maximum_filter1d:3 median_filter:3 minimum_filter:3 minimum_filter1d:3
    morphological_gradient:4 morphological_laplace:4 percentile_filter:4 prewitt:2
    rank_filter:4 rotate:4 shift:2 sobel:2 uniform_filter:2 uniform_filter1d:3
    watershed_ift:3 white_tophat:4 zoom:2
""")
"""Functions of ndimage whose ``output`` is a dtype, or an array to write into."""

DISTANCES_AT = _positions("""
    distance_transform_bf:5 distance_transform_cdt:4 distance_transform_edt:4
""")
"""Functions of ndimage that write into ``distances``, and into ``indices`` one further on."""

MODE_AT = {"pad": 2}
"""Functions of np whose mode may leave memory as it was."""


ORIGINS_AT = {
    "binary_closing": {"origin": 4},
    "binary_dilation": {"origin": 6},
    "binary_erosion": {"origin": 6},
    "binary_fill_holes": {"origin": 3},
    "binary_hit_or_miss": {"origin1": 4, "origin2": 5},
    "binary_opening": {"origin": 4},
    "binary_propagation": {"origin": 5},
}
"""Functions of ndimage that do not look whether an origin lies within their structure."""

METRIC_AT = {"distance_transform_bf": 1, "distance_transform_cdt": 1}
"""Functions of ndimage that take a metric, by name or as an array of any shape."""


def argument(node: ast.Call, name: str, at: int | None) -> ast.expr | None:
    """What a call gives for a parameter, by keyword or at its position."""
    for keyword in node.keywords:
        if keyword.arg == name:
            return keyword.value
    return node.args[at] if at is not None and at < len(node.args) else None


def starred_before(node: ast.Call, at: int) -> ast.Starred | None:
    """A starred argument that may reach a position, or ``None``."""
    return next((part for part in node.args[: at + 1] if isinstance(part, ast.Starred)), None)


def written(module: str, name: str, count: int) -> dict[int, str]:
    """The positions, of so many arguments, that a call writes into, with what to say of each.

    For example ``written("np", "clip", 4)`` is ``{3: "the argument out of np.clip"}``.

    Args:
        module: ``np``, ``ndimage``, or nothing for a method.
        name: The function or method.
        count: How many positional arguments it is given.
    """
    table = {"np": OUT_AT, "ndimage": OUTPUT_AT, "": OUT_METHODS}.get(module, {})
    full = f"{module}.{name}" if module else f".{name}()"
    found = {}
    if name in table:
        found[table[name]] = f"the argument {'output' if module == 'ndimage' else 'out'} of {full}"
    if module == "ndimage" and name in DISTANCES_AT:
        found[DISTANCES_AT[name]] = f"the argument distances of {full}"
        found[DISTANCES_AT[name] + 1] = f"the argument indices of {full}"
    if module == "np":
        for inputs, ufuncs in UFUNCS.items():
            if name in ufuncs:
                outputs = range(inputs, count)
                found |= dict.fromkeys(outputs, f"the last argument of {full}")
    return {at: how for at, how in found.items() if at < count}
