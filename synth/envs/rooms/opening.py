"""Making a MiniWorld environment from a spec, without a window.

MiniWorld draws with OpenGL through pyglet, which chooses at its import between a window system
and none (EGL); here it is always none. What is missing is said with the packages that have it.
"""

from __future__ import annotations

import contextlib
import difflib
import importlib
import inspect
import io
import os
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import gymnasium

from synth.envs.registry import registered, unknown_env
from synth.errors import EnvironmentFault, SpecError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from synth.spec import Spec

__all__ = ["OURS", "RoomSettings", "make_env", "render_settings", "require_miniworld"]

OURS = "synth.envs.rooms.worlds"
"""Registers synth's own environments."""

VIEWS = ("map", "eyes")
_KEYS = ("size", "views", "pitch", "textures")
_SIZES = range(32, 513)
_STEPS = ("forward_step", "turn_step")
"""Options that MiniWorld keeps among its parameters of domain randomization."""
_SET = ("max_episode_steps", "render_mode", "view", "params")
_SET_PREFIXES = ("obs_", "window_")


@dataclass(frozen=True, slots=True)
class RoomSettings:
    """How a room is drawn.

    Attributes:
        size: Pixels of each side of each view.
        views: ``map`` and ``eyes``, from left to right.
        pitch: Degrees by which the eyes look up.
        textures: Whether floors, walls and ceilings have MiniWorld's textures, or each the mean
            colour of its own.
    """

    size: int = 128
    views: tuple[str, ...] = VIEWS
    pitch: float = -20.0
    textures: bool = False


def render_settings(spec: Spec) -> RoomSettings:
    """What ``[render]`` says.

    Raises:
        SpecError: A key is unknown, or a value is not what it must be.
    """
    for key in spec.render:
        if key not in _KEYS:
            near = difflib.get_close_matches(key, _KEYS, n=1)
            hint = f"Did you mean {near[0]!r}? " if near else ""
            raise _wrong(spec, key, "unknown render key.", f"{hint}Known keys: {', '.join(_KEYS)}.")
    default = RoomSettings()
    size = spec.render.get("size", default.size)
    if isinstance(size, bool) or not isinstance(size, int) or size not in _SIZES:
        raise _wrong(
            spec,
            "size",
            f"must be a whole number of pixels from {_SIZES[0]} to {_SIZES[-1]}, but the file "
            f"says {size!r}.",
            "For example: size = 128.",
        )
    views = spec.render.get("views", list(default.views))
    if not isinstance(views, list) or not views or any(view not in VIEWS for view in views):
        raise _wrong(
            spec,
            "views",
            f"must be a list of views, but the file says {views!r}.",
            'For example: views = ["map", "eyes"].',
        )
    pitch = spec.render.get("pitch", default.pitch)
    if isinstance(pitch, bool) or not isinstance(pitch, int | float) or not -60 <= pitch <= 60:  # noqa: PLR2004 - degrees
        raise _wrong(
            spec,
            "pitch",
            f"must be degrees from -60 (down) to 60, but the file says {pitch!r}.",
            "For example: pitch = -20.",
        )
    textures = spec.render.get("textures", default.textures)
    if not isinstance(textures, bool):
        raise _wrong(
            spec,
            "textures",
            f"must be true or false, but the file says {textures!r}.",
            "For example: textures = false.",
        )
    return RoomSettings(size, tuple(str(view) for view in views), float(pitch), textures)


def require_miniworld(what: str) -> None:
    """Import MiniWorld without a window, and register its environments and synth's own.

    Args:
        what: Who needs it, for messages.

    Raises:
        EnvironmentFault: The package is missing, or nothing here can draw.
    """
    before = set(sys.modules)
    with _headless(), _quiet():
        try:
            importlib.import_module("miniworld")
        except ModuleNotFoundError as error:
            raise EnvironmentFault(
                f"{what} needs the package {error.name!r}, which is not installed. "
                'Run `pip install "synth[rooms]"`.'
            ) from error
        except Exception as error:
            # Whatever pyglet raises where it finds no library or no device to draw with.
            for name in set(sys.modules) - before:
                if name.partition(".")[0] in {"miniworld", "pyglet"}:
                    del sys.modules[name]  # half imported, it would hide the reason the next time
            raise cannot_draw(what, error) from error
    importlib.import_module(OURS)


def cannot_draw(what: str, error: Exception) -> EnvironmentFault:
    """The error where OpenGL does not work here."""
    said = str(error).strip().rstrip(".") or type(error).__name__
    return EnvironmentFault(
        f"{what} is drawn with OpenGL, without a window (EGL), and that does not work here: "
        f"{said}. On Debian or Ubuntu run "
        "`apt-get install libegl1 libgl1 libglu1-mesa libgl1-mesa-dri`; no screen is needed."
    )


