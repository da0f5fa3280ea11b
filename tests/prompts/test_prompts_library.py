"""What a prompt says may be used is what the lint allows."""

from __future__ import annotations

import re

import numpy as np
from scipy import ndimage

from synth.program.lint import RULES
from synth.program.lint.allowed import METHODS, NDIMAGE, NUMPY
from synth.prompts.library import allow_list

# What the rule for NumPy leaves out, kind by kind, in its order.
LEFT_OUT = {
    "files, text and raw memory": """
        load save savez savez_compressed loadtxt savetxt genfromtxt fromfile fromregex fromstring
        frombuffer from_dlpack empty empty_like array2string array_repr array_str base_repr
        binary_repr format_float_positional format_float_scientific may_share_memory shares_memory
        resize require asanyarray asarray_chkfinite asfortranarray isfortran put_along_axis
    """,
    "polynomials": """
        poly polyadd polyder polydiv polyfit polyint polymul polysub polyval roots vander
    """,
    "window functions": "bartlett blackman hamming hanning kaiser i0",
    "complex numbers": """
        angle conj conjugate imag real real_if_close iscomplex iscomplexobj isreal isrealobj
        sort_complex
    """,
    "dates": "busday_count busday_offset datetime_as_string datetime_data is_busday isnat",
    "questions about types": """
        astype can_cast common_type isdtype issubdtype iterable min_scalar_type mintypecode
        promote_types result_type typename spacing frexp ldexp modf
    """,
    "settings": """
        get_include get_printoptions set_printoptions printoptions getbufsize setbufsize geterr
        geterrcall seterr seterrcall show_config show_runtime info test
    """,
    "calls a function of": """
        apply_along_axis apply_over_axes fromfunction frompyfunc piecewise nested_iters
        mask_indices einsum_path
    """,
    "`argpartition`": "argpartition",
    "write `a % b`": "mod remainder",
}
# Aliases of what is there, and what not every supported NumPy has.
OTHER = frozenset(
    {"asmatrix", "bmat", "row_stack", "unstack"}
    | {"matvec", "vecmat", "cumulative_sum", "cumulative_prod"}
)


def test_the_rule_for_numpy_is_what_the_lint_allows() -> None:
    """Every function that none of the named kinds leaves out is available."""
    names = {n for n in np.__all__ if callable(getattr(np, n))}
    functions = {n for n in names if not isinstance(getattr(np, n), type)}
    left_out = {name for names in LEFT_OUT.values() for name in names.split()}
    assert not left_out & NUMPY
    assert functions - NUMPY - left_out - OTHER == set()
    for kind in LEFT_OUT:
        assert kind in allow_list()


def test_the_rule_for_ndimage_is_what_the_lint_allows() -> None:
    """Every function but the ones that are named, or begin as the named ones do."""
    sentence = allow_list().split("From `ndimage`")[1].split("\n")[0]
    named = re.findall(r"`(\w+)`", sentence)
    left_out = {
        name
        for name in ndimage.__all__
        if name in named or any(name.startswith(n) for n in named if n.endswith("_"))
    }
    assert set(ndimage.__all__) - left_out == NDIMAGE


def test_the_rule_for_values_is_what_the_lint_allows() -> None:
    """Methods of containers and of strings as listed; of arrays all but the ones named."""
    sentence = allow_list().split("Of values:")[1].split("\n")[0]
    named = set(re.findall(r"`(\w+)`", sentence))
    arrays = {n for n in dir(np.ndarray) if not n.startswith("_")} - METHODS
    assert arrays - named == {"conjugate", "ctypes", "device", "dumps", "flags", "getfield", "mT",
                              "setfield", "to_device"}  # fmt: skip
    assert named - arrays - METHODS == set()
    for kind in (list, dict, set):
        assert {n for n in dir(kind) if not n.startswith("_")} - METHODS <= {"fromkeys"}


def test_every_rule_of_the_lint_is_told() -> None:
    """By id and in full."""
    for rule in RULES.values():
        assert f"- {rule.id}: {rule.summary}" in allow_list()
