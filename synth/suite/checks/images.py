"""The contract on images that nobody recorded: blank, noise, and what Hypothesis draws.

Only that the goal does not hold on blank images and noise is known about them; beyond that
any bool will do.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from synth.sandbox import Cell
from synth.suite.checks.generated_images import Probe, palette, search
from synth.suite.checks.no_verdict import broken_cells
from synth.suite.diagnosis import pattern
from synth.suite.registry import check
from synth.suite.subject import Skip

if TYPE_CHECKING:
    from collections.abc import Iterator

    from synth.failure import Failure
    from synth.suite.registry import Case

__all__: list[str] = []

SIZES = ((1, 1), (1, 7), (7, 1), (2, 3), (37, 53))
FLAT = {"a black image": 0, "a grey image": 128, "a white image": 255}


@check("contract")
def does_not_complete_on_blank_or_noise(case: Case) -> Iterator[Failure]:
    """The goal holds on no blank image and on no noise."""
    store = case.subject.task.store
    episodes = case.subject.episodes("expert") or case.subject.episodes()
    shape = store.frames.shape[1:]
    images = {name: np.full(shape, value) for name, value in FLAT.items()}
    images["noise"] = np.random.default_rng(0).integers(0, 256, shape)
    names = list(images)
    # Of those that start alike and have one mission the first stands for all.
    alike = {(int(e.frame_index[0]), e.mission or ""): e for e in reversed(episodes)}
    shown = [alike[start] for start in sorted(alike)]
    initials = [e.frame_index[0] for e in shown]
    frames = np.concatenate(
        [np.stack(list(images.values())).astype(np.uint8), store.frames[initials]]
    )
    pairs = [(i, i) for i in range(len(names))]
    pairs += [(i, len(names) + j) for j in range(len(initials)) for i in range(len(names))]
    told = [episodes[0].mission] * len(names) + [e.mission for e in shown for _ in names]
    missions = [mission for mission in told if mission is not None] or None
    _require_program(case)
    with case.subject.open() as sandbox:
        verdicts = sandbox.verdicts(frames, np.array(pairs), missions)
    goal = case.plan.goal
    wrong = np.flatnonzero(verdicts.cells[:, -1] == Cell.TRUE)
    if len(wrong):
        image, initial = pairs[int(wrong[0])]
        episode = None if initial < len(names) else shown[initial - len(names)]
        against = "itself" if episode is None else f"the one of {episode.id}"
        yield case.failure(
            f"{goal} holds on {names[image]} with {against} as the initial frame; it must first "
            "make sure that the image shows the scene at all."
            f"{pattern(case, goal, episodes[0].split)}",
            episode=episode,
            split=episodes[0].split,
            subtask=goal,
            expected="False",
            actual="True",
        )


@check("contract", slow=True)
def answers_on_any_image(case: Case) -> Iterator[Failure]:
    """Every checker gives a bool for any image of any size, and the same one when asked again."""
    _require_program(case)
    subtasks = case.subject.program.subtasks
    episodes = case.subject.episodes("expert") or case.subject.episodes()
    recorded = case.subject.task.store.initial_of(episodes[0])
    rng = np.random.default_rng(1)
    with case.subject.open() as sandbox:
        probe = Probe(sandbox, [e.mission for e in episodes if e.mission is not None])
        noise = [rng.integers(0, 256, (2, *size, 3)).astype(np.uint8) for size in SIZES]
        if all(probe.ask(images, "noise") for images in noise):
            search(probe, palette(recorded), recorded)
    if probe.fault is not None:
        yield case.failure(
            f"The program fails as a whole on {probe.image}: {probe.fault}",
            expected="a bool",
            actual=str(probe.fault),
        )
    elif probe.unstable:
        yield case.failure(
            f"The program answers differently when asked twice about {probe.image}; it must "
            "depend on the frame and the initial frame alone.",
            expected="the same answer",
            actual="another",
        )
    elif probe.verdicts is not None:
        for broken in broken_cells(subtasks, probe.verdicts.cells, probe.verdicts.errors):
            yield case.failure(
                f"{broken.function} {broken.what}, on {probe.image}; it must cope with any image "
                "of any size.",
                subtask=broken.subtask,
                expected="a bool",
                actual=broken.what,
            )


def _require_program(case: Case) -> None:
    """Skip the check where the reward is no program: the contract is one of programs."""
    if not case.subject.written:
        raise Skip("generated images", "the reward is no program")
