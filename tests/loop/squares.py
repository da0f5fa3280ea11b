"""A small task for the loop's tests: a red square takes a yellow one and reaches a green one.

Pictures are 24 x 24. The task is real enough for the suite itself; most tests use the
`Markers` judge instead, which judges a program by strings in its functions, so that a
test decides what passes and what fails.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from synth.episode import Episode, EpisodeStore
from synth.errors import ProgramSyntaxError
from synth.failure import Failure
from synth.journal import DecisionRecord, FunctionRecord, read_journal
from synth.loop.judge import Alike, HeldOutCount, Timing
from synth.loop.verdict import Verdict
from synth.plan import Plan, SubTask
from synth.program import parse
from synth.record.refresh import with_held_out
from synth.spec import Spec, parse_spec

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from synth.prompts.requests import Shot

CELL = 4
GREY, RED, YELLOW = (40, 40, 40), (220, 0, 0), (230, 230, 0)
GREEN, BLUE = (0, 180, 0), (0, 0, 200)
TRUTH = "really_has_the_key"

SPEC = parse_spec(
    """
env = "Squares-v0"
goal = "take the yellow square and reach the green one"
[expert]
policy = "squares:walk"
episodes = 4
[target]
microseconds_per_frame = 60
""",
    name="squares",
)

PLAN = Plan(
    task="take the key and reach the goal",
    stages=(
        (SubTask(name="take_key", description="key taken", visible="no yellow is left"),),
        (SubTask(name="reach_goal", description="at the goal", visible="green is covered"),),
    ),
)
PLAN_TEXT = PLAN.model_dump_json()


def picture(
    agent: tuple[int, int],
    key: tuple[int, int] | None,
    goal: tuple[int, int],
    distraction: tuple[int, int] | None = None,
) -> NDArray[np.uint8]:
    """``uint8[24, 24, 3]``; cells count from the top left."""
    frame = np.full((24, 24, 3), GREY, dtype=np.uint8)
    for cell, colour in ((distraction, BLUE), (goal, GREEN), (key, YELLOW), (agent, RED)):
        if cell is not None:
            y, x = cell[0] * CELL, cell[1] * CELL
            frame[y : y + CELL, x : x + CELL] = colour
    return frame


def episode(
    name: str, *, seed: int, split: str = "visible", wander: bool = False
) -> tuple[list[NDArray[np.uint8]], Episode]:
    """One episode along the rows of the grid; one that wanders never gets to the goal."""
    rng = np.random.default_rng(seed)
    row = int(rng.integers(0, 5))
    key, goal = (row, 2), (row, 5)
    # Nothing like it is in the visible split, so that a program can be wrong about it alone.
    distraction = (5, 5) if split == "held_out" else None
    if name.startswith("fresh-"):
        distraction = (5, 4)
    frames, has = [], []
    for x in range(4 if wander else 6):
        at = (5, x) if wander else (row, x)
        taken = not wander and x >= key[1]
        frames.append(picture(at, None if taken else key, goal, distraction))
        has.append(taken)
    success = np.zeros(len(frames), dtype=np.bool_)
    success[-1] = not wander
    made = Episode(
        id=name,
        kind="random" if wander else "expert",
        split=split,
        seed=seed,
        policy="squares:walk",
        frame_index=np.arange(len(frames), dtype=np.int32),
        actions=tuple(range(len(frames) - 1)),
        rewards=success[1:].astype(np.float64),
        success=success,
        truth={TRUTH: np.array(has)},
    )
    return frames, made


def make_store(generation: int = 0) -> EpisodeStore:
    """Four visible experts, three visible wanderers, and two of each held out."""
    made = [episode(f"expert-{k:04d}", seed=1000 + k) for k in range(4)]
    made += [episode(f"random-{k:04d}", seed=2000 + k, wander=True) for k in range(3)]
    made += held_out_episodes(generation)
    return store_of(made, generation)


def held_out_episodes(generation: int) -> list[tuple[list[NDArray[np.uint8]], Episode]]:
    """Two experts and two wanderers, from other seeds in each generation."""
    first = 100 * generation
    made = [
        episode(f"held-expert-{k:04d}", seed=770123450 + first + k, split="held_out")
        for k in range(2)
    ]
    made += [
        episode(f"held-random-{k:04d}", seed=880123450 + first + k, split="held_out", wander=True)
        for k in range(2)
    ]
    return made


def fresh_held_out(spec: Spec, store: EpisodeStore, generation: int) -> EpisodeStore:
    """Stands for `synth.record.refresh.fresh_held_out`: there is no simulator of squares."""
    assert spec.name == SPEC.name
    return with_held_out(store, store_of(held_out_episodes(generation), generation))


def fresh_visible(spec: Spec, store: EpisodeStore, batch: int) -> EpisodeStore:
    """Stands for `synth.record.refresh.fresh_visible`."""
    assert (spec.name, store.spec_digest) == (SPEC.name, SPEC.episode_digest())
    first = 500 + 10 * batch
    return store_of(
        [
            episode(f"fresh-{batch}-expert-0000", seed=first),
            episode(f"fresh-{batch}-random-0000", seed=first + 1, wander=True),
        ]
    )


def store_of(
    made: list[tuple[list[NDArray[np.uint8]], Episode]], generation: int = 0
) -> EpisodeStore:
    """Episodes with their frames as a store."""
    frames: list[NDArray[np.uint8]] = []
    episodes = []
    for shown, one in made:
        index = one.frame_index + np.int32(len(frames))
        frames += shown
        episodes.append(
            Episode(
                **{
                    name: index if name == "frame_index" else getattr(one, name)
                    for name in Episode.__dataclass_fields__
                }
            )
        )
    return EpisodeStore(
        np.stack(frames),
        tuple(episodes),
        SPEC.episode_digest(),
        SPEC.env,
        generation=generation,
    )


@dataclass(frozen=True)
class Squares:
    """Spec and episodes."""

    spec: Spec = SPEC
    store: EpisodeStore = field(default_factory=make_store)


def program(key: str = "good", goal: str = "good", microseconds: int = 50) -> str:
    """A program that `Markers` judges by its strings."""
    return f"""import numpy as np


