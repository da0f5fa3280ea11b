"""The allow-lists themselves: every name exists, and no chain of them leads out."""

from __future__ import annotations

import inspect
import types

import numpy as np
import pytest
from scipy import ndimage

from synth import vision
from synth.program.lint import allowed, signatures

MODULES = {"np": np, "ndimage": ndimage, "vision": vision}


@pytest.mark.parametrize("module", MODULES)
def test_every_allowed_name_exists_and_is_no_module(module):
    """A listed name is real, and only np.linalg, which has a list of its own, is a module."""
    for name in allowed.module_names(module):
        value = getattr(MODULES[module], name)
        assert isinstance(value, types.ModuleType) == (f"{module}.{name}" == "np.linalg")


def test_ufuncs_are_listed_by_their_number_of_inputs():
    """The data flow knows which positional argument of a ufunc is its output."""
    for inputs, names in allowed.UFUNCS.items():
        assert {name for name in names if getattr(np, name).nin != inputs} == set()


def test_no_private_name_is_allowed():
    """Nothing that begins with an underscore is on any list."""
    lists = [allowed.module_names(module) for module in MODULES]
    for names in (*lists, allowed.attributes(), allowed.BUILTINS, allowed.LINALG):
        assert not [name for name in names if name.startswith("_")]


def test_vision_is_read_as_it_is():
    """The names read from the file are those of the module, and its blobs can be asked."""
    assert allowed.vision_names() == set(vision.__all__)
    assert {"area", "box", "centroid", "mask", "height", "width"} <= allowed.attributes()


def doors():
    """Everything an expression can start from."""
    for module, owner in MODULES.items():
        for name in allowed.module_names(module):
            value = getattr(owner, name)
            yield f"{module}.{name}", value.norm if name == "linalg" else value
    for value in (
        np.ones((2, 2)), np.uint8(3), np.float32(1.5), np.dtype("u1"),
        vision.blobs(np.eye(2) > 0)[0],
        "text", 1, 1.5, True, None, [1], (1,), {1: 2}, {1}, slice(1), range(3), len, lambda: 0,
        (x for x in "ab"), enumerate("a"), zip("a"), {1: 2}.items(), "x".join, np.ones(2).flat,
        np.iinfo(np.uint8), np.unique_counts(np.ones(2)),
    ):  # fmt: skip
        yield repr(value)[:40], value
    yield from ((name, getattr(__import__("builtins"), name)) for name in allowed.BUILTINS)


def test_no_chain_of_allowed_attributes_reaches_a_module():
    """Three allowed attributes from any allowed name there is no module, code, frame or file."""
    forbidden = (types.ModuleType, types.CodeType, types.FrameType, types.MappingProxyType)
    waiting = [(path, value, 0) for path, value in doors()]
    seen = {}
    while waiting:
        path, value, depth = waiting.pop()
        assert not isinstance(value, forbidden), path
        assert not hasattr(value, "fileno"), path
        if depth < 3 and id(value) not in seen:
            seen[id(value)] = value
            waiting += [
                (f"{path}.{name}", getattr(value, name), depth + 1)
                for name in allowed.attributes()
                if hasattr(value, name)
            ]
    assert len(seen) > 500


def position(function: object, name: str) -> int | None:
    """Where a function takes a parameter by position."""
    try:
        parameters = inspect.signature(function).parameters  # type: ignore[arg-type]  # any callable
    except (TypeError, ValueError):
        return None
    by_position = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    names = [n for n, p in parameters.items() if p.kind in by_position and n != "self"]
    return names.index(name) if name in names else None


@pytest.mark.parametrize(
    ("module", "name", "table"),
    [
        (np, "dtype", signatures.DTYPE_AT),
        (np, "out", signatures.OUT_AT),
        (ndimage, "output", signatures.OUTPUT_AT),
        (ndimage, "distances", signatures.DISTANCES_AT),
        (np.ndarray, "dtype", signatures.DTYPE_METHODS),
        (np.ndarray, "out", signatures.OUT_METHODS),
    ],
)
def test_the_tables_of_positions_are_those_of_the_modules(
    module: object, name: str, table: dict[str, int]
) -> None:
    """No function takes a dtype or an array to write into at a place that is not known."""
    ufuncs = allowed.UFUNCS[1] | allowed.UFUNCS[2]
    lists = {np: allowed.NUMPY - ufuncs - {"ndarray"}, ndimage: allowed.NDIMAGE}
    for function in sorted(lists.get(module, allowed.METHODS)):
        at = position(getattr(module, function, None), name)
        if at is not None:
            assert table.get(function) == at, function


def test_the_tables_of_what_scipy_does_not_check_are_those_of_the_module() -> None:
    """Every origin of binary morphology is known, and every metric."""
    for function in sorted(allowed.NDIMAGE):
        offered = getattr(ndimage, function)
        if function.startswith("binary_"):
            known = {
                name: at
                for name in ("origin", "origin1", "origin2")
                if (at := position(offered, name)) is not None
            }
            assert signatures.ORIGINS_AT.get(function, {}) == known, function
        assert signatures.METRIC_AT.get(function) == position(offered, "metric"), function
