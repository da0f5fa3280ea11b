"""Specs are validated, and every mistake has its message."""

from __future__ import annotations

from pathlib import Path

import pytest

from docs import spec_keys
from synth.errors import SpecError
from synth.spec import find_specs, load_spec, parse_spec

GOOD = """
env = "MiniGrid-DoorKey-6x6-v0"
[expert]
policy = "synth.envs.minigrid:planner"
"""


def spec_text(**changes: str) -> str:
    """`GOOD` with lines added at the top level."""
    return "\n".join(f"{key} = {value}" for key, value in changes.items()) + GOOD


def test_a_minimal_spec_gets_the_documented_defaults() -> None:
    """Environment and expert are enough."""
    spec = parse_spec(GOOD, name="doorkey")
    assert (spec.expert.episodes, spec.random.episodes, spec.held_out.episodes) == (20, 20, 20)
    assert (spec.gate.expert_completion, spec.gate.random_completion) == (1.0, 0.1)
    assert spec.target.microseconds_per_frame == 60


@pytest.mark.parametrize(
    ("text", "key", "words"),
    [
        (spec_text(max_stepss="3"), "max_stepss", "Did you mean 'max_steps'?"),
        (spec_text(colour="3"), "colour", "Known keys: env, modules, goal"),
        (GOOD + "episode = 3", "expert.episode", "Did you mean 'episodes'?"),
        (GOOD.replace('"MiniGrid-DoorKey-6x6-v0"', "3"), "env", "valid string"),
        (spec_text(max_steps="0"), "max_steps", "greater than or equal to 1"),
        (spec_text(max_steps='"200"'), "max_steps", "valid integer"),
        (GOOD + "[gate]\nrandom_completion = 1.5", "gate.random_completion", "less than or"),
        (GOOD.replace(":planner", ""), "expert.policy", "written module:function"),
        (GOOD + '[mission]\nfrom = "words"', "mission.from", "observation.KEY, info.KEY or"),
        (GOOD + '[mission]\nsource = "env.mission"', "mission.source", "Known keys: from"),
        (GOOD + "[mission]", "mission.from", 'For example: from = "env.mission"'),
        ('env = "x"', "expert", "is required but missing"),
        (spec_text(name='"x"'), "name", "the file's own"),
    ],
)
def test_each_mistake_names_its_key_and_a_remedy(text: str, key: str, words: str) -> None:
    """Unknown keys, bad types, bad values and missing tables each say where and what to do."""
    with pytest.raises(SpecError) as caught:
        parse_spec(text, name="doorkey", file="specs/doorkey.toml")
    assert caught.value.key == key
    assert words in str(caught.value)
    assert str(caught.value).startswith(f"specs/doorkey.toml: {key}: ")


def test_text_that_is_not_toml_names_the_line() -> None:
    """The TOML reader's position reaches the user."""
    with pytest.raises(SpecError, match=r"specs/x\.toml: is not valid TOML: .*line 2"):
        parse_spec('env = "a"\ngoal = oops\n', name="x", file="specs/x.toml")


def test_an_unknown_task_names_the_nearest(tmp_path: Path) -> None:
    """A typing slip in a task's name is met with the name that was meant."""
    (tmp_path / "doorkey.toml").write_text(GOOD, encoding="utf-8")
    with pytest.raises(SpecError, match="Did you mean 'doorkey'"):
        load_spec("dorkey", tmp_path)


def test_a_file_name_that_cannot_be_a_task_is_refused(tmp_path: Path) -> None:
    """Task names become folders and test names, so they are plain."""
    (tmp_path / "Door Key.toml").write_text(GOOD, encoding="utf-8")
    with pytest.raises(SpecError, match="Rename the file"):
        load_spec(tmp_path / "Door Key.toml")


def test_the_digest_changes_with_what_is_recorded_and_not_with_gates() -> None:
    """Episodes stay valid when only gates, goal or target change."""
    base = parse_spec(GOOD, name="a").episode_digest()
    assert parse_spec(spec_text(goal='"g"'), name="b").episode_digest() == base
    assert parse_spec(GOOD + "[gate]\nrandom_completion = 0.2", name="a").episode_digest() == base
    assert parse_spec(spec_text(max_steps="9"), name="a").episode_digest() != base
    assert parse_spec(GOOD + "[render]\ntile_size = 8", name="a").episode_digest() != base


def test_where_missions_come_from_is_part_of_what_is_recorded() -> None:
    """Without the table the digest is the old one; with it, it reads back as it was written."""
    spec = parse_spec(f'{GOOD}\n[mission]\nfrom = "observation.mission"', name="t")
    assert spec.mission is not None
    assert spec.mission.source == "observation.mission"
    assert spec.content()["mission"] == {"from": "observation.mission"}
    assert "mission" not in parse_spec(GOOD, name="t").content()
    assert spec.episode_digest() != parse_spec(GOOD, name="t").episode_digest()


def test_every_spec_of_the_repository_is_valid() -> None:
    """The specs that ship can be read."""
    specs = find_specs(Path(__file__).parent.parent / "specs")
    names = {load_spec(path).name for path in specs}
    assert {"doorkey", "doorkey-8x8", "unlock", "unlock-pickup", "empty"} <= names


@pytest.mark.parametrize(
    ("gate", "episodes"),
    [
        ("max_miss = 0.05", 59),
        ("max_miss = 0.05\ncertainty = 0.99", 90),
        ("certainty = 0.99", 20),
    ],
)
def test_a_certainty_may_stand_for_a_count(gate: str, episodes: int) -> None:
    """A spec that asks how sure it wants to be need not say how many episodes that takes."""
    assert parse_spec(f"{GOOD}\n[gate]\n{gate}", name="t").held_out.episodes == episodes


def test_a_count_that_is_given_is_kept() -> None:
    """Who asks for both gets the count, and learns from the suite if it does not suffice."""
    text = f"{GOOD}\n[gate]\nmax_miss = 0.05\n[held_out]\nepisodes = 7"
    assert parse_spec(text, name="t").held_out.episodes == 7


def test_tables_that_are_absent_leave_the_digest_alone() -> None:
    """The search is no part of what is recorded; near misses and changed pictures are."""
    plain = parse_spec(GOOD, name="t").episode_digest()
    assert parse_spec(f"{GOOD}\n[search]\nepisodes = 9", name="t").episode_digest() == plain
    for table in ("near_miss", "metamorphic"):
        assert parse_spec(f"{GOOD}\n[{table}]", name="t").episode_digest() != plain


def test_the_page_of_keys_is_what_reads_a_spec() -> None:
    """docs/spec.md has every key, its range and its default, as docs/spec_keys.py writes it."""
    assert spec_keys.PAGE.read_text(encoding="utf-8") == spec_keys.page()
    example = spec_keys.PAGE.read_text(encoding="utf-8").split("```toml")[1].split("```")[0]
    assert parse_spec(example, name="unlock").near_miss is not None
