"""The GitHub Action is well-formed, and names options that there are."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

from synth.cli.app import command

ACTION = Path(__file__).parents[2] / "action.yml"


def scripts() -> list[str]:
    """The shell scripts of its steps, by indentation: no YAML reader is needed for that."""
    found = re.findall(r"^ {6}run: \|\n((?: {8}.*\n|\n)+)", ACTION.read_text(), flags=re.MULTILINE)
    return [re.sub(r"^ {8}", "", script, flags=re.MULTILINE) for script in found]


def test_every_script_is_bash() -> None:
    """Each is read by bash, though not run."""
    assert len(scripts()) >= 4
    for script in scripts():
        subprocess.run(["bash", "-n"], input=script, text=True, check=True)


def test_no_script_holds_an_expression() -> None:
    """Inputs come through the environment: a branch's name must not become a command."""
    assert not [script for script in scripts() if "${{" in script]


def test_the_options_it_gives_are_those_of_synth_regress() -> None:
    """An option that is renamed must be renamed here."""
    known = {name for option in command("regress").params for name in option.opts}
    (script,) = [script for script in scripts() if "synth regress" in script]
    given = set(re.findall(r"(?<![\w-])--[a-z-]+", script))
    assert given
    assert given <= known


def test_a_model_is_compared_only_where_its_file_has_changed(tmp_path: Path) -> None:
    """On the base commit it says nothing, on another model it names that."""
    (script,) = [script for script in scripts() if 'model="$MODEL"' in script]

    def git(*arguments: str) -> str:
        command = ["git", "-c", "user.name=n", "-c", "user.email=e@x", *arguments]
        done = subprocess.run(command, cwd=tmp_path, check=True, capture_output=True, text=True)
        return done.stdout.strip()

    def asked(base: str, model: str = "") -> str:
        output = tmp_path / "output"
        output.write_text("")
        subprocess.run(
            ["bash", "-e", "-c", script],
            cwd=tmp_path,
            check=True,
            capture_output=True,
            env={
                "PATH": "/usr/bin:/bin:/usr/local/bin",
                "MODEL": model,
                "FILE": "synth-model.txt",
                "BASE": base,
                "GITHUB_OUTPUT": str(output),
            },
        )
        return output.read_text().strip().removeprefix("model=")

    git("init", "-q")
    (tmp_path / "synth-model.txt").write_text("openai:old\n")
    git("add", "synth-model.txt")
    git("commit", "-qm", "old")
    base = git("rev-parse", "HEAD")
    assert asked(base) == ""
    assert asked(base, "openai:now") == "openai:now"
    (tmp_path / "synth-model.txt").write_text("openai:new\n")
    git("commit", "-qam", "new")
    assert asked(base) == "openai:new"
    (tmp_path / "synth-model.txt").write_text("openai:old\nwhat a later line says is no model\n")
    assert asked(base) == ""
    (tmp_path / "other").touch()
    git("add", "other")
    git("rm", "-q", "--cached", "synth-model.txt")
    git("commit", "-qm", "without")
    assert asked(git("rev-parse", "HEAD")) == "openai:old"
