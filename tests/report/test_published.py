"""Value-order correlation and ROC AUC: what they are, on values whose answer is known."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from synth.episode import Rollout
from synth.report.published import rank_values, roc_auc


def rolled(success: str, judged: str = "") -> Rollout:
    """An episode of which only success, and what is judged of it, matters."""
    told = np.array([bit == "1" for bit in success])
    frames = np.zeros((len(told), 1, 1, 3), np.uint8)
    kept = np.array([bit == "1" for bit in judged or "1" * len(told)])
    actions = (0,) * (len(told) - 1)
    return Rollout(frames, actions, np.zeros(len(actions)), told, {}, 0, "", judged=kept)


def values(*numbers: float) -> np.ndarray:
    """The progress of a single sub-task."""
    return np.array(numbers, np.float32)[:, None]


pairs = st.lists(st.tuples(st.integers(0, 4), st.booleans()), min_size=1, max_size=12)


@given(pairs)
def test_roc_auc_is_the_share_of_pairs_in_the_right_order(drawn):
    """Counted out by hand, ties as halves."""
    told = np.array([value for value, _ in drawn], np.float32)
    success = np.array([bit for _, bit in drawn])
    wins = [1.0 if a > b else 0.5 if a == b else 0.0 for a in told[success] for b in told[~success]]
    auc = roc_auc(told, success)
    assert auc is None if not wins else np.isclose(auc, np.mean(wins))


def test_the_order_is_that_of_the_way_to_success():
    """What comes after success is no way: a hold that falls back changes nothing."""
    one = (rolled("000111"), values(0.0, 0.3, 0.6, 1.0, 0.2, 0.1))
    back = (rolled("0001"), values(0.6, 0.3, 0.1, 0.0))
    assert rank_values([one], [one], ("goal",), goal="goal").order == 1.0
    assert np.isclose(rank_values([one, back], [one, back], (), goal="goal").order, 0.0)


def test_the_goals_progress_is_the_value_where_it_is_told():
    """A step that is undone on the way says nothing of how far the task has come."""
    twice = np.array([[0.0, 0.0], [1.0, 0.4], [0.0, 0.7], [0.0, 1.0]], np.float32)
    one = (rolled("0001"), twice)
    assert rank_values([one], [one], ("goal",), goal="goal").order == 1.0
    assert rank_values([one], [one], ("step",), goal="goal").order < 1.0


def test_only_judged_frames_count_for_success():
    """The one frame on which the two are the wrong way round is too near to tell."""
    one = (rolled("0011", "1011"), values(0.1, 1.0, 0.8, 0.9))
    assert rank_values([one], [one], ("goal",), goal="goal").auc == 1.0


def test_each_figure_says_that_what_stands_beside_it_is_of_other_data():
    """No one reads a comparison into it."""
    one = (rolled("0011"), values(0.1, 0.2, 0.8, 0.9))
    lines = rank_values([one], [one], ("goal",), goal="goal").sentences()
    assert ["0.947, on other data" in lines[0], "0.826, on other data" in lines[1]] == [True] * 2
    assert rank_values([], [one], (), goal="goal").order is None
