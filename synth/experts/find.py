"""Experts by name: ``module:function`` to the function.

The function is called with the simulator after a reset and yields actions. This module
finds it; whether it succeeds shows when it is rolled out (`synth.record`).
"""

from __future__ import annotations

import difflib
import importlib
import importlib.util
from typing import TYPE_CHECKING

from synth.errors import SpecError
from synth.experts.patience import patient

if TYPE_CHECKING:
    from synth.envs.base import Policy
    from synth.spec import Spec

__all__ = ["find_policy"]


def find_policy(spec: Spec) -> Policy:
    """The function that ``expert.policy`` names, given up where it hangs (`patient`).

    Raises:
        SpecError: The module or the function is missing, the module fails to import, or
            the name is not a function's.
    """
    module_name, function_name = spec.expert.policy.split(":")
    try:
        module = importlib.import_module(module_name)
    except ModuleNotFoundError as error:
        what = (
            f"there is no module {module_name!r}"
            if error.name and (module_name + ".").startswith(error.name + ".")
            else f"module {module_name!r} needs {error.name!r}, which is not installed"
        )
        raise _wrong(
            spec, f"{what}.", "Install it, or name another as `module:function`."
        ) from error
    except (ImportError, SyntaxError) as error:
        raise _wrong(spec, f"module {module_name!r} does not import: {error}.") from error
    policy: Policy | None = getattr(module, function_name, None)
    if policy is None:
        near = difflib.get_close_matches(function_name, dir(module), n=1)
        hint = f"Did you mean {module_name}:{near[0]}?" if near else ""
        raise _wrong(spec, f"module {module_name!r} has no function {function_name!r}.", hint)
    if not callable(policy):
        raise _wrong(
            spec,
            f"{function_name!r} of module {module_name!r} is not a function.",
            "An expert is a function from a simulator to an iterator of actions.",
        )
    return patient(policy, spec.expert.policy)


def _wrong(spec: Spec, problem: str, remedy: str = "") -> SpecError:
    return SpecError(problem, file=f"specs/{spec.name}.toml", key="expert.policy", remedy=remedy)
