"""Functions: signatures, defaults, annotations, recursion."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from synth.program.lint.registry import Context, Hit, rule
from synth.program.parse import WITH_MISSION

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["annotation_nodes", "no_recursion", "plain_annotations", "safe_defaults", "signatures"]

_ANNOTATION = (
    ast.Name, ast.Attribute, ast.Subscript, ast.Tuple, ast.Constant, ast.BinOp, ast.BitOr, ast.Load,
)  # fmt: skip


@rule(
    "S501",
    "A checker and its _progress take exactly the contract's positional parameters, perceive and "
    "perceive_initial one.",
)
def signatures(context: Context) -> Iterator[Hit]:
    """Wrong counts, defaults, ``*args`` and keyword-only parameters."""
    told = "now, initial, mission" if context.missions else "now, initial"
    wanted = dict.fromkeys(context.program.subtasks, told)
    wanted |= {f"{name}_progress": told for name in context.program.progress}
    wanted |= dict.fromkeys(context.program.perceivers, "frame")
    for node in context.tree.body:
        if not isinstance(node, ast.FunctionDef) or node.name not in wanted:
            continue
        parameters = wanted[node.name]
        given = node.args
        plain = len(given.posonlyargs) + len(given.args) == parameters.count(",") + 1
        odd = given.vararg or given.kwarg or given.kwonlyargs or given.defaults
        if not plain or odd:
            yield Hit(
                node,
                f"{node.name} must take exactly ({parameters}){_why(node, context)}.",
                f"Write `def {node.name}({parameters}):`.",
            )


def _why(node: ast.FunctionDef, context: Context) -> str:
    """Why the third parameter must be there, or must not, where that is what is wrong."""
    if node.name in context.program.perceivers:
        return ": the mission is for checkers alone" if len(node.args.args) > 1 else ""
    if context.missions:
        return ", since this task's missions vary: the third is the words of the episode"
    if len(node.args.args) == WITH_MISSION:
        return ", since this task's missions do not vary: there is nothing to tell it"
    return ""


@rule("S502", "Defaults of parameters are immutable.")
def safe_defaults(context: Context) -> Iterator[Hit]:
    """Lists, dictionaries, sets and calls as defaults: they are made once and keep state."""
    for node in context.nodes:
        if not isinstance(node, ast.arguments):
            continue
        for default in (*node.defaults, *(d for d in node.kw_defaults if d is not None)):
            for part in ast.walk(default):
                if isinstance(
                    part,
                    ast.List | ast.Dict | ast.Set | ast.ListComp | ast.DictComp | ast.SetComp
                    | ast.GeneratorExp | ast.Call | ast.Lambda | ast.NamedExpr,
                ):  # fmt: skip
                    hint = "Use a number, a tuple or None, and make the value in the function."
                    yield Hit(part, "a default must be an immutable literal.", hint)
                    break


@rule("S503", "Annotations are plain types.")
def plain_annotations(context: Context) -> Iterator[Hit]:
    """Annotations that compute."""
    for node in annotation_nodes(context):
        if not isinstance(node, _ANNOTATION) and hasattr(node, "lineno"):
            hint = "Use bool, int, dict, tuple[int, int] or np.ndarray, or none at all."
            yield Hit(node, "an annotation must be a plain type.", hint)


def annotation_nodes(context: Context) -> Iterator[ast.AST]:
    """Every node of every annotation of a program."""
    for node in context.nodes:
        annotation = None
        if isinstance(node, ast.arg | ast.AnnAssign):
            annotation = node.annotation
        elif isinstance(node, ast.FunctionDef):
            annotation = node.returns
        if annotation is not None:
            yield from ast.walk(annotation)


@rule("S504", "Functions do not call themselves, directly or through others.")
def no_recursion(context: Context) -> Iterator[Hit]:
    """Recursion, found among functions and lambdas that have a name."""
    bodies = _named_functions(context)
    own = {id(body): _own_names(body) for nodes in bodies.values() for body in nodes}
    calls = {
        name: {
            inner.id
            for body in nodes
            for inner in ast.walk(body)
            if isinstance(inner, ast.Name)
            and isinstance(inner.ctx, ast.Load)
            and inner.id in bodies
            and inner.id not in own[id(body)]
            and not isinstance(context.scopes.parents[inner], ast.Attribute)
        }
        for name, nodes in bodies.items()
    }
    calls = _without_ends(calls)
    for name, nodes in bodies.items():
        # Only among those that are called and call: of a long chain nothing is left.
        reached: set[str] = set()
        waiting = list(calls.get(name, ()))
        while waiting:
            callee = waiting.pop()
            if callee not in reached:
                reached.add(callee)
                waiting += calls.get(callee, ())
        if name in reached:
            hint = "Use a for loop, ndimage.label or ndimage.binary_propagation."
            yield Hit(nodes[0], f"{name} calls itself.", hint)


def _without_ends(calls: dict[str, set[str]]) -> dict[str, set[str]]:
    """The functions left when those that call none of the rest are taken out again and again."""
    callers: dict[str, set[str]] = {name: set() for name in calls}
    for name, callees in calls.items():
        for callee in callees:
            callers[callee].add(name)
    left = {name: set(callees) for name, callees in calls.items()}
    ends = [name for name, callees in left.items() if not callees]
    while ends:
        end = ends.pop()
        left.pop(end)
        for caller in callers[end]:
            left[caller].discard(end)
            if not left[caller]:
                ends.append(caller)
    return left


def _named_functions(context: Context) -> dict[str, list[ast.AST]]:
    named: dict[str, list[ast.AST]] = {}
    for node in context.nodes:
        if isinstance(node, ast.FunctionDef):
            named.setdefault(node.name, []).append(node)
        elif isinstance(node, ast.Assign) and isinstance(node.value, ast.Lambda):
            for target in node.targets:
                if isinstance(target, ast.Name):
                    named.setdefault(target.id, []).append(node.value)
        elif isinstance(node, ast.NamedExpr) and isinstance(node.value, ast.Lambda):
            named.setdefault(node.target.id, []).append(node.value)
    return named


def _own_names(function: ast.AST) -> frozenset[str]:
    """The function's parameters and plain variables, which hide functions of those names."""
    return frozenset(
        node.arg if isinstance(node, ast.arg) else node.id
        for node in ast.walk(function)
        if isinstance(node, ast.arg) or (isinstance(node, ast.Name) and _is_set(node))
    )


def _is_set(node: ast.Name) -> bool:
    return isinstance(node.ctx, ast.Store)
