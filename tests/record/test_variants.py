"""Variants show the same episode in other pictures, and what would be another is left out."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from synth.envs import family_of
from synth.envs.minigrid import perturbed_scenes
from synth.envs.recipe import Recipe
from synth.episode import write_store
from synth.errors import EnvironmentFault, ExpertFailed, SpecError
from synth.perturbations.agreement import changes_alike, lies_still
from synth.record import record, with_variants
from synth.record.variants import replay
from synth.spec import MetamorphicSpec, NearMissSpec
from synth.suite.perturbed import missing_perturbations

DOORKEY = "MiniGrid-DoorKey-6x6-v0"
STEADY = "def act(simulator):\n    while True:\n        yield 1\n"
TILE = 8
YELLOW = (255, 255, 0)


def asking(spec, **table):
    """The same spec with a metamorphic table."""
    return spec.model_copy(update={"metamorphic": MetamorphicSpec(**table)})


@pytest.fixture(scope="module")
def plain(make_spec):
    """DoorKey with two near misses, nothing changed."""
    spec = make_spec(DOORKEY, episodes=2, max_steps=60)
    spec = spec.model_copy(update={"near_miss": NearMissSpec(episodes=2, scenes=0)})
    return spec, record(spec)


@pytest.fixture(scope="module")
def changed(plain):
    """The same with every change that is recorded, and what was left out."""
    spec, store = plain
    skips = []
    spec = asking(
        spec,
        episodes=1,
        render=[{"tile_size": 12}, {"highlight": True}],
        distractors=2,
        colours=["key", "door"],
    )
    return spec, with_variants(spec, store, family_of(spec), on_skip=lambda *s: skips.append(s))


def pictures(variant):
    """``uint8[T+1, H, W, 3]``."""
    return variant.frames[variant.frame_index]


def some(store, word):
    """The variants whose name has a word, with their episodes' plain frames."""
    found = [v for v in store.variants if word in v.name]
    assert found
    return [(v, store.frames_of(store[v.base])) for v in found]


def test_a_spec_without_the_table_has_no_variants(plain):
    """Nothing is played again, and the store stays the one it was."""
    spec, store = plain
    assert store.variants == ()
    assert with_variants(spec, store, family_of(spec)) is store


def test_the_episodes_themselves_do_not_change(make_spec):
    """Asking for changes adds variants beside the same episodes."""
    spec = make_spec("MiniGrid-Empty-5x5-v0", episodes=1)
    before, after = record(spec), record(asking(spec, episodes=1, render=[{"tile_size": 4}]))
    assert np.array_equal(before.frames, after.frames)
    assert [e.actions for e in before.episodes] == [e.actions for e in after.episodes]
    assert [v.base for v in after.variants] == ["expert-0000", "held-expert-0000"]


def test_the_first_experts_and_near_misses_of_each_split_are_shown(changed):
    """As many of each kind as the table says, in every declared change."""
    _, store = changed
    expected = ("expert-0000", "near-miss-0000", "held-expert-0000", "held-near-miss-0000")
    assert tuple(dict.fromkeys(v.base for v in store.variants)) == expected
    names = {v.name for v in store.variants if v.base == "expert-0000"}
    assert names >= {"tile_size = 12", "highlight = true", "colours: key, door"}
    assert any(v.name.startswith("distractors: ") for v in store.variants)
    assert all(v.split == store[v.base].split for v in store.variants)


def test_other_parameters_give_the_environments_own_pictures(changed):
    """The frames are those that the simulator draws when it is made with the parameters."""
    spec, store = changed
    own = spec.model_copy(update={"render": {"tile_size": 12, "highlight": False}})
    simulator = family_of(own).make(own)
    for variant, _ in some(store, "tile_size = 12"):
        assert np.array_equal(pictures(variant), replay(simulator, store[variant.base]).frames)


def test_what_is_added_lies_still_and_changes_nothing_else(changed):
    """Pictures differ in as many tiles as things were added, the same ones on every frame."""
    _, store = changed
    for variant, frames in some(store, "distractors"):
        differs = (pictures(variant) != frames).any(axis=-1).any(axis=0)
        tiles = differs.reshape(6, TILE, 6, TILE).any(axis=(1, 3))
        assert tiles.sum() == int(variant.name.removeprefix("distractors: "))
        added = pictures(variant)[:, differs]
        assert (added == added[0]).all()


def test_new_colours_are_new_and_change_the_same_pixels(changed):
    """No key and no door is yellow any more, and the agent goes the same way."""
    _, store = changed
    for variant, frames in some(store, "colours"):
        assert (frames[0] == YELLOW).all(axis=-1).any()
        assert not (pictures(variant) == YELLOW).all(axis=-1).any()
        assert changes_alike(frames, pictures(variant))


