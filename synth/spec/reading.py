"""Reading specs: one TOML file per task, validated, with the first mistake named.

Whether the environment exists and the expert succeeds is for `synth.record` to find, since
a spec can be read without the simulator.
"""

from __future__ import annotations

import difflib
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

from pydantic import ValidationError

from synth.errors import SpecError, UsageError
from synth.foreign import UnreadableText, read_toml
from synth.spec.tables import Spec

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = [
    "find_specs",
    "load_spec",
    "parse_spec",
    "require_task_name",
    "spec_file",
    "validate_spec",
]


def require_task_name(name: str) -> None:
    """Check what a task is to be called.

    Raises:
        UsageError: It may not be called that.
    """
    if not re.fullmatch(r"[a-z0-9][a-z0-9-]*", name):
        raise UsageError(f"the task name {name!r} must be lower-case letters, digits and dashes.")


def find_specs(folder: Path = Path("specs")) -> tuple[Path, ...]:
    """All spec files of a folder, sorted by name."""
    return tuple(sorted(folder.glob("*.toml")))


def spec_file(task: str | Path, folder: Path = Path("specs")) -> Path:
    """Where the spec of a task name (``doorkey``) or of a path (``specs/doorkey.toml``) lies."""
    return Path(task) if str(task).endswith(".toml") else folder / f"{task}.toml"


def load_spec(task: str | Path, folder: Path = Path("specs")) -> Spec:
    """Read a spec by task name (``doorkey``) or by path (``specs/doorkey.toml``).

    Args:
        task: A name looked up in `folder`, or the path of a TOML file.
        folder: Where specs live.

    Returns:
        The validated spec.

    Raises:
        SpecError: The file is missing, is not TOML, or says something it may not.
    """
    path = spec_file(task, folder)
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        known = [p.stem for p in find_specs(folder)]
        near = difflib.get_close_matches(path.stem, known, n=1)
        hint = (
            f"Did you mean {near[0]!r}?" if near else f"Known tasks: {', '.join(known) or 'none'}."
        )
        raise SpecError(
            "there is no such spec.", file=str(path), remedy=f"{hint} `synth new` writes one."
        ) from None
    except (OSError, UnicodeDecodeError) as error:
        raise SpecError(f"cannot be read: {error}.", file=str(path)) from error
    return parse_spec(text, name=path.stem, file=str(path))


def parse_spec(text: str, *, name: str, file: str | None = None) -> Spec:
    """Validate the text of a spec.

    Args:
        text: TOML.
        name: The task's name.
        file: Named in messages.

    Raises:
        SpecError: The first thing that is wrong, with file, key and remedy.
    """
    try:
        content = read_toml(text)
    except UnreadableText as error:
        raise SpecError(f"is {error}.", file=file) from error
    return validate_spec(content, name=name, file=file)


def validate_spec(content: Mapping[str, Any], *, name: str, file: str | None = None) -> Spec:
    """Validate the tables of a spec, already read.

    Args:
        content: What a spec file says.
        name: The task's name.
        file: Named in messages.

    Raises:
        SpecError: The first thing that is wrong, with file, key and remedy.
    """
    try:
        require_task_name(name)
    except UsageError as error:
        raise SpecError(str(error), file=file, remedy="Rename the file.") from error
    if "name" in content:
        raise SpecError("the name is the file's own.", file=file, key="name", remedy="Remove it.")
    try:
        return Spec(name=name, **content)
    except ValidationError as error:
        raise _spec_error(error, file) from None


def _spec_error(error: ValidationError, file: str | None, above: tuple[str, ...] = ()) -> SpecError:
    first = min(error.errors(), key=lambda e: e["type"] != "extra_forbidden")
    loc = (*above, *map(str, first["loc"]))
    inner = first.get("ctx", {}).get("error")
    if isinstance(inner, ValidationError):
        return _spec_error(inner, file, loc)  # of a table whose keys are not fields of their own
    key = ".".join(loc)
    if first["type"] == "extra_forbidden":
        table = _fields_at(loc[:-1])
        near = difflib.get_close_matches(loc[-1], table, n=1)
        remedy = f"Did you mean {near[0]!r}?" if near else f"Known keys: {', '.join(table)}."
        return SpecError("unknown key.", file=file, key=key, remedy=remedy)
    if first["type"] == "missing":
        return SpecError("is required but missing.", file=file, key=key, remedy=_example(key))
    given = first["input"]
    words = _SHAPES.get(key) or f"{first['msg'][0].lower()}{first['msg'][1:]}"
    problem = f"{words}, but the file says {given!r}."
    return SpecError(problem, file=file, key=key, remedy=_example(key))


def _fields_at(loc: tuple[str, ...]) -> list[str]:
    model: Any = Spec
    for part in loc:
        annotation = model.model_fields[part].annotation
        model = next(a for a in (annotation, *get_args(annotation)) if hasattr(a, "model_fields"))
    return [name for name in model.known_keys() if name != "name"]


_SHAPES = {
    "expert.policy": "must be written module:function, sb3:FILE.zip, minari:ID, episodes:FOLDER "
    "or play:FOLDER",
    "mission.from": "must be env.mission, observation.KEY, info.KEY or module:function",
}
_EXAMPLES = {
    "mission.from": 'from = "env.mission"',
    "env": 'env = "FrozenLake-v1"',
    "expert": '[expert] with policy = "my_tasks.experts:walk"',
    "expert.policy": 'policy = "my_tasks.experts:walk"',
    "max_steps": "max_steps = 200",
}


def _example(key: str) -> str:
    return f"For example: {_EXAMPLES[key]}." if key in _EXAMPLES else ""
