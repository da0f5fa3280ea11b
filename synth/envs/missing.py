"""The error where a family's package is not installed."""

from __future__ import annotations

from synth.errors import EnvironmentFault
from synth.extras import install

__all__ = ["missing_package"]


def missing_package(
    what: str, module: str | None, package: str, more: str = ""
) -> EnvironmentFault:
    """Which package is needed, and how to install it.

    Args:
        what: Who needs it; an environment's id.
        module: What cannot be imported, as the error's ``name`` has it.
        package: What brings it: one of synth's extras, as ``synth[rooms]``, or a package.
        more: What else must be known, as a clause.
    """
    also = f"; {more}" if more else ""
    extra = package.removeprefix("synth[").removesuffix("]")
    command = f'pip install "{package}"' if extra == package else install(extra)
    return EnvironmentFault(
        f"{what} needs the package {module!r}, which is not installed. Run `{command}`{also}."
    )
