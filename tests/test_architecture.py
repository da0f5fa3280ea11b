"""The shape of the package: layers, lightness and public names."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

import synth
from synth.cli.app import NAMES, command
from tests import house


def test_imports_run_downwards_only() -> None:
    """No module imports a layer above its own."""
    assert house.upward_imports() == []


def test_no_modules_need_each_other() -> None:
    """There is no cycle of imports."""
    assert house.cycles() == []


def test_a_public_type_has_one_home() -> None:
    """No two modules give a public class, or a type alias, the same name."""
    assert house.public_names_twice() == {}


def test_importing_synth_is_light() -> None:
    """`import synth` loads none of the heavy libraries."""
    code = (
        "import sys, synth;"
        "print([m for m in ('numpy', 'libcst', 'gymnasium', 'pydantic', 'scipy') "
        "if m in sys.modules])"
    )
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert out.stdout.strip() == "[]"


def test_the_help_of_all_commands_needs_none_of_them() -> None:
    """`synth --help` shows each command's promise, and loads neither them nor heavy libraries."""
    code = (
        "import sys; sys.argv = ['synth', '--help']\n"
        "from synth.cli import main\n"
        "try: main()\n"
        "except SystemExit: pass\n"
        "print([m for m in sys.modules if m in ('numpy', 'libcst', 'gymnasium', 'pydantic', "
        "'scipy', 'jinja2', 'synth.spec', 'synth.cli.run')])"
    )
    wide = os.environ | {"COLUMNS": "200"}
    out = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env=wide
    ).stdout
    assert out.splitlines()[-1] == "[]"
    for name in NAMES:
        said = next(line for line in out.splitlines() if line.startswith(f"│ {name} "))
        assert said.removeprefix(f"│ {name}").strip(" │") == command(name).help.splitlines()[0]


def test_the_public_names_are_exactly_the_ones_meant() -> None:
    """A name becomes public on purpose, and each one resolves."""
    assert set(synth.__all__) == {
        "CreditObservation",
        "CreditVecObservation",
        "OptionEnv",
        "OptionVecWrapper",
        "Reward",
        "RewardVecWrapper",
        "RewardVectorWrapper",
        "RewardWrapper",
        "Sandbox",
        "ScriptedModel",
        "__version__",
        "lint",
        "load",
        "make",
        "make_vec",
    }
    for name in synth.__all__:
        assert getattr(synth, name) is not None
        assert not isinstance(getattr(synth, name), ModuleType), f"{name} is hidden by a module"


def test_an_unknown_public_name_is_an_attribute_error() -> None:
    """A typing slip says so."""
    with pytest.raises(AttributeError, match="no attribute 'Rewrad'"):
        synth.Rewrad  # noqa: B018 - the access is the test


def test_no_module_is_a_grab_bag() -> None:
    """No module is called utils, and none is longer than 400 lines."""
    grab_bags = {"utils", "helpers", "misc", "common"}
    assert not [m.name for m in house.modules() if m.path.stem in grab_bags]
    assert not [m.name for m in house.modules() if m.lines > house.most_lines(m)]


def test_the_table_of_layers_names_every_layer() -> None:
    """And none that is not there."""
    page = (Path(house.__file__).parents[1] / "docs" / "architecture.md").read_text(
        encoding="utf-8"
    )
    rows = page.split("## Layers")[1].split("## The seams")[0].splitlines()
    told = {
        name
        for row in rows
        if row[:3] == "| `"
        for name in re.findall("`([a-z_]+)`", row.split("|")[1])
    }
    layers = {name.partition(".")[0] for names in house.LAYERS for name in names} - {"__main__"}
    assert told == layers
