"""CONTRIBUTING's table, traced: a toy of each kind is added in the places that it promises.

Each test copies the package, writes the file that the table names and the one line that it
asks for, and runs the copy. What else would have had to be touched shows as a failure.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
ROW = re.compile(
    r"^\| (?P<kind>[a-z][^|]*?) \| (?P<write>[^|]+?) \| (?P<line>[^|]+?) \|$", re.MULTILINE
)


def promised(kind: str) -> tuple[str, str | None]:
    """The file that the table says to write for a kind of thing, and the one with the line."""
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    rows = {m["kind"]: m for m in ROW.finditer(text)}
    paths = [re.search(r"`(synth/[^`]+)`", rows[kind][column]) for column in ("write", "line")]
    assert paths[0] is not None
    return paths[0][1], paths[1][1] if paths[1] is not None else None


@dataclass(frozen=True)
class Copy:
    """A copy of the package, to add things to."""

    folder: Path

    def write(self, path: str, text: str) -> None:
        """A new file, or text at the end of one that is there."""
        file = self.folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        before = file.read_text(encoding="utf-8") if file.exists() else ""
        file.write_text(before + text, encoding="utf-8")

    def line(self, path: str, after: str, line: str) -> None:
        """One more line after the first that holds `after`."""
        file = self.folder / path
        lines = file.read_text(encoding="utf-8").splitlines(keepends=True)
        at = next(number for number, old in enumerate(lines) if after in old)
        lines.insert(at + 1, f"{line}\n")
        file.write_text("".join(lines), encoding="utf-8")

    def run(self, code: str) -> str:
        """What a program prints that uses the copy."""
        done = subprocess.run(
            [sys.executable, "-c", code],
            cwd=self.folder,
            env={"PYTHONPATH": str(self.folder), "PATH": "/usr/bin:/bin"},
            capture_output=True,
            text=True,
            check=False,
        )
        assert not done.returncode, done.stderr
        return done.stdout.strip()


@pytest.fixture
def copy(tmp_path) -> Copy:
    """A fresh copy of the package."""
    ignored = shutil.ignore_patterns("__pycache__")
    shutil.copytree(ROOT / "synth", tmp_path / "synth", ignore=ignored)
    return Copy(tmp_path)


TOY_FAMILY = '''
"""Counting to three: the picture is a bar as long as the count."""

from collections.abc import Iterator

import numpy as np

from synth.envs.base import Defaults, PlainFamily, PlainSimulator, TimeStep
from synth.envs.recipe import Recipe, acting


class Counter:
    def __init__(self):
        self.at, self.dot = 0, None


class ToySimulator(PlainSimulator):
    def __init__(self):
        self.env = Counter()

    def reset(self, seed, *, draw=True):
        self.env = Counter()
        self.env.at = -seed % 2
        return self._now()

    def step(self, action, *, draw=True):
        self.env.at += action
        return self._now()

    def random_action(self, rng):
        return int(rng.integers(2))

    def actions(self):
        return (0, 1)

    def alter(self, change, *, draw=True):
        change(self.env)
        return self._now()

    def poses(self):
        return ()

    def _now(self):
        frame = np.zeros((8, 16, 3), np.uint8)
        frame[2:5, : 3 + 3 * self.env.at] = 200
        if self.env.dot is not None:
            frame[7, self.env.dot] = 90
        over = self.env.at >= 3
        return TimeStep(frame, float(over), over, over, {})


def expert(simulator) -> Iterator[int]:
    while True:
        yield 1


class ToyScenery:
    def kinds(self):
        return ("dot",)

    def additions(self, env, rng):
        def add(env, at):
            env.dot = at

        return [lambda env, at=int(at): add(env, at) for at in rng.permutation(16)]

    def recolouring(self, env, rng, kinds):
        raise NotImplementedError


class ToyFamily(PlainFamily):
    name = "toy"

    def claims(self, env_id):
        return env_id.startswith("Toy-")

    def make(self, spec):
        return ToySimulator()

    def recipes(self):
        def wait(shown, expert, rng):
            return acting((0, *shown.actions[:-1]))

        return (Recipe("waits", "waiting first, and then stopping short", "near", wait),)

    def scenery(self):
        return ToyScenery()

    def defaults(self, env_id):
        return Defaults(policy="synth.envs.toy:expert", metamorphic=("distractors = 1",))


FAMILY = ToyFamily()
'''

RECORD_TOY = """
from synth.record import record
from synth.spec import parse_spec
spec = parse_spec('''
env = "Toy-v0"
[expert]
policy = "synth.envs.toy:expert"
episodes = 2
[random]
episodes = 2
[held_out]
episodes = 2
[near_miss]
episodes = 4
[metamorphic]
episodes = 1
distractors = 1
''', name="toy")
store = record(spec)
print(sorted({e.policy for e in store.select(kind="near_miss")})[-1], store.variants[0].name)
"""


def test_a_family_is_one_folder_and_one_line(copy) -> None:
    """With it come its near misses and its changes of the scene."""
    write, line = promised("a family of environments")
    copy.write(f"{write.replace('NAME', 'toy')}__init__.py", TOY_FAMILY)
    copy.line(line, "HOMES: tuple", '    ("synth.envs.toy", "FAMILY"),')
    assert copy.run(RECORD_TOY) == "near_miss:waits distractors: 1"


def test_a_provider_is_one_file_and_one_line(copy) -> None:
    """`--model toy:NAME` then answers."""
    write, line = promised("a model provider")
    copy.write(
        write.replace("NAME", "toy"),
        "from synth.models.scripted import ScriptedModel\n"
        "def open_provider(name, options):\n"
        "    return ScriptedModel([name])\n",
    )
    copy.line(line, "PROVIDERS = {", '    "toy": _Provider("synth.models.toy", "NAME"),')
    code = "from synth.models.open import open_model; print(type(open_model('toy:x')).__name__)"
    assert copy.run(code) == "ScriptedModel"


def test_a_lint_rule_is_one_function(copy) -> None:
    """It is asked of every program from then on."""
    write, _ = promised("a lint rule")
    copy.write(
        write.replace("SUBJECT", "syntax"),
        '\n\n@rule("S999", "No function is called spam.")\n'
        "def spam(context):\n"
        "    for node in context.nodes:\n"
        '        if getattr(node, "name", "") == "spam":\n'
        '            yield Hit(node, "No spam.", "Call it ham.")\n',
    )
    code = (
        "from synth.program import lint; "
        "print([f.rule for f in lint('import numpy as np\\ndef spam(frame, initial):\\n"
        "    return bool(frame[0, 0, 0] > 3)\\nSUBTASKS = [spam]\\n')])"
    )
    assert "S999" in copy.run(code)


TOY_PERTURBATION = '''
"""Pictures in negative."""

from synth.perturbations.base import Computed, Repaint


class Negative(Computed[bool]):
    """All frames of an episode in negative."""

    key = "negative"
    shape = bool
    default = False
    check = "holds_in_negative"
    promise = "Every verdict stays the same in negative pictures."
    depends = "on light being light"

    def words(self, name):
        return "in negative"

    def group(self, name):
        return name

    def prompt(self, way, render):
        return "in negative, the initial image as well"

    def repaints(self, way, rng, render):
        yield Repaint("negative: true", lambda frames: 255 - frames)
'''

SPEC = 'env = "X-v0"\n[expert]\npolicy = "a:b"\n'

ASK_PERTURBATION = f"""
from synth.perturbations import asked
from synth.spec import parse_spec
from synth.suite import all_checks

