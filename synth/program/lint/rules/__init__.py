"""The rules, one module per subject. Importing this package registers them all."""

from __future__ import annotations

from synth.program.lint.rules import (
    attributes,
    dtypes,
    functions,
    handing,
    imports,
    memory,
    names,
    purity,
    syntax,
    toplevel,
    unchecked,
    values,
)

__all__ = [
    "attributes",
    "dtypes",
    "functions",
    "handing",
    "imports",
    "memory",
    "names",
    "purity",
    "syntax",
    "toplevel",
    "unchecked",
    "values",
]