def make_env(spec: Spec, settings: RoomSettings, *, render_mode: str | None = None) -> Any:
    """The environment of a spec, with gymnasium's usual wrappers.

    Its first reset comes with it, as always in MiniWorld.

    Args:
        spec: Whose ``env``, ``options`` and ``max_steps`` it follows.
        settings: How large its pictures are.
        render_mode: Gymnasium's.

    Raises:
        SpecError: The spec names an unknown id or option.
        EnvironmentFault: MiniWorld is missing, cannot draw here, or refuses.
    """
    require_miniworld(spec.env)
    pyglet = importlib.import_module("pyglet")  # MiniWorld's; by now it is there
    options = _options(spec)
    size = settings.size
    try:
        with _quiet():
            env = gymnasium.make(
                spec.env,
                render_mode=render_mode,
                obs_width=size,
                obs_height=size,
                window_width=size,
                window_height=size,
                **options,
            )
    except gymnasium.error.NameNotFound as error:
        known = [i for i in gymnasium.registry if i.startswith(("MiniWorld-", "Rooms-"))]
        raise unknown_env(spec, known) from error
    except gymnasium.error.Error as error:
        raise unknown_env(spec, gymnasium.registry) from error
    except pyglet.window.WindowException as error:
        raise cannot_draw(spec.env, error) from error
    except (AssertionError, TypeError, ValueError) as error:
        raise EnvironmentFault(
            f"{spec.env} refuses its [options] {dict(spec.options)}: "
            f"{error or type(error).__name__}."
        ) from error
    # Most of MiniWorld's classes set a limit of their own and take none.
    room: Any = env.unwrapped
    room.max_episode_steps = spec.max_steps
    return env


def _options(spec: Spec) -> dict[str, Any]:
    """The keyword arguments of the environment.

    Raises:
        SpecError: One is synth's own, or no argument of the environment.
    """
    entry = registered(spec.env)
    names = _arguments(entry.entry_point) if entry is not None else None
    options: dict[str, Any] = {}
    steps: dict[str, float] = {}
    for key, value in spec.options.items():
        if key in _SET or key.startswith(_SET_PREFIXES):
            raise _wrong(
                spec,
                key,
                "is set by synth itself.",
                "Remove it; `max_steps` and `[render]` have their own places.",
                table="options",
            )
        if key in _STEPS:
            if isinstance(value, bool) or not isinstance(value, int | float) or value <= 0:
                raise _wrong(
                    spec,
                    key,
                    f"must be a number above 0, but the file says {value!r}.",
                    "Metres for forward_step, degrees for turn_step.",
                    table="options",
                )
            steps[key] = float(value)
        elif names is not None and key not in names:
            raise _wrong(
                spec,
                key,
                f"{spec.env} has no such option.",
                f"It has: {', '.join(sorted({*names, *_STEPS} - {*_SET}))}.",
                table="options",
            )
        else:
            options[key] = value
    if steps:
        params = importlib.import_module("miniworld.params").DEFAULT_PARAMS.no_random()
        for key, value in steps.items():
            params.set(key, value)
        options["params"] = params
    return options


def _arguments(entry: Any) -> set[str] | None:
    """Names of the keyword arguments of an environment's class and those above it."""
    if isinstance(entry, str):
        module, _, name = entry.partition(":")
        entry = getattr(importlib.import_module(module), name, None)
    if not isinstance(entry, type):
        return None
    names: set[str] = set()
    for kind in entry.__mro__[:-1]:
        found = inspect.signature(vars(kind).get("__init__", object.__init__)).parameters
        names |= {n for n, p in found.items() if p.kind is p.POSITIONAL_OR_KEYWORD}
        if all(p.kind is not p.VAR_KEYWORD for p in found.values()):
            break  # nothing is handed on to the classes above
    kept = {n for n in names if not n.startswith(_SET_PREFIXES)}
    return kept - {"self", *_SET}


@contextlib.contextmanager
def _headless() -> Iterator[None]:
    """Let pyglet draw without a window system: it looks at its import, and never again."""
    before = os.environ.get("PYGLET_HEADLESS")
    os.environ["PYGLET_HEADLESS"] = "1"
    try:
        yield
    finally:
        if before is None:
            del os.environ["PYGLET_HEADLESS"]
        else:
            os.environ["PYGLET_HEADLESS"] = before


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """MiniWorld prints how many samples a pixel gets, which is of no use to anyone here."""
    with contextlib.redirect_stdout(io.StringIO()):
        yield


def _wrong(spec: Spec, key: str, problem: str, remedy: str, *, table: str = "render") -> SpecError:
    return SpecError(problem, file=f"specs/{spec.name}.toml", key=f"{table}.{key}", remedy=remedy)
