"""What an environment tells a learner: an ability of simulators, for models that were trained."""

from __future__ import annotations

from typing import Any, Protocol, runtime_checkable

__all__ = ["Observed"]


@runtime_checkable
class Observed(Protocol):
    """A simulator that can give the environment's own observation of the present moment."""

    def observation(self) -> Any:
        """As the environment's ``step`` would return it, in its own observation space."""
        ...
