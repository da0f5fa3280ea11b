"""The register of checks.

A check is a generator of `Failure`, registered under its group::

    @check("expert", each="expert")
    def credits_every_subtask(case: Case) -> Iterator[Failure]:
        '''Every sub-task is credited, in the plan's order.'''
        ...
        yield case.failure("...", subtask="open_door")

Groups are listed in `synth.suite.groups`. A check that has nothing to look at in a task (no
near miss, no simulator, ...) raises `Skip` before it asks the program anything: it is then
reported as skipped with that reason, and never as passed.
"""

from __future__ import annotations

import importlib
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from synth.errors import ProgramFault
from synth.failure import Failure
from synth.suite.groups import GROUPS, group_named
from synth.suite.subject import NotJudged, Skip

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from synth.episode import Episode, EpisodeKind, Split, Still
    from synth.failure import Find
    from synth.plan import Plan
    from synth.spec import Spec
    from synth.suite.evidence import RecordedVerdicts
    from synth.suite.subject import Subject

__all__ = ["Case", "Check", "Result", "all_checks", "check", "find_check"]


@dataclass(frozen=True, eq=False, slots=True)
class Case:
    """One run of one check: what it looks at, and the failures it makes.

    Attributes:
        subject: The program and its task.
        test: The test's id: ``expert::credits_every_subtask[expert-0003]``.
        group: The check's group.
    """

    subject: Subject
    test: str
    group: str
    _episode: Episode | None = None

    @property
    def episode(self) -> Episode:
        """The episode, for a check made once per episode."""
        if self._episode is None:
            raise LookupError(f"{self.test} is not made per episode")
        return self._episode

    @property
    def evidence(self) -> RecordedVerdicts:
        """The program's verdicts on all episodes; see `Subject.evidence` for what it raises."""
        return self.subject.evidence

    def require(self, found: Iterable[object], what: str, why: str) -> None:
        """Skip the check where there is nothing for it to look at, whatever the program.

        Args:
            found: What it looks at; nothing in it skips the check.
            what: What then goes unchecked.
            why: Why there is nothing.

        Raises:
            Skip: There is nothing.
        """
        if not any(True for _ in found):
            raise Skip(what, why)

    @property
    def plan(self) -> Plan:
        """The plan."""
        return self.subject.task.plan

    def failure(
        self,
        message: str,
        *,
        subtask: str | None = None,
        frame: int | None = None,
        episode: Episode | None = None,
        split: Split | None = None,
        expected: str = "",
        actual: str = "",
        variant: str | None = None,
        find: Find | None = None,
        still: Still | None = None,
        beside: Still | None = None,
    ) -> Failure:
        """A failure of this test.

        Args:
            message: One sentence a model can act on; a second may give the probable cause.
            subtask: The sub-task at fault.
            frame: The frame within the episode.
            episode: The episode, where the check is not made per episode.
            split: The split it was seen in, where no single episode is involved; by default
                the first that is judged.
            expected: What was wanted.
            actual: What came.
            variant: The perturbed picture of the episode that was judged.
            find: The episode, where a search made it and no store holds it.
            still: The still that was judged; `episode` is the one in whose world it is.
            beside: Another still to compare it with.
        """
        about = episode or self._episode
        if about is not None and about.mission is not None:
            message += f" The mission of {about.id} is {about.mission!r}."
        seen_in = about.split if about is not None else split or self.subject.first_split
        return Failure(
            test=self.test,
            group=self.group,
            message=message,
            episode=None if about is None else about.id,
            frame=frame,
            subtask=subtask,
            expected=expected,
            actual=actual,
            held_out=seen_in == "held_out",
            variant=variant,
            find=find,
            still=None if still is None else still.id,
            beside=None if beside is None else beside.id,
        )


@dataclass(frozen=True, slots=True)
class Result:
    """What came of one test.

    Attributes:
        test: Its id.
        failures: Empty where it passed.
        judged: Whether the program could be judged; if not, the one failure says why not.
        skipped: Why the check cannot be made here, whatever the program; empty where it can.
            Such a test has neither passed nor failed.
    """

    test: str
    failures: tuple[Failure, ...]
    judged: bool = True
    skipped: str = ""


