"""Sets of templates, by name: synth's own is ``default``, any other is a folder.

A set has a name, its folder's, and a digest of all its words. Both stand in the journal of every
run and in the provenance of what it made, so that rewards by other wordings can be told apart.
Of what a folder leaves out the default serves.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from jinja2 import TemplateSyntaxError

from synth.errors import UsageError
from synth.prompts.render import require_readable, templates_digest

__all__ = ["DEFAULT", "PromptSet", "prompt_set", "set_name"]

DEFAULT = "default"


@dataclass(frozen=True, slots=True)
class PromptSet:
    """A set of templates.

    Attributes:
        name: ``default``, or the folder's name.
        folder: Where it lies; ``None`` for the default.
        digest: Of all that prompts are made from but the requests.
    """

    name: str
    folder: Path | None
    digest: str


def set_name(folder: Path | None) -> str:
    """What a set of templates is called.

    Args:
        folder: Where it lies; ``None`` for synth's own.
    """
    return DEFAULT if folder is None else folder.name


def prompt_set(text: str) -> PromptSet:
    """The set that a user names.

    Args:
        text: ``default``, or a folder.

    Raises:
        UsageError: It is no folder, holds no template or one that nobody asks for, a template is
            not well written, or its name is that of synth's own.
    """
    if text == DEFAULT:
        return PromptSet(DEFAULT, None, templates_digest(None))
    folder = Path(text)
    if not folder.is_dir():
        raise UsageError(
            f"--prompts {text}: there is no such folder; `default` is synth's own set of templates."
        )
    if folder.resolve().name == DEFAULT:
        raise UsageError(f"--prompts {text}: `default` is synth's own set; rename the folder.")
    try:
        require_readable(folder)
    except TemplateSyntaxError as error:
        raise UsageError(
            f"{folder / (error.name or '')}, line {error.lineno}: {error.message}."
        ) from error
    return PromptSet(folder.resolve().name, folder, templates_digest(folder))
