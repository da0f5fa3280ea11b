"""Near misses that know the goal, the things and the cameras.

Most let the expert go to another goal than the environment's: just beside it, beyond it, or
where one camera alone would take it for the goal. Needs no simulator.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from synth.envs.panda.experts import decide
from synth.envs.panda.placing import place, put
from synth.envs.panda.pushing import push
from synth.envs.panda.steering import CLOSE, OPEN, hold_still, steer
from synth.envs.recipe import way_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from numpy.typing import NDArray

    from synth.envs.recipe import Aim, Recipe

    Goals = Sequence[NDArray[np.float64]]
    Way = Callable[[Any, np.random.Generator], Iterator[list[float]]]

__all__ = ["RECIPES"]

BANDS = (1.5, 4.0)
"""How far outside the threshold something is brought beside its goal, in pixels."""
BEYOND = 3.0
"""How far on beyond the goal, in thresholds."""
NEAR, STAY = 0.013, 3
"""So near to where it was to be brought it is there, in metres; and frames for which it stays."""
LINGER = 12
"""Actions for which the hand stays where it went."""
TABLE = 0.02
"""Nothing is brought below this height, in metres."""
ENOUGH = 150
"""More actions than any of these needs; the task's own limit ends most."""


def _towards(simulator: Any, goals: Goals) -> Iterator[list[float]]:
    for _ in range(ENOUGH):
        yield decide(simulator, goals)


def _beside(simulator: Any, rng: np.random.Generator) -> Iterator[list[float]]:
    """To a place just outside the threshold, on any side."""
    turn = rng.uniform(0, 2 * np.pi)
    rise = rng.uniform(-0.7, 0.7) if simulator.task.kind.in_the_air else 0.0
    away = np.array([np.cos(turn) * np.cos(rise), np.sin(turn) * np.cos(rise), np.sin(rise)])
    yield from _displaced(simulator, away, rng)


def _displaced(
    simulator: Any, away: NDArray[np.float64], rng: np.random.Generator
) -> Iterator[list[float]]:
    """To a place outside the threshold in a direction: the last of several things alone."""
    pixel = simulator.resolution() or 0.0
    far = simulator.task.threshold + rng.uniform(*BANDS) * pixel
    goals = [goal.copy() for goal in simulator.state.goals()]
    goals[-1] = goals[-1] + far * away
    goals[-1][2] = max(goals[-1][2], TABLE)
    still = 0
    for action in _towards(simulator, goals):
        # There, it stays for a few frames; more of the same would teach nothing.
        still = still + 1 if _off(simulator, goals[-1]) < NEAR else 0
        if still > STAY:
            return
        yield action


def _off(simulator: Any, goal: NDArray[np.float64]) -> float:
    """How far from a goal what has to be there last is."""
    things = simulator.task.kind.things
    at = simulator.state.place(things[-1].body) if things else simulator.state.hand()
    return float(np.linalg.norm(at - goal))


def _in_line(simulator: Any, rng: np.random.Generator) -> Iterator[list[float]]:
    """To where a single camera sees it at the goal: nearer to that camera, or further away."""
    views = simulator.views
    view = views.each[int(rng.integers(len(views.each)))]
    yaw, pitch = np.radians(view.yaw), np.radians(view.pitch)
    ahead = np.array([-np.sin(yaw) * np.cos(pitch), np.cos(yaw) * np.cos(pitch), np.sin(pitch)])
    eye = np.array(views.middle) - views.distance * ahead
    goal = simulator.state.goals()[0]
    ray = (goal - eye) / np.linalg.norm(goal - eye)
    # Away from the camera it goes down: only as long as the table is not met.
    down = goal[2] + ray[2] * 1.5 * simulator.task.threshold > TABLE
    yield from _displaced(simulator, ray if down and rng.random() < 0.5 else -ray, rng)  # noqa: PLR2004 - even odds


def _empty_hand(simulator: Any, rng: np.random.Generator) -> Iterator[list[float]]:
    """The hand alone, at the goal."""
    goal = simulator.state.goals()[-1]
    at = np.array([*goal[:2], goal[2] + rng.uniform(0.0, 0.03)])
    grip = float(rng.choice([OPEN, CLOSE]))
    over = np.array([*at[:2], max(0.12, at[2])])
    for _ in range(LINGER):
        yield steer(simulator, over, grip)
    for _ in range(LINGER):
        yield steer(simulator, at, grip, 0.5)


def _beyond(simulator: Any, _rng: np.random.Generator) -> Iterator[list[float]]:
    """To the goal, and on from there in the same direction: success is undone."""
    goals = list(simulator.state.goals())
    things = simulator.task.kind.things
    start = simulator.state.place(things[-1].body) if things else simulator.state.hand()
    way = goals[-1] - start
    way[2] = 0.0
    away = way / max(float(np.linalg.norm(way)), 1e-6)
    # The episode ends soon after its first success, so it is gone through at once.
    for action in _towards(simulator, goals):
        if simulator.state.margin > 0:
            break
        yield action
    further = [*goals[:-1], goals[-1] + BEYOND * simulator.task.threshold * away]
    for action in _towards(simulator, further):
        yield action if things else steer(simulator, further[-1])