spec = parse_spec('''{SPEC}[metamorphic]\nnegative = true\n''', name="toy")
made = [c for c in all_checks() if c.id == "metamorphic::holds_in_negative"]
print(made[0].applies(spec), asked(spec)[0].perturbation.prompt(True, {{}}))
"""


def test_a_perturbation_is_one_file_and_one_line(copy) -> None:
    """Specs may ask for it, suites check it, and prompts say it."""
    write, line = promised("a perturbation")
    copy.write(write.replace("NAME", "negative"), TOY_PERTURBATION)
    copy.line(line, "CLASSES = (", '    "synth.perturbations.negative:Negative",')
    assert copy.run(ASK_PERTURBATION) == "True in negative, the initial image as well"


TOY_CHECK = '''

@check("GROUP")
def is_short(case: Case) -> Iterator[Failure]:
    """The program has at most a thousand lines."""
    if case.subject.program.source.count(chr(10)) > 1000:
        yield case.failure("The program is too long.")
'''

ASK_CHECK = f"""
from synth.spec import parse_spec
from synth.suite import all_checks, render_suite

spec = parse_spec('''{SPEC}''', name="toy")
print([c.id for c in all_checks() if c.name == "is_short"], "is_short" in render_suite(spec))
"""


def test_a_check_is_one_function(copy) -> None:
    """It is made, and it stands in the test files that are written from then on."""
    write, line = promised("a check")
    assert line is None
    copy.write(write.replace("GROUP", "program"), TOY_CHECK.replace("GROUP", "program"))
    assert copy.run(ASK_CHECK) == "['program::is_short'] True"


def test_a_group_of_checks_is_one_file_and_one_line(copy) -> None:
    """It takes its place in the cascade, and in the test files."""
    write, line = promised("a group of checks")
    head = (
        "from collections.abc import Iterator\n"
        "from synth.failure import Failure\n"
        "from synth.suite.registry import Case, check\n"
    )
    copy.write(write.replace("NAME", "style"), head + TOY_CHECK.replace("GROUP", "style"))
    copy.line(line, 'Group("random"', '    Group("style", "style", ("style",), cost=9),')
    assert copy.run(ASK_CHECK) == "['style::is_short'] True"


def test_the_readme_counts_the_audits_that_are_searched() -> None:
    """As many as `make test` names."""
    (named,) = re.findall(r"--reward-search=(\S+)", (ROOT / "Makefile").read_text("utf-8"))
    words = ("one", "two", "three", "four")
    told = words[len(named.split(",")) - 1]
    assert f"in {told} of the audits" in (ROOT / "README.md").read_text("utf-8")


def test_a_command_is_one_file_and_one_line(copy) -> None:
    """`synth greet` then does what it says."""
    write, line = promised("a command")
    copy.write(
        write.replace("NAME", "greet"),
        'def greet(name: str) -> None:\n    """Say hello."""\n    print("hello", name)\n',
    )
    copy.line(line, "COMMANDS = (", '    "synth.cli.greet:greet",')
    code = "import sys; sys.argv = ['synth', 'greet', 'you']; from synth.cli import main; main()"
    assert copy.run(code) == "hello you"
