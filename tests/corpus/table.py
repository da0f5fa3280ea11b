"""The corpus as a table for the docs: ``python -m tests.corpus.table`` prints it."""

from __future__ import annotations

from tests.corpus.corpus import wrongs

__all__ = ["table"]


def table() -> str:
    """Markdown: one line for each wrong program."""
    head = "| task | program | what it mistakes | caught by |\n|---|---|---|---|"
    lines = [f"| {w.task} | `{w.name}` | {w.mistake} | {w.group} |" for w in wrongs()]
    return "\n".join([head, *lines])


if __name__ == "__main__":
    print(table())  # noqa: T201 - printing is what it is for
