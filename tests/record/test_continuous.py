"""Worlds with margins, that go on at success and have no end of actions."""

from __future__ import annotations

import json

import numpy as np
import pytest
from slider import Slider, SliderFamily, slide, slider_spec

from synth.episode import read_store, write_store
from synth.errors import EnvironmentFault, ExpertFailed, SpecError
from synth.record import MOST, Player, Stream, record
from synth.record.aliasing import action_table, first_alias
from synth.record.rollout import rollout
from synth.spec import SuccessSpec

NEAR_MISSES = "[near_miss]\nepisodes = 8\n"


@pytest.fixture
def slider(monkeypatch):
    """The slider that every spec gets."""
    simulator = Slider()
    monkeypatch.setattr("synth.record.player.family_of", lambda _spec: SliderFamily(simulator))
    return simulator


def test_an_episode_goes_on_for_the_hold_after_its_first_success(slider):
    """So many frames follow, where the environment goes on; with none it ends there."""
    for hold in (0, 1, 5):
        episode = rollout(slider, slide, 3, 40, hold=hold)
        assert len(episode) == episode.first_success + hold
        assert episode.success[episode.first_success :].all()


def test_the_hold_ends_where_the_policy_or_the_limit_does(slider):
    """Nobody is made to act, and the limit is the limit."""
    long = rollout(slider, slide, 3, 40, hold=5)
    stops = rollout(slider, lambda _s: iter(long.actions[:-3]), 3, 40, hold=5)
    assert len(stops) == len(long) - 3
    assert len(rollout(slider, slide, 3, long.first_success + 2, hold=5)) == len(stops)


def test_success_that_goes_again_is_recorded(slider):
    """The hold shows what comes after: here the bead slides on beyond the mark."""
    episode = rollout(slider, lambda _s: iter([[1.0]] * 40), 0, 40, hold=8)
    assert episode.success[episode.first_success]
    assert not episode.success[-1]


@pytest.mark.parametrize("pixels", [0.0, 1.0, 2.0])
def test_frames_nearer_to_the_threshold_than_the_band_are_not_judged(slider, pixels):
    """The band is the spec's pixels times what one pixel shows."""
    episode = rollout(slider, slide, 2, 40, hold=4, pixels=pixels)
    near = np.abs(episode.margins) < pixels * slider.resolution()
    assert (episode.judged == ~near).all()
    assert near.any() == (pixels > 0)


def test_judged_bits_are_stored_and_margins_are_not(slider, tmp_path):
    """What is read back has the bits; no file holds a margin."""
    store = record(slider_spec())
    assert not all(e.judged.all() for e in store.episodes)
    write_store(tmp_path, store)
    for before, after in zip(store.episodes, read_store(tmp_path).episodes, strict=True):
        assert (before.judged == after.judged).all()
    text = (tmp_path / "episodes.jsonl").read_text() + (tmp_path / "manifest.json").read_text()
    assert "margin" not in text
    assert "seen" not in text


def test_a_margin_that_contradicts_success_is_refused_with_seed_and_frame(slider):
    """Positive exactly at success, or the family is wrong."""
    slider.margin_of = lambda margin: margin - 0.05
    with pytest.raises(EnvironmentFault, match=r"seed \d+: at frame \d+ .*reports success.*margin"):
        record(slider_spec())


def test_a_task_whose_deciding_thing_is_hidden_is_refused_with_a_second_view(slider):
    """Above one success frame in a hundred the camera is wrong, not the program."""
    slider.seen = lambda seed, _t: 0.05 if seed % 5 == 0 else 1.0
    spec = slider_spec('[render]\nviews = ["45/-40"]\n')
    with pytest.raises((SpecError, ExpertFailed)) as refused:
        record(spec)
    assert "hidden" in str(refused.value)
    slider.seen = lambda seed, t: 0.05 if seed % 5 == 0 and t == 13 else 1.0
    with pytest.raises(SpecError, match=r'views = \["45/-40"\].*views = \["45/-40", "180/-40"\]'):
        record(spec)


def test_a_few_hidden_success_frames_are_not_judged(slider):
    """They stay, and nobody is blamed for them."""
    slider.seen = lambda seed, t: 0.05 if seed == 0 and t == 13 else 1.0
    store = record(slider_spec(episodes=30))
    first = store["expert-0000"]
    assert first.success[13]
    assert not first.judged[13]


def test_an_expert_that_stays_in_the_band_does_not_serve(slider):
    """Success that nobody can see shows nothing."""
    with pytest.raises(ExpertFailed, match="only where success cannot be told"):
        record(slider_spec(hold=0).model_copy(update={"success": SuccessSpec(pixels=3.5)}))


