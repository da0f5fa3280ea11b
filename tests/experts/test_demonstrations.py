"""Demonstrations as experts: played again by seed, and left out where they cannot act."""

from __future__ import annotations

import pytest
from corridor import RIGHT, STAY

from synth.episode import write_store
from synth.errors import SpecError
from synth.experts import find_policy
from synth.experts.played import PlayedEpisode, keep, read_played
from synth.record import Player, Seeds, record
from synth.record.refresh import generation_seeds, renewable
from synth.sources.minari_export import export_minari

SEEDS = (11, 4, 207, 33, 5, 90)


@pytest.fixture
def played(tmp_path):
    """A folder in which six seeds were played to the end, one of them at the second try."""
    folder = tmp_path / "play"
    keep(folder, PlayedEpisode(env="Corridor-v0", seed=4, success=False, actions=(STAY,)))
    for seed in SEEDS:
        keep(
            folder, PlayedEpisode(env="Corridor-v0", seed=seed, success=True, actions=(RIGHT,) * 6)
        )
    return folder


def test_demonstrations_become_the_experts(played, spec_of):
    """The first seeds are visible, the next held out, and near misses are made of the same."""
    spec = spec_of(f"play:{played}", near_miss={"episodes": 3})
    store = record(spec)
    experts = [(e.seed, e.split) for e in store.select(kind="expert")]
    assert experts == [(11, "visible"), (4, "visible"), (207, "held_out"), (33, "held_out")]
    assert all(e.success[-1] for e in store.select(kind="expert"))
    assert {e.seed for e in store.select(kind="near_miss", split="visible")} <= {11, 4}
    assert {e.seed for e in store.select(kind="near_miss", split="held_out")} <= {207, 33}


def test_a_demonstration_that_fails_when_played_again_is_replaced(played, spec_of):
    """As with any expert: the seed is passed over, and a spare one takes its place."""
    keep(played, PlayedEpisode(env="Corridor-v0", seed=11, success=True, actions=(RIGHT,)))
    skips = []
    spec = spec_of(
        f"play:{played}",
        expert={"episodes": 1},
        held_out={"episodes": 1},
        near_miss={"episodes": 9},
    )
    assert Seeds.of(spec).visible_expert == (11,)
    store = record(spec, on_skip=lambda *skip: skips.append(skip))
    assert [e.seed for e in store.select(kind="expert")] == [207, 4]
    assert [seed for what, seed, _ in skips if what == "a seed"] == [11]


def test_episodes_of_synth_are_demonstrations(tmp_path, played, spec_of):
    """What one spec has recorded, another of the same environment plays again."""
    write_store(tmp_path / "episodes", record(spec_of(f"play:{played}")))
    spec = spec_of(f"episodes:{tmp_path / 'episodes'}", render={"width": 24, "height": 8})
    with Player(spec) as player:
        again = player.roll_expert(207)
    assert again.success[-1]
    assert again.frames.shape[1:] == (8, 24, 3)


def test_a_dataset_is_played_again_by_its_seeds(tmp_path, played, spec_of, monkeypatch):
    """What was exported to Minari is an expert of the same environment."""
    pytest.importorskip("minari")
    pytest.importorskip("h5py")
    monkeypatch.setenv("MINARI_DATASETS_PATH", str(tmp_path / "minari"))
    store = record(spec_of(f"play:{played}", random={"episodes": 0}))
    export_minari(store, "synth/corridor-v0", "corridor")
    again = record(spec_of("minari:synth/corridor-v0", random={"episodes": 0}))
    seeds = [[e.seed for e in s.select(kind="expert")] for s in (store, again)]
    assert sorted(seeds[0]) == sorted(seeds[1])
    assert all(e.success[-1] for e in again.select(kind="expert"))


def test_nothing_fresh_is_made_of_recordings(played, spec_of):
    """Held-out demonstrations cannot be replaced, and whoever wants to is told so."""
    spec = spec_of(f"play:{played}")
    assert not renewable(spec)
    with pytest.raises(SpecError, match="all there is"):
        generation_seeds(spec, 1)


def test_too_few_demonstrations_are_counted(played, spec_of):
    """The message says how many there are and how many are asked for."""
    with pytest.raises(SpecError, match=r"6 seeds, and the spec asks for 7 experts: 5 visible"):
        find_policy(spec_of(f"play:{played}", expert={"episodes": 5}))


@pytest.mark.parametrize(
    ("policy", "words"),
    [
        ("play:nowhere", "nowhere/demonstrations.jsonl is missing; `synth play TASK` makes it"),
        ("episodes:nowhere", "nowhere: no episodes here"),
    ],
)
def test_what_is_missing_is_said_at_the_key(policy, words, spec_of):
    """The message names the spec, the key and the folder."""
    with pytest.raises(SpecError, match=f"corridor.toml: expert.policy: .*{words}"):
        find_policy(spec_of(policy))


def test_a_damaged_line_is_named(played):
    """Whatever was played before stays readable once that line is gone."""
    file = played / "demonstrations.jsonl"
    file.write_text(file.read_text() + "{torn", encoding="utf-8")
    with pytest.raises(ValueError, match="line 8: not an episode"):
        read_played(played)
    file.write_text(file.read_text().removesuffix("{torn"), encoding="utf-8")
    assert len(read_played(played)) == 7


def test_demonstrations_of_another_environment_are_refused(played, spec_of):
    """Actions mean something else there."""
    keep(played, PlayedEpisode(env="Other-v0", seed=1, success=True, actions=()))
    with pytest.raises(SpecError, match="was played in Other-v0, not in Corridor-v0"):
        find_policy(spec_of(f"play:{played}"))
