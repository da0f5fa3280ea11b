"""``synth doctor``: what is installed, which keys are set, which sandbox layers hold."""

from __future__ import annotations

import importlib.metadata
import platform

from rich.table import Table

from synth import __version__
from synth.cli.console import output

__all__ = ["doctor"]

PACKAGES = (
    ("numpy", "core"),
    ("scipy", "core"),
    ("libcst", "core"),
    ("gymnasium", "core"),
    ("pytest", "core"),
    ("hypothesis", "core"),
    ("openai", "openai"),
    ("anthropic", "anthropic"),
    ("minigrid", "minigrid"),
    ("panda-gym", "panda"),
    ("stable-baselines3", "train"),
    ("torch", "train"),
)


def doctor() -> None:
    """Say what is installed, which model keys are set, and which sandbox layers hold here."""
    from synth.models.open import key_status  # noqa: PLC0415 - start-up stays quick
    from synth.sandbox import layers  # noqa: PLC0415

    out = output()
    out.print(f"synth {__version__}, Python {platform.python_version()}, {platform.platform()}")
    installed = Table("package", "version", "extra", box=None, pad_edge=False)
    for package, extra in PACKAGES:
        try:
            version = importlib.metadata.version(package)
        except importlib.metadata.PackageNotFoundError:
            version = "-" if extra == "core" else f'-  (pip install "synth\\[{extra}]")'
        installed.add_row(package, version, extra)
    out.print()
    out.print(installed)
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
