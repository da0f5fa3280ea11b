"""Making a screen from a spec: which one its id names, and what the spec may say of it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from synth.envs.keys import SpecKeys, refuse_condition, wrong_key
from synth.envs.registry import unknown_env
from synth.envs.screens.environment import ScreenEnv
from synth.envs.screens.miniwob.environment import MiniWoBEnv, pages
from synth.envs.screens.phone.environment import WORDS, PhoneEnv
from synth.envs.screens.phone.layout import WHERE
from synth.envs.screens.simulator import ScreenSimulator, TapSimulator

if TYPE_CHECKING:
    from synth.envs.screens.environment import TapEnv
    from synth.spec import Spec

__all__ = ["ANDROID", "PHONE", "known_ids", "make_screen", "page_of", "simulator_of"]

ANDROID = "screens/Android-v0"

PHONE = "screens/Phone-v0"
_PHONE_OPTIONS: dict[str, tuple[type, Any]] = {
    "pages": (int, range(1, 4)),
    "folders": (int, range(4)),
    "hidden": (int, range(7)),
    "where": (str, WHERE),
    "words": (str, WORDS),
}
_ANDROID_OPTIONS: dict[str, tuple[type, Any]] = {
    **dict.fromkeys(("task", "avd_name", "sdk_root", "avd_home", "snapshot"), (str, None)),
    "size": (int, range(32, 1025)),
    "grid": (int, range(2, 257)),
    "enough": (float, None),
    "emulator": (str, ("real", "fake")),
}
"""Of each option its type, and its values where not any will do."""

_MINIWOB = re.compile(r"^miniwob/(?P<task>[\w.-]+?)(-v\d+)?$")


def page_of(env_id: str) -> str | None:
    """The page of MiniWoB that an id names: ``miniwob/click-tab-v1`` is ``click-tab``."""
    found = _MINIWOB.match(env_id)
    return None if found is None else found["task"]


def known_ids() -> tuple[str, ...]:
    """The ids of MiniWoB's pages, as far as its package is installed, and of our own."""
    folder = pages()
    found = sorted((folder / "miniwob").glob("*.html")) if folder is not None else []
    return (PHONE, ANDROID, *(f"miniwob/{page.stem}-v1" for page in found))


def make_screen(spec: Spec) -> TapEnv:
    """The screen of a spec.

    Raises:
        SpecError: The spec names what does not exist.
        EnvironmentFault: There is no browser or emulator here, or a package is missing.
    """
    _refuse(spec)
    if spec.env == ANDROID:
        from synth.envs.screens.android.environment import AndroidTaskEnv  # noqa: PLC0415 - on demand

        return AndroidTaskEnv(**_options(spec, _ANDROID_OPTIONS))
    if spec.env == PHONE:
        return PhoneEnv(**_options(spec, _PHONE_OPTIONS))
    task = page_of(spec.env)
    if task is None or (pages() is not None and spec.env not in known_ids()):
        raise unknown_env(spec, known_ids())
    return MiniWoBEnv(task, **_options(spec, {"grid": (int, range(2, 41))}))


def simulator_of(spec: Spec) -> TapSimulator:
    """The simulator of a spec's screen, with what that screen can do."""
    screen = make_screen(spec)
    if isinstance(screen, ScreenEnv):
        return ScreenSimulator(spec, screen)
    return TapSimulator(spec, screen)


def _refuse(spec: Spec) -> None:
    """Refuse what a screen knows by itself."""
    refuse_condition(spec, "a screen knows its own")
    for key in spec.render:
        problem = "a screen is recorded as it is; there is nothing to set."
        raise wrong_key(spec, f"render.{key}", problem, "Remove it.")


def _options(spec: Spec, allowed: dict[str, tuple[type, Any]]) -> dict[str, Any]:
    """The spec's options, each of its type and within what is allowed."""
    keys = SpecKeys(spec, "options")
    keys.require_known(sorted(allowed))
    for key, value in spec.options.items():
        kind, values = allowed[key]
        if type(value) is not kind or (values is not None and value not in values):
            problem = f"must be {_words(kind, values)}, but the file says {value!r}."
            raise keys.wrong(key, problem, "Change it, or remove it.")
    return dict(spec.options)


def _words(kind: type, values: Any) -> str:
    if values is None:
        return "a text" if kind is str else "a number with a point"
    if isinstance(values, range):
        return f"a whole number from {values[0]} to {values[-1]}"
    return f"one of {', '.join(map(repr, values))}"