@dataclass(frozen=True, slots=True)
class Check:
    """One check.

    Attributes:
        name: Unique within the group.
        group: Its group.
        each: The kind of episode it is made for, one test each; ``None`` for a single test.
        function: The generator of failures.
        when: Whether a spec asks for it; ``None`` where its group decides.
        words: What goes unchecked where a spec asks for the group and not for this check.
        slow: Whether it makes episodes or images of its own for each program.
    """

    name: str
    group: str
    each: EpisodeKind | None
    function: Callable[[Case], Iterator[Failure]]
    when: Callable[[Spec], bool] | None = None
    words: str = ""
    slow: bool = False

    @property
    def id(self) -> str:
        """``group::name``."""
        return f"{self.group}::{self.name}"

    @property
    def promise(self) -> str:
        """What a program that passes it does: the first line of the function's docstring."""
        return (self.function.__doc__ or self.name).strip().splitlines()[0]

    def applies(self, spec: Spec) -> bool:
        """Whether the check is made for tasks of this spec at all."""
        return (self.when or group_named(self.group).when)(spec)

    def episodes(self, subject: Subject) -> tuple[Episode | None, ...]:
        """What it is made for: the episodes of its kind; ``None`` alone where there are none.

        A check that lacks its kind of episode is one test all the same, which is skipped.
        """
        return (None,) if self.each is None else subject.episodes(self.each) or (None,)

    def test(self, episode: Episode | None = None) -> str:
        """The test's id: ``group::name``, or ``group::name[episode]``."""
        return self.id if episode is None else f"{self.id}[{episode.id}]"

    def run(self, subject: Subject, episode: Episode | None = None) -> Result:
        """Make the check.

        Args:
            subject: The program and its task.
            episode: For a check made per episode.

        Raises:
            SandboxUnavailable: This machine cannot confine the program.
        """
        test = self.test(episode)
        case = Case(subject, test, self.group, episode)
        if self.each is not None and episode is None:
            kind = self.each.replace("_", " ")
            return Result(test, (), skipped=f"{kind} episodes (none was recorded)")
        try:
            return Result(test, tuple(self.function(case)))
        except NotJudged as error:
            # The test that judges that has the rest; a hundred others need no more than a line.
            why = f"This was not judged, since {error.reason.splitlines()[0]}"
        except ProgramFault as error:
            why = f"This was not judged, since the program failed as a whole: {error}"
        except Skip as skip:
            return Result(test, (), skipped=skip.reason)
        return Result(test, (case.failure(why, split=subject.last_split),), judged=False)


_REGISTER: dict[str, Check] = {}


def check(
    group: str,
    *,
    each: EpisodeKind | None = None,
    when: Callable[[Spec], bool] | None = None,
    words: str = "",
    slow: bool = False,
) -> Callable[[Callable[[Case], Iterator[Failure]]], Callable[[Case], Iterator[Failure]]]:
    """Register the decorated generator as a check of `group`.

    Args:
        group: Decides when the cascade makes it.
        each: Make it once per episode of this kind.
        when: Make it only for specs of which this is true.
        words: What goes unchecked where it is not made, though its group is.
        slow: It makes episodes or images of its own for each program.
    """

    def register(
        function: Callable[[Case], Iterator[Failure]],
    ) -> Callable[[Case], Iterator[Failure]]:
        made = Check(function.__name__, group, each, function, when, words, slow)
        if made.id in _REGISTER:
            raise ValueError(f"two checks are called {made.id}")
        _REGISTER[made.id] = made
        return function

    return register


@cache
def all_checks() -> tuple[Check, ...]:
    """Every check, group by group in the cascade's order, as registered within a group."""
    for group in GROUPS:
        for module in group.modules:
            importlib.import_module(f"synth.suite.checks.{module}")
    order = [group.name for group in GROUPS]
    return tuple(sorted(_REGISTER.values(), key=lambda c: order.index(c.group)))


def find_check(id_: str) -> Check:
    """The check of an id such as ``expert::credits_every_subtask``.

    Raises:
        LookupError: There is none.
    """
    for made in all_checks():
        if made.id == id_:
            return made
    raise LookupError(f"there is no check {id_!r}")
