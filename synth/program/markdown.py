"""What a model says in an answer: without its thoughts, and the blocks between fences.

Models think aloud before they answer, some between tags, some with nothing but a closing tag,
since their server's template has written the opening one. What was thought is neither code nor
plan. Servers leave end tokens and byte order marks around what was said.

Everything here looks at each character a bounded number of times, since an answer may be long.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

__all__ = ["Block", "fenced", "said"]

_TAG = re.compile(
    r"<(?P<end>/?)(?:think|thinking|thought|reasoning)>|\[(?P<close>/?)THINK\]", re.IGNORECASE
)
_FENCE = re.compile(r"(?P<indent>[ \t]*)(?P<fence>`{3,}|~{3,})(?P<info>[^`\n]*)")
_WORD = re.compile(r"[\w+#-]+")
_END_TOKEN = re.compile(
    r"(?:<\|[\w ]{1,32}\|>|</s>|<eos>|<end_of_turn>|\[/?INST\]|<\uff5c[^<>\n]{1,32}\uff5c>)$"
)
_BOM = "\ufeff"


@dataclass(frozen=True, slots=True)
class Block:
    """What stands between two fences.

    Attributes:
        language: The first word after the opening fence in lower case, or ``""``.
        text: Ends with a newline.
    """

    language: str
    text: str


def said(answer: str) -> str:
    """An answer without thoughts, byte order marks and end tokens; lines end in line feeds.

    A closing tag without an opening one ends a thought that began with the answer, and an
    opening one without a closing one begins a thought that was never finished::

        said("Perhaps x?</think>No: y.")  # "No: y."
    """
    text = answer.replace("\r\n", "\n").replace(_BOM, "")
    kept: list[str] = []
    start, thinking = 0, False
    for tag in _TAG.finditer(text):
        if tag["end"] or tag["close"]:
            if not thinking:
                kept.clear()
            start, thinking = tag.end(), False
        elif not thinking:
            kept.append(text[start : tag.start()])
            thinking = True
    if not thinking:
        kept.append(text[start:])
    return _without_end_tokens("".join(kept))


def fenced(text: str) -> list[Block]:
    """The blocks of a Markdown text that hold anything, in order; the last need not be closed."""
    blocks: list[Block] = []
    opening: re.Match[str] | None = None
    lines: list[str] = []
    for line in [*text.split("\n"), None]:
        if opening is None:
            match = _FENCE.fullmatch(line) if line is not None else None
            if match:
                opening, lines = match, []
        elif line is None or _closes(line, opening["fence"]):
            word = _WORD.search(opening["info"].lower())
            inner = _dedented(lines, opening["indent"])
            if inner.strip():
                blocks.append(Block(word[0] if word else "", inner + "\n"))
            opening = None
        else:
            lines.append(line)
    return blocks


def _dedented(lines: list[str], indent: str) -> str:
    """The lines of a block as if its fence stood at the margin."""
    # Only where all are indented with it: some models indent the fences alone.
    if all(line.startswith(indent) for line in lines if line.strip()):
        lines = [line.removeprefix(indent) for line in lines]
    return "\n".join(lines).strip("\n")


def _closes(line: str, fence: str) -> bool:
    line = line.strip()
    return len(line) >= len(fence) and set(line) == {fence[0]}


def _without_end_tokens(text: str) -> str:
    while True:
        bare = text.rstrip()
        # Only the last few characters are looked at: a token is short.
        token = _END_TOKEN.search(bare, max(0, len(bare) - 40))
        if token is None:
            return text
        text = bare[: token.start()] + "\n"
