"""Draw `docs/pictures/difference.png`: an episode of which two DoorKey rewards differ.

``python -m docs.difference_picture``, in the root of a checkout.
"""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from synth.program import merge
from synth.record.refresh import fresh_unrecorded
from synth.regress.comparison import draw_differences
from synth.regress.frames import differing, match, watch
from synth.task import TaskFolder

CORPUS = Path("tests/corpus/programs/doorkey")
TARGET = Path("docs/pictures/difference.png")


def main() -> None:
    """Draw it."""
    task = TaskFolder.read(Path("generated/doorkey"))
    right, mistake = (
        (CORPUS / f"{name}.py").read_text(encoding="utf-8")
        for name in ("right", "agent_beside_goal")
    )
    store = fresh_unrecorded(task.spec, task.store, 3)
    committed = task.reward.read_text(encoding="utf-8")
    both = watch(committed, store), watch(merge(right, mistake), store)
    matched = match(*both)
    with tempfile.TemporaryDirectory() as folder:
        drawn = draw_differences(
            Path(folder) / "strips",
            store,
            both,
            matched,
            differing(*both, matched),
            sides=("committed", "content beside the goal"),
            most=1,
        )
        shutil.copyfile(drawn[0], TARGET)
    print(f"wrote {TARGET}")


if __name__ == "__main__":
    main()
