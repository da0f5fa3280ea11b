"""What is known of one family of environments stands in that family's folder."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import synth

ROOT = Path(synth.__file__).parent
MODULES = sorted(path for path in ROOT.rglob("*.py") if path.stat().st_size)

NAMED = {
    "envs/registry.py": "the one line that registers the family",
}
"""Modules outside the family that may name it in their code, and why."""


def docstrings(tree: ast.AST) -> set[int]:
    """Ids of the nodes that are docstrings: prose may give examples."""
    return {
        id(node.value)
        for parent in ast.walk(tree)
        if isinstance(parent, ast.Module | ast.ClassDef | ast.FunctionDef)
        for node in parent.body
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(ROOT)))
def test_no_module_outside_the_family_knows_minigrid(path: Path) -> None:
    """Neither an import nor a string of the general code names one family."""
    place = path.relative_to(ROOT).as_posix()
    if place.startswith("envs/minigrid/") or place in NAMED:
        return
    tree = ast.parse(path.read_text(encoding="utf-8"))
    prose = docstrings(tree)
    named = [
        node.lineno
        for node in ast.walk(tree)
        if (
            isinstance(node, ast.Constant)
            and isinstance(node.value, str)
            and id(node) not in prose
            and "minigrid" in node.value.lower()
        )
        or (isinstance(node, ast.ImportFrom) and "minigrid" in (node.module or "").lower())
        or (isinstance(node, ast.Import) and any("minigrid" in a.name for a in node.names))
    ]
    assert not named, f"synth/{place} knows MiniGrid, lines {named}"


def test_no_prompt_knows_minigrid() -> None:
    """What kind of pictures a model is shown, the family's notes say."""
    templates = sorted((ROOT / "prompts").rglob("*.j2"))
    assert templates
    for template in templates:
        text = template.read_text(encoding="utf-8").lower()
        assert "minigrid" not in text, template
        assert "tile" not in text, template
