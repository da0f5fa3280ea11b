"""What reward programs may call, as a prompt tells it: `synth.vision` and the allow-list.

Both are read from where they are defined, so that what a model is told and what it gets
cannot drift apart: vision's signatures and docstrings from its source, where aliases such
as ``Mask`` are still readable, the rules from the lint. `synth.vision` is not imported.
"""

from __future__ import annotations

import ast
import importlib.util
import inspect
from functools import cache
from pathlib import Path

from synth.program.lint import RULES
from synth.program.lint.allowed import BUILTINS, DTYPES, METHODS, NDIMAGE, NUMPY

__all__ = ["allow_list", "document", "vision_library"]


@cache
def vision_library() -> str:
    """Markdown: what travels between the functions, then each public name."""
    spec = importlib.util.find_spec("synth.vision")
    if spec is None or spec.origin is None:  # a broken installation, not bad input
        raise ModuleNotFoundError("synth.vision")
    return document(Path(spec.origin).read_text(encoding="utf-8"))


@cache
def allow_list() -> str:
    """Markdown: the lint's rules, and the names it allows."""
    rules = [f"- {rule.id}: {rule.summary}" for _, rule in sorted(RULES.items())]
    names = [
        f"{where}: {', '.join(sorted(allowed))}."
        for where, allowed in (
            ("Builtins", BUILTINS),
            ("From `np`, with `np.linalg.norm`", NUMPY - DTYPES - {"linalg"}),
            ("Types of `np`", DTYPES),
            ("From `ndimage`", NDIMAGE),
            ("Attributes and methods of values", METHODS),
        )
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
