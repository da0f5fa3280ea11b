"""What an option is, and the options that a plan holds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, get_args

from synth.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from synth.plan import Stages

__all__ = ["Initiation", "Option", "choices", "options_of"]

Initiation = Literal["staged", "any"]


@dataclass(frozen=True, slots=True)
class Option:
    """One sub-task as an option: its initiation set, and what ends it.

    Attributes:
        index: Of its sub-task in plan order; the option ends where that is credited.
        name: The sub-task's.
        after: Indices of the sub-tasks that must have been credited before it can begin.
    """

    index: int
    name: str
    after: frozenset[int]

    def can_begin(self, credited: Sequence[bool]) -> bool:
        """Whether the initiation set holds a state.

        Args:
            credited: ``bool[K]``, what has been credited in the episode.
        """
        return not credited[self.index] and all(credited[k] for k in self.after)


def options_of(stages: Stages, initiation: Initiation = "staged") -> tuple[Option, ...]:
    """The options of a plan, one a sub-task, in its order.

    Args:
        stages: The plan's stages.
        initiation: ``staged``: an option waits for all earlier stages. ``any``: only for its own
            not having been credited, so that the order is the manager's to find. Credit keeps the
            plan's order in both.

    Raises:
        UsageError: There is no such initiation.
    """
    if initiation not in get_args(Initiation):
        raise UsageError(f"initiation is {initiation!r}; it must be 'staged' or 'any'.")
    found: list[Option] = []
    for stage in stages:
        earlier = frozenset(range(len(found))) if initiation == "staged" else frozenset[int]()
        found += [Option(len(found) + k, name, earlier) for k, name in enumerate(stage)]
    return tuple(found)


def choices(options: Sequence[Option], credited: Sequence[bool]) -> tuple[int, ...]:
    """Indices of the options that can begin; never none.

    Where the plan is complete and the environment goes on, the goal's option is followed, unpaid,
    to the environment's own end: an episode is not ended on the program's word alone.

    Args:
        options: In plan order, the goal's last.
        credited: ``bool[K]``.
    """
    able = tuple(option.index for option in options if option.can_begin(credited))
    return able if able and not credited[-1] else (len(options) - 1,)
