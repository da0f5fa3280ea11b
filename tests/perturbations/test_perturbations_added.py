"""A new perturbation is one class and one line of the registry, and everything knows of it."""

from __future__ import annotations

import json
import subprocess
import sys
import textwrap
import tomllib
from pathlib import Path

import pytest
import tomli_w

from synth.errors import SpecError
from synth.perturbations import registry
from synth.perturbations.base import Replayed, Retake
from synth.perturbations.registry import asked, perturbation_of
from synth.prompts.invariances import invariances
from synth.record import record
from synth.spec import parse_spec, validate_spec
from synth.task.folder import without_none

HEAD = """
env = "MiniGrid-Empty-5x5-v0"
[render]
tile_size = 8
[expert]
policy = "synth.envs.minigrid:planner"
episodes = 1
[random]
episodes = 1
[held_out]
episodes = 1
"""


class Larger(Replayed[int]):
    """Drawn with tiles so many times as large."""

    key = "larger"
    shape = int
    default = 0
    check = "holds_larger"
    promise = "Every verdict stays the same in larger pictures."
    depends = "on the size of the picture"

    def words(self, name):
        """As a clause."""
        return "drawn larger"

    def prompt(self, way, render):
        """As a clause."""
        return f"drawn {way} times as large"

    def replay(self, way, stage):
        """With the render parameter of the family."""
        return Retake(self.label(way), stage.drawn({"tile_size": 8 * way}))


@pytest.fixture
def _larger(monkeypatch):
    """The one line."""
    monkeypatch.setattr(registry, "PERTURBATIONS", (*registry.PERTURBATIONS, Larger()))


@pytest.mark.usefixtures("_larger")
def test_spec_recording_and_prompt_know_a_perturbation_that_needs_the_simulator():
    """Its key is read, its variants are recorded under its name, and a model is told."""
    spec = parse_spec(f"{HEAD}[metamorphic]\nepisodes = 1\nlarger = 2\n", name="t")
    assert [one.label for one in asked(spec)] == ["larger: 2"]
    assert invariances(spec) == ("drawn 2 times as large",)
    store = record(spec)
    assert {v.name for v in store.variants} == {"larger: 2"}
    assert {v.frames.shape[1:3] for v in store.variants} == {(80, 80)}


@pytest.mark.usefixtures("_larger")
def test_its_key_is_checked_like_any_other():
    """A wrong type and a typing slip are errors of the spec that name the key."""
    with pytest.raises(SpecError, match="valid integer") as caught:
        parse_spec(f'{HEAD}[metamorphic]\nlarger = "2"\n', name="t")
    assert caught.value.key == "metamorphic.larger"
    with pytest.raises(SpecError, match="Did you mean 'larger'") as caught:
        parse_spec(f"{HEAD}[metamorphic]\nlager = 2\n", name="t")
    assert caught.value.key == "metamorphic.lager"


def test_specs_that_do_not_ask_for_it_keep_their_digest(monkeypatch):
    """A key at its default is not written, so what was recorded before stays valid."""
    text = f"{HEAD}[metamorphic]\nnoise = 3\n"
    before = parse_spec(text, name="t")
    monkeypatch.setattr(registry, "PERTURBATIONS", (*registry.PERTURBATIONS, Larger()))
    after = parse_spec(text, name="t")
    assert after.metamorphic.setting("larger") == 0
    assert (after.content(), after.episode_digest()) == (before.content(), before.episode_digest())
    asking = parse_spec(f"{text}larger = 2\n", name="t")
    assert asking.episode_digest() != before.episode_digest()
    assert asking.content()["metamorphic"]["larger"] == 2


# A process of its own: checks are registered once, when they are first asked for.
COMPUTED = """
from pathlib import Path

import numpy as np

from synth.perturbations import registry
from synth.perturbations.base import Computed, Repaint


class Inverted(Computed[bool]):
    '''Dark for light.'''

    key, shape, default = "inverted", bool, False
    check = "holds_inverted"
    promise = "Every verdict stays the same in negatives."
    depends = "on what is light"

    def repaints(self, way, rng, render):
        yield Repaint("inverted: all", lambda frames: 255 - frames)

    def words(self, name):
        return "as a negative"

    def prompt(self, way, render):
        return "as negatives"


registry.PERTURBATIONS += (Inverted(),)

from synth.episode import Episode, EpisodeStore
from synth.plan import Plan, SubTask
from synth.prompts.invariances import invariances
from synth.spec import validate_spec
from synth.suite import judge, render_suite
from synth.task import TaskFolder

table = {"env": "X", "expert": {"policy": "a:b"}, "metamorphic": {"inverted": True}}
spec = validate_spec(table, name="t")
frames = np.zeros((2, 4, 4, 3), np.uint8)
frames[1] = 255
episode = Episode(
    id="expert-0000", kind="expert", split="visible", seed=0, policy="p",
    frame_index=np.arange(2, dtype=np.int32), actions=(0,), rewards=np.ones(1),
    success=np.array([False, True]), truth={},
)
store = EpisodeStore(frames, (episode,), spec.episode_digest(), "X")
plan = Plan(task="t", stages=((SubTask(name="light", description="d", visible="v"),),))
task = TaskFolder(Path("t"), spec, plan, store)
source = "def light(frame, initial):\\n    return bool(frame.max() > 9)\\n\\n\\n"
source += "SUBTASKS = [light]\\n"
print(invariances(spec))
print('audit("metamorphic::holds_inverted' in render_suite(spec))
for failure in judge(source, task, groups=("metamorphic",)).failures:
    print(failure.test, failure.variant, failure.message)
"""


def test_suite_and_message_know_one_that_is_computed():
    """The suite has its check, and a failure says its words and its cause."""
    ran = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(COMPUTED)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.stderr == ""
    prompt, in_suite, failure = ran.stdout.splitlines()
    assert prompt == "('as negatives',)"
    assert in_suite == "True"
    assert failure.startswith(
        "metamorphic::holds_inverted inverted: all expert-0000 as a negative, frame 0: light holds"
    )


COMMITTED = sorted(Path(__file__).parents[2].glob("generated/*/task.toml"))


@pytest.mark.parametrize("path", COMMITTED, ids=lambda path: path.parent.name)
def test_committed_tasks_keep_their_bytes_and_digests(path):
    """What a spec says of perturbations is written, and digested, as it was when recorded."""
    text = path.read_text(encoding="utf-8")
    content = tomllib.loads(text)
    plan = content.pop("plan")
    spec = validate_spec(content, name=content.pop("name"))
    assert tomli_w.dumps({**without_none(spec.content()), "plan": plan}) == text
    manifest = json.loads((path.parent / "episodes" / "manifest.json").read_text(encoding="utf-8"))
    assert spec.episode_digest() == manifest["spec_digest"]


def test_every_stored_name_belongs_to_one_perturbation():
    """Names are told apart, whatever a render parameter is called."""
    names = {
        "noise: 6": "noise",
        "brightness: +15": "brightness",
        "shift: 1 down and 2 left": "shift",
        "distractors: 2": "distractors",
        "colours: key, door": "colours",
        "tile_size = 8, highlight = true": "render",
        'views = ["noise: 1"]': "render",
    }
    for name, key in names.items():
        assert perturbation_of(name).key == key
        assert [p.key for p in registry.perturbations() if p.claims(name)] == [key]
    with pytest.raises(LookupError, match="no perturbation is called 'fog'"):
        perturbation_of("fog")
