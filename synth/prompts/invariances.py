"""What a program is judged under besides the pictures as they are, in words for a prompt.

Each perturbation has its own words, so that a model is told just what the suite asks. Nothing
is said of which episodes are shown perturbed, nor of how far a program passes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from synth.perturbations import asked

if TYPE_CHECKING:
    from synth.spec import Spec

__all__ = ["invariances"]


def invariances(spec: Spec) -> tuple[str, ...]:
    """One clause for each declared perturbation, to be listed: ``drawn with tiles of 8 pixels``.

    Args:
        spec: Without a metamorphic table there are none.
    """
    # An empty table of render parameters asks for nothing that could be said.
    return tuple(a.perturbation.prompt(a.way, spec.render) for a in asked(spec) if a.way)
