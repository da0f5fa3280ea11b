"""What reward programs may call, as a prompt tells it: `synth.vision` and the allow-list.

Both are read from where they are defined, so that what a model is told and what it gets
cannot drift apart: vision's signatures and docstrings from its source, where aliases such
as ``Mask`` are still readable, the rules from the lint. What NumPy and ndimage may be asked for
is told by rule, which a test holds against the lists. `synth.vision` is not imported.
"""

from __future__ import annotations

import ast
import importlib.util
import inspect
from functools import cache
from pathlib import Path

from synth.program.lint import RULES
from synth.program.lint.allowed import BUILTINS, DTYPES

__all__ = ["allow_list", "document", "vision_library"]


@cache
def vision_library() -> str:
    """Markdown: what travels between the functions, then each public name."""
    spec = importlib.util.find_spec("synth.vision")
    if spec is None or spec.origin is None:  # a broken installation, not bad input
        raise ModuleNotFoundError("synth.vision")
    return f"{document(Path(spec.origin).read_text(encoding='utf-8'))}\n\n{_SMALL}"


# Printed by `benchmarks/vision_primitives.py --sides 16 24 96`, strided with `--step 4`.
_SMALL = """\
Small and strided input: on a 16x16 cut a call still costs 1 to 4 us; `blobs` and `centroid` cost \
no less than on the whole, `colours`, `tile_hashes` and `grow` about half. Packing \
`frame[::4, ::4]` costs nearly what packing all of it does, since its pixels lie apart: pack once, \
and cut the codes."""

# By rule and not by some three hundred names; a test holds the rules against the lists.
_NUMPY = """\
From `np`: whatever makes arrays or numbers from arrays and numbers, that is arithmetic, \
comparison, logic, bits, rounding, trigonometry, reductions, sorting, searching, sets, histograms, \
joining, splitting, indexing, reshaping, padding, and `np.linalg.norm`. Not: files, text and raw \
memory (`load`, `frombuffer`, `empty`), `random`, `fft`, the rest of `linalg`, polynomials, window \
functions, complex numbers, dates, questions about types, settings, what calls a function of \
yours (`vectorize`, `apply_along_axis`, `fromfunction`), `argpartition`, and `mod` and `remainder` \
(write `a % b`)."""
_NDIMAGE = """\
From `ndimage`: everything but `affine_transform`, `geometric_transform`, `labeled_comprehension`, \
and what begins with `fourier_`, `generic_`, `spline_` or `vectorized_`."""
_VALUES = """\
Of values: the methods of lists, dictionaries and sets; of arrays and NumPy's numbers all but what \
reaches memory, files or flags (`data`, `base`, `tofile`, `dump`, `resize`, `setflags`, \
`strides`), `argpartition`, and complex numbers (`conj`); of strings `startswith`, `endswith`, \
`lower`, `upper`, `strip`, `split`, `join`, `replace`, `find`, `index`, `count`; of slices \
`start`, `stop`, `step`; of ufuncs `reduce`, `accumulate`, `outer`, `reduceat`."""


@cache
def allow_list() -> str:
    """Markdown: the lint's rules, and what it allows."""
    rules = [f"- {rule.id}: {rule.summary}" for _, rule in sorted(RULES.items())]
    names = [
        f"Builtins: {', '.join(sorted(BUILTINS))}.",
        _NUMPY,
        f"Types of `np`: {', '.join(sorted(DTYPES))}.",
        _NDIMAGE,
        _VALUES,
    ]
    return "\n\n".join(["\n".join(rules), *names])


def document(source: str) -> str:
    """Markdown of a module's docstring and of all that its ``__all__`` names.

    Args:
        source: Python text with a docstring, ``__all__`` and docstrings throughout.
    """
    tree = ast.parse(source)
    paragraphs = inspect.cleandoc(ast.get_docstring(tree) or "").split("\n\n")
    # The first paragraph is a title, and the last says what the module does not do.
    entries = ["\n\n".join(paragraphs[1:-1])]
    public = _public(tree)
    defined = {
        node.name: node
        for node in tree.body
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and node.name in public
    }
    entries += [_entry(defined[name]) for name in public if name in defined]
    return "\n\n".join(entry for entry in entries if entry)


def _public(tree: ast.Module) -> list[str]:
    for node in tree.body:
        if isinstance(node, ast.Assign) and any(
            isinstance(target, ast.Name) and target.id == "__all__" for target in node.targets
        ):
            return list(ast.literal_eval(node.value))
    return []


def _entry(node: ast.FunctionDef | ast.ClassDef) -> str:
    if isinstance(node, ast.ClassDef):
        head = f"vision.{node.name}"
    else:
        returns = f" -> {ast.unparse(node.returns)}" if node.returns else ""
        head = f"vision.{node.name}({ast.unparse(node.args)}){returns}"
    body = inspect.cleandoc(ast.get_docstring(node) or "").replace("\n\n", "\n")
    return f"`{head}`\n{body}"
