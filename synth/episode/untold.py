"""What was forgiven: pictures from which nobody can tell that they are no success."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["Untold"]


@dataclass(frozen=True, slots=True)
class Untold:
    """Pictures that are a success by one way and none by another, and one of them.

    Attributes:
        pictures: How many different ones, each with its initial picture.
        seed: Of an episode that comes to one of them.
        frame: The frame on which it does.
        leaves: Whether a thing leaves its place there.
    """

    pictures: int
    seed: int
    frame: int
    leaves: bool

    @classmethod
    def of(cls, raw: Mapping[str, Any]) -> Untold:
        """What `to_json` gave."""
        return cls(raw["pictures"], raw["seed"], raw["frame"], raw["leaves"])

    def to_json(self) -> dict[str, Any]:
        """As the manifest holds it."""
        return asdict(self)

    def __add__(self, other: Untold | None) -> Untold:
        """Both counts, with the first one's example."""
        if other is None:
            return self
        return Untold(self.pictures + other.pictures, self.seed, self.frame, self.leaves)

    def __str__(self) -> str:
        """One line that says what cannot be told, and what to do about it."""
        many = "1 picture" if self.pictures == 1 else f"{self.pictures} pictures"
        seen = (
            "a thing has left its place as it does at success"
            if self.leaves
            else "all looks as it does at success"
        )
        return (
            f"the goal cannot be told from {many} in which {seen}, and the environment grants none "
            f"(seed {self.seed}, frame {self.frame}); "
            'train with goal_from="environment"'
        )
