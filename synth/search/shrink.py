"""From an episode that contradicts a program to the shortest one of its seed that does.

First actions are left out as long as the violation stays. Where there is an end of actions,
every shorter way is then tried, level by level from the reset, states told apart by
`Comparable.state`: what is found, or that nothing is, proves the shortest. Where there is
none, what is left is made plain instead: it stands still or repeats itself where it can, and
its numbers are rounded.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from synth.envs import Comparable
from synth.search.counterexample import skips
from synth.search.examiner import excused
from synth.search.moves import inside, rounded, scaled

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from synth.envs import TimeStep
    from synth.search.counterexample import Violation
    from synth.search.examiner import Caught, Examiner

__all__ = ["EXPANSIONS", "PLAYS", "shorten"]

PLAYS = 400
"""What `shorten` may play unless it is told."""

EXPANSIONS = 600
"""States whose every action is tried, at most."""


def shorten(
    examiner: Examiner, caught: Caught, *, expansions: int | None = None, plays: int = PLAYS
) -> tuple[Caught, bool]:
    """The same violation in as few actions as can be found, and whether fewer are impossible.

    Args:
        examiner: Plays and asks.
        caught: The violation to shorten.
        expansions: How many states to try every action of, at most; by default `EXPANSIONS`.
        plays: Episodes that leaving out actions may try, and as many again for making them plain.
    """
    trials = _Trials(examiner, caught, plays)
    trials.leave_out()
    if examiner.player.actions is None:
        trials.make_plain()
    best = trials.best
    if len(best.actions) <= 1:
        return best, True  # with no action at all the first frame would have been caught
    if examiner.player.actions is None or not isinstance(examiner.player.simulator, Comparable):
        return best, False
    actions, proven = _BreadthFirst(examiner, best, expansions).run(len(best.actions))
    if actions is not None:
        found = trials.found(actions)
        if found is not None:
            return found, proven
    return best, proven


class _Trials:
    """Other actions tried for the same violation, the best so far kept."""

    def __init__(self, examiner: Examiner, caught: Caught, plays: int) -> None:
        self._examiner = examiner
        self._most = plays
        self.best = caught

    def found(self, actions: tuple[Any, ...]) -> Caught | None:
        """The violation in the episode of these actions, if it is there."""
        best = self.best
        episode = self._examiner.examine(best.seed, actions, mission=best.mission)
        return next(iter(self._examiner.caught(episode, self.best.violation.is_like)), None)

    def leave_out(self) -> None:
        """Leave out runs of actions, long ones first, until not one can be spared."""
        # Delta debugging: large pieces first, since most of an episode has no part in the fault.
        plays, size = 0, max(1, len(self.best.actions) // 2)
        while True:
            at, spared = 0, False
            while at < len(self.best.actions) and plays < self._most:
                actions = self.best.actions
                plays += 1
                if self._better((*actions[:at], *actions[at + size :])):
                    spared = True  # and the same place again: other actions have moved up to it
                else:
                    at += size
            if plays >= self._most or (size == 1 and not spared):
                return
            size = max(1, size // 2)

    def make_plain(self) -> None:
        """Stand still, or do what was done before; then round what is left."""
        plays = 0
        # From the plainest action to the least change; what fails is left as it was.
        for make in (self._still, self._as_before, self._round_all, self._round_one):
            at = 0
            while at < len(self.best.actions) and plays < self._most:
                actions = make(at)
                if actions != self.best.actions:
                    plays += 1
                    self._better(actions)
                at += 1

    def _better(self, actions: tuple[Any, ...]) -> bool:
        """Take the violation in these actions instead, if it is there."""
        found = self.found(actions)
        if found is None:
            return False
        self.best = found
        return True

    def _still(self, at: int) -> tuple[Any, ...]:
        return self._with(at, self._inside(scaled(self.best.actions[at], 0.0), at))

    def _as_before(self, at: int) -> tuple[Any, ...]:
        now = self.best.actions
        stands = now[at] == self._inside(scaled(now[at], 0.0), at)
        return now if stands or at == 0 else self._with(at, now[at - 1])

    def _round_all(self, at: int) -> tuple[Any, ...]:
        """All at once, which is tried a single time."""
        now = self.best.actions
        if at > 0:
            return now
        return tuple(self._inside(rounded(a), t) for t, a in enumerate(now))

    def _round_one(self, at: int) -> tuple[Any, ...]:
        return self._with(at, self._inside(rounded(self.best.actions[at]), at))

    def _with(self, at: int, action: Any) -> tuple[Any, ...]:
        now = self.best.actions
        return (*now[:at], action, *now[at + 1 :])

    def _inside(self, action: Any, at: int) -> Any:
        return inside(self._examiner.player.simulator, action, self.best.actions[at])


@dataclass(frozen=True, eq=False, slots=True)
class _Node:
    """A state and one of the shortest ways to it.

    Attributes:
        actions: The way.
        state: As `Comparable.state` tells it.
        step: What was seen on arriving.
        rows: Verdicts on the way, ``bool[K]`` each, this state's own included once known.
    """

    actions: tuple[Any, ...]
    state: bytes
    step: TimeStep
    rows: tuple[NDArray[np.bool_], ...]


class _BreadthFirst:
    """Looks for a violation in fewer actions, level by level.

    Simulators cannot go back, so each way is played from the reset, undrawn up to its last
    step; only an action that changes nothing saves that. All frames of a level are asked about
    together. For a skipped sub-task a state is a state together with what has been credited
    on the way.

    Args:
        examiner: Plays and asks; its simulator must be `Comparable`, and have a table.
        caught: What to find again, at any frame.
        expansions: As for `shorten`.
    """

    def __init__(self, examiner: Examiner, caught: Caught, expansions: int | None) -> None:
        self._examiner, self._player = examiner, examiner.player
        self._most = EXPANSIONS if expansions is None else expansions
        self._sought: Violation = caught.violation
        self._seed, self._mission = caught.seed, caught.mission
        self._simulator = self._player.simulator
        self._names = [name for stage in examiner.stages for name in stage]
        self._initial: NDArray[np.uint8] = np.empty(0, np.uint8)
        self._expanded = 0

    def run(self, length: int) -> tuple[tuple[Any, ...] | None, bool]:
        """Search all episodes of fewer than `length` actions.

        Returns:
            The actions of the shortest one with the violation, or ``None``; and whether the
            search came to its end, so that there is none shorter than what is known now.
        """
        first = self._player.began(self._seed, mission=self._mission)
        self._initial = first.frame
        rows = self._examiner.holds(first.frame[None], self._initial, self._mission)
        level = [_Node((), self._state(), first, (rows[0],))]
        seen = {self._key(level[0])}
        for depth in range(1, length):
            children: list[_Node] = []
            for node in level:
                if self._expanded >= self._most:
                    return None, False
                self._expanded += 1
                children += self._expand(node)
            level = []
            for child in self._ask(children):
                if self._shows(child):
                    rolled = self._player.play(self._seed, child.actions, mission=self._mission)
                    here = replace(self._sought, frame=len(child.actions))
                    if excused(self._player, rolled, here):
                        continue
                    if rolled.judged[-1]:
                        return child.actions, True
                key = self._key(child)
                # Success alone ends nothing here: what ends an episode says so by `done`.
                if child.step.done or key in seen:
                    continue
                seen.add(key)
                level.append(child)
            if not level or depth >= self._player.spec.max_steps:
                break
        return None, True

    def _expand(self, node: _Node) -> Iterator[_Node]:
        """All that one more action can lead to, the state itself aside."""
        at_node = False
        for action in self._player.table:
            if not at_node:
                self._player.began(self._seed, mission=self._mission, draw=False)
                for before in node.actions:
                    self._simulator.step(before, draw=False)
            step = self._simulator.step(action)
            state = self._state()
            # An action that changed nothing leaves the simulator where the next one begins.
            at_node = state == node.state and not step.done
            if not at_node or step.success != node.step.success:
                yield _Node((*node.actions, action), state, step, node.rows)

    def _ask(self, nodes: list[_Node]) -> list[_Node]:
        """The nodes with their verdicts."""
        if not nodes:
            return []
        frames = np.stack([node.step.frame for node in nodes])
        rows = self._examiner.holds(frames, self._initial, self._mission)
        return [
            _Node(n.actions, n.state, n.step, (*n.rows, row))
            for n, row in zip(nodes, rows, strict=True)
        ]

    def _shows(self, node: _Node) -> bool:
        """Whether the violation is on a node's own frame."""
        goal, success = bool(node.rows[-1][-1]), node.step.success
        if self._sought.kind == "false_positive":
            return goal and not success
        if self._sought.kind == "false_negative":
            return success and not goal
        return success and self._sought.subtask in self._uncredited(node)

    def _uncredited(self, node: _Node) -> list[str]:
        """The sub-tasks not credited by this frame, taken as if it were a success."""
        end = np.zeros(len(node.rows), dtype=np.bool_)
        end[-1] = True
        return [self._names[k] for k in skips(np.stack(node.rows), end, self._examiner.stages)]

    def _key(self, node: _Node) -> tuple[bytes, tuple[str, ...]]:
        """What decides all that can follow, as far as the violation is concerned."""
        # Goal and success depend on the state alone, credit on the way to it as well.
        credit = tuple(self._uncredited(node)) if self._sought.kind == "skipped_subtask" else ()
        return node.state, credit

    def _state(self) -> bytes:
        return cast("Comparable", self._simulator).state()
