"""The squares with scenes, for labels: pictures that no episode shows, and eyes that look at them.

In a scene the key is taken or lies where it was, and the agent is anywhere; episodes show the agent
in the key's own row alone once it is taken.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np
from squares import GOAL, PLAN_TEXT, SPEC, YELLOW, Squares, block, picture, real_program

from synth.episode import EpisodeStore, Scene, SceneEvent, Still
from synth.prompts.requests import (
    DescribeRequest,
    FasterRequest,
    LabelPicture,
    LabelRequest,
    RefineRequest,
    Request,
    WriteRequest,
)
from synth.spec import LabelsSpec, TargetSpec

if TYPE_CHECKING:
    from synth.episode import Episode

LABELLED = SPEC.model_copy(
    update={"labels": LabelsSpec(), "target": TargetSpec(microseconds_per_frame=1e6)}
)
SAYS = "return count(initial, YELLOW) > 0 and count(frame, YELLOW) == 0 and count(frame, RED) > 0"
BESIDE = """at = np.argwhere(np.all(frame == np.array(RED, dtype=np.uint8), axis=-1))
    was = np.argwhere(np.all(initial == np.array(YELLOW, dtype=np.uint8), axis=-1))
    if not len(at) or not len(was):
        return False
    return count(frame, YELLOW) == 0 and bool(at[0, 0] == was[0, 0])"""
RIGHT = real_program()
MOMENTARY = real_program().replace(SAYS, BESIDE)
"""Wrong: the key counts as taken only while the agent is in its row, as in every episode."""


def scenes_of(episode: Episode, row: int) -> tuple[Scene, ...]:
    """Two scenes of an expert's world, the agent on four places in each."""
    prefix = "held-" if episode.split == "held_out" else ""
    number = int(episode.id[-4:])
    distraction = (5, 5) if prefix else None
    made = []
    for taken in (0, 1):
        key = None if taken else (row, 2)
        name = f"{prefix}scene-{2 * number + taken:04d}"
        places = [(r, c) for r in range(6) for c in (0, 4) if (r, c) != (5, 5)][:: 2 + taken]
        stills = tuple(
            Still(f"{name}/{n}", picture(at, key, (row, 5), distraction), False, {})
            for n, at in enumerate(places)
        )
        bare = picture((0, 0), key, (row, 5), distraction)
        bare[:4, :4] = 40
        made.append(Scene(name, episode.id, episode.split, (), bare, None, stills))
    return tuple(made)


def with_scenes(store: EpisodeStore) -> EpisodeStore:
    """The store with scenes in the worlds of all its experts."""
    scenes, episodes = [], []
    for episode in store.episodes:
        events = []
        if episode.kind == "expert":
            yellow = np.argwhere((store.initial_of(episode) == YELLOW).all(axis=-1))
            row = int(yellow[0, 0]) // 4
            scenes += scenes_of(episode, row)
            events = [SceneEvent(2, (4 * row, 8, 4 * row + 4, 12), leaves=True, returns=False)]
        episodes.append(replace(episode, scene_events=tuple(events)))
    return replace(store, episodes=tuple(episodes), scenes=tuple(scenes))


def labelled_squares() -> Squares:
    """The task with scenes, whose spec asks for labels."""
    store = with_scenes(Squares().store)
    return Squares(LABELLED, replace(store, spec_digest=LABELLED.episode_digest()))


def looks(shown: LabelPicture, subtask: str) -> str:
    """What good eyes answer."""
    if subtask == "take_key":
        return "no" if (shown.frame == YELLOW).all(axis=-1).any() else "yes"
    green = (shown.frame == (0, 180, 0)).all(axis=-1).any()
    return "no" if green else "yes"


Look = Callable[[LabelRequest, LabelPicture, str], str]


@dataclass
class Eyes:
    """A scripted model with eyes: writes `programs` in turn, and looks at every picture.

    Attributes:
        programs: Answers to requests for programs, the last for ever.
        look: What it says of a picture; good eyes by default.
    """

    programs: list[str] = field(default_factory=lambda: [MOMENTARY, RIGHT])
    look: Look = lambda request, shown, subtask: looks(shown, subtask)  # noqa: ARG005
    given: int = 0

    def __call__(self, request: Request) -> str:
        """Answer a request."""
        match request:
            case DescribeRequest():
                return PLAN_TEXT
            case WriteRequest() | RefineRequest() | FasterRequest():
                program = self.programs[min(self.given, len(self.programs) - 1)]
                self.given += 1
                return block(program)
            case LabelRequest():
                return self.sheet(request)
        raise AssertionError(request)

    def sheet(self, request: LabelRequest) -> str:
        """A filled-in sheet."""
        lines = [
            f'{{"picture": "{shown.name}", "subtask": "{name}", '
            f'"answer": "{self.look(request, shown, name)}", "remark": ""}}'
            for shown in request.pictures
            for name in shown.subtasks
        ]
        return f'```json\n{{"answers": [{", ".join(lines)}]}}\n```'


assert GOAL in RIGHT
assert MOMENTARY != RIGHT