def test_the_simulators_state_tells_the_same_story(plain, monkeypatch):
    """Truth, which nothing looks at to keep a variant, is the episode's own at every step."""
    spec, store = plain
    told = {}

    def watched(simulator, episode, alters=()):
        simulator = Watched(simulator)
        played = replay(simulator, episode, alters)
        told[played.frames.tobytes()] = simulator.truth
        return played

    monkeypatch.setattr("synth.record.variants.replay", watched)
    spec = asking(
        spec, render=[{"highlight": True}], distractors=3, colours=["key", "door", "goal"]
    )
    variants = with_variants(spec, store, family_of(spec)).variants
    assert len(variants) > 12
    for variant in variants:
        truth = told[pictures(variant).tobytes()]
        for name, values in store[variant.base].truth.items():
            assert [moment[name] for moment in truth] == values.tolist(), (variant.name, name)


class Watched:
    """A simulator whose truth is kept, moment by moment of its last episode."""

    def __init__(self, simulator):
        self.inner, self.truth = simulator, []

    def _kept(self, moment, *, first):
        self.truth = [] if first else self.truth
        self.truth.append(dict(moment.truth))
        return moment

    def reset(self, seed, *, draw=True):
        """As the simulator does."""
        return self._kept(self.inner.reset(seed, draw=draw), first=True)

    def alter(self, change, *, draw=True):
        """As the simulator does."""
        return self._kept(self.inner.alter(change, draw=draw), first=True)

    def step(self, action):
        """As the simulator does."""
        return self._kept(self.inner.step(action), first=False)

    def poses(self):
        """As the simulator does."""
        return self.inner.poses()

    def backdrop(self):
        """As the simulator does."""
        return self.inner.backdrop()

    def state(self):
        """As the simulator does."""
        return self.inner.state()


def test_the_same_spec_gives_the_same_bytes(changed, tmp_path):
    """Colours and places are drawn from the seed alone."""
    spec, store = changed
    write_store(tmp_path / "one", store)
    write_store(tmp_path / "two", with_variants(spec, store, family_of(spec)))
    for path in (tmp_path / "one").iterdir():
        assert path.read_bytes() == (tmp_path / "two" / path.name).read_bytes(), path.name


def test_near_misses_in_an_altered_scene_are_passed_over(plain, monkeypatch):
    """A plain reset does not give their scene, so the next near miss takes the place."""
    spec, store = plain
    policies = [e.policy for e in store.select(kind="near_miss", split="visible")]
    key = policies[0].removeprefix("near_miss:")
    recipe = Recipe(key, "altered", "near", lambda *_: None, alter=lambda *_: None)
    monkeypatch.setattr("synth.record.variants.recipes_for", lambda _: (recipe,))
    spec = asking(spec, episodes=1, render=[{"highlight": True}])
    bases = [v.base for v in with_variants(spec, store, family_of(spec)).variants]
    assert "near-miss-0000" not in bases
    assert "near-miss-0001" in bases


def test_what_no_episode_allows_is_left_out_and_said(plain):
    """A key in another colour than its door opens nothing: there are no variants, nor an error."""
    spec, store = plain
    spec, skips = asking(spec, colours=["key"], render=[{"highlight": True}]), []
    made = with_variants(spec, store, family_of(spec), on_skip=lambda *skip: skips.append(skip))
    assert {v.name for v in made.variants} == {"highlight = true"}
    assert len(skips) == len(made.variants)
    assert {label for label, *_ in skips} == {"colours: key"}
    assert missing_perturbations(made, spec) == ("colours: key",)


@pytest.mark.parametrize(
    ("table", "label", "words"),
    [
        ({"render": [{"tile_size": 8}]}, "tile_size = 8", "it changes nothing"),
        ({"colours": ["box"]}, "colours: box", "the scene holds no box"),
    ],
)
def test_the_reason_is_told_with_every_episode(plain, table, label, words):
    """What is asked for without any effect is named as well."""
    spec, store = plain
    spec, skips = asking(spec, **table), []
    made = with_variants(spec, store, family_of(spec), on_skip=lambda *skip: skips.append(skip))
    assert made.variants == ()
    assert {(name, reason) for name, _, reason in skips} == {(label, words)}
    assert missing_perturbations(made, spec) == (label,)


def test_what_one_episode_does_not_allow_is_told(plain, monkeypatch):
    """The others keep their variants, and the caller hears the seed and the reason."""
    spec, store = plain
    spec = asking(spec, episodes=2, distractors=1)
    own, skips = perturbed_scenes.additions, []

    def additions(env, rng):
        if not skips and rng.integers(1 << 30) == first:
            raise ExpertFailed("it is full")
        return own(env, rng)

    first = np.random.default_rng([3, store["expert-0000"].seed]).integers(1 << 30)
    monkeypatch.setattr(perturbed_scenes, "additions", additions)
    variants = with_variants(
        spec, store, family_of(spec), on_skip=lambda *skip: skips.append(skip)
    ).variants
    told = [("distractors: up to 1", store["expert-0000"].seed, "it is full")]
    assert [skip for skip in skips if skip[2] == "it is full"] == told
    assert "expert-0000" not in {v.base for v in variants}
    assert "expert-0001" in {v.base for v in variants}


