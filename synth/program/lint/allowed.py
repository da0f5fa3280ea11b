"""What a reward program may name: the allow-lists.

Nothing is forbidden here; what is not listed is not available. A deny-list would be
hopeless, since from ``np`` alone dozens of attribute paths lead to ``os`` and ``sys``.
Left out on purpose: whatever touches files, processes or buffers (``load``, ``tofile``,
``memmap``, ``frombuffer``), global state (``seterr``, ``random``), unchecked memory
(``lib.stride_tricks``), and functions that only call back (``vectorize``).
"""

from __future__ import annotations

import ast
from functools import lru_cache
from pathlib import Path

__all__ = [
    "BUILTINS",
    "CONSTANT_CALLS",
    "DTYPES",
    "DTYPE_STRINGS",
    "IMPORTS",
    "IN_PLACE_METHODS",
    "IN_PLACE_NUMPY",
    "LINALG",
    "METHODS",
    "NDIMAGE",
    "NUMPY",
    "UFUNCS",
    "VIEW_METHODS",
    "VIEW_NUMPY",
    "attributes",
    "module_names",
    "vision_names",
]


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


IMPORTS = {
    "np": "import numpy as np",
    "ndimage": "from scipy import ndimage",
    "vision": "from synth import vision",
}

BUILTINS = _words("""
    abs all any bool dict divmod enumerate filter float frozenset int isinstance len list map
    max min next pow range reversed round set slice sorted str sum tuple zip
""")

DTYPES = _words("""
    bool_ uint8 uint16 uint32 uint64 int8 int16 int32 int64 intp uintp float16 float32 float64
""")

DTYPE_STRINGS = _words("""
    bool uint8 uint16 uint32 uint64 int8 int16 int32 int64 int float float16 float32 float64
    u1 u2 u4 u8 i1 i2 i4 i8 f2 f4 f8 <u4 >u4
""")

UFUNCS = {
    1: _words("""
        abs absolute square sqrt cbrt exp exp2 log log2 log10 log1p expm1 sin cos tan arcsin
        arccos arctan deg2rad rad2deg degrees radians sign negative positive reciprocal floor
        ceil trunc rint bitwise_not bitwise_count bitwise_invert invert logical_not isfinite isinf
        isnan signbit fabs sinh cosh tanh arcsinh arccosh arctanh asin acos atan asinh acosh atanh
    """),
    2: _words("""
        add subtract multiply divide true_divide floor_divide fmod power arctan2
        hypot maximum minimum fmax fmin divmod gcd lcm bitwise_and bitwise_or bitwise_xor
        left_shift right_shift logical_and logical_or logical_xor equal not_equal less
        less_equal greater greater_equal matmul vecdot pow float_power atan2 copysign heaviside
        logaddexp logaddexp2 nextafter bitwise_left_shift bitwise_right_shift
    """),
}
"""Universal functions by their number of inputs; a further positional argument is written."""

NUMPY = (
    DTYPES
    | UFUNCS[1]
    | UFUNCS[2]
    | _words("""
    ndarray integer floating number newaxis pi e inf nan True_ False_ linalg iinfo finfo s_ ix_
    mgrid ogrid

    array asarray ascontiguousarray copy zeros zeros_like ones ones_like full full_like
    eye identity arange linspace logspace geomspace meshgrid indices fromiter tri diag diagflat

    round around fix clip isclose allclose array_equal array_equiv isin isscalar isneginf isposinf
    sinc unwrap

    all any sum prod mean average median std var max min amax amin ptp argmax argmin nanmax nanmin
    nansum nanmean nanmedian nanargmax nanargmin nan_to_num percentile quantile cumsum cumprod
    nanstd nanvar nanprod nancumsum nancumprod nanpercentile nanquantile trapezoid cov corrcoef
    diff ediff1d gradient count_nonzero nonzero flatnonzero argwhere where select choose extract
    compress take take_along_axis searchsorted digitize bincount histogram histogram2d histogramdd
    histogram_bin_edges
    sort argsort lexsort partition unique unique_counts unique_values unique_all
    unique_inverse
    union1d intersect1d setdiff1d setxor1d convolve correlate interp

    shape size ndim reshape ravel squeeze expand_dims transpose swapaxes moveaxis rollaxis roll
    rot90 flip fliplr flipud tile repeat pad concatenate concat stack vstack hstack dstack
    column_stack append insert delete trim_zeros permute_dims matrix_transpose
    split array_split vsplit hsplit dsplit block broadcast_to broadcast_arrays broadcast_shapes
    atleast_1d atleast_2d atleast_3d diagonal trace triu tril triu_indices tril_indices
    triu_indices_from tril_indices_from diag_indices diag_indices_from
    unravel_index ravel_multi_index ndindex ndenumerate packbits unpackbits
    dot vdot inner outer tensordot einsum cross kron

    copyto put putmask place fill_diagonal
""")
)

