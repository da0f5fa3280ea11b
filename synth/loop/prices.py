"""What tokens cost, as the user says.

Prices change faster than packages, so none are built in. They are read from ``synth.toml``
in the working directory and from ``~/.config/synth/config.toml``, the former first::

    [prices."openai:gpt-x"]      # as given to --model; per million tokens
    input = 2.5
    output = 10.0

Spending is limited by `synth.loop.budget`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from pydantic import BaseModel, ConfigDict, Field

from synth.models.configured import configured

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from synth.models.base import Usage

__all__ = ["Price", "find_price"]

Amount = Annotated[float, Field(ge=0, allow_inf_nan=False)]


class Price(BaseModel):
    """The price of a model.

    Attributes:
        input: Per million input tokens.
        output: Per million output tokens.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    input: Amount
    output: Amount

    def cost(self, usage: Usage) -> float:
        """What `usage` costs, in the currency of the price."""
        return (usage.input_tokens * self.input + usage.output_tokens * self.output) / 1e6


def find_price(model: str, files: Sequence[Path] | None = None) -> Price | None:
    """The price of a model.

    Args:
        model: As given on the command line: ``openai:gpt-x``.
        files: Where to look; `synth.models.configured.config_files` where not given.

    Returns:
        The first price found, or ``None``.

    Raises:
        UsageError: A file is not TOML, or its price is not one.
    """
    remedy = "give input and output per million tokens"
    return configured("prices", [model], Price, remedy=remedy, files=files)
