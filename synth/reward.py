"""A reward program, linted and loaded in the sandbox; and what answers like one.

`load` is how everything outside the loop gets a reward: the wrappers, the reports and the
user. It never imports the program: it reads text, lints it and hands it to a worker. It
does not judge it; `pytest generated/TASK` does.
"""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from synth.credit import Credit, CreditTracker, assign_credit
from synth.errors import LintError, RewardError, UsageError
from synth.program import lint, parse
from synth.proven import read_goal_from, read_proven
from synth.sandbox import Sandboxes

if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import TracebackType

    from numpy.typing import NDArray

    from synth.plan import Stages
    from synth.program import Program
    from synth.proven import ProvenPictures
    from synth.sandbox import Answerers, Verdicts
    from synth.shaping import GoalFrom

__all__ = ["Reward", "RewardFunction", "load", "meant_folder"]


class RewardFunction:
    """Whatever says of pictures which sub-tasks hold: a program, or an alternative to one.

    A deep copy is the reward itself, since it keeps no memory of episodes. It is a context
    manager.

    Args:
        program: Its sub-tasks, and its code where it has any.
        answerers: Who answers.
        deadline: Seconds that one call may take.
        folder: The task folder it comes from, ``None`` where there is none.
    """

    def __init__(
        self,
        program: Program,
        answerers: Answerers,
        *,
        deadline: float = 10.0,
        folder: Path | None = None,
    ) -> None:
        self.program, self.answerers, self.folder = program, answerers, folder
        self.stages: Stages = program.stages
        self._answerer = answerers.open(program, deadline=deadline)

    @property
    def subtasks(self) -> tuple[str, ...]:
        """Names of the sub-tasks in plan order; the last is the goal."""
        return tuple(name for stage in self.stages for name in stage)

    @cached_property
    def proven(self) -> ProvenPictures | None:
        """The pictures it was proven on; ``None`` for a program without a task folder."""
        return None if self.folder is None else read_proven(self.folder)

    @cached_property
    def goal_from(self) -> GoalFrom:
        """Who should say that the goal holds, as its task folder's provenance has it.

        ``environment`` where pictures of success were met that are none elsewhere: no program
        can tell them. Wrappers do so by default.
        """
        return "reward" if self.folder is None else read_goal_from(self.folder)

    @property
    def takes_mission(self) -> bool:
        """Whether its task's missions vary, so that it must be told the words of the episode."""
        return self.program.takes_mission

    def check(
        self,
        frames: NDArray[np.uint8],
        initial: NDArray[np.uint8],
        mission: str | None = None,
    ) -> NDArray[np.bool_]:
        """Which sub-tasks hold, frame by frame, without memory.

        Args:
            frames: ``uint8[T, H, W, 3]``, or one frame ``uint8[H, W, 3]``.
            initial: ``uint8[H, W, 3]``, the first frame of the episode.
            mission: The words of the episode; exactly where the reward `takes_mission`.

        Returns:
            ``bool[T, K]``, or ``bool[K]`` for one frame.

        Raises:
            UsageError: A mission is missing, or nobody would heed it.
            ProgramFault: The program raised, returned no bool, hung or was killed.
        """
        self._require_mission(given=mission is not None)
        return self._answerer.check(frames, initial, mission)

    def progress(
        self,
        frames: NDArray[np.uint8],
        initial: NDArray[np.uint8],
        mission: str | None = None,
    ) -> NDArray[np.float32]:
        """How far each sub-task has come, in [0, 1].

        Where the program defines no ``NAME_progress``, this is 1 where the sub-task holds
        and 0 elsewhere.

        Args:
            frames: ``uint8[T, H, W, 3]``, or one frame ``uint8[H, W, 3]``.
            initial: ``uint8[H, W, 3]``.
            mission: As for `check`.

        Returns:
            ``float32[T, K]``, or ``float32[K]`` for one frame.

        Raises:
            UsageError: As for `check`.
            ProgramFault: As for `check`.
        """
        self._require_mission(given=mission is not None)
        return self._answerer.progress(frames, initial, mission)

    def verdicts(
        self,
        frames: NDArray[np.uint8],
        pairs: NDArray[np.integer],
        missions: Sequence[str] | None = None,
    ) -> Verdicts:
        """The batched form over many episodes; see `synth.sandbox.Sandbox.verdicts`."""
        self._require_mission(given=missions is not None)
        return self._answerer.verdicts(frames, pairs, missions)

    def credit(self, frames: NDArray[np.uint8], mission: str | None = None) -> Credit:
        """Credit for a whole episode.

        Args:
            frames: ``uint8[T, H, W, 3]``; the first one is the initial frame.
            mission: As for `check`.

        Returns:
            When each sub-task was credited, when the goal held, and what was skipped.
        """
        return assign_credit(self.check(frames, np.asarray(frames)[0], mission), self.stages)

    def _require_mission(self, *, given: bool) -> None:
        if given == self.takes_mission:
            return
        if given:
            raise UsageError(
                "this reward's checkers take no mission: its task has one goal. Leave it out."
            )
        raise UsageError(
            "this reward's checkers take the mission of the episode: pass the words that the "
            "environment gives, as `reward.check(frames, initial, mission)`."
        )

    def tracker(self) -> CreditTracker:
        """A fresh tracker that assigns credit one frame at a time."""
        return CreditTracker(self.stages)

    def close(self) -> None:
        """End the worker. A later call starts another."""
        self._answerer.close()

    def __enter__(self) -> Self:
        """The reward itself."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """End the worker."""
        self.close()

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        return self

    def __repr__(self) -> str:
        return f"{type(self).__name__}(subtasks={self.subtasks})"


class Reward(RewardFunction):
    """A reward program in its sandbox.

    It can be pickled: the copy starts a worker of its own. `close` ends the worker; so does
    garbage collection.

    Args:
        source: The program's text.
        deadline: Seconds that one call may take.
        unsafe: Run without a kernel lockdown where the machine has none. Never do this
            with a program you have not read.
        folder: The task folder it comes from, ``None`` where there is none.

    Raises:
        ProgramSyntaxError: The text is not a reward program.
        LintError: It uses what reward programs may not use.
        SandboxUnavailable: This machine cannot confine it.
    """

    def __init__(
        self,
        source: str,
        *,
        deadline: float = 10.0,
        unsafe: bool = False,
        folder: Path | None = None,
    ) -> None:
        self._options = (source, deadline, unsafe, folder)
        program = parse(source)
        findings = lint(source)
        if findings:
            raise LintError(tuple(findings))
        self.source = source
        super().__init__(program, Sandboxes(unsafe=unsafe), deadline=deadline, folder=folder)

    def __reduce__(self) -> tuple[object, ...]:
        return (_rebuild, self._options)

    def __repr__(self) -> str:
        return f"Reward(subtasks={self.subtasks})"


def _rebuild(source: str, deadline: float, unsafe: bool, folder: Path | None) -> Reward:
    return Reward(source, deadline=deadline, unsafe=unsafe, folder=folder)


def meant_folder(given: Path) -> Path | None:
    """The checkout's ``generated/TASK``, where the task's name was given in place of it."""
    meant = Path("generated") / given.name
    return meant if meant != given and (meant / "task.toml").exists() else None


def load(path: str | Path, *, deadline: float = 10.0, unsafe: bool = False) -> Reward:
    """Load a reward program: read it as text, lint it, start it in the sandbox.

    Args:
        path: A task folder (``generated/doorkey``) or a program (``reward.py``).
        deadline: Seconds that one call may take.
        unsafe: See `Reward`.

    Returns:
        The reward, ready to check frames.

    Raises:
        UsageError: There is no program there.
        ProgramSyntaxError: It is not a reward program.
        LintError: It uses what reward programs may not use.
        SandboxUnavailable: This machine cannot confine it.
    """
    given = Path(path)
    file = given / "reward.py" if given.is_dir() else given
    try:
        source = file.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        near = meant_folder(given)
        remedy = "Is it elsewhere?" if given.suffix else f"`synth run {given.name}` makes one."
        remedy = remedy if near is None else f"Did you mean {near}?"
        raise UsageError(f"{file}: there is no reward program here. {remedy}") from None
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{file}: the reward program cannot be read: {error}.") from error
    try:
        return Reward(source, deadline=deadline, unsafe=unsafe, folder=file.parent)
    except RewardError as error:
        raise error.in_file(file) from None
