"""What a task's episodes are played with: simulator, expert and actions in one place.

What has been learned by playing (the expert's actions for a seed, whether a frame is
aliased) is kept, since simulators are slow. Programs are not known here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from synth.envs import Worded, family_of
from synth.envs.recipe import acting
from synth.errors import EnvironmentFault, ExpertFailed, SpecError
from synth.experts import find_policy
from synth.record.aliasing import action_table, first_aliased, then_expert, unaliased
from synth.record.rollout import expert_rollout, random_policy, rollout

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from types import TracebackType
    from typing import Self

    from synth.envs import Policy
    from synth.episode import Rollout
    from synth.spec import Spec

__all__ = ["Player", "missing", "roll_expert", "roll_random"]


def missing(spec: Spec) -> str:
    """Why a spec's episodes cannot be played here at all, or nothing where they can."""
    try:
        with Player(spec):
            return ""
    except (EnvironmentFault, SpecError) as error:
        return f"{error.fault}: {error}"


class Player:
    """The simulator of a spec, for playing any seed in any way; a context manager.

    For example, the expert's episode of a seed, and the same with its last action left out::

        with Player(spec) as player:
            shown = player.shown(7)
            cut = player.play(7, shown[:-1])

    Args:
        spec: Whose environment, expert and step limit.

    Attributes:
        spec: The spec.
        family: Makes the simulator.
        simulator: Reset at will.
        expert: The spec's expert.
        table: Actions to choose from, all of them where there is an end of them.

    Raises:
        EnvironmentFault: The simulator is missing or refuses.
        SpecError: The spec names what does not exist.
    """

    def __init__(self, spec: Spec) -> None:
        self.spec = spec
        self.family = family_of(spec)
        self.simulator = self.family.make(spec)
        try:
            self.expert = find_policy(spec)
            self.table = action_table(self.simulator)
        except BaseException:  # also on Ctrl-C: nobody else knows of the simulator yet
            self.simulator.close()
            raise
        self._shown: dict[int, tuple[Any, ...]] = {}
        self._aliased: dict[int, dict[tuple[Any, ...], bool]] = {}

    def __enter__(self) -> Self:
        """The player itself."""
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
                self._shown[seed] = self.roll_expert(seed).actions
            except ExpertFailed:
                self._shown[seed] = ()
        return self._shown[seed]

    def roll_expert(self, seed: int) -> Rollout:
        """The expert's episode of a seed.

        Raises:
            ExpertFailed: The expert does not succeed, or breaks.
        """
        return expert_rollout(self.spec, self.simulator, self.expert, seed)

    def roll_random(self, seed: int) -> Rollout:
        """The random policy's episode of a seed."""
        return self.play_policy(seed, random_policy(seed), name="random")

    def play(
        self, seed: int, actions: Sequence[Any], *, again: bool = False, name: str = "search"
    ) -> Rollout:
        """Play actions from a reset, and let the expert go on from there if `again`.

        The episode ends with success, with the environment, or at the step limit.
        """
        acts = tuple(actions)
        policy = then_expert(acts, self.expert) if again else acting(acts)
        return self.play_policy(seed, policy, name=name)

    def play_policy(
        self,
        seed: int,
        policy: Policy,
        *,
        name: str = "search",
        alter: Callable[[Any], None] | None = None,
    ) -> Rollout:
        """Play a policy from a reset, in a changed scene if `alter` is given."""
        return rollout(self.simulator, policy, seed, self.spec.max_steps, name=name, alter=alter)

    def fair(self, seed: int, policy: Policy, *, name: str) -> Rollout:
        """A policy's episode, up to where pixels can no longer tell it from success."""

        def play(policy: Policy) -> Rollout:
            return self.play_policy(seed, policy, name=name)

        return unaliased(play(policy), play, self.table, expert=self.expert)

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


def roll_expert(spec: Spec, seed: int) -> Rollout:
    """The expert's episode of any seed, with a simulator made for it; see `Player`."""
    with Player(spec) as player:
        return player.roll_expert(seed)


def roll_random(spec: Spec, seed: int) -> Rollout:
    """A random episode of any seed, with a simulator made for it; see `Player`."""
    with Player(spec) as player:
        return player.roll_random(seed)
