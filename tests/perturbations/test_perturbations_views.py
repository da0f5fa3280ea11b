"""A picture of several views side by side is that of several cameras."""

from __future__ import annotations

import numpy as np

from synth.perturbations.shift import Shift, shifted, views_of

TWO = {"views": ["45/-40", "180/-40"]}


def moved(render, seed, way=2):
    """Name and pictures of one shift of a picture, 12 pixels wide, in which each pixel differs."""
    frames = np.arange(6 * 12 * 3, dtype=np.uint8).reshape(1, 6, 12, 3)
    (repaint,) = Shift().repaints(way, np.random.default_rng(seed), render)
    return repaint.name, frames, repaint.function(frames)


def test_each_view_moves_by_itself():
    """Both halves are moved, each within itself, and by other amounts for some episode."""
    differing = 0
    for seed in range(20):
        name, plain, shown = moved(TWO, seed)
        halves = [np.array_split(f, 2, axis=2) for f in (plain, shown)]
        span = range(-2, 3)
        moves = [
            [(d, r) for d in span for r in span if np.array_equal(shifted(a, d, r), b)]
            for a, b in zip(*halves, strict=True)
        ]
        assert all(len(fits) == 1 and fits != [(0, 0)] for fits in moves)
        differing += moves[0] != moves[1]
        assert name.startswith("shift: ")
        assert ", then " in name
    assert differing


def test_one_view_is_moved_as_a_whole():
    """As it always was: a spec without views, or with one, has one move."""
    for render in ({}, {"views": ["45/-40"]}, {"views": "front"}):
        assert views_of(render) == 1
        name, plain, shown = moved(render, 3)
        assert ", then " not in name
        assert not np.array_equal(plain, shown)


def test_a_model_is_told_whether_views_move_by_themselves():
    """The prompt says it in words."""
    assert "in any direction as a whole" in Shift().prompt(2, {})
    assert "each of the 2 views by itself" in Shift().prompt(2, TWO)
