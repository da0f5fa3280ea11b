"""What tokens cost, as the user says.

Prices change faster than packages, so none are built in. They are read from ``synth.toml``
in the working directory and from ``~/.config/synth/config.toml``, the former first::

    [prices."openai:gpt-x"]      # as given to --model; per million tokens
    input = 2.5
    output = 10.0

Spending is limited by `synth.loop.budget`.
"""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from synth.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from synth.models.base import Usage

__all__ = ["Price", "config_files", "find_price"]

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


def config_files() -> tuple[Path, ...]:
    """Where prices are looked for, in order."""
    return (Path("synth.toml"), Path.home() / ".config" / "synth" / "config.toml")


def find_price(model: str, files: Sequence[Path] | None = None) -> Price | None:
    """The price of a model.

    Args:
        model: As given on the command line: ``openai:gpt-x``.
        files: Where to look; `config_files` where not given.

    Returns:
        The first price found, or ``None``.

    Raises:
        UsageError: A file is not TOML, or its price is not one.
    """
    for file in config_files() if files is None else files:
        try:
            content = tomllib.loads(file.read_text(encoding="utf-8"))
        except FileNotFoundError:
            continue
        except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
            raise UsageError(f"{file}: cannot be read as TOML: {error}.") from error
        prices = content.get("prices", {})
        if not isinstance(prices, dict):
            raise UsageError(f'{file}: prices are tables: [prices."{model}"].')
        if model in prices:
            return _price(prices[model], model, file)
    return None


def _price(content: object, model: str, file: Path) -> Price:
    try:
        return Price.model_validate(content)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(("prices", f'"{model}"', *(str(part) for part in first["loc"])))
        raise UsageError(
            f"{file}: {where}: {first['msg'][0].lower()}{first['msg'][1:]}; "
            "give input and output per million tokens."
        ) from None
