"""Where a worker runs: beside its parent for single frames, anywhere for batches."""

from __future__ import annotations

import os

import numpy as np

from synth.sandbox import Sandbox

SOURCE = "def done(frame, initial):\n    return bool(frame[0, 0, 0])\n\nSUBTASKS = [done]\n"
FRAMES = np.zeros((3, 4, 4, 3), np.uint8)


def test_a_worker_stays_beside_its_parent_for_single_frames_only() -> None:
    """Hand-overs wake no second processor, and a batch is bound to none."""
    everywhere = os.sched_getaffinity(0)
    with Sandbox(SOURCE) as sandbox:
        sandbox.check(FRAMES[1], FRAMES[0])
        assert sandbox.pid is not None
        assert len(os.sched_getaffinity(sandbox.pid)) == 1
        sandbox.check(FRAMES, FRAMES[0])
        assert os.sched_getaffinity(sandbox.pid) == everywhere
    assert os.sched_getaffinity(0) == everywhere
