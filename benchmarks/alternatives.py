"""What a frame costs by each kind of reward: a program, a CLIP model, a VLM that is asked.

    python benchmarks/alternatives.py [TASK]

All in one run, on the task's own recorded frames, by the clock; a few repeats, of which the best
counts:

- *program*: the committed one, batched, sandbox included;
- *CLIP*: a model shaped as ViT-B/32 with random weights, on one thread: its speed is that of the
  trained one, and its verdicts mean nothing. What transformers does to the pictures is included;
- *VLM*: the price of the request that each frame would be, from the length of its text, and tokens
  for the picture and prices that are assumed and printed: services differ.

It asserts nothing. It needs the ``clip`` extra; no weights are loaded and nothing is asked.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

import synth
from synth.alternatives.embedding import TransformersEmbedder
from synth.loop.prices import Price
from synth.models.base import Usage
from synth.prompts.render import render
from synth.prompts.requests import LabelPicture, LabelRequest
from synth.task import TaskFolder

if TYPE_CHECKING:
    from collections.abc import Callable

REPEATS = 3
FRAMES = 16  # through CLIP at a time
PICTURE_TOKENS = 1_000  # an assumption: services count 250 to 2,500 for a picture of this size
CHARACTERS = 4  # in a token of English, roughly
ANSWER_TOKENS = 100
PRICE = Price(input=2.5, output=10.0)
"""An assumption too, in dollars for a million tokens; yours stands in synth.toml."""


def best(run: Callable[[], object]) -> float:
    """The least seconds of a few repeats: other work on the machine only ever adds time."""
    times = []
    for _ in range(REPEATS):
        began = time.perf_counter()
        run()
        times.append(time.perf_counter() - began)
    return min(times)


def random_clip() -> TransformersEmbedder:
    """CLIP as in ViT-B/32, which is what transformers makes where nothing is said."""
    import torch  # noqa: PLC0415 - an extra
    import transformers  # noqa: PLC0415 - an extra
    from transformers.models.clip import CLIPImageProcessor  # noqa: PLC0415 - an extra

    torch.set_num_threads(1)
    made: Any = transformers
    model = made.CLIPModel(made.CLIPConfig(projection_dim=512))
    return TransformersEmbedder(model, CLIPImageProcessor())


def main() -> None:
    """Print a line for each."""
    folder = Path("generated") / (sys.argv[1] if len(sys.argv) > 1 else "doorkey")
    task = TaskFolder.read(folder)
    episode = task.store.select(kind="expert", split="visible")[0]
    frames = np.ascontiguousarray(task.store.frames[:400])
    initial = frames[int(episode.frame_index[0])]
    with synth.load(folder) as reward:
        told = episode.mission if reward.takes_mission else None
        reward.check(frames, initial, told)
        program = best(lambda: reward.check(frames, initial, told)) / len(frames)
    clip = random_clip()
    few = list(frames[:FRAMES])
    clip.pictures(few)
    model = best(lambda: clip.pictures(few)) / FRAMES
    picture = LabelPicture("picture-01", initial, frames[1], task.plan.names, episode.mission)
    prompt = render(
        LabelRequest(goal=task.spec.goal, plan=task.plan, pictures=(picture,), part="a")
    )
    tokens = len(prompt.text) // CHARACTERS + PICTURE_TOKENS
    cost = PRICE.cost(Usage(tokens, ANSWER_TOKENS))
    print(f"{task.name}, {frames.shape[2]} x {frames.shape[1]} pixels, a frame:")
    print(f"  program, batched     {1e6 * program:12,.1f} us")
    print(f"  CLIP, ViT-B/32       {1e6 * model:12,.1f} us    {model / program:,.0f} times that")
    print(
        f"  VLM, asked           {cost:12.4f} dollars, assuming {tokens:,} tokens in and "
        f"{ANSWER_TOKENS} out at {PRICE.input:g} and {PRICE.output:g} a million; a training run of "
        f"100,000 different pictures: {100_000 * cost:,.0f}"
    )


if __name__ == "__main__":
    main()
