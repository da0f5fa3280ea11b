"""What a spec names as ``module:function``, wherever it is named."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from synth.envs import family_of
from synth.errors import SpecError
from synth.experts import find_policy
from synth.spec import parse_spec

if TYPE_CHECKING:
    from pathlib import Path

SPEC = """\
env = "{env}"
modules = [{modules}]

[success]
when = "{when}"
{margin}

[mission]
from = "{mission}"

[expert]
policy = "{policy}"
"""
PLAIN = {
    "env": "FrozenLake-v1",
    "modules": "",
    "when": "terminated",
    "margin": "",
    "mission": "info.words",
    "policy": "named_here:expert",
}


def _all_of(text: str) -> None:
    """Find all that a spec names."""
    spec = parse_spec(text, name="task")
    family_of(spec).make(spec).close()
    find_policy(spec)


@pytest.mark.parametrize(
    ("key", "told"),
    [
        ("env", "named_here.py:Lake-v0"),
        ("modules", '"named_here.py"'),
        ("when", "named_here.py:won"),
        ("margin", 'margin = "named_here.py:far"\npixel = 0.1'),
        ("mission", "named_here.py:words"),
        ("policy", "named_here.py:expert"),
    ],
)
def test_a_file_named_for_a_module_is_told_without_its_ending(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, key: str, told: str
) -> None:
    """Wherever a module is named, whoever writes its file's name is told the module's."""
    (tmp_path / "named_here.py").write_text("def expert(simulator):\n    yield 0\n")
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(SpecError, match=r"Write 'named_here', without `\.py`"):
        _all_of(SPEC.format(**{**PLAIN, key: told}))


@pytest.mark.parametrize("fault", ["def broken(:\n", "1 / 0\n", "import nowhere_at_all\n"])
def test_a_module_that_does_not_import_is_the_specs_fault(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fault: str
) -> None:
    """Whatever a module raises while it is imported is said at the key that named it."""
    (tmp_path / "falls_over.py").write_text(fault)
    monkeypatch.syspath_prepend(tmp_path)
    for key, told in (("when", "falls_over:won"), ("policy", "falls_over:expert")):
        with pytest.raises(SpecError, match="'falls_over'"):
            _all_of(SPEC.format(**{**PLAIN, key: told}))


def test_a_version_left_out_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An id without its version leads to the one with it, as it must be written."""
    (tmp_path / "lake_of_mine.py").write_text(
        "import gymnasium\n"
        'gymnasium.register("Pond-v0", "gymnasium.envs.toy_text.frozen_lake:FrozenLakeEnv")\n'
    )
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(SpecError, match=r"Nearest known: lake_of_mine:Pond-v0\."):
        _all_of(SPEC.format(**{**PLAIN, "env": "lake_of_mine:Pond"}))


def test_a_function_that_breaks_is_told_with_file_and_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As an expert that breaks is."""
    (tmp_path / "wins_never.py").write_text("def won(env, outcome):\n    return env.nothing\n")
    monkeypatch.syspath_prepend(tmp_path)
    spec = parse_spec(SPEC.format(**{**PLAIN, "when": "wins_never:won"}), name="task")
    spec = spec.model_copy(update={"mission": None})
    simulator = family_of(spec).make(spec)
    with pytest.raises(
        SpecError, match=r"won broke: AttributeError: .* \(at .*wins_never\.py, line 2\)"
    ):
        simulator.reset(0)
    simulator.close()