LINALG = _words("norm")

NDIMAGE = _words("""
    label find_objects value_indices center_of_mass sum sum_labels mean median minimum maximum
    minimum_position maximum_position extrema standard_deviation variance histogram
    binary_dilation binary_erosion binary_opening binary_closing binary_fill_holes
    binary_propagation binary_hit_or_miss generate_binary_structure iterate_structure
    grey_dilation grey_erosion grey_opening grey_closing morphological_gradient
    morphological_laplace white_tophat black_tophat
    distance_transform_edt distance_transform_cdt distance_transform_bf
    uniform_filter uniform_filter1d gaussian_filter gaussian_filter1d median_filter
    maximum_filter maximum_filter1d minimum_filter minimum_filter1d percentile_filter rank_filter
    convolve convolve1d correlate correlate1d sobel prewitt laplace gaussian_laplace
    gaussian_gradient_magnitude shift zoom rotate map_coordinates watershed_ift
""")

IN_PLACE_METHODS = _words("""
    sort fill partition put itemset resize
    append extend insert remove pop clear reverse
    update setdefault popitem add discard
    difference_update intersection_update symmetric_difference_update
""")
"""Methods that change the object they are called on."""

IN_PLACE_NUMPY = _words("copyto put putmask place fill_diagonal")
"""Functions of NumPy that change their first argument."""

VIEW_METHODS = _words("""
    reshape ravel view transpose swapaxes squeeze diagonal get items values keys
""")
"""Methods whose result shares memory with the object they are called on."""

VIEW_NUMPY = _words("""
    asarray ascontiguousarray reshape ravel squeeze expand_dims transpose swapaxes moveaxis
    rollaxis rot90 flip fliplr flipud split array_split vsplit hsplit dsplit broadcast_to
    permute_dims matrix_transpose trim_zeros broadcast_arrays atleast_1d atleast_2d atleast_3d
    diagonal
""")
"""Functions of NumPy whose result may share memory with their first argument."""

METHODS = (
    (IN_PLACE_METHODS - {"itemset", "resize"})
    | VIEW_METHODS
    | _words("""
    shape size ndim dtype itemsize nbytes T flat real imag kind
    all any argmax argmin argsort astype choose clip compress copy cumprod cumsum dot
    flatten item max mean min nonzero prod repeat round searchsorted std sum take tobytes tolist
    trace var byteswap
    reduce accumulate outer reduceat
    start stop step bit_length bit_count is_integer
    startswith endswith lower upper strip lstrip rstrip split join replace find rfind
    index count rindex rsplit splitlines rpartition removeprefix removesuffix casefold title
    capitalize isalpha isdigit isdecimal isnumeric isalnum isspace islower isupper istitle
    union intersection difference symmetric_difference issubset issuperset isdisjoint
    eps tiny counts
""")
)
"""Attributes of arrays, scalars, lists, dictionaries, sets, strings, slices and ufuncs."""

CONSTANT_CALLS = DTYPES | _words("array asarray ones zeros full arange")
"""Functions of NumPy that a top-level constant may call."""

_VISION_FILE = Path(__file__).parents[2] / "vision.py"


@lru_cache(maxsize=1)
def _vision() -> tuple[frozenset[str], frozenset[str]]:
    # Read rather than imported: linting needs neither SciPy nor its start-up time.
    tree = ast.parse(_VISION_FILE.read_text(encoding="utf-8"))
    names: frozenset[str] = frozenset()
    members: set[str] = set()
    for node in tree.body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__":
            names = frozenset(ast.literal_eval(node.value))
        if isinstance(node, ast.ClassDef):
            for member in node.body:
                if isinstance(member, ast.AnnAssign):
                    members.add(ast.unparse(member.target))
                elif isinstance(member, ast.FunctionDef):
                    members.add(member.name)
    return names, frozenset(name for name in members if not name.startswith("_"))


def vision_names() -> frozenset[str]:
    """What `synth.vision` offers: its ``__all__``."""
    return _vision()[0]


def attributes() -> frozenset[str]:
    """Attributes that any value may be asked for, those of `synth.vision`'s classes included."""
    return METHODS | _vision()[1]


def module_names(module: str) -> frozenset[str]:
    """The names that ``np``, ``ndimage`` or ``vision`` offers to reward programs."""
    return {"np": NUMPY, "ndimage": NDIMAGE}.get(module) or vision_names()
