"""Which code a verdict is kept under."""

from __future__ import annotations

from pathlib import Path

import pytest

from synth.loop import judge
from synth.loop.judge import BESIDE_VERDICTS, code_digest, is_beside_verdicts
from tests import house


def package(root: Path, **modules: str) -> Path:
    """A package's folder that holds these modules; ``__`` stands for a dot."""
    for name, source in modules.items():
        file = root.joinpath(*name.split("__")).with_suffix(".py")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(source)
    code_digest.cache_clear()
    return root


@pytest.mark.parametrize("name", ["novel", "suite__checks__novel", "brand_new__thing"])
def test_a_new_module_judges_anew(tmp_path: Path, name: str) -> None:
    """Wherever a module is added below the loop, the digest changes, even if it is empty."""
    before = code_digest(package(tmp_path, suite__judging="x = 1", cli__run="y = 2"))
    assert code_digest(package(tmp_path, **{name: ""})) != before


def test_a_changed_or_moved_module_judges_anew(tmp_path: Path) -> None:
    """The digest tells one text from another, and one place from another."""
    first = code_digest(package(tmp_path / "a", suite__one="x = 1"))
    assert code_digest(package(tmp_path / "b", suite__one="x = 2")) != first
    assert code_digest(package(tmp_path / "c", suite__two="x = 1")) != first
    assert code_digest(package(tmp_path / "d", suite__one="x = 1")) == first


def test_code_above_the_loop_does_not_judge_anew(tmp_path: Path) -> None:
    """A new command or report leaves verdicts as they are."""
    before = code_digest(package(tmp_path, suite__judging="x = 1"))
    after = package(tmp_path, cli__novel="", report__novel="", vec="", loop__novel="")
    assert code_digest(after) == before


def test_no_verdict_can_depend_on_what_is_left_out() -> None:
    """Nothing that is digested imports, even lazily, a module that is not; each exists."""
    names = {module.name for module in house.modules()}
    assert names >= BESIDE_VERDICTS
    leaks = [
        f"{module.name} imports {name}"
        for module in house.modules()
        if not is_beside_verdicts(module.name)
        for name in house.imports_of(module)
        if is_beside_verdicts(name)
    ]
    assert leaks == [], f"take it off {judge.__name__}.BESIDE_VERDICTS"
