"""What is nearly right on the table: the environment says of each what it is."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

pytest.importorskip("pybullet", reason="the extra `tabletop` is not installed")

from synth.envs.tabletop.near_misses import RECIPES
from synth.record import Player
from synth.record.near_miss import NearMiss, try_recipe
from synth.spec import Spec, parse_spec

SEEDS = range(6)
WRONG = ("wrong-shape", "wrong-colour", "wrong-place-shape", "wrong-place-colour", "left-undone")
BY_KEY = {recipe.key: (number, recipe) for number, recipe in enumerate(RECIPES)}


def spec_of(title: str) -> Spec:
    """A spec of a table with missions, in small pictures."""
    text = (
        f'env = "synth/Tabletop-{title}-v0"\ngoal = "do it"\nmax_steps = 10\n'
        '[mission]\nfrom = "env.mission"\n[render]\nsize = 64\n'
        '[expert]\npolicy = "synth.envs.tabletop:oracle"\nhold = 4\n'
    )
    return parse_spec(text, name="a-table")


@pytest.fixture(scope="module")
def player() -> Iterator[Player]:
    """Plays a table whose missions have two parts."""
    with Player(spec_of("PutTwo")) as player:
        yield player


def test_one_thing_too_many_undoes_a_mission_that_wants_nothing_else() -> None:
    """Once another thing lies in the box as well, `nothing else` is no longer so."""
    with Player(spec_of("Pack")) as player:
        success = made(player, "one-too-many").rolled.success
    assert success.any()
    assert not success[-1]


def made(player: Player, key: str) -> NearMiss:
    """What a recipe makes of the first seed that allows it."""
    number, recipe = BY_KEY[key]
    reasons = []
    for seed in SEEDS:
        shown = player.roll_expert(seed, draw=False)
        found = try_recipe(recipe, shown.until(shown.first_success or 0), player, number)
        if isinstance(found, NearMiss):
            return found
        reasons.append(found)
    raise AssertionError(f"{key}: {reasons}")


@pytest.mark.parametrize("key", WRONG)
def test_the_wrong_thing_or_place_is_no_success(player: Player, key: str) -> None:
    """Right in colour or in shape is not right in both; half a mission is none."""
    assert not made(player, key).rolled.success.any()


def test_what_is_undone_was_a_success(player: Player) -> None:
    """The episode succeeds, and then no longer does."""
    success = made(player, "undone").rolled.success
    assert success.any()
    assert not success[-1]


@pytest.mark.parametrize("key", ["aside-first", "again", "others-first"])
def test_other_ways_lead_to_success(player: Player, key: str) -> None:
    """Routes end as the expert's way does."""
    assert made(player, key).rolled.success[-1]


def test_two_things_exchanged_are_both_in_the_wrong_place(player: Player) -> None:
    """Each thing lies in a vessel that the mission names, and not in its own."""
    rolled = made(player, "exchanged").rolled
    assert not rolled.success.any()
    assert not any(rolled.truth["part_1"]) or not any(rolled.truth["part_2"])


def test_a_last_move_a_little_off_ends_near(player: Player) -> None:
    """It ends near success, on either side: what falls off the rim may fall in."""
    margins = made(player, "just-off").rolled.margins
    assert margins is not None
    assert abs(margins[-1]) < 0.06
