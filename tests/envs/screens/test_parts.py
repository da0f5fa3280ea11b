"""Parts of screens that need no browser: the grid, the pointer, the phone's layouts, specs."""

from __future__ import annotations

from collections import defaultdict

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from synth.envs.registry import family_of
from synth.envs.screens.environment import Grid
from synth.envs.screens.making import make_screen, page_of
from synth.envs.screens.phone.layout import APPS, WHERE, draw_layout
from synth.envs.screens.pointer import with_pointer
from synth.errors import SpecError
from synth.spec import ExpertSpec, Spec

NUMBERS = st.integers(0, 10_000)


@given(st.integers(2, 20), st.integers(20, 200), st.integers(20, 200), NUMBERS, st.data())
def test_places_lie_in_the_picture(
    side: int, width: int, height: int, number: int, data: st.DataObject
) -> None:
    """Every square's middle is a pixel of the picture, no two alike, and neighbours are near."""
    grid = Grid(width, height, side)
    places = grid.places()
    assert len(set(places)) == len(grid) == len(places)
    assert all(0 <= x < width and 0 <= y < height for x, y in places)
    at = number % len(grid)
    across, down = data.draw(st.integers(-3, 3)), data.draw(st.integers(-3, 3))
    (x, y), (u, v) = grid.place(at), grid.place(grid.near(at, across, down))
    assert abs(u - x) <= abs(across) * side
    assert abs(v - y) <= abs(down) * side


@given(st.integers(0, 39), st.integers(0, 29))
def test_the_pointer_keeps_within_the_picture(x: int, y: int) -> None:
    """Its tip is the pixel pointed at, it is cut off at the edges, and the page is left alone."""
    page = np.full((30, 40, 3), 90, np.uint8)
    picture = with_pointer(page, (x, y))
    rows, columns = np.nonzero((picture != page).any(axis=-1))
    assert (picture[y, x] == 0).all()
    assert (rows.min(), columns.min()) == (y, x)
    assert (page == 90).all()


@given(st.integers(0, 2**31), st.integers(2, 3), st.integers(0, 3), st.integers(0, 3), st.data())
def test_every_app_lies_in_one_place(
    seed: int, pages: int, folders: int, hidden: int, data: st.DataObject
) -> None:
    """On a page, in a folder or found by search alone; what is asked for lies where it should."""
    possible = [w for w in WHERE if (w != "folder" or folders) and (w != "search" or hidden)]
    where = data.draw(st.sampled_from(possible))
    layout = draw_layout(seed, pages=pages, folders=folders, hidden=hidden, where=where)
    lying = defaultdict(list)
    for page in layout.pages:
        assert len(page) == 9
        for one in page:
            if isinstance(one, str):
                lying["page"].append(one)
            elif one is not None:
                assert 2 <= len(one[1]) <= 4
                lying["folder"] += one[1]
    shown = lying["page"] + lying["folder"]
    lying["search"] = sorted(set(APPS) - set(shown))
    assert len(shown) == len(set(shown)) == len(APPS) - hidden
    assert layout.asked in layout.askable
    assert where == "anywhere" or sorted(layout.askable) == sorted(lying[where])
    assert layout == draw_layout(seed, pages=pages, folders=folders, hidden=hidden, where=where)


def test_a_shape_comes_in_several_colours_and_a_colour_in_several_shapes() -> None:
    """No app can be told by shape alone or by colour alone, and no two look alike."""
    assert len(set(APPS.values())) == len(APPS)
    for app in APPS.values():
        alike = [other for other in APPS.values() if other != app]
        assert sum(other.shape == app.shape for other in alike) >= 2
        assert sum(other.colour == app.colour for other in alike) >= 2


def spec(env: str, **more: object) -> Spec:
    """A spec that says no more than it must."""
    return Spec(name="one", env=env, expert=ExpertSpec(policy="a:b"), **more)


@pytest.mark.parametrize(
    ("wrong", "key"),
    [
        (spec("miniwob/no-such-page-v1"), "env"),
        (spec("screens/Phone-v0", options={"page": 2}), "options.page"),
        (spec("screens/Phone-v0", options={"pages": 9}), "options.pages"),
        (spec("screens/Phone-v0", options={"where": "nowhere"}), "options.where"),
        (spec("screens/Phone-v0", render={"size": 64}), "render.size"),
        (spec("screens/Phone-v0", success={"when": "terminated"}), "success.when"),
    ],
)
def test_what_a_spec_may_not_say_is_refused_by_its_key(wrong: Spec, key: str) -> None:
    """The error names the key, before any browser is started."""
    with pytest.raises(SpecError) as caught:
        make_screen(wrong)
    assert caught.value.key == key


def test_ids_belong_to_the_family() -> None:
    """MiniWoB's ids, with or without a version, and our own; no others."""
    assert page_of("miniwob/click-tab-v1") == page_of("miniwob/click-tab") == "click-tab"
    assert page_of("CartPole-v1") is None
    for env in ("miniwob/click-tab-v1", "screens/Phone-v0", "screens/Android-v0"):
        assert family_of(spec(env)).name == "screens"
    assert family_of(spec("CartPole-v1")).name == "gymnasium"


def test_importing_the_family_needs_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its versions are told without the packages as well."""
    monkeypatch.setenv("PATH", "/nowhere")
    assert "gymnasium" in family_of(spec("screens/Phone-v0")).versions()
