"""The family of screens: pages in a headless Chromium that are tapped and typed into."""

from __future__ import annotations

import contextlib
from importlib import metadata
from typing import TYPE_CHECKING, Any

import gymnasium

from synth.envs.base import Defaults, PlainFamily
from synth.envs.screens.browser import browser_version
from synth.envs.screens.making import ANDROID, PHONE, known_ids, make_screen, page_of, simulator_of
from synth.envs.screens.miniwob.environment import SIDE, places
from synth.envs.screens.near_misses import RECIPES
from synth.envs.screens.phone.near_misses import PHONE_RECIPES

if TYPE_CHECKING:
    from synth.envs.base import Simulator
    from synth.envs.recipe import Recipe
    from synth.envs.trainable import Granted, Picture, StepResult
    from synth.spec import Spec

__all__ = ["FAMILY", "ScreensFamily"]

MINIWOB = (
    "The picture is a web page, seen without its browser and below the words of the mission. "
    "A black and white arrow shows where the last click was: the pixel at its tip, which is its "
    "upper left end. Before the first click there is no arrow. The arrow hides what lies below it. "
    "The places that can be clicked are {side} pixels apart: columns and rows {first}, {second}, "
    "{third} and so on. A click is a point, the upper left corner of its pixel, and counts for "
    "what the page has there, the one on top where there are several: a circle or polygon with "
    "its outline and nothing around it, anything else, words too, in the whole rectangle that it "
    "takes up."
)

PHONE_NOTES = (
    "The picture is the screen of a phone, 144 x 256 pixels: a dark bar with the time above, a "
    "dark bar with the home button below, and between them one of a home page with a search field, "
    "icons, folders (grey tiles of small icons) and dots that tell the page; a folder, opened on a "
    "grey ground; the search with what was typed and what was found; or an app, which fills the "
    "screen in white with its icon, large, and its name below. An app's icon has one shape and one "
    "colour, always the same. Taps leave no trace. Nothing moves by itself."
)

ANDROID_NOTES = (
    "The picture is the screen of an Android device, made smaller by averaging areas: thin lines "
    "are faint. Taps leave no trace."
)

POLICY = "synth.envs.screens:expert"
NOISE = ("# Largest change of a channel by noise, of 255.", "noise = 4")
GRID = ("# Side of the squares that can be clicked, in pixels.", f"grid = {SIDE}")
PHONE_OPTIONS = (
    "# Home pages, folders on them, and apps that only the search finds.",
    "pages = 2",
    "folders = 1",
    "hidden = 2",
    "# Where the app lies that is asked for: page, folder, search or anywhere; and whether the",
    "# mission says its name or its look.",
    'where = "anywhere"',
    'words = "name"',
)
ANDROID_OPTIONS = (
    "# The task, the virtual device, and the Android SDK with its emulator.",
    'task = "task.textproto"',
    'avd_name = ""',
    'sdk_root = "~/Android/Sdk"',
)


class ScreensFamily(PlainFamily):
    """MiniWoB++'s pages and our own phone."""

    name = "screens"

    def claims(self, env_id: str) -> bool:
        """Whether the id is one of MiniWoB's, our phone's, or AndroidEnv's."""
        return env_id in (PHONE, ANDROID) or page_of(env_id) is not None

    def known(self) -> tuple[str, ...]:
        """MiniWoB's pages, as far as its package is installed, and our own."""
        return known_ids()

    def make(self, spec: Spec) -> Simulator:
        """Make the screen of a spec; see `synth.envs.base.Family.make`."""
        simulator: Simulator = simulator_of(spec)
        return simulator

    def environment(self, spec: Spec) -> gymnasium.Env[Any, Any]:
        """The screen under the spec's step limit; see `synth.envs.trainable.Trainable`."""
        return gymnasium.wrappers.TimeLimit(make_screen(spec), spec.max_steps)

    def picture(self, spec: Spec) -> Picture:  # noqa: ARG002 - the same for all screens
        """The screen's own picture."""
        return _picture

    def granted(self, spec: Spec) -> Granted:  # noqa: ARG002 - the same for all screens
        """What the page says of its success."""
        return _is_success

    def defaults(self, env_id: str) -> Defaults:
        """The expert that reads pages, and the options of that kind of screen."""
        if env_id == PHONE:
            return Defaults(
                policy=POLICY, options=PHONE_OPTIONS, metamorphic=NOISE, max_steps=16, hold=1,
            )  # fmt: skip
        if env_id == ANDROID:
            return Defaults(options=ANDROID_OPTIONS, metamorphic=NOISE)
        return Defaults(policy=POLICY, options=GRID, metamorphic=NOISE, max_steps=30)

    def recipes(self) -> tuple[Recipe, ...]:
        """Other apps, beside what is asked for, half of it, and by other ways."""
        return (*PHONE_RECIPES, *RECIPES)

    def notes(self, spec: Spec) -> str:
        """What the arrow is and where it can be, or the parts of the phone."""
        if spec.env in {PHONE, ANDROID}:
            return PHONE_NOTES if spec.env == PHONE else ANDROID_NOTES
        side = int(spec.options.get("grid", SIDE))
        first, second, third = (places(side).place(square)[0] for square in range(3))
        return MINIWOB.format(side=side, first=first, second=second, third=third)

    def versions(self) -> dict[str, str]:
        """Versions of Chromium, which draws, and of the packages that hold the tasks."""
        found = {"gymnasium": metadata.version("gymnasium")}
        for package in ("miniwob", "android-env"):
            with contextlib.suppress(metadata.PackageNotFoundError):  # our own pages need none
                found[package] = metadata.version(package)
        version = browser_version()
        return found if version is None else {**found, "chromium": version}


def _picture(env: Any, /) -> Any:
    return env.unwrapped.picture()


def _is_success(_env: Any, step: StepResult, /) -> bool:
    return bool(step[4]["is_success"])


FAMILY = ScreensFamily()
