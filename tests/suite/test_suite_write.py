"""The generated test file: same input, same bytes; readable; and it runs."""

from __future__ import annotations

import ast
import re
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st
from keydoor import make_spec, write_folder

from synth.suite import all_checks, render_suite, write_suite

pytest_plugins = ["pytester"]

EVERY_CHANGE = {
    "render": [{"tile_size": 8}],
    "distractors": 1,
    "colours": ["key"],
    "noise": 1,
    "brightness": 1,
    "shift": 1,
}
"""A metamorphic table that declares one change of each sort."""


def test_generated_file_reads_well(snapshot):
    """The file is short, names each check and says what it promises."""
    assert render_suite(make_spec()) == snapshot


def test_generated_file_without_a_goal(snapshot):
    """Without a goal in words the environment alone is named."""
    assert render_suite(make_spec("door-8x8", goal=None))[:200] == snapshot


@given(goal=st.text(max_size=200), env=st.text(min_size=1, max_size=40))
def test_any_goal_gives_a_valid_file(goal, env):
    """Whatever a goal holds, the file is Python and the goal stays in its comments."""
    text = render_suite(make_spec(goal=goal, env=env))
    plain = render_suite(make_spec(goal=None))
    assert ast.dump(ast.parse(text)) == ast.dump(ast.parse(plain))
    assert max(map(len, text.splitlines())) <= 100


def test_generated_file_holds_no_numbers():
    """No threshold, count or frame number is in the file: the spec and the episodes hold them."""
    constants = [
        node.value
        for node in ast.walk(ast.parse(render_suite(make_spec())))
        if isinstance(node, ast.Constant)
    ]
    assert {type(value) for value in constants} == {str}


def test_generated_file_makes_every_check_once():
    """Each registered check is one test of the file."""
    spec = make_spec(
        near_miss={"episodes": 1},
        metamorphic=EVERY_CHANGE,
        search={},
        labels={},
        mission={"from": "env.mission"},
    )
    called = re.findall(r'audit\("([\w:]+)"', render_suite(spec))
    assert called == [check.id for check in all_checks()]


def test_same_input_gives_the_same_bytes(tmp_path):
    """Writing twice changes nothing."""
    path = write_suite(make_spec(), tmp_path)
    once = path.read_bytes()
    assert write_suite(make_spec(), tmp_path).read_bytes() == once
    assert path.name == "test_keydoor.py"


def test_every_generated_file_passes_with_the_right_reward(pytester):
    """Generated files run as they are, also where the task's name has dashes."""
    for name in ("keydoor", "key-door-8x8"):
        write_folder(pytester.path / "generated" / name, experts=3, randoms=2)
    result = pytester.runpytest_subprocess("generated", "-p", "no:cacheprovider")
    result.assert_outcomes(passed=2 * _tests(experts=3, randoms=2))
    result.stdout.fnmatch_lines(["keydoor: 3 sub-tasks, 10 episodes, * tests: all passed"])
    result.stdout.fnmatch_lines(["key-door-8x8: 3 sub-tasks, 10 episodes, * tests: all passed"])


def test_collection_lists_episodes_by_name(pytester):
    """`pytest --collect-only` shows which check is made on which episode."""
    write_folder(pytester.path / "keydoor", experts=1, randoms=1)
    result = pytester.runpytest("keydoor", "--collect-only", "-q", "-p", "no:syrupy")
    result.stdout.fnmatch_lines(
        ["*test_keydoor.py::test_expert_credits_every_subtask[[]held-expert-0000[]]"]
    )


def test_missing_episodes_are_an_error_and_not_fewer_tests(pytester):
    """A suite without its episodes does not quietly pass."""
    write_folder(pytester.path / "keydoor", experts=1, randoms=1)
    (pytester.path / "keydoor" / "episodes" / "episodes.jsonl").write_text("")
    result = pytester.runpytest("keydoor", "-p", "no:syrupy")
    assert result.ret != 0
    result.stdout.fnmatch_lines(["*there is no expert episode*synth record*"])
    assert "Traceback" not in result.stdout.str()


def _tests(*, experts: int, randoms: int) -> int:
    many = {"expert": 2 * experts, "random": 2 * randoms, None: 1}
    return sum(many[check.each] for check in all_checks() if check.applies(make_spec()))


def test_documentation_names_every_check():
    """The table in docs/suite.md has a row for each check and for no other."""
    page = (Path(__file__).parents[2] / "docs" / "suite.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (\w*) ?\| `(\w+)` \|", page, flags=re.MULTILINE)
    group, listed = "", []
    for named, check in rows:
        group = named or group
        listed.append(f"{group}::{check}")
    assert listed == [check.id for check in all_checks()]
