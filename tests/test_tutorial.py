"""The tutorial, done as it is written: its files saved, its commands run."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PAGE = (ROOT / "docs" / "tutorial.md").read_text(encoding="utf-8")
FILES = dict(re.findall(r"^```python file=(\S+)\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL))
COMMANDS = re.findall(r"^\$ (.*)$", PAGE, re.MULTILINE)


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    """An empty folder, with the tutorial's files saved in it."""
    folder = tmp_path_factory.mktemp("tutorial")
    for name, text in FILES.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def run(command: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run one command of the page with this interpreter."""
    words = [w[1] or w[2] for w in re.findall(r'("([^"]*)"|(\S+))', command.partition("  #")[0])]
    called = words[1:] if words[0] == "python" else ["-m", *words]
    return subprocess.run(
        [sys.executable, *called],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        timeout=1200,
    )


def test_the_garden_of_the_tutorial_is_the_one_of_the_specs() -> None:
    """What a reader saves and what specs/garden.toml names are the same file."""
    assert FILES["garden.py"] == (ROOT / "docs/tutorial/garden.py").read_text(encoding="utf-8")


def test_the_tutorial_goes_from_an_environment_to_an_agent_in_training(folder) -> None:
    """Each command does what the page says.

    The committed garden stands in for making it, and training is cut short; the slow tests do both.
    """
    new, _, audit, wrong, train = COMMANDS
    written = run(new, folder)
    assert "success is `info.is_success`" in written.stdout, written.stderr
    if not (folder / "generated/garden").exists():
        shutil.copytree(ROOT / "generated/garden", folder / "generated/garden")
        # The committed one knows the environment by the name that it has in this repository.
        shutil.copytree(ROOT / "docs/tutorial", folder / "docs/tutorial")
    # All of it has its turn where the committed garden is audited.
    audited = run(f"{audit} -q -p no:cacheprovider --reward-search=none -k expert", folder)
    assert audited.returncode == 0, audited.stdout
    assert "not checked: " in audited.stdout
    red = run(wrong, folder)
    assert red.returncode == 1, red.stdout
    # By what it does, not for want of the plan's names.
    assert "not judged" not in red.stdout
    assert "7 of 20 random episodes complete falsely" in red.stdout
    trained = run(f"{train} 2048", folder)
    assert "return " in trained.stdout, trained.stderr
    assert (folder / "gardener.zip").exists()


@pytest.mark.slow
def test_a_reward_for_the_tutorial_is_made_from_nothing(tmp_path) -> None:
    """With the files and the spec alone, `synth run` makes a reward and audits it."""
    for name, text in FILES.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    run(COMMANDS[0], tmp_path)
    made = run(COMMANDS[1], tmp_path)
    assert made.returncode == 0, made.stdout + made.stderr
    assert "promoted to generated/garden/reward.py" in made.stdout + made.stderr


@pytest.mark.slow
def test_the_agent_of_the_tutorial_learns_its_task(folder) -> None:
    """Trained as the page says, nearly every episode pays in full."""
    if not (folder / "generated/garden/reward.py").exists():
        for command in COMMANDS[:2]:
            run(command, folder)
    trained = run(COMMANDS[-1], folder)
    paid = float(re.search(r"return ([\d.]+) of 2", trained.stdout)[1])
    assert paid > 1.8
