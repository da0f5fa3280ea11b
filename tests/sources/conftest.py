"""Episodes of a small world, and a folder to work in."""

from __future__ import annotations

import numpy as np
import pytest

from synth.episode import Episode, EpisodeStore

T = 4


def frame(at: int, mark: int = 0) -> np.ndarray:
    """A red square on one of five places; the world's number in the corner."""
    picture = np.zeros((16, 24, 3), np.uint8)
    picture[:, -4:] = (0, 80, 0)
    picture[4:8, 4 * at + 2 : 4 * at + 6] = (220, 30, 30)
    picture[0, 0] = mark
    return picture


@pytest.fixture
def store():
    """Six episodes: four reach the right end, one waits there, two do not come so far."""
    episodes, frames = [], []
    ends = {"expert": [4, 4, 4, 4], "near_miss": [2, 3]}
    for kind, places in ends.items():
        for number, end in enumerate(places):
            walked = [min(t, end) for t in range(T + 1 + number % 2)]
            index = np.arange(len(frames), len(frames) + len(walked), dtype=np.int32)
            frames += [frame(at, mark=16 * (len(episodes) + 1)) for at in walked]
            judged = np.ones(len(walked), np.bool_)
            judged[1] = kind == "expert"
            episodes.append(
                Episode(
                    id=f"{kind.replace('_', '-')}-{number:04d}",
                    kind=kind,
                    split="visible",
                    seed=100 + len(episodes),
                    policy="test",
                    frame_index=index,
                    actions=(1,) * (len(walked) - 1),
                    rewards=np.zeros(len(walked) - 1),
                    success=np.array([at == 4 for at in walked]),
                    judged=judged,
                    truth={},
                )
            )
    return EpisodeStore(np.stack(frames), tuple(episodes), "0" * 64, "Walk-v0", {})


@pytest.fixture(autouse=True)
def _work_here(tmp_path, monkeypatch):
    """Files and datasets of a test are its own."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MINARI_DATASETS_PATH", str(tmp_path / "minari"))