@pytest.mark.parametrize(
    ("table", "key", "words"),
    [
        ({"render": [{"tile": 4}]}, "metamorphic.render.tile", "Did you mean 'tile_size'"),
        ({"render": [{"tile_size": 900}]}, "metamorphic.render.tile_size", "from 4 to 64"),
        ({"colours": ["kee"]}, "metamorphic.colours", "no kind of thing called 'kee'"),
    ],
)
def test_a_change_that_cannot_be_made_is_named(plain, table, key, words):
    """The error names the key of the table and what is wrong with it."""
    spec, store = plain
    spec = asking(spec, **table)
    with pytest.raises(SpecError, match=words) as caught:
        with_variants(spec, store, family_of(spec))
    assert caught.value.key == key


def test_a_family_that_cannot_change_its_scenes_goes_without(fake, experts, make_spec):
    """Its episodes are recorded all the same, and the reason is told."""
    spec = make_spec("Fake", policy=experts(STEADY), episodes=1, max_steps=3)
    spec, skips = asking(spec, distractors=1, colours=["key"]), []
    store = record(spec, on_skip=lambda *skip: skips.append(skip))
    assert store.variants == ()
    assert {(label, reason) for label, _, reason in skips} == {
        ("distractors: up to 1", "the fake family's scenes cannot be changed"),
        ("colours: key", "the fake family's scenes cannot be changed"),
    }
    assert missing_perturbations(store, spec) == ("distractors: up to 1", "colours: key")
    with pytest.raises(EnvironmentFault, match="FakeSimulator cannot change its scene"):
        replay(fake, SimpleNamespace(seed=0, actions=(1,), mission=None), [lambda _: None])


def test_only_kinds_that_the_scene_does_not_hold_are_added(make_spec, monkeypatch):
    """A second key would be a key, not a distractor; where no kind is left, that is the reason."""
    spec = make_spec("MiniGrid-UnlockPickup-v0", episodes=1)
    simulator = family_of(spec).make(spec)
    simulator.reset(0)
    env, rng = simulator.env, np.random.default_rng(0)
    offers = perturbed_scenes.additions(env, rng)
    for offer in offers:
        offer(env)
    assert {thing.type for thing in env.grid.grid if thing} == {
        "wall",
        "door",
        "key",
        "box",
        "ball",
    }
    assert sum(thing is not None and thing.type == "ball" for thing in env.grid.grid) == len(offers)
    with pytest.raises(ExpertFailed, match="every kind"):
        perturbed_scenes.additions(env, rng)


def scene(*things):
    """``uint8[2, 3, 3]``, grey values of a few pixels."""
    frame = np.zeros((2, 3, 3), np.uint8)
    for at, value in things:
        frame[at] = value
    return frame


AGENT = [scene(((0, t), 255)) for t in range(3)]


@pytest.mark.parametrize(
    ("added", "still"),
    [
        ([((1, 1), 90)] * 3, True),
        ([((1, 1), 90), ((1, 1), 90), ((1, 1), 0)], False),
        ([((1, 1), 90), ((1, 1), 80), ((1, 1), 90)], False),
        ([((1, 1), 90), ((1, 2), 90), ((1, 2), 90)], False),
        ([((0, 0), 255)] * 3, False),
    ],
    ids=["lies", "taken", "changed", "moved", "nothing"],
)
def test_what_is_taken_moved_or_in_the_way_does_not_lie_still(added, still):
    """Only what lies there on every frame, with all else as it was, is a distractor."""
    frames = np.stack([scene(((0, t), 255), thing) for t, thing in enumerate(added)])
    plain = np.stack(AGENT)
    if not still and added[0][0] == (0, 0):
        frames = plain
    assert lies_still(plain, frames) == still


def test_a_colour_that_hides_a_change_does_not_pass():
    """A red agent on a red goal is not to be seen, so red will not do for the goal."""
    goal, red, blue = (0, 2), 255, 60
    plain = np.stack([scene((goal, 90), ((0, t), 255)) for t in range(3)])
    assert changes_alike(plain, np.stack([scene((goal, blue), ((0, t), 255)) for t in range(3)]))
    hidden = np.stack([scene((goal, red), ((0, t), 255)) for t in range(3)])
    assert not changes_alike(plain, hidden)
    assert not changes_alike(plain, plain)
