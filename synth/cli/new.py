"""``synth new``: write a commented spec, and show that it works before anyone relies on it.

What a family knows of an environment it gives (`Family.defaults`), and where nobody says what
success is, the family tries (`Finds`). A task whose success no picture can show is refused
before anything is written.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer
from jinja2 import Environment, PackageLoader, StrictUndefined
from PIL import Image

from synth.cli.console import EpisodeProgress, output
from synth.envs.base import Missioned
from synth.errors import EnvironmentFault, ExpertFailed, SpecError, SynthError, UsageError
from synth.spec import Spec, parse_spec, require_task_name, speed_target
from synth.task.paths import RUNS, SPECS, require_room

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from synth.envs import Defaults, Policy, SuccessFinding
    from synth.episode import Rollout

__all__ = ["new"]

TRIALS = 5
RANDOMS = 5
LAYOUTS = 8
"""Layouts whose missions are compared."""
SHOWN = 3
ENOUGH = 0.9
"""Recording skips seeds on which the expert fails, up to a tenth of them."""
NOBODY = "my_experts:expert"
"""Written where no expert is known; it names none that exists."""
READER = " --model openai:NAME"
"""Given to a run whose missions vary: the default model reads no words."""
ABOUT_EXPERTS = (
    "An expert shows the task: a function that is called with the simulator after a reset and "
    "yields actions until the task is done; it may read the environment's state in "
    "`simulator.env`. Write one in a file beside specs/, and name it there, policy = "
    '"module:function" (the module without `.py`), or with --expert.'
)


def new(
    name: Annotated[str, typer.Argument(help="The task's name: lower case, digits, dashes.")],
    env: Annotated[str, typer.Option(help="Gymnasium environment id, or module:Id.")],
    goal: Annotated[str, typer.Option(help="The goal in words; may stay empty.")] = "",
    expert: Annotated[
        str, typer.Option(help="The expert, module:function; the family's own if left out.")
    ] = "",
    success: Annotated[
        str, typer.Option(help='What counts as success, such as "reward > 0"; tried if left out.')
    ] = "",
    module: Annotated[
        list[str] | None, typer.Option(help="A module to import first; may be given again.")
    ] = None,
) -> None:
    """Write specs/NAME.toml, and check that it renders and that its expert succeeds."""
    require_task_name(name)
    require_room(SPECS, RUNS / name)
    path = SPECS / f"{name}.toml"
    if path.exists():
        raise UsageError(f"{path} exists; remove it first, or choose another name.")
    said = (
        ("env", "--env", env),
        ("expert.policy", "--expert", expert),
        ("success.when", "--success", success),
        ("modules", "--module", module),
    )
    with _as_typed(path, {key: option for key, option, value in said if value}):
        _write(path, _Words(name, env, goal, tuple(module or ())), expert, success)


@contextmanager
def _as_typed(path: Path, typed: dict[str, str]) -> Iterator[None]:
    """Let messages name what was typed, where no spec is written that they could lead to.

    Args:
        path: Of the spec.
        typed: Options by the key of the spec that they became.
    """
    try:
        yield
    except SynthError as error:
        if path.exists():
            raise
        told = str(error).replace(f"{path}: ", "")
        key = next((key for key in typed if told.startswith(f"{key}: ")), None)
        if key is not None:
            told = typed[key] + told.removeprefix(key)
        error.args = (told,)
        raise


def _write(path: Path, words: _Words, expert: str, success: str) -> None:
    """Try the task and write its spec, then say what was seen."""
    from synth.envs import Finds, family_of  # noqa: PLC0415 - start-up stays quick
    from synth.experts import find_policy  # noqa: PLC0415 - start-up stays quick
    from synth.record.sight import Sight  # noqa: PLC0415 - start-up stays quick

    name, env = words.name, words.env
    family = family_of(words.bare())
    defaults = family.defaults(env)
    policy = expert or defaults.policy
    lines = (f"when = {_quote(success)}",) if success else defaults.success
    spec = words.spec(family.name, defaults, policy, lines)
    finding: SuccessFinding | None = None
    if isinstance(family, Finds):
        found_by: Policy | None = find_policy(spec) if policy else None
        finding = family.find_success(spec, found_by)
        lines = (f"when = {_quote(finding.when)}",)
        spec = words.spec(family.name, defaults, policy, lines)
    missions = _missions(words.spec(family.name, defaults, policy, lines, varied=True))
    varied = len(missions) > 1
    spec = words.spec(family.name, defaults, policy, lines, varied=varied)
    experts = _experts(spec) if policy else []
    randoms = _randoms(spec)
    sight = Sight(spec)
    for rolled in (*experts, *randoms):
        sight.see(rolled)
    sight.require()
    SPECS.mkdir(exist_ok=True)
    seen = (experts or randoms)[0]
    height, width = seen.frames[0].shape[:2]
    target = speed_target(width, height)
    text = words.text(family.name, defaults, policy, lines, target=target, varied=varied)
    path.write_text(text, encoding="utf-8")
    output().print(f"wrote {path}")
    _show(seen, name)
    if finding is not None:
        output().print(f"success is `{finding.when}`, as seen by trying:")
        for sentence in finding.evidence:
            output().print(f"  {sentence}")
    if varied:
        told = ", ".join(f"'{mission}'" for mission in missions[:SHOWN])
        output().print(
            f"what is asked differs between episodes ({told}...), so checkers are given the "
            "mission's words; where pictures say what is asked, remove the table for it"
        )
    for remark in defaults.remarks:
        output().print(remark)
    if not experts:
        output().print(f"it has no expert yet. {ABOUT_EXPERTS}")
        return
    good = sorted(len(rolled) for rolled in experts if rolled.success.any())
    output().print(
        f"its expert succeeds on {len(good)} of {len(experts)} seeds, in {good[0]} to "
        f"{good[-1]} steps"
    )
    output().print(f"next: `synth run {name}{READER if varied else ''}`")
    if varied:
        output().print("(or anthropic:NAME or exchange:FOLDER: `builtin` reads no words)")


class _Words:
    """What the user said, to be put into the template."""

    def __init__(self, name: str, env: str, goal: str, modules: tuple[str, ...]) -> None:
        self.name, self.env, self.goal, self.modules = name, env, goal, modules
        templates = Environment(
            loader=PackageLoader("synth.cli"),
            undefined=StrictUndefined,
            autoescape=False,  # noqa: S701 - TOML, not HTML
            keep_trailing_newline=True,
        )
        self._template = templates.get_template("spec.toml.j2")

    def bare(self) -> Spec:
        """The least that tells the family."""
        modules = ", ".join(_quote(module) for module in self.modules)
        text = f'env = {_quote(self.env)}\nmodules = [{modules}]\n[expert]\npolicy = "{NOBODY}"\n'
        return parse_spec(text, name=self.name, file=str(SPECS / f"{self.name}.toml"))

    def text(
        self,
        family: str,
        defaults: Defaults,
        policy: str,
        success: Sequence[str],
        *,
        target: int,
        varied: bool,
    ) -> str:
        """The file."""
        return self._template.render(
            env=_quote(self.env),
            goal=_quote(self.goal),
            modules=[_quote(module) for module in self.modules],
            family=family,
            defaults=defaults,
            success=success,
            expert=_quote(policy or NOBODY),
            target=target,
            varied=varied,
        )

    def spec(
        self,
        family: str,
        defaults: Defaults,
        policy: str,
        success: Sequence[str],
        *,
        varied: bool = False,
    ) -> Spec:
        """The file, read; how large its pictures are, and so how fast is fast, is not yet known."""
        target = speed_target(0, 0)
        text = self.text(family, defaults, policy, success, target=target, varied=varied)
        return parse_spec(text, name=self.name, file=str(SPECS / f"{self.name}.toml"))


def _missions(spec: Spec) -> tuple[str, ...]:
    """The different missions of the first layouts; none where the environment tells none.

    Args:
        spec: With a ``[mission]`` table.
    """
    from synth.envs import family_of  # noqa: PLC0415 - start-up stays quick
    from synth.record import Seeds  # noqa: PLC0415 - start-up stays quick

    try:
        simulator = family_of(spec).make(spec)
    except SpecError:
        return ()  # the family, or this environment of it, has no missions
    found: dict[str, None] = {}
    try:
        for seed in Seeds.of(spec).visible_expert[:LAYOUTS]:
            simulator.reset(seed, draw=False)
            if isinstance(simulator, Missioned):
                found[simulator.mission()] = None
    except EnvironmentFault:
        return ()  # no layout for this seed, or nothing that tells a mission
    finally:
        simulator.close()
    return tuple(found)


def _experts(spec: Spec) -> list[Rollout]:
    from synth.record import Seeds, roll_expert  # noqa: PLC0415 - start-up stays quick

    rollouts, failed = [], None
    with EpisodeProgress("trying the expert", TRIALS) as advance:
        for seed in Seeds.of(spec).visible_expert[:TRIALS]:
            try:
                rollouts.append(roll_expert(spec, seed))
            except ExpertFailed as error:
                failed = error
            advance()
    if failed is not None and len(rollouts) < ENOUGH * TRIALS:
        raise failed
    return rollouts


def _randoms(spec: Spec) -> list[Rollout]:
    from synth.envs import family_of  # noqa: PLC0415 - start-up stays quick
    from synth.record import Seeds, rollout  # noqa: PLC0415 - start-up stays quick
    from synth.record.rollout import random_policy  # noqa: PLC0415 - start-up stays quick

    simulator = family_of(spec).make(spec)
    try:
        return [
            rollout(simulator, random_policy(seed), seed, spec.max_steps, name="random")
            for seed in Seeds.of(spec).visible_random[:RANDOMS]
        ]
    finally:
        simulator.close()


def _show(rolled: Rollout, name: str) -> None:
    """Save the first and the last picture side by side, large enough to look at."""
    preview = RUNS / name / "first-frame.png"
    preview.parent.mkdir(parents=True, exist_ok=True)
    first = rolled.frames[0]
    height, width = first.shape[:2]
    scale = max(1, 320 // max(height, width))
    image = Image.fromarray(first).resize((width * scale, height * scale), Image.Resampling.NEAREST)
    image.save(preview)
    last = Image.fromarray(rolled.frames[-1]).resize(image.size, Image.Resampling.NEAREST)
    last.save(preview.with_name("last-frame.png"))
    output().print(
        f"it renders {width}x{height} pixels: look at {preview}, and at last-frame.png beside it "
        "for what an episode ends in"
    )


def _quote(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
