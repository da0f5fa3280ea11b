"""Where a search plays: the simulator with its expert and its table of actions.

What has been learned about an episode by playing it again (the expert's actions for a seed,
whether a frame is aliased) is kept, since simulators are slow. Programs are not known here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from synth.envs import Worded, family_of
from synth.envs.recipe import acting
from synth.errors import EnvironmentFault, ExpertFailed, SpecError
from synth.experts import find_policy
from synth.record.aliasing import action_table, first_aliased, then_expert
from synth.record.player import expert_rollout, rollout

if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import TracebackType
    from typing import Self

    from synth.envs import Policy
    from synth.episode import Rollout
    from synth.spec import Spec

__all__ = ["Ground", "missing"]

NAME = "search"
"""Who acts in a rollout of a search."""


def missing(spec: Spec) -> str:
    """Why a spec's episodes cannot be played here at all, or nothing where they can."""
    try:
        with Ground(spec):
            return ""
    except (EnvironmentFault, SpecError) as error:
        return f"{error.fault}: {error}"


class Ground:
    """The simulator of a spec, for playing any seed in any way; a context manager.

    Args:
        spec: Whose environment, expert and step limit.

    Attributes:
        simulator: Reset at will.
        table: All actions that are tried.

    Raises:
        EnvironmentFault: The simulator is missing or refuses.
        SpecError: The spec names what does not exist.
    """

    def __init__(self, spec: Spec) -> None:
        self.spec = spec
        self.simulator = family_of(spec).make(spec)
        try:
            self.expert = find_policy(spec)
            self.table = action_table(self.simulator)
        except BaseException:  # also on Ctrl-C: nobody else knows of the simulator yet
            self.simulator.close()
            raise
        self._shown: dict[int, tuple[Any, ...]] = {}
        self._aliased: dict[int, dict[tuple[Any, ...], bool]] = {}

    def __enter__(self) -> Self:
        """The ground itself."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close the simulator."""
        self.simulator.close()

    def shown(self, seed: int) -> tuple[Any, ...]:
        """The expert's actions with a seed; none where it does not succeed."""
        if seed not in self._shown:
            try:
                rolled = expert_rollout(self.spec, self.simulator, self.expert, seed)
                self._shown[seed] = rolled.actions
            except ExpertFailed:
                self._shown[seed] = ()
        return self._shown[seed]

    def play(self, seed: int, actions: Sequence[Any], *, again: bool = False) -> Rollout:
        """Play actions from a reset, and let the expert go on from there if `again`.

        The episode ends with success, with the environment, or at the step limit.
        """
        acts = tuple(actions)
        policy = then_expert(acts, self.expert) if again else acting(acts)
        return self.play_policy(seed, policy)

    def play_policy(self, seed: int, policy: Policy) -> Rollout:
        """Play a policy from a reset."""
        return rollout(self.simulator, policy, seed, self.spec.max_steps, name=NAME)

    def words(self, actions: Sequence[Any]) -> tuple[str, ...]:
        """What people call these actions, as far as the simulator tells."""
        named = self.simulator if isinstance(self.simulator, Worded) else None
        return tuple(named.action_name(a) if named else str(a) for a in actions)

    def is_aliased(self, rolled: Rollout, frame: int) -> bool:
        """Whether that frame, or one before it, looks like success and is none.

        A success is never aliased itself, but it may come after a frame that is.
        """
        first = first_aliased(
            rolled.until(frame),
            lambda policy: self.play_policy(rolled.seed, policy),
            self.table,
            expert=self.expert,
            suspects=(frame,),
            known=self._aliased.setdefault(rolled.seed, {}),
        )
        return first is not None
