"""Every perturbation that there is; a new one is one file and one line here."""

from __future__ import annotations

import importlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from synth.perturbations.base import Perturbation
    from synth.spec import Spec

__all__ = ["PERTURBATIONS", "PerturbationWay", "asked", "perturbation_of", "perturbations"]

CLASSES = (
    "synth.perturbations.render:Render",
    "synth.perturbations.distractors:Distractors",
    "synth.perturbations.colours:Colours",
    "synth.perturbations.noise:Noise",
    "synth.perturbations.brightness:Brightness",
    "synth.perturbations.shift:Shift",
)
"""In the order of the spec's keys, of the checks, and of what prompts say."""


def _made(name: str) -> Perturbation[Any]:
    module, _, of = name.partition(":")
    made: Perturbation[Any] = getattr(importlib.import_module(module), of)()
    return made


PERTURBATIONS: tuple[Perturbation[Any], ...] = tuple(map(_made, CLASSES))


@dataclass(frozen=True, slots=True)
class PerturbationWay:
    """One way of one perturbation that a spec asks for."""

    perturbation: Perturbation[Any]
    way: Any

    @property
    def label(self) -> str:
        """What it is called before an episode is shown in it: ``distractors: up to 2``."""
        return self.perturbation.label(self.way)


def perturbations() -> tuple[Perturbation[Any], ...]:
    """All of them."""
    return PERTURBATIONS


def perturbation_of(name: str) -> Perturbation[Any]:
    """The perturbation that a stored name belongs to.

    Args:
        name: Of a variant or a failure: ``tile_size = 8``, ``noise: 6``.

    Raises:
        LookupError: None claims it.
    """
    for perturbation in perturbations():
        if perturbation.claims(name):
            return perturbation
    raise LookupError(f"no perturbation is called {name!r}")


def asked(spec: Spec) -> tuple[PerturbationWay, ...]:
    """What a spec asks for; nothing where it has no metamorphic table."""
    if spec.metamorphic is None:
        return ()
    return tuple(
        PerturbationWay(perturbation, way)
        for perturbation in perturbations()
        for way in perturbation.ways(spec.metamorphic.setting(perturbation.key))
    )
