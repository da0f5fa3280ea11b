"""The family of the tabletop."""

from __future__ import annotations

import importlib
import importlib.util
from importlib import metadata
from typing import TYPE_CHECKING, Any

from synth.envs.base import Defaults, PlainFamily
from synth.envs.keys import SpecKeys, refuse_condition, wrong_key
from synth.envs.missing import missing_package
from synth.envs.registry import registered, unknown_env
from synth.envs.tabletop.camera import VIEWS
from synth.envs.tabletop.colours import PALETTES
from synth.envs.tabletop.ids import IDS
from synth.envs.tabletop.near_misses import RECIPES
from synth.envs.tabletop.telling import tell

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from synth.envs.base import Simulator
    from synth.envs.recipe import Recipe
    from synth.envs.trainable import Granted, Picture, StepResult
    from synth.spec import Spec

__all__ = ["FAMILY", "TabletopFamily"]

SIZES = range(32, 513)
"""Pixels that the side of a view may have."""


class TabletopFamily(PlainFamily):
    """Pick-and-place on a table seen from above."""

    name = "tabletop"

    def claims(self, env_id: str) -> bool:
        """Whether it is one of the table's, by its id or by its registered class."""
        entry = registered(env_id)
        if entry is None:
            return False
        if entry.id in IDS:
            return True
        point = entry.entry_point
        return isinstance(point, type) and any(
            base.__module__ == "synth.envs.tabletop.environment" for base in point.__mro__
        )

    def known(self) -> tuple[str, ...]:
        """Its own ids; none where PyBullet is missing."""
        return tuple(IDS) if importlib.util.find_spec("pybullet") else ()

    def make(self, spec: Spec) -> Simulator:
        """Make the environment of a spec; see `synth.envs.base.Family.make`."""
        env = self.environment(spec)
        simulator: Simulator = _installed("simulator", spec).TabletopSimulator(spec, env.unwrapped)
        return simulator

    def environment(self, spec: Spec) -> Any:
        """The environment under its step limit; see `synth.envs.trainable.Trainable`."""
        import gymnasium  # noqa: PLC0415 - made on demand

        _installed("environment", spec)
        if registered(spec.env) is None:
            raise unknown_env(spec, self.known())
        _require_known(spec)
        try:
            return gymnasium.make(
                spec.env,
                render_mode="rgb_array",
                max_episode_steps=spec.max_steps,
                disable_env_checker=True,
                **spec.render,
                **spec.options,
            )
        except TypeError as error:
            problem = f"{spec.env} refuses its options: {str(error).partition(' was raised')[0]}."
            raise wrong_key(spec, "options", problem, "`colours` is the only one.") from error

    def picture(self, spec: Spec) -> Picture:  # noqa: ARG002 - the environment knows
        """As the environment draws itself."""
        return _picture

    def granted(self, spec: Spec) -> Granted:  # noqa: ARG002 - the same for all tasks
        """``info["is_success"]``."""
        return _success

    def encoded(self, env: Any) -> Any:
        """Moves that name two things, and what lies over what; sweeps stay what they are."""
        if env.unwrapped.task.sweeps:
            return env
        return importlib.import_module("synth.envs.tabletop.by_things").ThingMoves(env)

    def truth_reader(self, env: Any) -> Callable[[], Mapping[str, bool]]:
        """The predicates of the mission's goal."""
        table = env.unwrapped
        return lambda: table.goal.truth(table.scene)

    def defaults(self, env_id: str) -> Defaults:  # noqa: ARG002 - the same for all tasks
        """The oracle, and the view from above."""
        return Defaults(
            policy="synth.envs.tabletop:oracle",
            render=(
                '# Pixels of each side of a view; "front" is a second one, beside the first.',
                "size = 128",
                'views = ["top"]',
            ),
            options=('# Colours of the things: "seen" or "unseen".', 'colours = "seen"'),
            metamorphic=("# Largest change of a channel by noise, of 255.", "noise = 4"),
            max_steps=10,
            hold=3,
        )

    def recipes(self) -> tuple[Recipe, ...]:
        """The wrong thing, the wrong place, beside, undone."""
        return RECIPES

    def notes(self, spec: Spec) -> str:
        """Camera and sizes, and how finely success is judged."""
        return tell(spec)

    def measures(self, spec: Spec) -> bool:  # noqa: ARG002 - the same for all of them
        """Always: how near a thing is to where it belongs."""
        return True

    def versions(self) -> dict[str, str]:
        """Versions of the physics and of numpy, which draws the layouts."""
        return {name: metadata.version(name) for name in ("gymnasium", "numpy", "pybullet")}


def _picture(env: Any, /) -> Any:
    return env.render()


def _success(_env: Any, step: StepResult, /) -> bool:
    return bool(step[-1]["is_success"])


def _installed(module: str, spec: Spec) -> Any:
    """A module of this folder that needs the simulator."""
    try:
        importlib.import_module("synth.envs.tabletop.world").engine()
    except ModuleNotFoundError as error:
        raise missing_package(spec.env, error.name, "synth[tabletop]") from error
    return importlib.import_module(f"synth.envs.tabletop.{module}")


def _require_known(spec: Spec) -> None:
    """Check what the spec says of pictures, colours and success.

    Raises:
        SpecError: It says what the table does not have.
    """
    refuse_condition(spec, "a table's mission says it")
    keys = SpecKeys(spec, "render")
    keys.require_known(("size", "views"))
    keys.whole("size", 128, SIZES, "of pixels")
    keys.some_of("views", ("top",), VIEWS)
    if spec.options.get("colours", "seen") not in PALETTES:
        shape = " or ".join(PALETTES)
        raise SpecKeys(spec, "options").must_be("colours", shape, "seen")


FAMILY = TabletopFamily()
