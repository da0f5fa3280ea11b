"""What families read of a spec: bounds hold, and every refusal says where and what instead."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from synth.envs.keys import SpecKeys
from synth.envs.registry import family_of
from synth.errors import EnvironmentFault, SpecError
from synth.spec import parse_spec

SPEC = """
env = "FrozenLake-v1"
max_steps = 5
[render]
size = {size}
views = {views}
"""


def keys_of(size="64", views="[]"):
    """The keys of ``[render]`` in a spec."""
    text = SPEC.format(size=size, views=views) + '[expert]\npolicy = "a:b"\n'
    return SpecKeys(parse_spec(text, name="task"), "render")


@given(st.integers(-1000, 1000))
def test_a_whole_number_is_taken_exactly_within_its_bounds(number):
    """And refused with both of them."""
    keys = keys_of(str(number))
    if 32 <= number <= 512:
        assert keys.whole("size", 128, range(32, 513)) == number
        return
    with pytest.raises(SpecError, match=rf"from 32 to 512, but the file says {number}\."):
        keys.whole("size", 128, range(32, 513))


@pytest.mark.parametrize("said", ["true", '"64"', "64.0", "[64]"])
def test_no_other_kind_of_value_passes_for_a_whole_number(said):
    """Not even one that Python would count as equal."""
    with pytest.raises(SpecError, match="size = 128"):
        keys_of(said).whole("size", 128, range(1, 513))


@pytest.mark.parametrize("said", ["true", '"1"', "nan", "inf", "9"])
def test_a_number_that_does_not_fit_is_refused(said):
    """Yes is no 1, and what is no number at all lies within no bounds."""
    with pytest.raises(SpecError, match=r"must be 0 to 2 metres.*For example: size = 0\.5\."):
        keys_of(said).number("size", 0.5, lambda metres: 0 <= metres <= 2, "0 to 2 metres")


@pytest.mark.parametrize("said", ["[]", "1", '"top"', '["top", "top"]', '["left"]', "[1]"])
def test_names_are_some_of_those_known_each_once(said):
    """Anything else is refused with an example in TOML."""
    with pytest.raises(SpecError, match=r'some of top, front.*views = \["top", "front"\]'):
        keys_of(views=said).some_of("views", ("top", "front"), ("top", "front"))


def test_what_the_spec_does_not_say_has_its_default():
    """Of every kind."""
    keys = keys_of()
    assert keys.whole("side", 7, range(1, 9)) == 7
    assert keys.number("far", 1.5, math.isfinite, "a number") == 1.5
    assert keys.flag("dark", default=True) is True
    assert keys.some_of("eyes", ("top",), ("top",)) == ("top",)


def test_an_unknown_key_is_answered_with_the_nearest():
    """And with all that are known."""
    with pytest.raises(SpecError, match=r"Did you mean 'sizes'\? Known keys: sizes, views\."):
        keys_of().require_known(("sizes", "views"))


@pytest.mark.parametrize(
    "env",
    [
        "MiniGrid-Empty-5x5-v0",
        "PandaReach-v3",
        "Rooms-Find-v0",
        "screens/Phone-v0",
        "synth/Tabletop-Put-v0",
    ],
)
def test_a_condition_is_refused_where_the_family_knows_what_success_is(env):
    """It would be passed over in silence, and the task be another than the spec says."""
    text = f'env = "{env}"\nmax_steps = 5\n[success]\nwhen = "reward > 0"\n'
    spec = parse_spec(text + '[expert]\npolicy = "a:b"\n', name="task")
    with pytest.raises((SpecError, EnvironmentFault)) as told:
        family_of(spec).make(spec)
    if isinstance(told.value, EnvironmentFault):
        pytest.skip(str(told.value))
    assert told.value.key == "success.when"
