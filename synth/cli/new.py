"""``synth new``: write a commented spec, and show that it works before anyone relies on it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from jinja2 import Environment, PackageLoader, StrictUndefined
from PIL import Image

from synth.cli.console import EpisodeProgress, output
from synth.errors import UsageError
from synth.spec import parse_spec
from synth.task.paths import SPECS

__all__ = ["new"]

TRIALS = 5


def new(
    name: Annotated[str, typer.Argument(help="The task's name: lower case, digits, dashes.")],
    env: Annotated[str, typer.Option(help="Gymnasium environment id.")],
    goal: Annotated[str, typer.Option(help="The goal in words; may stay empty.")] = "",
    expert: Annotated[
        str, typer.Option(help="The expert, module:function.")
    ] = "synth.envs.minigrid:planner",
) -> None:
    """Write specs/NAME.toml, and check that it renders and that its expert succeeds."""
    from synth.record import Seeds, roll_expert  # noqa: PLC0415 - start-up stays quick

    path = SPECS / f"{name}.toml"
    if path.exists():
        raise UsageError(f"{path} exists; remove it first, or choose another name.")
    templates = Environment(
        loader=PackageLoader("synth.cli"),
        undefined=StrictUndefined,
        autoescape=False,  # noqa: S701 - TOML, not HTML
        keep_trailing_newline=True,
    )
    quoted = {key: _quote(value) for key, value in {"env": env, "goal": goal}.items()}
    text = templates.get_template("spec.toml.j2").render(**quoted, expert=_quote(expert))
    spec = parse_spec(text, name=name, file=str(path))
    with EpisodeProgress("trying the expert", TRIALS) as advance:
        rollouts = []
        for seed in Seeds.of(spec).visible_expert[:TRIALS]:
            rollouts.append(roll_expert(spec, seed))
            advance()
    first = rollouts[0].frames[0]
    SPECS.mkdir(exist_ok=True)
    path.write_text(text, encoding="utf-8")
    preview = Path("runs") / name / "first-frame.png"
    preview.parent.mkdir(parents=True, exist_ok=True)
    height, width = first.shape[:2]
    scale = max(1, 320 // max(height, width))
    Image.fromarray(first).resize((width * scale, height * scale), Image.Resampling.NEAREST).save(
        preview
    )
    output().print(f"wrote {path}")
    output().print(f"it renders {width}x{height} pixels: look at {preview}")
    steps = sorted(len(rollout) for rollout in rollouts)
    output().print(
        f"its expert succeeds on {len(steps)} of {len(steps)} seeds, in {steps[0]} to "
        f"{steps[-1]} steps"
    )
    output().print(f"next: `synth run {name} --model ...`")


def _quote(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
