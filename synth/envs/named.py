"""What a spec names as ``module:function``: conditions, margins, makers of maps, experts.

It is the user's own code, so whatever goes wrong in it is the spec's fault, and said at the key
that named it.
"""

from __future__ import annotations

import difflib
import importlib
from typing import TYPE_CHECKING, Any

from synth.envs.broken import raised_at
from synth.envs.keys import wrong_key
from synth.errors import SynthError

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType

    from synth.spec import Spec

__all__ = ["find_function", "import_named", "named_function"]


def import_named(spec: Spec, key: str, module: str) -> ModuleType:
    """The module of that name.

    Args:
        spec: Whose key names it.
        key: ``success.margin``.
        module: Its name.

    Raises:
        SpecError: There is none, or it does not import.
    """
    try:
        return importlib.import_module(module)
    except SynthError:
        raise
    except Exception as error:
        # The module is the user's own code: whatever it raises is the spec's fault.
        raise wrong_key(spec, key, *_why_not(module, error)) from error


def _why_not(module: str, error: Exception) -> tuple[str, str]:
    """The problem with a module, and the remedy."""
    if not isinstance(error, ModuleNotFoundError) or not error.name:
        kind = "" if isinstance(error, ImportError | SyntaxError) else f"{type(error).__name__}: "
        return f"module {module!r} does not import: {kind}{error}.", ""
    if not f"{module}.".startswith(f"{error.name}."):
        return f"module {module!r} needs {error.name!r}, which is not installed.", ""
    if module.endswith(".py"):
        remedy = f"Write {module.removesuffix('.py')!r}, without `.py`: a module is no file."
    else:
        remedy = "Install it, or start synth in the folder that holds it."
    return f"there is no module {module!r}.", remedy


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
    home = import_named(spec, key, module)
    function: Any = getattr(home, name, None)
    if function is None:
        near = difflib.get_close_matches(name, dir(home), n=1)
        hint = f"Did you mean {module}:{near[0]}?" if near else remedy
        raise wrong_key(spec, key, f"module {module!r} has no function {name!r}.", hint)
    if not callable(function):
        raise wrong_key(spec, key, f"{name!r} of module {module!r} is not a function.", remedy)
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
            place = raised_at(error)
            at = f" (at {place})" if place else ""
            problem = f"{text} broke: {type(error).__name__}: {error}{at}."
            raise wrong_key(spec, key, problem, remedy) from error

    return call
