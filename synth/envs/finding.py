"""Finding out what success is: abilities where environments do not say."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, runtime_checkable

if TYPE_CHECKING:
    from synth.envs.base import Policy
    from synth.spec import Spec

__all__ = ["Conditioned", "Finds", "SuccessFinding"]


@dataclass(frozen=True, slots=True)
class SuccessFinding:
    """What was taken for success in an environment, by trying.

    Attributes:
        when: For ``[success] when``.
        evidence: Sentences: what was tried, and how often each held.
    """

    when: str
    evidence: tuple[str, ...]


@runtime_checkable
class Finds(Protocol):
    """A family whose environments do not say what success is, and that can look for it."""

    def find_success(self, spec: Spec, expert: Policy | None) -> SuccessFinding:
        """Try the usual places of success with the expert and at random.

        Raises:
            SpecError: None tells success, or the one that does is nothing that a picture can
                show; the message says which and why.
        """
        ...


@runtime_checkable
class Conditioned(Protocol):
    """A simulator whose success is a condition that the spec names."""

    def unmet(self) -> str:
        """Why the condition held nowhere in the present episode, and what came instead.

        One or more sentences, for the message about an expert that does not succeed.
        """
        ...
