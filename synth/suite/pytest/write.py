"""Writing ``test_TASK.py``, the file that ``pytest generated/TASK`` collects.

The file names the checks and leaves everything else to `synth.suite`: it is there to be
read, to be run, and to fail by name. It holds no program, no verdict and no threshold.
"""

from __future__ import annotations

import textwrap
from functools import cache
from typing import TYPE_CHECKING

from jinja2 import Environment, PackageLoader, StrictUndefined

from synth.suite.registry import all_checks

if TYPE_CHECKING:
    from pathlib import Path

    from jinja2 import Template

    from synth.spec import Spec

__all__ = ["render_suite", "write_suite"]

WIDTH = 92


def render_suite(spec: Spec) -> str:
    """The text of a task's test file; the same spec always gives the same text.

    Args:
        spec: Gives the name, the environment and the goal in words.
    """
    about = f"{spec.env}: {spec.goal}" if spec.goal else spec.env
    checks = [check for check in all_checks() if check.applies(spec)]
    printable = "".join(c if c.isprintable() else " " for c in about)
    return _template().render(
        name=spec.name,
        about=textwrap.wrap(printable, WIDTH),
        kinds=list(dict.fromkeys(check.each for check in checks if check.each)),
        checks=checks,
    )


def write_suite(spec: Spec, folder: Path) -> Path:
    """Write the test file into a task's folder and say where it lies.

    Args:
        spec: As for `render_suite`.
        folder: ``generated/TASK``; created where missing.
    """
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"test_{spec.name}.py"
    path.write_text(render_suite(spec), encoding="utf-8", newline="\n")
    return path


@cache
def _template() -> Template:
    environment = Environment(
        loader=PackageLoader("synth.suite.pytest"),
        autoescape=False,  # noqa: S701 - it writes Python, not HTML
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    return environment.get_template("test_task.py.j2")
