"""The shape of the package: layers, lightness and public names."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import synth

ROOT = Path(synth.__file__).parent

LAYERS = (
    ("errors",),
    ("vision",),
    ("plan", "failure", "credit", "confidence"),
    ("spec", "episode", "shaping"),
    ("program",),
    ("sandbox",),
    ("reward",),
    ("envs",),
    ("experts",),
    ("record",),
    ("task",),
    ("search",),
    ("suite",),
    ("mutation",),
    ("prompts",),
    ("models.base",),
    ("journal",),
    ("models",),
    ("loop", "report"),
    ("wrappers",),
    ("vec",),
    ("cli",),
    ("__main__",),
)
HEIGHT = {name: height for height, names in enumerate(LAYERS) for name in names}


def layer_of(module: str) -> str:
    """The layer that a dotted module (without ``synth.``) belongs to."""
    parts = module.split(".")
    for end in range(len(parts), 0, -1):
        if ".".join(parts[:end]) in HEIGHT:
            return ".".join(parts[:end])
    raise AssertionError(f"synth.{module} belongs to no layer; add it to LAYERS")


def imports_of(path: Path) -> set[str]:
    """The synth modules a file imports at run time, dotted, without ``synth.``."""
    found = set()

    def visit(node: ast.AST) -> None:
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test):
            for child in node.orelse:
                visit(child)
            return
        if isinstance(node, ast.ImportFrom) and node.module and not node.level:
            if node.module == "synth":
                found.update(alias.name for alias in node.names)
            elif node.module.startswith("synth."):
                found.add(node.module.removeprefix("synth."))
        elif isinstance(node, ast.Import):
            found.update(
                alias.name.removeprefix("synth.")
                for alias in node.names
                if alias.name.startswith("synth.")
            )
        for child in ast.iter_child_nodes(node):
            visit(child)

    visit(ast.parse(path.read_text(encoding="utf-8")))
    return found


MODULES = sorted(
    path for path in ROOT.rglob("*.py") if path != ROOT / "__init__.py" and path.stat().st_size
)


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(ROOT)))
def test_imports_run_downwards_only(path: Path) -> None:
    """No module imports a layer above its own."""
    module = ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
    own = HEIGHT[layer_of(module)]
    upward = [
        name for name in imports_of(path) if name != "__version__" and HEIGHT[layer_of(name)] > own
    ]
    assert not upward, f"synth.{module} imports from above: {upward}"


def test_importing_synth_is_light() -> None:
    """`import synth` loads none of the heavy libraries."""
    code = (
        "import sys, synth;"
        "print([m for m in ('numpy', 'libcst', 'gymnasium', 'pydantic', 'scipy') "
        "if m in sys.modules])"
    )
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert out.stdout.strip() == "[]"


def test_the_public_names_are_exactly_the_ones_meant() -> None:
    """A name becomes public on purpose, and each one resolves."""
    assert set(synth.__all__) == {
        "Reward",
        "RewardVecWrapper",
        "RewardWrapper",
        "Sandbox",
        "ScriptedModel",
        "__version__",
        "lint",
        "load",
    }
    for name in synth.__all__:
        assert getattr(synth, name) is not None


def test_an_unknown_public_name_is_an_attribute_error() -> None:
    """A typing slip says so."""
    with pytest.raises(AttributeError, match="no attribute 'Rewrad'"):
        synth.Rewrad  # noqa: B018 - the access is the test


def test_no_module_is_a_grab_bag() -> None:
    """No module is called utils, and none is longer than 400 lines."""
    assert not [p for p in MODULES if p.stem in {"utils", "helpers", "misc", "common"}]
    long = {p.name: n for p in MODULES if (n := len(p.read_text().splitlines())) > 400}
    assert not long
