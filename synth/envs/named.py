"""Functions that a spec names as ``module:function``: conditions, margins, makers of maps.

They are the user's own code, so whatever goes wrong in them is the spec's fault, and said at
the key that named them.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from synth.envs.keys import wrong_key
from synth.errors import SynthError

if TYPE_CHECKING:
    from collections.abc import Callable

    from synth.spec import Spec

__all__ = ["find_function", "named_function"]


def find_function(spec: Spec, key: str, text: str, remedy: str) -> Callable[..., Any]:
    """The function of that name.

    Args:
        spec: Whose key names it.
        key: ``success.margin``.
        text: ``module:function``.
        remedy: What to write instead.

    Raises:
        SpecError: It cannot be found.
    """
    module, _, name = text.partition(":")
    try:
        function: Any = getattr(importlib.import_module(module), name, None)
    except ImportError as error:
        problem = f"module {module!r} does not import: {error}."
        raise wrong_key(spec, key, problem, remedy) from error
    if not callable(function):
        raise wrong_key(spec, key, f"module {module!r} has no function {name!r}.", remedy)
    found: Callable[..., Any] = function
    return found


def named_function(spec: Spec, key: str, text: str, remedy: str) -> Callable[..., Any]:
    """As `find_function`; what the function raises when called becomes the spec's error."""
    function = find_function(spec, key, text, remedy)

    def call(*given: Any) -> Any:
        try:
            return function(*given)
        except SynthError:
            raise
        except Exception as error:
            problem = f"{text} broke: {type(error).__name__}: {error}."
            raise wrong_key(spec, key, problem, remedy) from error

    return call
