"""``synth doctor``: what is installed, which keys are set, which sandbox layers hold."""

from __future__ import annotations

import importlib.metadata
import platform
from typing import TYPE_CHECKING

from rich.markup import escape
from rich.table import Table

from synth import __version__
from synth.cli.console import output
from synth.extras import install

if TYPE_CHECKING:
    from synth.envs.base import Family

__all__ = ["doctor"]

PACKAGES: tuple[tuple[str, str], ...] = (
    ("numpy", "core"),
    ("scipy", "core"),
    ("libcst", "core"),
    ("gymnasium", "core"),
    ("pytest", "core"),
    ("hypothesis", "core"),
    ("openai", "openai"),
    ("anthropic", "anthropic"),
    ("stable-baselines3", "train"),
    ("torch", "train"),
)


def doctor() -> None:
    """Say what is installed, which model keys are set, and which sandbox layers hold here."""
    from synth.envs.registry import families  # noqa: PLC0415 - start-up stays quick
    from synth.models.open import key_status  # noqa: PLC0415
    from synth.sandbox import layers  # noqa: PLC0415

    out = output()
    out.print(f"synth {__version__}, Python {platform.python_version()}, {platform.platform()}")
    installed = Table("package", "version", "extra", box=None, pad_edge=False)
    for package, extra in PACKAGES:
        try:
            version = importlib.metadata.version(package)
        except importlib.metadata.PackageNotFoundError:
            version = "-"
        installed.add_row(package, version, extra)
    out.print()
    out.print(installed)
    out.print(escape(f"an extra is installed by {install('EXTRA')}"))
    out.print()
    environments = Table("environments", "made here", box=None, pad_edge=False)
    for family in families():
        environments.add_row(family.name, escape(_made_here(family)))
    out.print(environments)
    out.print()
    keys = Table("model key", "status", box=None, pad_edge=False)
    for status in key_status():
        keys.add_row(status.variable, "set" if status.is_set else "not set")
    out.print(keys)
    out.print()
    confinement = Table("sandbox layer", "holds", "detail", box=None, pad_edge=False)
    for layer in layers():
        confinement.add_row(layer.name, "yes" if layer.holds else "[red]no[/]", layer.detail)
    out.print(confinement)


def _made_here(family: Family) -> str:
    """What a family can make on this machine: versions, or what to install."""
    try:
        versions = family.versions()
    except importlib.metadata.PackageNotFoundError as error:
        return f"no: {error.name} is missing ({install(family.name)})"
    return ", ".join(f"{name} {version}" for name, version in versions.items()) or "yes"
