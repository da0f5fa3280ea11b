"""Make a Gymnasium environment from a spec, without a window, and say what is missing.

An option may depend on the seed (``desc = "seed -> module:function"``): such an environment
is made anew for every episode, which `Maker.seeded` tells.
"""

from __future__ import annotations

import contextlib
import os
import re
from typing import TYPE_CHECKING, Any

import gymnasium

from synth.envs.keys import SpecKeys, wrong_key
from synth.envs.missing import missing_package
from synth.envs.named import find_function
from synth.envs.registry import registered, unknown_env
from synth.errors import EnvironmentFault, SynthError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from synth.spec import Spec

__all__ = ["Maker", "without_window"]

_OURS = ("render_mode", "max_episode_steps", "disable_env_checker", "vector_kwargs")
_SEEDED = re.compile(r"seed\s*->\s*([A-Za-z_]\w*(?:\.\w+)*):([A-Za-z_]\w*)")
_PACKAGES = {
    "Box2D": "gymnasium[box2d]",
    "mujoco": "gymnasium[mujoco]",
    "pygame": "synth[gym]",
    "ale_py": "ale-py",
}
"""What to install for a module that environments import while they are made."""


@contextlib.contextmanager
def without_window() -> Iterator[None]:
    """Let pygame draw without a screen and without its greeting, unless the user chose.

    SDL reads the variables when it starts, which is when an environment first draws.
    """
    wanted = {
        "SDL_VIDEODRIVER": "dummy",
        "SDL_AUDIODRIVER": "dummy",  # else SDL complains at each start of a missing sound card
        "PYGAME_HIDE_SUPPORT_PROMPT": "1",
    }
    ours = {key: value for key, value in wanted.items() if key not in os.environ}
    os.environ.update(ours)
    try:
        yield
    finally:
        for key in ours:
            del os.environ[key]


class Maker:
    """Makes the environment of one spec, as often as it is needed.

    Args:
        spec: Whose ``env``, ``options`` and ``max_steps`` it follows.

    Raises:
        SpecError: An option is synth's own to set, or names a function that is not there.
    """

    def __init__(self, spec: Spec) -> None:
        self._spec = spec
        self._fixed: dict[str, Any] = {}
        self._seeded: dict[str, Callable[[int], Any]] = {}
        keys = SpecKeys(spec, "options")
        keys.refuse_ours(_OURS)
        for key, value in spec.options.items():
            found = _SEEDED.fullmatch(value) if isinstance(value, str) else None
            if found is not None:
                named = f"{found[1]}:{found[2]}"
                self._seeded[key] = find_function(spec, f"options.{key}", named, "")
            elif isinstance(value, str) and value.startswith("seed ->"):
                raise keys.wrong(
                    key,
                    f"cannot be read: {value!r}.",
                    'Write "seed -> module:function"; it is called with the seed.',
                )
            else:
                self._fixed[key] = value

    @property
    def seeded(self) -> bool:
        """Whether each episode needs an environment of its own."""
        return bool(self._seeded)

    def make(self, seed: int) -> Any:
        """The environment, wrapped by Gymnasium's step limit, for an episode of that seed.

        Raises:
            SpecError: The environment does not exist or refuses its options.
            EnvironmentFault: A package is missing, it draws no RGB arrays, or it breaks.
        """
        spec = self._spec
        if registered(spec.env) is None:
            raise unknown_env(spec, gymnasium.registry)
        options = {**self._fixed, **self._drawn(seed)}
        try:
            with without_window():
                env = gymnasium.make(
                    spec.env,
                    render_mode="rgb_array",
                    max_episode_steps=spec.max_steps,
                    disable_env_checker=True,
                    **options,
                )
        except (ImportError, gymnasium.error.DependencyNotInstalled) as error:
            raise missing(spec, error) from error
        except SynthError:
            raise
        except TypeError as error:
            if "unexpected keyword argument 'render_mode'" in str(error):
                raise _no_pictures(spec, ()) from error
            said = str(error).partition(" was raised from")[0]
            raise wrong_key(
                spec,
                "options",
                f"{spec.env} refuses its options: {said}.",
                "Options are keyword arguments of the environment's class.",
            ) from error
        except Exception as error:
            # Any environment, the user's own included: whatever it raises is its own failure.
            raise EnvironmentFault(
                f"{spec.env} cannot be made with options {spec.options}: "
                f"{type(error).__name__}: {error}."
            ) from error
        modes = tuple(env.metadata.get("render_modes") or ())
        if "rgb_array" not in modes:
            raise _no_pictures(spec, modes)
        return env

    def _drawn(self, seed: int) -> Mapping[str, Any]:
        values = {}
        for key, function in self._seeded.items():
            try:
                values[key] = function(seed)
            except Exception as error:
                # The function is the user's own code: whatever it raises is the spec's fault.
                raise wrong_key(
                    self._spec,
                    f"options.{key}",
                    f"{self._spec.options[key]!r} broke with seed {seed}: "
                    f"{type(error).__name__}: {error}.",
                    "It is called with the seed and returns the value of the option.",
                ) from error
        return values


def missing(spec: Spec, error: Exception) -> EnvironmentFault:
    """What to install, from what an environment said when it was made or drawn."""
    cause: BaseException | None = error
    while cause is not None and not isinstance(cause, ModuleNotFoundError):
        cause = cause.__cause__
    module = (cause.name or "").partition(".")[0] if isinstance(cause, ModuleNotFoundError) else ""
    if not module:
        said = str(error).rstrip(".")
        return EnvironmentFault(f"{spec.env} needs a package that is not installed: {said}.")
    return missing_package(spec.env, module, _PACKAGES.get(module, module))


def _no_pictures(spec: Spec, modes: tuple[str, ...]) -> EnvironmentFault:
    has = f"its render modes are {', '.join(modes)}" if modes else "it has no render modes"
    return EnvironmentFault(
        f"{spec.env} cannot draw RGB arrays: {has}. Choose one with the render mode 'rgb_array', "
        "or wrap it in one that has it and register that."
    )
