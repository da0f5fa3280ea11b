"""Writes the tables of docs/spec.md from what reads a spec: `python -m docs.spec_keys`."""

from __future__ import annotations

import inspect
import re
import textwrap
from pathlib import Path
from typing import TYPE_CHECKING, Any

from synth.perturbations import perturbations
from synth.spec import tables

if TYPE_CHECKING:
    from collections.abc import Iterator

PAGE = Path(__file__).with_name("spec.md")
BEGIN, END = "<!-- keys -->\n", "<!-- end of keys -->\n"
HEAD = "| key | what may stand there | if left out | meaning |\n|---|---|---|---|\n"
TABLES = (
    ("expert", tables.ExpertSpec),
    ("random", tables.RandomSpec),
    ("held_out", tables.HeldOutSpec),
    ("success", tables.SuccessSpec),
    ("mission", tables.MissionSpec),
    ("near_miss", tables.NearMissSpec),
    ("metamorphic", tables.MetamorphicSpec),
    ("search", tables.SearchSpec),
    ("labels", tables.LabelsSpec),
    ("gate", tables.GateSpec),
    ("target", tables.TargetSpec),
)
WORDS = {"boolean": "true or false", "string": "text", "object": "tables", "null": ""}
FREE = {
    "render": "numbers, text, lists of them",
    "options": "numbers, text, true or false",
}


def allowed(shape: dict[str, Any]) -> str:
    """What a key takes, in words."""
    if "anyOf" in shape:
        return " or ".join(filter(None, map(allowed, shape["anyOf"])))
    match shape["type"]:
        case "array":
            return f"a list of {allowed(shape['items'])}"
        case "integer":
            return "a whole number" + between(shape)
        case "number":
            return "a number" + between(shape)
        case kind:
            return WORDS[kind]


def between(shape: dict[str, Any]) -> str:
    """The range of a number, in words."""
    if "minimum" in shape:
        return f" from {shape['minimum']:,} to {shape['maximum']:,}"
    low, high = shape["exclusiveMinimum"], shape.get("exclusiveMaximum")
    return f" above {low:g}" if high is None else f" between {low:g} and {high:g}"


def default(shape: dict[str, Any], key: str, required: list[str]) -> str:
    """What stands for a key that is left out."""
    if key in required:
        return "**must be there**"
    value = shape.get("default")
    return "" if value in (None, [], {}) else f"`{str(value).lower()}`"


def meanings(model: type) -> dict[str, str]:
    """What the docstring says of each key."""
    text = inspect.getdoc(model) or ""
    found = re.findall(
        r"^    (\w+): (.+(?:\n        .+)*)", text.partition("Attributes:")[2], re.MULTILINE
    )
    return {key: re.sub(r"\s+", " ", told).replace("``", "`") for key, told in found}


def rows(model: Any, keys: list[str] | None = None) -> Iterator[str]:
    """A row for each key."""
    schema = model.model_json_schema(by_alias=True)
    told = meanings(model)
    for name, field in model.model_fields.items():
        key = field.alias or name
        if keys is not None and key not in keys:
            continue
        shape = schema["properties"][key]
        takes = FREE.get(key) or allowed(shape)
        said = told[name].removeprefix(f"The key `{key}`: ")
        yield f"| `{key}` | {takes} | {default(shape, key, schema.get('required', []))} | {said} |"


def written() -> str:
    """All tables, in Markdown."""
    own = ["env", "modules", "goal", "show_goal", "max_steps", "seed", "render", "options"]
    parts = ["## Before any table\n\n" + HEAD + "\n".join(rows(tables.Spec, own)) + "\n"]
    for name, model in TABLES:
        first = (inspect.getdoc(model) or "").partition("\n")[0]
        body = HEAD + "\n".join(rows(model)) + "\n"
        if model is tables.MetamorphicSpec:
            settings = model.settings().model_json_schema()["properties"]
            for one in perturbations():
                shape = settings[one.key]
                said = re.sub(r"\s+", " ", (type(one).__doc__ or "").partition("\n")[0])
                body += (
                    f"| `{one.key}` | {allowed(shape)} | {default(shape, one.key, [])} | {said} |\n"
                )
        parts.append(f"## [{name}]\n\n{textwrap.fill(first, 100)}\n\n{body}")
    return "\n".join(parts)


def page() -> str:
    """The page, with its tables as they are now."""
    before, rest = PAGE.read_text(encoding="utf-8").split(BEGIN)
    return before + BEGIN + written() + END + rest.split(END)[1]


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
