"""Two programs beside each other: which checkers belong together, and where they differ."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from PIL import Image

from synth.regress.code import code_diffs
from synth.regress.comparison import draw_differences
from synth.regress.frames import Watched, differing, match, watch
from synth.regress.strips import Timeline, chosen_frames, film_strip
from tests.loop.squares import GOAL, make_store, real_program

if TYPE_CHECKING:
    from pathlib import Path

NO, YES = False, True


def watched(**columns: list[bool]) -> Watched:
    """One episode's verdicts, by sub-task."""
    return Watched(tuple(columns), (np.array(list(columns.values())).T,))


def test_checkers_belong_together_by_name_and_else_by_what_they_say() -> None:
    """The goals always, whatever they are called; one too many has no partner."""
    one = watched(a=[NO, YES, YES], key=[NO, NO, YES], end=[NO, NO, YES])
    other = watched(key=[YES, YES, YES], b=[NO, YES, YES], c=[YES, NO, NO], goal=[NO, NO, NO])
    pairs = {(p.one, p.other): p.differing for p in match(one, other)}
    assert pairs == {("a", "b"): 0, ("key", "key"): 2, ("end", "goal"): 1}


def test_episodes_at_odds_come_with_the_goals_first() -> None:
    """What pays is told first; episodes of which both say the same are not told."""
    same = np.zeros((2, 2), dtype=bool)
    key, goal = same.copy(), same.copy()
    key[:, 0], goal[1, 1] = True, True
    one = Watched(("key", "goal"), (same, same, same))
    other = Watched(("key", "goal"), (same, key, goal))
    found = differing(one, other, match(one, other))
    assert [(d.episode, d.first) for d in found] == [(2, 1), (1, 0)]


def test_film_strips_are_drawn_of_visible_episodes_alone(tmp_path: Path) -> None:
    """Pictures find their way into prompts; what is held out must not."""
    store = make_store()
    early = f"{GOAL} or count(frame, YELLOW) == 0"
    both = watch(real_program(), store), watch(real_program(early), store)
    matched = match(*both)
    found = differing(*both, matched)
    assert {store.episodes[d.episode].split for d in found} == {"visible", "held_out"}
    folder = tmp_path / "strips"
    drawn = draw_differences(folder, store, both, matched, found, sides=("a", "b"))
    assert [p.name for p in drawn] == [f"0{k + 1}-expert-000{k}.png" for k in range(4)]
    assert draw_differences(folder, store, both, matched, (), sides=("a", "b")) == ()
    assert not folder.exists()


def test_a_strip_marks_the_frames_at_odds() -> None:
    """Red stands where the two differ, and nowhere where they agree."""
    frames = np.zeros((3, 8, 8, 3), dtype=np.uint8)
    success = np.array([NO, NO, YES])

    def strip(other: list[bool]) -> Image.Image:
        line = Timeline("goal", "end", success, np.array(other))
        return film_strip(frames, [line], success, title="x")

    def red(image: Image.Image) -> int:
        pixels = np.asarray(image)
        return int((pixels == (210, 30, 30)).all(axis=-1).sum())

    assert red(strip([NO, NO, YES])) == 0
    assert red(strip([NO, YES, YES])) > 0


@pytest.mark.parametrize("many", [5, 36, 37, 400])
def test_long_episodes_show_where_odds_begin(many: int) -> None:
    """Its first and last frames, the first at odds and the one before it."""
    odds = np.zeros(many, dtype=bool)
    odds[many // 2 :] = True
    shown = chosen_frames(odds)
    assert len(shown) == min(many, 36)
    assert {0, many - 1, many // 2, many // 2 - 1} <= set(shown)


def test_code_is_compared_by_sub_task_and_shared_code_once() -> None:
    """What one sub-task alone uses belongs to it; equal code has no lines."""
    one, other = real_program(), real_program("count(frame, RED) > 1")
    matched = match(*(watch(source, make_store()) for source in (one, other)))
    parts = {part.title: part.lines for part in code_diffs(one, other, matched)}
    assert list(parts) == ["take_key", "reach_goal", "shared"]
    assert parts["take_key"] == ()
    assert f"-    return {GOAL}" in parts["reach_goal"]
    assert "+    return count(frame, RED) > 1" in parts["reach_goal"]
    # GREEN was the old goal's alone, and is nobody's now.
    assert any(line.startswith("-GREEN") for line in parts["reach_goal"])


def test_a_sub_task_without_a_partner_is_told_whole() -> None:
    """Its code is all new, or all gone."""
    text = real_program()
    more = text.replace("SUBTASKS = [take_key,", "SUBTASKS = [take_key, look,").replace(
        "def take_key", "def look(frame, initial):\n    return False\n\n\ndef take_key"
    )
    matched = match(*(watch(source, make_store()) for source in (text, more)))
    parts = {part.title: part.lines for part in code_diffs(text, more, matched)}
    assert "+def look(frame, initial):" in parts["nothing -> look"]