def test_seeds_that_do_not_serve_are_replaced_and_told(slider):
    """One solved at the start is passed over; as many episodes are made as were asked for."""
    slider.starts = lambda seed: 0.8 if seed == 3 else 0.1
    told = []
    store = record(slider_spec(), on_skip=lambda *skip: told.append(skip))
    experts = store.select(kind="expert", split="visible")
    assert [e.seed for e in experts] == [0, 1, 2, 4, 5, 6, 7, 8, 9, 5000]
    assert [e.id for e in experts] == [f"expert-{k:04d}" for k in range(10)]
    assert [(what, seed) for what, seed, _ in told] == [("a seed", 3)]
    assert "solved at the start" in told[0][-1]


def test_too_many_seeds_that_begin_solved_are_refused_with_figures(slider):
    """Above one in three the rest is no fair sample; what failed first is named."""
    slider.starts = lambda seed: 0.8 if seed % 2 else 0.1
    with pytest.raises(
        ExpertFailed, match=r"of \d+ seeds tried .*at most 33% are.*seed 1\b"
    ) as told:
        record(slider_spec())
    assert "is solved at the start" in str(told.value)


def test_some_seeds_that_begin_solved_are_how_the_environment_is(slider):
    """They say nothing against the expert: one in four is passed over, and recording goes on."""
    slider.starts = lambda seed: 0.8 if seed % 4 == 1 else 0.1
    assert len(record(slider_spec()).select(kind="expert", split="visible")) == 10


def test_an_expert_may_fail_on_one_seed_in_ten(slider):
    """Above that it is no expert."""
    slider.seen = lambda seed, _t: 0.05 if seed % 4 == 1 else 1.0
    with pytest.raises(ExpertFailed, match=r"the expert fails, where at most 10% of \d+ are"):
        record(slider_spec())
    assert MOST == 0.1


def test_random_episodes_have_a_limit_of_their_own(slider):
    """`random.max_steps` cuts them, and nobody else."""
    store = record(slider_spec())
    assert {len(e) for e in store.select(kind="random")} == {7}
    assert all(len(e) > 7 for e in store.select(kind="expert"))


def test_near_misses_of_endless_actions_come_near_or_undo_success(slider):
    """Actions are lists; each near miss has a judged frame at the edge or a success undone."""
    spec = slider_spec(NEAR_MISSES)
    store = record(spec)
    made = store.select(kind="near_miss")
    assert len(made) == 16
    assert any(not e.success.any() for e in made)
    for e in made:
        json.dumps(e.actions)
        assert not e.success[0]
        if e.note.startswith("route: "):
            assert e.success.any()


def test_recipes_count_from_the_first_success(slider):
    """The hold is not what is cut: the episode stops one step before success."""
    store = record(slider_spec(NEAR_MISSES))
    cut = next(e for e in store.select(kind="near_miss") if e.policy == "near_miss:cut")
    with Player(slider_spec()) as player:
        shown = player.roll_expert(cut.seed)
        assert cut.actions == shown.actions[: shown.first_success - 1]
        assert player.shown(cut.seed) == shown.actions[: shown.first_success]


def test_aliasing_takes_lists_and_tries_no_other_actions(slider):
    """Where actions have no end, none is expected to make the very same picture."""
    episode = rollout(slider, slide, 0, 9)
    played = []
    with Player(slider_spec()) as player:
        assert player.actions is None
        assert player.is_aliased(episode, 5) is False
    assert first_alias(episode, played.append, None, suspects=(3, 4)) is None
    assert not played
    assert len(action_table(slider)) == 16


def test_what_is_not_looked_at_is_not_drawn(slider):
    """Expert actions are played without pictures, and are the same ones."""
    with Player(slider_spec()) as player:
        undrawn = player.roll_expert(4, draw=False)
        assert slider.drawn == 0
        assert player.shown(4) == undrawn.actions[: undrawn.first_success]
        drawn = player.roll_expert(4)
    assert drawn.actions == undrawn.actions
    assert (drawn.success == undrawn.success).all()
    assert undrawn.frames.shape == (len(undrawn) + 1, 0, 0, 3)
    assert slider.drawn == len(drawn) + 1


def test_no_two_streams_share_a_number():
    """What one draws is never what another draws; the first three decide committed bytes."""
    assert len({int(s) for s in Stream}) == len(Stream.__members__)
    assert [int(s) for s in (Stream.RANDOM, Stream.RECIPE, Stream.VARIANT)] == [1, 2, 3]
