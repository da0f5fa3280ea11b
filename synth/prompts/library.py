"""The documentation of `synth.vision` as a prompt carries it: signatures and docstrings.

It is read from the module's source, so that what a model is told and what it gets cannot
drift apart, and aliases such as ``Mask`` stay as readable as they were written. Nothing
here imports or runs `synth.vision`.
"""

from __future__ import annotations

import ast
import importlib.util
import inspect
from functools import cache
from pathlib import Path

__all__ = ["document", "vision_library"]


@cache
def vision_library() -> str:
    """Markdown: what travels between the functions, then each public name."""
    spec = importlib.util.find_spec("synth.vision")
    if spec is None or spec.origin is None:  # a broken installation, not bad input
        raise ModuleNotFoundError("synth.vision")
    return document(Path(spec.origin).read_text(encoding="utf-8"))


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
