"""Making a MiniWorld environment from a spec, without a window.

MiniWorld draws with OpenGL through pyglet, which chooses at its import between a window system
and none (EGL); here it is always none. What is missing is said with the packages that have it.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import inspect
import io
import math
import os
import sys
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

import gymnasium

from synth.envs.keys import SpecKeys, refuse_condition
from synth.envs.missing import missing_package
from synth.envs.registry import registered, unknown_env
from synth.errors import EnvironmentFault

if TYPE_CHECKING:
    from collections.abc import Iterator

    from synth.spec import Spec

__all__ = ["OURS", "RoomSettings", "make_env", "render_settings", "require_miniworld"]

OURS = "synth.envs.rooms.worlds"
"""Registers synth's own environments."""

VIEWS = ("map", "eyes")
_SIZES = range(32, 513)
_STEPS = {"forward_step": ("a number of metres", 0.15), "turn_step": ("a number of degrees", 15)}
"""Options that MiniWorld keeps among its parameters of domain randomization, and its own values."""
_SET = ("max_episode_steps", "render_mode", "view", "params")
_SET_PREFIXES = ("obs_", "window_")

_displays: list[Any] = []
"""pyglet's display, kept for the life of the process: pyglet closes it where nobody holds it."""

_lost: list[Any] = []
"""Contexts from before EGL was closed."""


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
    keys = SpecKeys(spec, "render")
    keys.require_known([field.name for field in fields(RoomSettings)])
    default = RoomSettings()
    return RoomSettings(
        size=keys.whole("size", default.size, _SIZES, "of pixels"),
        views=keys.some_of("views", default.views, VIEWS),
        pitch=keys.number(
            "pitch",
            default.pitch,
            lambda degrees: -60 <= degrees <= 60,  # noqa: PLR2004 - further, and no wall is seen
            "degrees from -60 (down) to 60",
        ),
        textures=keys.flag("textures", default=default.textures),
    )


def require_miniworld(what: str) -> None:
    """Import MiniWorld without a window, and register its environments and synth's own.

    Args:
        what: Who needs it, for messages.

    Raises:
        EnvironmentFault: The package is missing, or nothing here can draw.
    """
    before = set(sys.modules)
    if "miniworld" not in before:
        # Drawing brings in Mesa's LLVM, and shows it to whatever is loaded later: torch's compiler,
        # which has an LLVM of its own, would crash by it. Loaded first, it keeps its own.
        with contextlib.suppress(ImportError):
            importlib.import_module("triton")
    with _headless(), _quiet():
        try:
            importlib.import_module("miniworld")
            _open_display()
        except ModuleNotFoundError as error:
            raise missing_package(what, error.name, "synth[rooms]") from error
        except Exception as error:
            # Whatever pyglet raises where it finds no library or no device to draw with.
            for name in set(sys.modules) - before:
                if name.partition(".")[0] in {"miniworld", "pyglet"}:
                    del sys.modules[name]  # half imported, it would hide the reason the next time
            raise cannot_draw(what, error) from error
    importlib.import_module(OURS)


def _open_display() -> None:
    """Open the process's connection to EGL, or open it again where another library closed it.

    All libraries of a process share it, and each closes it for all: SDL, for one, when the last of
    its windows without a screen is gone. Rooms that were open by then can no longer be drawn.
    """
    if not _displays:
        _displays.append(importlib.import_module("pyglet.canvas").get_display())
    egl, gl = (importlib.import_module(f"pyglet.{name}") for name in ("libs.egl.egl", "gl"))
    connection = _displays[0]._display_connection  # noqa: SLF001 - pyglet has no question for it
    if not egl.eglQueryString(connection, egl.EGL_VERSION):
        egl.eglInitialize(connection, None, None)
        _lost.extend(each for each in gc.get_objects() if isinstance(each, gl.Context))
        # What rooms share, textures above all, lives in the first window's context and is gone.
        vars(gl)["current_context"] = None
        gl._create_shadow_window()  # noqa: SLF001 - as at pyglet's import
        importlib.import_module("miniworld.opengl").Texture.tex_cache.clear()
        importlib.import_module("miniworld.objmesh").ObjMesh.cache.clear()
    elif any(gl.current_context is each for each in _lost):
        gl._shadow_window.switch_to()  # noqa: SLF001 - a lost room was closed since


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
        SpecError: The spec names an unknown id or option, or says what success is.
        EnvironmentFault: MiniWorld is missing, cannot draw here, or refuses.
    """
    refuse_condition(spec, "a room knows its own")
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
    keys = SpecKeys(spec, "options")
    keys.refuse_ours(_SET, _SET_PREFIXES)
    if names is not None:
        keys.require_known(sorted({*names, *_STEPS}))
    options: dict[str, Any] = {
        key: value for key, value in spec.options.items() if key not in _STEPS
    }
    steps = {
        key: keys.number(key, usual, lambda step: 0 < step < math.inf, f"{unit} above 0")
        for key, (unit, usual) in _STEPS.items()
        if key in spec.options
    }
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