def look(frame):
    return frame, "{microseconds} us"


def take_key(frame, initial):
    return bool(look(frame)) and "{key}" != ""


def reach_goal(frame, initial):
    return bool(look(frame)) and "{goal}" != ""


SUBTASKS = [take_key, reach_goal]
"""


def function(name: str, marker: str) -> str:
    """One function of a `program`, as a refinement sends it."""
    source = program(key=marker, goal=marker)
    if name == "look":
        source = program(microseconds=int(marker))
    start = source.index(f"def {name}")
    return source[start : source.index("\n\n\n", start)] + "\n"


def block(code: str) -> str:
    """An answer that holds code."""
    return f"Here it is.\n\n```python\n{code}```\n"


class Markers:
    """Judges a program by the strings in its functions.

    ``good`` passes everything. ``wrong`` fails one expert test of its sub-task, ``worse``
    all of them, ``eager`` the random tests, which come later in the cascade, and
    ``narrow`` only what is held out. ``NN us`` in ``look`` is the speed.
    """

    def __init__(self) -> None:
        self.judged: list[str] = []
        self.held_out_looks: list[str] = []
        self.generations: list[int] = []
        self.batches: list[int] = []
        self.measured: list[str] = []

    def evidence(self, plan: Plan) -> str:
        """See `synth.loop.Judge`."""
        return "markers-" + "-".join(plan.names)

    def visible(self, source: str, plan: Plan) -> Verdict:
        """See `synth.loop.Judge`."""
        self.judged.append(source)
        try:
            stages = parse(source).stages
        except ProgramSyntaxError as error:
            test = "program::parses"
            return Verdict.of((), (test,), (Failure(test, "program", f"no parse: {error}"),))
        if stages != plan.stage_names:
            test = "program::names"
            failure = Failure(test, "program", "SUBTASKS must be those of the plan")
            return Verdict.of(("program::parses",), (test,), (failure,))
        passed, failures = ["program::parses", "program::names"], []
        marks = markers(source)
        for name in plan.names:
            for k in range(4):
                test = f"expert::{name}[expert-{k:04d}]"
                mark = marks[name]
                if mark == "worse" or (mark == "wrong" and k == 1):
                    failures.append(
                        Failure(test, "expert", f"{name} is wrong", f"expert-{k:04d}", 3, name)
                    )
                else:
                    passed.append(test)
        if not failures:
            for name in plan.names:
                test = f"random::{name}[random-0000]"
                if marks[name] == "eager":
                    failures.append(
                        Failure(test, "random", f"{name} is eager", "random-0000", 2, name)
                    )
                else:
                    passed.append(test)
        return Verdict.of(passed, [f.test for f in failures], failures)

    def held_out(self, source: str, plan: Plan, generation: int) -> HeldOutCount:
        """See `synth.loop.Judge`."""
        self.held_out_looks.append(source)
        self.generations.append(generation)
        narrow = [name for name, mark in markers(source).items() if mark == "narrow"]
        kinds = tuple(f"`{name}`, of which is asked: To be right." for name in narrow)
        return HeldOutCount(8 - len(narrow), len(narrow), kinds)

    def alike(self, source: str, plan: Plan, batch: int) -> Alike:
        """See `synth.loop.Judge`. A narrow program fails nothing but what is held out."""
        self.batches.append(batch)
        return Alike(self.visible(source, plan), Squares())

    def explain(
        self, source: str, subtask: str, shot: Shot, initial: NDArray[np.uint8]
    ) -> tuple[str, ...]:
        """See `synth.loop.Judge`."""
        assert markers(source)
        same = bool(np.array_equal(shot.frame, initial))
        return (f"{subtask}: first = {same} -> False",)

    def speed(self, source: str) -> Timing:
        """See `synth.loop.Judge`."""
        self.measured.append(source)
        single = float(markers(source).get("look", "10 us").removesuffix(" us"))
        return Timing(
            single,
            single / 4,
            (FunctionRecord(function="look", microseconds=single / 2, calls=1.0),),
        )


def markers(source: str) -> dict[str, str]:
    """Function name to the first string in it."""
    return {
        node.name: next(
            (
                part.value
                for part in ast.walk(node)
                if isinstance(part, ast.Constant) and isinstance(part.value, str)
            ),
            "good",
        )
        for node in ast.parse(source).body
        if isinstance(node, ast.FunctionDef)
    }


GOAL = "count(initial, GREEN) > 0 and count(frame, GREEN) == 0 and count(frame, RED) > 0"
NARROW = f"{GOAL} and count(frame, {BLUE}) == 0"
WRONG = "count(frame, RED) > 0 and count(frame, GREEN) > 0"


def real_program(goal: str = GOAL, extra: str = "") -> str:
    """A program that the suite itself can judge; `NARROW` fails on held-out episodes alone."""
    return f"""import numpy as np
{extra}
GREEN = {GREEN}
RED = {RED}
YELLOW = {YELLOW}


def count(image, colour):
    return int(np.all(image == np.array(colour, dtype=np.uint8), axis=-1).sum())


def take_key(frame, initial):
    return count(initial, YELLOW) > 0 and count(frame, YELLOW) == 0 and count(frame, RED) > 0


def reach_goal(frame, initial):
    return {goal}


SUBTASKS = [take_key, reach_goal]
"""


def real_goal(goal: str) -> str:
    """The goal's function alone."""
    return f"def reach_goal(frame, initial):\n    return {goal}\n"


def decisions(outcome: object) -> list[str]:
    """The decisions in a run's journal."""
    tape = read_journal(outcome.folder / "journal.jsonl")
    return [r.decision for r in tape.records if isinstance(r, DecisionRecord)]
