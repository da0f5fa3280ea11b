"""What a task's episodes are played with: simulator, expert and actions in one place.

What has been learned by playing (the expert's actions for a seed, whether a frame is
aliased) is kept, since simulators are slow. No program is asked here.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from synth.envs import Worded, family_of
from synth.envs.recipe import acting
from synth.episode import frame_digest
from synth.errors import EnvironmentFault, ExpertFailed, IllegalAction, SpecError
from synth.experts import Demonstrated, find_policy
from synth.record.aftermath import Aftermath, Twins
from synth.record.aliasing import action_table, all_actions, first_alias, then_expert, unaliased
from synth.record.missions import began, require_missions
from synth.record.rollout import expert_rollout, random_policy, require_open, rollout
from synth.record.untold import UntoldWatch

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from types import TracebackType
    from typing import Self

    import numpy as np
    from numpy.typing import NDArray

    from synth.envs import Policy, TimeStep
    from synth.episode import Rollout
    from synth.record.aliasing import Alias, Play
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
        missioned: Whether the spec's missions vary.
        actions: All actions there are; ``None`` where there is no end of them.
        table: Actions to choose from: all, or some where there is no end of them.
        untold: The pictures met so far that cannot be told from success.

    Raises:
        EnvironmentFault: The simulator is missing or refuses.
        SpecError: The spec names what does not exist.
    """

    def __init__(self, spec: Spec) -> None:
        self.spec = spec
        self.missioned = spec.mission is not None
        self.family = family_of(spec)
        self.simulator = self.family.make(spec)
        try:
            require_missions(spec, self.simulator)
            self.expert = find_policy(spec)
            self.actions = all_actions(self.simulator)
            self.table = action_table(self.simulator)
        except BaseException:  # also on Ctrl-C: nobody else knows of the simulator yet
            self.simulator.close()
            raise
        self._shown: dict[tuple[int, str | None], tuple[Any, ...]] = {}
        self._aliased: dict[tuple[int, str | None], dict[str, Alias | None]] = {}
        self._twins: dict[tuple[int, str | None], Twins] = {}
        self.untold = UntoldWatch()

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

    def began(self, seed: int, *, mission: str | None = None, draw: bool = True) -> TimeStep:
        """Begin an episode in the simulator, for whoever steps it.

        Args:
            seed: For the reset.
            mission: Given to the episode; by default it has the one that its seed draws.
            draw: Whether the picture is wanted.
        """
        return began(self.simulator, seed, mission=mission, missioned=self.missioned, draw=draw)

    def shown(self, seed: int, *, mission: str | None = None) -> tuple[Any, ...]:
        """The expert's actions with a seed up to its first success; none where it has none.

        Args:
            seed: For the reset.
            mission: Given to the episode; by default it has the one that its seed draws.
        """
        if (seed, mission) not in self._shown:
            try:
                self.roll_expert(seed, mission=mission, draw=False)
            except ExpertFailed:
                self._shown[seed, mission] = ()
        return self._shown[seed, mission]

    def roll_expert(self, seed: int, *, mission: str | None = None, draw: bool = True) -> Rollout:
        """The expert's episode of a seed, with the mission that is given to it, if one is.

        Raises:
            ExpertFailed: The expert does not succeed, or breaks, or there is nothing to do.
        """
        expert = self.expert.of(seed) if isinstance(self.expert, Demonstrated) else self.expert
        rolled = expert_rollout(self.spec, self.simulator, expert, seed, draw=draw, mission=mission)
        self._shown[seed, mission] = rolled.actions[: rolled.first_success]
        return rolled

    def roll_random(self, seed: int) -> Rollout:
        """The random policy's episode of a seed, aliased or not."""
        return self.play_policy(seed, random_policy(seed), name="random", max_steps=self._patience)

    def fair_random(self, seed: int) -> Rollout:
        """The random policy's episode, without what pixels cannot tell from success; see `kept`.

        Raises:
            ExpertFailed: There is nothing to do: the episode is solved at the start.
        """
        play = partial(self.play_policy, seed, name="random")
        rolled = self.roll_random(seed)
        rolled = self.kept(rolled, self.alias_of(rolled, play), play)
        require_open(rolled, self.spec)
        return rolled

    def play(
        self,
        seed: int,
        actions: Sequence[Any],
        *,
        again: bool = False,
        name: str = "search",
        draw: bool = True,
        mission: str | None = None,
    ) -> Rollout:
        """Play actions from a reset, and let the expert go on from there if `again`.

        The episode has its own mission, unless it is given one. All of the actions are played,
        success or not, unless the environment ends before.
        """
        acts = tuple(actions)
        policy = then_expert(acts, self.expert) if again else acting(acts)
        return self.play_policy(
            seed, policy, name=name, since=len(acts), draw=draw, mission=mission
        )

    def play_policy(
        self,
        seed: int,
        policy: Policy,
        *,
        name: str = "search",
        alter: Callable[[Any], None] | None = None,
        max_steps: int | None = None,
        since: int = 0,
        draw: bool = True,
        mission: str | None = None,
    ) -> Rollout:
        """Play a policy from a reset.

        Args:
            seed: For the reset.
            policy: Called once after the reset.
            name: The policy's, for the record.
            alter: Changes the scene after the reset.
            max_steps: At most so many actions; by default as many as the spec allows.
            since: Success within fewer actions than this ends nothing.
            draw: Whether pictures are wanted.
            mission: Given to the episode; by default it has the one that its seed draws.
        """
        return rollout(
            self.simulator,
            policy,
            seed,
            max_steps or self.spec.max_steps,
            name=name,
            alter=alter,
            hold=self.spec.expert.hold,
            since=since,
            pixels=self.spec.success.pixels,
            draw=draw,
            missioned=self.missioned,
            mission=mission,
        )

    def fair(
        self, seed: int, policy: Policy, *, name: str, max_steps: int | None = None
    ) -> Rollout:
        """A policy's episode, up to where pixels can no longer tell it from success."""

        def play(policy: Policy, *, draw: bool = True) -> Rollout:
            return self.play_policy(seed, policy, name=name, draw=draw)

        rolled = self.play_policy(seed, policy, name=name, max_steps=max_steps)
        return unaliased(rolled, self.alias_of(rolled, play))

    def alias_of(self, rolled: Rollout, play: Play) -> Alias | None:
        """Where an episode can no longer be told from success; its picture is counted.

        Args:
            rolled: The episode.
            play: Plays a policy from the start of the very same episode.

        Raises:
            IllegalAction: Of the expert, called within the episode.
        """
        alias = first_alias(
            rolled, play, self.actions, expert=self.expert, simulator=self.simulator
        )
        self.untold.add(rolled, alias)
        return alias

    def kept(self, rolled: Rollout, alias: Alias | None, play: Play) -> Rollout:
        """An episode as it may be recorded: nothing that cannot be told from success is judged.

        It goes on after such a frame to the last one that can be told; see
        `synth.record.aftermath`.

        Args:
            rolled: The episode.
            alias: What `alias_of` gave.
            play: Plays a policy from the start of the very same episode.
        """
        if alias is None:
            return rolled
        return self._aftermath(rolled, alias, play, twins=Twins(), known={}).kept()

    def _aftermath(
        self,
        rolled: Rollout,
        alias: Alias,
        play: Play,
        *,
        twins: Twins,
        known: dict[str, Alias | None],
    ) -> Aftermath:
        return Aftermath(
            rolled,
            alias,
            play,
            self.actions,
            expert=self.expert,
            simulator=self.simulator,
            twins=twins,
            known=known,
            longest=self.spec.max_steps,
        )

    def told_to_its_end(self, rolled: Rollout) -> bool:
        """Whether each frame of an episode in an unchanged scene can be told from success.

        What cannot is counted. Where the expert cannot be called within it, nobody knows.
        """
        play = partial(self.play_policy, rolled.seed, mission=rolled.mission)
        try:
            alias = self.alias_of(rolled, play)
        except IllegalAction:
            return False
        return alias is None or alias.last == len(rolled)

    @property
    def _patience(self) -> int:
        return min(self.spec.random.max_steps or self.spec.max_steps, self.spec.max_steps)

    def words(self, actions: Sequence[Any]) -> tuple[str, ...]:
        """What people call these actions, as far as the simulator tells."""
        named = self.simulator if isinstance(self.simulator, Worded) else None
        return tuple(named.action_name(a) if named else str(a) for a in actions)

    def is_aliased(self, rolled: Rollout, frame: int) -> bool:
        """Whether that frame cannot be told from success, though it is none.

        A success is never aliased itself. A frame whose change only makes what follows look like
        success is judged (`Alias.same`), and so is what follows where it can be told again.
        """
        alias = self._alias_by(rolled, frame)
        if alias is None or frame <= alias.last:
            return False
        start = (rolled.seed, rolled.mission)
        aftermath = self._aftermath(
            rolled.until(frame),
            alias,
            partial(self.play_policy, rolled.seed, mission=rolled.mission),
            twins=self._twins.setdefault(start, Twins()),
            known=self._aliased[start],
        )
        if aftermath.tells(frame):
            return False
        self.untold.add(rolled, alias)
        return True

    def was_success(
        self, frame: NDArray[np.uint8], seed: int, *, mission: str | None = None
    ) -> bool:
        """Whether a picture is known to be a success of a seed's layout, by whatever way.

        Known are those that were met when it was asked what can be told; see
        `synth.record.aftermath`.
        """
        twins = self._twins.get((seed, mission))
        return twins is not None and frame_digest(frame) in twins.successes

    def follows_alias(self, rolled: Rollout, frame: int) -> bool:
        """Whether that frame, or one before it, cannot be told from success.

        What a program has credited by then it may have credited for a picture of success.
        """
        alias = self._alias_by(rolled, frame)
        return alias is not None and frame > alias.last

    def _alias_by(self, rolled: Rollout, frame: int) -> Alias | None:
        return first_alias(
            rolled.until(frame),
            partial(self.play_policy, rolled.seed, mission=rolled.mission),
            self.actions,
            expert=self.expert,
            simulator=self.simulator,
            suspects=(frame,),
            known=self._aliased.setdefault((rolled.seed, rolled.mission), {}),
        )


def roll_expert(spec: Spec, seed: int) -> Rollout:
    """The expert's episode of any seed, with a simulator made for it; see `Player`."""
    with Player(spec) as player:
        return player.roll_expert(seed)


def roll_random(spec: Spec, seed: int) -> Rollout:
    """A random episode of any seed, with a simulator made for it; see `Player`."""
    with Player(spec) as player:
        return player.roll_random(seed)
