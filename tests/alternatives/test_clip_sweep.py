"""Every threshold and temperature at once, and training by a model."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from synth.alternatives.sweep import trade_off
from synth.cli.app import app

FRAMES = st.lists(st.tuples(st.sampled_from([0.1, 0.2, 0.5, 0.9]), st.booleans()), min_size=1)


@given(FRAMES.filter(lambda frames: any(right for _, right in frames)))
def test_each_point_is_what_its_threshold_gives(frames):
    """Precision and recall are those of the frames whose share is above the threshold."""
    shares, truth = (np.array(column) for column in zip(*frames, strict=True))
    points = trade_off(shares.astype(np.float64), truth.astype(np.bool_), 0.01)
    for point in points:
        holds = shares > point.threshold
        both = np.count_nonzero(holds & truth)
        assert point.precision == pytest.approx(both / np.count_nonzero(holds))
        assert point.recall == pytest.approx(both / np.count_nonzero(truth))
    assert len(points) == len(set(shares.tolist()))
    assert points[-1].recall == 1.0


def test_the_sweep_shows_models_beside_the_program(doorkey, tiny_clip, monkeypatch, tmp_path):
    """Two sets of negatives in one figure; the program is at 1 and 1, a random model below."""
    monkeypatch.chdir(doorkey.parents[1])
    negatives = tmp_path / "negatives.txt"
    negatives.write_text("a picture of a cat\nan empty room\n")
    rewards = [f"clip:{tiny_clip}", f"clip:{tiny_clip}?negatives={negatives}"]
    words = ["sweep", "doorkey", "--seeds", "1", "--json", "--figure", str(tmp_path / "f.png")]
    for reward in rewards:
        words += ["--reward", reward]
    told = CliRunner().invoke(app, words, catch_exceptions=False)
    rows = json.loads(told.stdout)
    assert [(row["reward"], row["predicate"]) for row in rows] == [
        (reward, predicate)
        for reward in rewards
        for predicate in ("carrying_key", "door_open", "success")
    ]
    assert all(row["program"] == {"precision": 1.0, "recall": 1.0} for row in rows)
    assert all(row["best"]["f1"] < 1.0 for row in rows)
    assert (tmp_path / "f.png").read_bytes().startswith(b"\x89PNG")


def test_an_agent_is_paid_by_a_model(doorkey, tiny_clip):
    """Credit comes from the model's verdicts, and different settings have different folders."""
    pytest.importorskip("stable_baselines3", reason="needs the train extra")
    from synth.training import Arm, environments  # noqa: PLC0415 - an extra

    always, never = (
        Arm(f"clip:{tiny_clip}?threshold={at}", seen=True) for at in ("0.0", "0.999999")
    )
    assert always.name != never.name
    assert always.name.startswith("clip-")
    paid = []
    for arm in (always, never):
        venv = environments(doorkey, arm, 1)
        venv.reset()
        # What holds at once pays nothing, and is seen as credited.
        paid.append(venv.credited.all() if hasattr(venv, "credited") else venv.venv.credited.all())
        _, rewards, _, _ = venv.step([0])
        assert rewards.tolist() == [0.0]
        venv.close()
    assert paid == [True, False]
