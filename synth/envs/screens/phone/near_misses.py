"""Near misses and other routes that need to know what a phone is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from synth.envs.recipe import way_of
from synth.envs.screens.phone.environment import PhoneEnv
from synth.envs.screens.phone.layout import APPS
from synth.errors import ExpertFailed

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy as np

    from synth.envs import Policy
    from synth.episode import Rollout

__all__ = ["PHONE_RECIPES"]

STEPS = 8
"""More than any app is away."""


def _other_app(
    simulator: Any, _shown: Rollout, _expert: Policy, rng: np.random.Generator
) -> Iterator[int]:
    """Another app opened, of the same shape or the same colour where it can be."""
    phone = _phone(simulator)
    yield from _open(phone, _alike(phone, rng), rng)


def _other_app_first(
    simulator: Any, _shown: Rollout, expert: Policy, rng: np.random.Generator
) -> Iterator[int]:
    """Another app opened, and then the right one."""
    phone = _phone(simulator)
    yield from _open(phone, _alike(phone, rng), rng)
    yield from expert(simulator)


def _all_but_opened(
    simulator: Any, _shown: Rollout, _expert: Policy, rng: np.random.Generator
) -> Iterator[int]:
    """The way to the app but for the last tap, and home again; the search alike."""
    phone = _phone(simulator)
    home = _home(phone)
    yield from _nearly(phone, phone.asked, rng)
    yield home
    yield from _searched(phone, phone.asked, rng)
    yield home


def _wrong_result(
    simulator: Any, _shown: Rollout, _expert: Policy, rng: np.random.Generator
) -> Iterator[int]:
    """The right name typed, and another result opened."""
    phone = _phone(simulator)
    alike = sorted(name for name in APPS if name[0] == phone.asked[0] and name != phone.asked)
    if not alike:
        raise ExpertFailed("nothing else begins with that letter")
    yield from _searched(phone, phone.asked, rng)
    yield int(rng.choice(phone.towards(str(rng.choice(alike)))))


def _by_search(
    simulator: Any, _shown: Rollout, expert: Policy, rng: np.random.Generator
) -> Iterator[int]:
    """The search, wherever the app lies."""
    phone = _phone(simulator)
    yield from _searched(phone, phone.asked, rng)
    yield from expert(simulator)


def _leafing(
    simulator: Any, _shown: Rollout, expert: Policy, rng: np.random.Generator
) -> Iterator[int]:
    """Pages turned and another folder looked into before the app is opened."""
    phone = _phone(simulator)
    swipes = [phone.gesture(name) for name in ("swipe left", "swipe right")]
    for _ in range(int(rng.integers(1, 4))):
        yield int(rng.choice(swipes))
    folders = phone.folders()
    if folders:
        yield int(rng.choice(folders))
        yield _home(phone)
    yield from expert(simulator)


def _phone(simulator: Any) -> PhoneEnv:
    if not isinstance(simulator.env, PhoneEnv):
        raise ExpertFailed("this is no phone")
    return simulator.env


def _home(phone: PhoneEnv) -> int:
    """The square in the middle of the home button."""
    return len(phone.grid) - phone.grid.columns // 2


def _alike(phone: PhoneEnv, rng: np.random.Generator) -> str:
    """Another app, more often than not of the same shape or colour as the one asked for."""
    look = APPS[phone.asked]
    others = sorted(name for name in APPS if name != phone.asked)
    alike = [n for n in others if APPS[n].shape == look.shape or APPS[n].colour == look.colour]
    return str(rng.choice(alike if rng.random() < 0.75 else others))  # noqa: PLR2004 - three times in four


def _open(phone: PhoneEnv, app: str, rng: np.random.Generator) -> Iterator[int]:
    """Whatever opens an app from where the phone is."""
    for _ in range(STEPS):
        towards = phone.towards(app)
        if not towards:
            return
        yield int(rng.choice(towards))


def _nearly(phone: PhoneEnv, app: str, rng: np.random.Generator) -> Iterator[int]:
    """The same without the tap that opens it."""
    for _ in range(STEPS):
        if phone.opens(app):
            return
        yield int(rng.choice(phone.towards(app)))


def _searched(phone: PhoneEnv, app: str, rng: np.random.Generator) -> Iterator[int]:
    """The search opened, and a name typed."""
    yield int(rng.choice(phone.field()))
    yield phone.gesture(f"type {app}")


PHONE_RECIPES = (
    way_of("other-app", "another app opened", "near", _other_app),
    way_of("other-app-first", "another app opened before the right one", "route", _other_app_first),
    way_of("all-but-opened", "found and searched for, and not opened", "near", _all_but_opened),
    way_of("by-search", "searched for, wherever it lies", "route", _by_search),
    way_of("wrong-result", "searched for, and another result opened", "near", _wrong_result),
    way_of("leafing", "pages turned and a folder looked into first", "route", _leafing),
)
