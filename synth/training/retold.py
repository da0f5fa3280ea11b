"""A lie played again in the simulator: as pictures for people, and as an episode for the suite."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from synth.errors import EnvironmentFault
from synth.failure import Find
from synth.program import parse
from synth.record.pictures import write_strip
from synth.record.player import Player
from synth.task.folder import read_reward
from synth.verdicts import LiveVerdicts

if TYPE_CHECKING:
    from pathlib import Path

    from synth.episode import Rollout
    from synth.spec import Spec
    from synth.training.hacking import Lie

__all__ = ["NOTE", "Retold", "retell"]

NOTE = "found by a trained agent: a program took its last frame for success"


@dataclass(frozen=True, eq=False, slots=True)
class Retold:
    """A lie as the simulator shows it.

    Attributes:
        rollout: The episode up to the claim.
        find: How to play it again.
        aliased: Whether its last picture is that of a success, pixel for pixel: no program could
            tell, so it is no fault of this one.
        words: Its actions in words.
    """

    rollout: Rollout
    find: Find
    aliased: bool
    words: tuple[str, ...]

    def draw(self, file: Path) -> None:
        """Write it as a film strip, a PNG."""
        file.parent.mkdir(parents=True, exist_ok=True)
        captions = ["start", *(f"{t}: {word}" for t, word in enumerate(self.words, start=1))]
        write_strip(file, self.rollout.frames, captions)


def retell(spec: Spec, folder: Path, lie: Lie) -> Retold:
    """Play a lie again.

    Args:
        spec: Whose environment.
        folder: ``generated/TASK``, whose program claimed it.
        lie: What was done.

    Raises:
        EnvironmentFault: The simulator shows another episode than the one that was trained in.
    """
    program = parse(read_reward(folder / "reward.py", spec.name))
    with Player(spec) as player, LiveVerdicts(program) as verdicts:
        rolled = player.play(lie.seed, lie.actions, name="agent")
        holds = verdicts.holds(rolled.frames, rolled.frames[0], rolled.mission)
        if len(rolled) != len(lie.actions) or not holds[-1, -1] or rolled.success.any():
            raise EnvironmentFault(
                f"{spec.env}: with seed {lie.seed} and the same actions the simulator shows "
                "another episode than the environment that was trained in, so the lie cannot be "
                "shown."
            )
        aliased = player.is_aliased(rolled, len(rolled))
        words = player.words(rolled.actions)
    return Retold(rolled, Find(lie.seed, rolled.actions, NOTE, rolled.mission), aliased, words)
