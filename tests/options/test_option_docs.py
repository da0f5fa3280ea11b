"""The page about options does what it says."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from stable_baselines3.common.vec_env import VecEnv

ROOT = Path(__file__).parents[2]


@pytest.fixture
def blocks():
    """Its blocks of Python."""
    text = (ROOT / "docs" / "options.md").read_text(encoding="utf-8")
    return re.findall(r"```python\n(.*?)```", text, re.DOTALL)


def test_the_page_trains(blocks, monkeypatch):
    """As printed, but for a few environments and steps only; the second block after the first."""
    monkeypatch.chdir(ROOT)
    names: dict[str, object] = {}
    for block in blocks:
        short = block.replace(", 16", ", 2").replace("200_000", "256")
        assert short != block
        exec(compile(short, "docs/options.md", "exec"), names)
        venv = names["venv"]
        assert isinstance(venv, VecEnv)
        venv.close()
    assert names["model"].num_timesteps == 256
