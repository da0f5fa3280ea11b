"""The rules, one module per subject. Importing this package registers them all."""

from __future__ import annotations

from synth.program.lint.rules import (
    attributes,
    functions,
    imports,
    names,
    purity,
    syntax,
    toplevel,
)

__all__ = ["attributes", "functions", "imports", "names", "purity", "syntax", "toplevel"]
