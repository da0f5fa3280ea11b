"""The Python in a model's answer.

Which code block counts, in this order:

1. Blocks marked as Python (``python``, ``py``) are preferred to unmarked ones; blocks in other
   languages are passed over, and so are thoughts (`synth.program.markdown`).
2. The last block that is a whole program (it sets ``SUBTASKS`` and defines functions).
3. Otherwise all blocks that define something, merged in order, a later function replacing
   an earlier one of the same name: a refinement may come in several pieces.
4. Without any block, the whole answer, if it is Python that defines a function.

A block that is not Python is handed on as it is, so that `parse` can say where it is wrong.
This module does not judge the code.
"""

from __future__ import annotations

import ast

from synth.errors import ProgramSyntaxError
from synth.program.markdown import Block, fenced, said
from synth.program.merge import merge
from synth.program.parse import parse_tree

__all__ = ["SEND", "extract_code"]

_PYTHON = frozenset({"python", "py", "python3"})
SEND = "Answer with the code in one block that begins with ```python and ends with ```."
"""What a model is told to do about an answer without code; people are shown the answer instead."""


def extract_code(reply: str) -> str:
    """Find the program, or the functions to merge into one, in an answer.

    Args:
        reply: The model's answer: Markdown, or nothing but code.

    Returns:
        Python text that ends with a newline.

    Raises:
        ProgramSyntaxError: There is no code in it; the message tells the model what to send.
    """
    text = said(reply)
    blocks = fenced(text)
    marked = [block for block in blocks if block.language in _PYTHON]
    chosen = marked or [block for block in blocks if not block.language]
    if not chosen:
        bare = text.strip("\n") + "\n"
        if blocks or not _defines(_tree(bare)):
            raise ProgramSyntaxError(f"the answer holds no Python code. {SEND}")
        return bare
    return _choose(chosen, marked=bool(marked))


def _choose(blocks: list[Block], *, marked: bool) -> str:
    trees = [_tree(block.text) for block in blocks]
    for block, tree in zip(reversed(blocks), reversed(trees), strict=True):
        if tree is not None and _defines(tree) and _sets_subtasks(tree):
            return block.text
    broken = [block for block, tree in zip(blocks, trees, strict=True) if tree is None]
    useful = [block for block, tree in zip(blocks, trees, strict=True) if _declares(tree)]
    if broken and (marked or not useful):
        return broken[-1].text
    if not useful:
        raise ProgramSyntaxError(f"the code in the answer defines nothing. {SEND}")
    if len(useful) == 1:
        return useful[0].text
    # All at once: merging block by block would cost the square of their number.
    return merge(useful[0].text, "\n\n".join(block.text for block in useful[1:]))


def _tree(text: str) -> ast.Module | None:
    try:
        return parse_tree(text)
    except ProgramSyntaxError:
        return None


def _defines(tree: ast.Module | None) -> bool:
    return tree is not None and any(isinstance(node, ast.FunctionDef) for node in tree.body)


def _declares(tree: ast.Module | None) -> bool:
    declared = ast.FunctionDef | ast.Assign | ast.AnnAssign
    return tree is not None and any(isinstance(node, declared) for node in tree.body)


def _sets_subtasks(tree: ast.Module) -> bool:
    return any(
        isinstance(node, ast.Assign)
        and any(isinstance(target, ast.Name) and target.id == "SUBTASKS" for target in node.targets)
        for node in tree.body
    )