def _slowly(simulator: Any, rng: np.random.Generator) -> Iterator[list[float]]:
    """The expert at half its speed."""
    fingers = simulator.task.kind.fingers
    share = rng.uniform(0.4, 0.6)
    while True:
        action = decide(simulator, simulator.state.goals())
        moved = len(action) - fingers
        yield [*(float(np.float32(part * share)) for part in action[:moved]), *action[moved:]]


def _let_go(simulator: Any, rng: np.random.Generator) -> Iterator[list[float]]:
    """Brought to the goal, let go there, and the hand taken away."""
    goals = simulator.state.goals()
    for action in _towards(simulator, goals):
        yield action
        if simulator.state.margin > 0:
            break
    for _ in range(int(rng.integers(3))):
        yield decide(simulator, goals)
    for _ in range(LINGER // 2):
        yield hold_still(simulator, OPEN)
    up = simulator.state.hand() + np.array([0, 0, 0.1])
    for _ in range(LINGER // 2):
        yield steer(simulator, up, OPEN)


def _wrong_order(simulator: Any, _rng: np.random.Generator) -> Iterator[list[float]]:
    """Stacked, but each in the other's place: the same shapes in the wrong colours."""
    first, second = _two(simulator)
    low, high = simulator.state.goals()
    state = simulator.state
    for _ in range(ENOUGH):
        if np.linalg.norm(state.place(second) - low) > TABLE / 2 or state.held(second):
            yield put(simulator, second, low)
        else:
            yield put(simulator, first, high)


def _wrong_one(simulator: Any, _rng: np.random.Generator) -> Iterator[list[float]]:
    """The other cube alone, where the first belongs."""
    _, second = _two(simulator)
    low, _ = simulator.state.goals()
    for _ in range(6 * LINGER):
        yield put(simulator, second, low)


def _side_by_side(simulator: Any, rng: np.random.Generator) -> Iterator[list[float]]:
    """The first in its place and the second beside it, not on it."""
    low, _ = simulator.state.goals()
    turn = rng.uniform(0, 2 * np.pi)
    near = low + rng.uniform(0.045, 0.06) * np.array([np.cos(turn), np.sin(turn), 0.0])
    yield from _towards(simulator, [low, near])


def _two(simulator: Any) -> tuple[str, str]:
    first, second = simulator.task.kind.things
    return first.body, second.body


def _distractor(simulator: Any, rng: np.random.Generator) -> Iterator[list[float]]:
    """Another thing, of the same shape or of the same colour, brought to the goal."""
    others = simulator.task.distractors
    other = others[int(rng.integers(len(others)))].body
    goal = simulator.state.goals()[-1]
    act = place if simulator.task.kind.fingers else push
    for _ in range(ENOUGH):
        yield act(simulator, other, goal)


def _held(simulator: Any) -> bool:
    return bool(simulator.task.kind.fingers)


def _in_the_air(simulator: Any) -> bool:
    return bool(simulator.task.kind.in_the_air)


def _of_things(simulator: Any) -> bool:
    return bool(simulator.task.kind.things)


def _of_two(simulator: Any) -> bool:
    return len(simulator.task.kind.things) == 2  # noqa: PLR2004 - one on the other


def _among_others(simulator: Any) -> bool:
    return bool(simulator.task.distractors)


def _recipe(
    key: str,
    name: str,
    way: Way,
    serves: Callable[[Any], bool] | None = None,
    *,
    aim: Aim = "near",
    by_deed: bool = False,
) -> Recipe:
    return way_of(
        key,
        name,
        aim,
        lambda simulator, _shown, _expert, rng: way(simulator, rng),
        by_deed=by_deed,
        serves=serves,
    )


RECIPES: tuple[Recipe, ...] = (
    _recipe("beside", "the expert, to a place just beside the goal", _beside),
    _recipe("in-line", "the expert, to where one view alone shows the goal", _in_line, _in_the_air),
    _recipe(
        "wrong-thing",
        "another thing than the one asked for, at the goal",
        _distractor,
        _among_others,
        by_deed=True,
    ),
    _recipe("wrong-order", "stacked, each in the place of the other", _wrong_order, _of_two),
    _recipe(
        "empty-hand",
        "the hand at the goal, the thing left where it was",
        _empty_hand,
        _of_things,
        by_deed=True,
    ),
    _recipe("beyond", "the expert, going on beyond the goal", _beyond),
    _recipe("let-go", "let go at the goal, and the hand taken away", _let_go, _held),
    _recipe("side-by-side", "one in its place and the other beside it", _side_by_side, _of_two),
    _recipe("wrong-one", "the other thing alone, where the first belongs", _wrong_one, _of_two),
    _recipe("slowly", "the expert at half its speed", _slowly, aim="route"),
)
"""Near misses first, then other routes to success. Each is for the tasks that it makes sense in."""
