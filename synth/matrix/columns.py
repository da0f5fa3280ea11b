"""The columns of the table: each model with each set of prompts, and ``builtin`` always."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from synth.errors import UsageError
from synth.prompts.sets import DEFAULT, prompt_set
from synth.regress.regression import REPEATABLE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from synth.prompts.sets import PromptSet

__all__ = ["BUILTIN", "Column", "columns_of"]

BUILTIN = "builtin"


@dataclass(frozen=True, slots=True)
class Column:
    """A model, asked in some wording.

    Attributes:
        model: As given on the command line; ``{task}`` in it stands for each task's name.
        prompts: The set of templates.
        named: Whether the set is part of the name: it is not the default, or one of several.
    """

    model: str
    prompts: PromptSet
    named: bool = False

    @property
    def name(self) -> str:
        """``openai:gpt-x``, or ``openai:gpt-x, terse``."""
        return f"{self.model}, {self.prompts.name}" if self.named else self.model

    @property
    def repeatable(self) -> bool:
        """Whether the model answers the same each time, whatever the words of its prompts."""
        return self.model.partition(":")[0] in REPEATABLE

    def model_for(self, task: str) -> str:
        """The model's name for one task."""
        return self.model.replace("{task}", task)


def columns_of(models: Sequence[str], prompts: Sequence[str] = (DEFAULT,)) -> tuple[Column, ...]:
    """All columns, in the order given; ``builtin`` first where it is not among them.

    Args:
        models: As given on the command line.
        prompts: Sets of templates: ``default``, or folders.

    Raises:
        UsageError: Two models or sets have one name, or a set cannot be read.
    """
    sets = [prompt_set(text) for text in prompts]
    for what, names in (("model", models), ("set of prompts", [one.name for one in sets])):
        for name in names:
            if list(names).count(name) > 1:
                raise UsageError(f"the {what} {name!r} is named twice.")
    everyone = [*([] if BUILTIN in models else [BUILTIN]), *models]
    default = next((one for one in sets if one.name == DEFAULT), None) or prompt_set(DEFAULT)
    columns = []
    for model in everyone:
        if Column(model, default).repeatable:
            columns.append(Column(model, default))
        else:
            columns += [
                Column(model, one, named=len(sets) > 1 or one.name != DEFAULT) for one in sets
            ]
    return tuple(columns)
