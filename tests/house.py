"""The measures of the house, and the command that prints them: ``python tests/house.py``.

What is printed as a promise (no upward import, no cycle, no public class name twice, no file
over 400 lines) is asserted by `tests/test_architecture.py` with the functions that stand here.
"""

from __future__ import annotations

import ast
import io
import statistics
import sys
import tokenize
from collections import Counter, defaultdict
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parent.parent / "synth"
MOST_LINES = 400
LONGER = {"vision": 420}
"""The image primitives are one file, since the sandbox loads them by path."""
FEW_LINES = 60

LAYERS = (
    ("errors", "extras"),
    ("vision", "foreign", "pixels"),
    ("plan", "failure", "credit", "confidence"),
    ("perturbations",),
    ("spec", "episode", "shaping"),
    ("program", "scheduling"),
    ("sandbox",),
    ("proven", "verdicts"),
    ("reward",),
    ("named_reward",),
    ("envs",),
    ("experts",),
    ("record",),
    ("sources", "play"),
    ("task",),
    ("search",),
    ("suite",),
    ("mutation",),
    ("labels",),
    ("prompts",),
    ("models.base",),
    ("journal",),
    ("models",),
    ("loop", "report"),
    ("alternatives",),
    ("regress", "page"),
    ("wrappers", "side_by_side"),
    ("vec", "vector", "seen"),
    ("making", "seen_vec"),
    ("options",),
    ("training",),
    ("matrix",),
    ("cli",),
    ("__main__",),
)
"""The layers of the package from the ground up; a module imports none above its own."""

HEIGHT = {name: height for height, names in enumerate(LAYERS) for name in names}


@dataclass(frozen=True, slots=True)
class Module:
    """One module of the package.

    Attributes:
        name: Dotted, without ``synth.``; a package by its own name.
        path: Its file.
        tree: Its syntax tree.
        source: Its text.
    """

    name: str
    path: Path
    tree: ast.Module
    source: str

    @property
    def lines(self) -> int:
        """Lines of the file."""
        return len(self.source.splitlines())


def most_lines(module: Module) -> int:
    """How many lines a module may have."""
    return LONGER.get(module.name, MOST_LINES)


@cache
def modules() -> tuple[Module, ...]:
    """Every module of the package that holds anything, sorted by path."""
    found = []
    for path in sorted(ROOT.rglob("*.py")):
        source = path.read_text(encoding="utf-8")
        name = ".".join(path.relative_to(ROOT).with_suffix("").parts)
        name = name.removesuffix("__init__").rstrip(".")
        if source.strip() and name:
            found.append(Module(name, path, ast.parse(source), source))
    return tuple(found)


def layer_of(module: str) -> str:
    """The layer that a dotted module (without ``synth.``) belongs to."""
    parts = module.split(".")
    for end in range(len(parts), 0, -1):
        if ".".join(parts[:end]) in HEIGHT:
            return ".".join(parts[:end])
    raise AssertionError(f"synth.{module} belongs to no layer; add it to LAYERS")


def imports_of(module: Module, *, lazily: bool = True) -> set[str]:
    """What a module imports of synth at run time, dotted, without ``synth.``.

    Args:
        module: Whose imports.
        lazily: Whether those within functions count as well.
    """
    found: set[str] = set()

    def visit(node: ast.AST) -> None:
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test):
            for child in node.orelse:
                visit(child)
            return
        if not lazily and isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            return
        if isinstance(node, ast.ImportFrom) and node.module and not node.level:
            if node.module == "synth":
                found.update(alias.name for alias in node.names)
            elif node.module.startswith("synth."):
                found.add(node.module.removeprefix("synth."))
        elif isinstance(node, ast.Import):
            names = (alias.name for alias in node.names)
            found.update(name.removeprefix("synth.") for name in names if name.startswith("synth."))
        for child in ast.iter_child_nodes(node):
            visit(child)

    visit(module.tree)
    return found - {"__version__"}


def upward_imports() -> list[str]:
    """Imports of a layer above the importer's own, as ``a imports b``."""
    return [
        f"synth.{module.name} imports synth.{name}"
        for module in modules()
        for name in sorted(imports_of(module))
        if HEIGHT[layer_of(name)] > HEIGHT[layer_of(module.name)]
    ]


