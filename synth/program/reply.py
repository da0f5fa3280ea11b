"""The Python in a model's answer.

Which code block counts, in this order:

1. Blocks marked as Python (``python``, ``py``) are preferred to unmarked ones; blocks in other
   languages, and whatever stands between ``<think>`` tags, are passed over.
2. The last block that is a whole program (it sets ``SUBTASKS`` and defines functions).
3. Otherwise all blocks that define something, merged in order, a later function replacing
   an earlier one of the same name: a refinement may come in several pieces.
4. Without any block, the whole answer, if it is Python that defines a function.

A block that is not Python is handed on as it is, so that `parse` can say where it is wrong.
This module does not judge the code.
"""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass

from synth.errors import ProgramSyntaxError
from synth.program.merge import merge
from synth.program.parse import parse_tree

__all__ = ["extract_code"]

_FENCE = re.compile(r"(?P<indent>[ \t]*)(?P<fence>`{3,}|~{3,})[ \t]*(?P<info>[^`]*)")
_PYTHON = frozenset({"python", "py", "python3"})
_THINKING = re.compile(r"<(think|thinking)>.*?(</\1>|\Z)", re.DOTALL)
_SEND = "Answer with the code in one block that begins with ```python and ends with ```."


@dataclass(frozen=True, slots=True)
class _Block:
    language: str
    text: str

    @property
    def tree(self) -> ast.Module | None:
        try:
            return parse_tree(self.text)
        except ProgramSyntaxError:
            return None


def extract_code(reply: str) -> str:
    """Find the program, or the functions to merge into one, in an answer.

    Args:
        reply: The model's answer: Markdown, or nothing but code.

    Returns:
        Python text that ends with a newline.

    Raises:
        ProgramSyntaxError: There is no code in it; the message tells the model what to send.
    """
    reply = reply.replace("\r\n", "\n")
    said = _THINKING.sub("", reply)
    blocks = _blocks(said)
    marked = [block for block in blocks if block.language in _PYTHON]
    chosen = marked or [block for block in blocks if not block.language]
    if not chosen:
        bare = _Block("", said.strip("\n") + "\n")
        if blocks or not _defines(bare.tree):
            raise ProgramSyntaxError(f"the answer holds no Python code. {_SEND}")
        return bare.text
    return _choose(chosen, marked=bool(marked))


def _choose(blocks: list[_Block], *, marked: bool) -> str:
    trees = [block.tree for block in blocks]
    for block, tree in zip(reversed(blocks), reversed(trees), strict=True):
        if tree is not None and _defines(tree) and _sets_subtasks(tree):
            return block.text
    broken = [block for block, tree in zip(blocks, trees, strict=True) if tree is None]
    useful = [block for block, tree in zip(blocks, trees, strict=True) if _declares(tree)]
    if broken and (marked or not useful):
        return broken[-1].text
    if not useful:
        raise ProgramSyntaxError(f"the code in the answer defines nothing. {_SEND}")
    code = useful[0].text
    for block in useful[1:]:
        code = merge(code, block.text)
    return code


def _blocks(text: str) -> list[_Block]:
    blocks: list[_Block] = []
    opening: re.Match[str] | None = None
    lines: list[str] = []
    for line in [*text.split("\n"), None]:
        if opening is None:
            match = _FENCE.fullmatch(line) if line is not None else None
            if match:
                opening, lines = match, []
        elif line is None or _closes(line, opening["fence"]):
            words = re.findall(r"[\w+#-]+", opening["info"].lower())
            code = "\n".join(lines).strip("\n")
            if code.strip():
                blocks.append(_Block(words[0] if words else "", code + "\n"))
            opening = None
        else:
            lines.append(line.removeprefix(opening["indent"]))
    return blocks


def _closes(line: str, fence: str) -> bool:
    line = line.strip()
    return len(line) >= len(fence) and set(line) == {fence[0]}


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
