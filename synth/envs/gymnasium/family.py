"""The family of every environment that no other family knows better."""

from __future__ import annotations

import dataclasses
from importlib import metadata
from typing import TYPE_CHECKING, Any

import gymnasium

from synth.envs.base import Defaults, PlainFamily
from synth.envs.gymnasium.known import KNOWN, NOISE, sized
from synth.envs.gymnasium.pictures import shrunk
from synth.envs.registry import registered

if TYPE_CHECKING:
    from synth.envs.base import Policy, Simulator
    from synth.envs.finding import SuccessFinding
    from synth.envs.trainable import Granted, Picture
    from synth.spec import Spec

__all__ = ["FAMILY", "GymnasiumFamily"]

_PACKAGES = ("gymnasium", "numpy", "pygame", "box2d", "mujoco", "ale-py")
"""What may draw the pictures; those installed are recorded."""


class GymnasiumFamily(PlainFamily):
    """Every id registered with Gymnasium; it is asked last."""

    name = "gymnasium"

    def claims(self, env_id: str) -> bool:
        """Whether the id is registered; the module of ``module:Id`` has been imported."""
        return registered(env_id) is not None

    def known(self) -> tuple[str, ...]:
        """All registered ids, which need not be able to draw."""
        return tuple(gymnasium.registry)

    def make(self, spec: Spec) -> Simulator:
        """Make the environment of a spec; see `synth.envs.base.Family.make`."""
        from synth.envs.gymnasium.simulator import simulator_of  # noqa: PLC0415 - made on demand

        simulator: Simulator = simulator_of(spec)
        return simulator

    def environment(self, spec: Spec) -> gymnasium.Env[Any, Any]:
        """The environment to train in; see `synth.envs.trainable.Trainable`."""
        from synth.envs.gymnasium.training import training_environment  # noqa: PLC0415 - on demand

        return training_environment(spec)

    def own_limit(self, spec: Spec) -> int | None:
        """What the environment was registered with."""
        limit: int | None = getattr(registered(spec.env), "max_episode_steps", None)
        return limit

    def picture(self, spec: Spec) -> Picture:
        """Its own render, resized as the recorded pictures are."""
        from synth.envs.gymnasium.training import DrawnPicture  # noqa: PLC0415 - on demand

        return DrawnPicture(spec)

    def granted(self, spec: Spec) -> Granted:
        """The spec's own condition of success."""
        from synth.envs.gymnasium.training import ConditionGranted  # noqa: PLC0415 - on demand

        return ConditionGranted(spec)

    def defaults(self, env_id: str) -> Defaults:
        """An expert, options and a size where synth has them; otherwise a size alone."""
        known = KNOWN.get(env_id.rpartition(":")[2])
        if known is not None:
            return known
        limit = getattr(registered(env_id), "max_episode_steps", None) or _PLAIN.max_steps
        return dataclasses.replace(_PLAIN, max_steps=limit)

    def find_success(self, spec: Spec, expert: Policy | None) -> SuccessFinding:
        """Try the usual places of success; see `synth.envs.finding.Finds`."""
        from synth.envs.gymnasium.evidence import find_success  # noqa: PLC0415 - made on demand

        return find_success(spec, expert)

    def notes(self, spec: Spec) -> str:
        """How the pictures came to their size, and how finely success is judged."""
        parts = []
        if "crop" in spec.render:
            parts.append("The picture is a part, cut out of what the environment draws.")
        if shrinking := shrunk(spec):
            parts.append(shrinking)
        if spec.success.pixel is not None:
            parts.append(
                "Success has a threshold, and a pixel of the picture shows "
                f"{spec.success.pixel:g} of the environment's own unit."
            )
        return " ".join(parts)

    def measures(self, spec: Spec) -> bool:
        """Where the spec names a margin."""
        return spec.success.margin is not None

    def versions(self) -> dict[str, str]:
        """Versions of the packages that may draw, as far as they are installed."""
        found = {}
        for package in _PACKAGES:
            try:
                found[package] = metadata.version(package)
            except metadata.PackageNotFoundError:
                continue
        return found


_PLAIN = Defaults(render=sized(128), metamorphic=NOISE)

FAMILY = GymnasiumFamily()
