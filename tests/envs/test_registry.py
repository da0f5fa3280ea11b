"""Families, unknown names and the messages about them."""

from __future__ import annotations

import builtins
import subprocess
import sys
from pathlib import Path

import gymnasium
import pytest

from synth.envs import Family, families, family_of
from synth.envs.minigrid import FAMILY as MINIGRID
from synth.errors import EnvironmentFault, SpecError
from synth.experts import find_policy


def test_a_minigrid_id_belongs_to_the_minigrid_family(make_spec):
    """Both prefixes that the minigrid package registers lead to its family."""
    assert family_of(make_spec("MiniGrid-Empty-5x5-v0")).name == "minigrid"
    assert family_of(make_spec("BabyAI-GoToObj-v0")).name == "minigrid"


def test_every_family_says_who_it_is_and_which_versions_it_runs():
    """Names are unique and versions name packages."""
    known: tuple[Family, ...] = families()
    assert len({family.name for family in known}) == len(known)
    assert all(family.versions()["minigrid"] for family in known if family.name == "minigrid")


def test_every_family_answers_every_question_of_the_seam():
    """A family that was forgotten when the seam grew is found here and not in a run."""
    asked = [name for name in vars(Family) if not name.startswith("_")]
    assert "measures" in asked
    missing = [(f.name, name) for f in families() for name in asked if not hasattr(f, name)]
    assert not missing


def test_asking_for_a_family_imports_no_simulator():
    """Listing families costs no simulator import."""
    code = (
        "import sys; from synth.envs import families; families(); print('minigrid' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"


def test_an_id_of_no_family_is_a_spec_error_with_the_nearest_ids(make_spec):
    """An id without its prefix names file, key and the ids that are near."""
    with pytest.raises(SpecError) as caught:
        family_of(make_spec("Mini-DoorKey-6x6-v0"))
    assert (caught.value.file, caught.value.key) == ("specs/task.toml", "env")
    assert "MiniGrid-DoorKey-6x6-v0" in caught.value.remedy


@pytest.mark.parametrize("env", ["MiniGrid-DoorKey-7x7-v0", "MiniGrid-DoorKey-6x6-v9"])
def test_an_unknown_size_or_version_is_a_spec_error_with_the_nearest_ids(make_spec, env):
    """A wrong size or version of a known environment names its sisters."""
    spec = make_spec(env)
    with pytest.raises(SpecError) as caught:
        family_of(spec).make(spec)
    assert caught.value.key == "env"
    assert "MiniGrid-DoorKey-6x6-v0" in caught.value.remedy


def test_a_missing_package_says_what_to_install(make_spec, monkeypatch):
    """Without minigrid the message is one command to run."""
    honest = builtins.__import__

    def refuse(name, *args, **kwargs):
        if name.partition(".")[0] == "minigrid":
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)
        return honest(name, *args, **kwargs)

    for name in [n for n in sys.modules if n.partition(".")[0] == "minigrid"]:
        monkeypatch.delitem(sys.modules, name)
    for name in ("simulator", "renderer", "perturbed_scenes"):
        monkeypatch.delitem(sys.modules, f"synth.envs.minigrid.{name}", raising=False)
    monkeypatch.setattr(builtins, "__import__", refuse)
    spec = make_spec("MiniGrid-Empty-5x5-v0")
    with pytest.raises(EnvironmentFault, match=r"pip install .*\[minigrid\]"):
        family_of(spec).make(spec)


def test_the_planner_is_found_by_name(make_spec):
    """`module:function` gives the function."""
    assert find_policy(make_spec("MiniGrid-Empty-5x5-v0")).__name__ == "planner"


@pytest.mark.parametrize(
    ("policy", "problem", "remedy"),
    [
        ("no.such.module:planner", "there is no module 'no.such.module'", "Install it"),
        ("synth.envs.minigrid:plannerr", "has no function 'plannerr'", "minigrid:planner?"),
        ("synth.envs.minigrid:FAMILY", "'FAMILY' of module 'synth.envs.minigrid' is not", "An exp"),
    ],
)
def test_a_policy_that_cannot_be_found_is_a_spec_error(make_spec, policy, problem, remedy):
    """Missing module, missing function and non-function each say what to do."""
    with pytest.raises(SpecError) as caught:
        find_policy(make_spec("MiniGrid-Empty-5x5-v0", policy=policy))
    assert (caught.value.file, caught.value.key) == ("specs/task.toml", "expert.policy")
    assert problem in caught.value.problem
    assert remedy in caught.value.remedy


@pytest.mark.parametrize(
    ("source", "problem"),
    [
        ("import nothing_like_it\n", "needs 'nothing_like_it', which is not installed"),
        ("def broken(:\n", "does not import: invalid syntax"),
        ("from math import nonsense\n", "does not import: cannot import name"),
    ],
)
def test_a_policy_module_that_fails_to_import_is_told_apart(
    make_spec, tmp_path, monkeypatch, source, problem
):
    """A module that is there but broken is not reported as missing."""
    (tmp_path / "my_expert.py").write_text(source)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "my_expert", raising=False)
    with pytest.raises(SpecError, match=problem):
        find_policy(make_spec("MiniGrid-Empty-5x5-v0", policy="my_expert:act"))


def test_an_environment_that_cannot_be_imported_is_in_nobodys_way(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another id is looked up, and the list of known ones made, whatever its import raises."""
    (tmp_path / "needs_a_display.py").write_text("raise OSError('no display')", encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    gymnasium.register("NeedsADisplay-v0", "needs_a_display:Env")
    try:
        assert not MINIGRID.claims("NeedsADisplay-v0")
        assert "NeedsADisplay-v0" not in MINIGRID.known()
    finally:
        gymnasium.registry.pop("NeedsADisplay-v0")