def cycles() -> list[tuple[str, ...]]:
    """Groups of modules that need each other to be imported at all.

    A package's own ``__init__`` gathers what its modules define, and is left out.
    """
    packages = {m.name for m in modules() if m.path.name == "__init__.py"}
    names = {m.name for m in modules()} - packages
    needs = {
        m.name: imports_of(m, lazily=False) & names for m in modules() if m.name not in packages
    }
    reach: dict[str, set[str]] = {}
    for name in needs:
        seen: set[str] = set()
        todo = [name]
        while todo:
            for other in needs[todo.pop()] - seen:
                seen.add(other)
                todo.append(other)
        reach[name] = seen
    groups = {tuple(sorted(b for b in reach[a] if a in reach[b])) for a in reach if a in reach[a]}
    return sorted(groups)


def public_classes() -> dict[str, list[str]]:
    """Public class name to the modules that define one."""
    found: dict[str, list[str]] = defaultdict(list)
    for module in modules():
        for node in module.tree.body:
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                found[node.name].append(module.name)
    return found


def public_names_twice() -> dict[str, list[str]]:
    """Names of classes, and of types given a name, that two modules define."""
    found = public_classes()
    for module in modules():
        for node in module.tree.body:
            # `Kind = Literal[...]`: an alias in capitals is read as a type, too.
            if isinstance(node, ast.Assign) and isinstance(node.value, ast.Subscript):
                found.update(
                    {
                        target.id: [*found.get(target.id, []), module.name]
                        for target in node.targets
                        if isinstance(target, ast.Name)
                        and target.id[0].isupper()
                        and not target.id.isupper()
                    }
                )
    return {name: homes for name, homes in sorted(found.items()) if len(homes) > 1}


def comments_of(source: str) -> int:
    """Comments that say something: not a marker for a linter alone."""
    tokens = tokenize.generate_tokens(io.StringIO(source).readline)
    texts = (t.string.lstrip("# ") for t in tokens if t.type == tokenize.COMMENT)
    return sum(not text.startswith(("noqa", "type:", "pragma")) for text in texts)


def examples_of(module: Module) -> int:
    """Docstrings that hold an example: a block of code, or an ``Example`` section."""
    documented = (ast.Module, ast.ClassDef, ast.FunctionDef)
    texts = (
        ast.get_docstring(node) or ""
        for node in ast.walk(module.tree)
        if isinstance(node, documented)
    )
    return sum("::\n" in text or ">>>" in text or "Example" in text for text in texts)


def crumbs() -> list[str]:
    """Small modules with a single reader: most are better off within it."""
    readers: Counter[str] = Counter()
    for module in modules():
        readers.update(imports_of(module))
    return [
        f"{m.name} ({m.lines})"
        for m in modules()
        if m.lines < FEW_LINES and m.path.name != "__init__.py" and readers[m.name] == 1
    ]


def main() -> None:
    """Print the measures."""
    all_modules = modules()
    lengths = sorted(m.lines for m in all_modules)
    functions = [
        (node.end_lineno or node.lineno) - node.lineno + 1
        for m in all_modules
        for node in ast.walk(m.tree)
        if isinstance(node, ast.FunctionDef)
    ]
    lines = sum(lengths)
    comments = sum(comments_of(m.source) for m in all_modules)
    rows = {
        "modules": f"{len(all_modules)}, {lines} lines",
        "module lines, median / max": f"{statistics.median(lengths):.0f} / {lengths[-1]}",
        f"modules over {MOST_LINES} lines": [
            m.name for m in all_modules if m.lines > most_lines(m)
        ],
        "function lines, median / 90th / max": (
            f"{statistics.median(functions):.0f} / "
            f"{statistics.quantiles(functions, n=10)[-1]:.0f} / {max(functions)}"
        ),
        "upward imports": upward_imports(),
        "import cycles": [" <-> ".join(group) for group in cycles()],
        "public type names twice": [
            f"{n}: {', '.join(h)}" for n, h in public_names_twice().items()
        ],
        "comments in 1,000 lines": f"{comments / lines * 1000:.0f}",
        "docstrings with an example": f"{sum(examples_of(m) for m in all_modules)}",
        f"modules under {FEW_LINES} lines with one reader": crumbs(),
    }
    for name, value in rows.items():
        shown = value if isinstance(value, str) else f"{len(value) or 'none'}"
        sys.stdout.write(f"{name:44} {shown}\n")
        if not isinstance(value, str):
            sys.stdout.writelines(f"    {item}\n" for item in value)


if __name__ == "__main__":
    main()
