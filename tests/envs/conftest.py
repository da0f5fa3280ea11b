"""Specs for the tests of environments."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from synth.spec import parse_spec

if TYPE_CHECKING:
    from collections.abc import Callable

    from synth.spec import Spec


@pytest.fixture(scope="session")
def make_spec() -> Callable[..., Spec]:
    """A spec of an environment, with the planner as its expert unless told otherwise."""

    def make(
        env: str,
        *,
        policy: str = "synth.envs.minigrid:planner",
        max_steps: int = 300,
        **tables: dict[str, object],
    ) -> Spec:
        text = f'env = "{env}"\nmax_steps = {max_steps}\n[expert]\npolicy = "{policy}"\n'
        for name, table in tables.items():
            lines = [f"{key} = {_toml(value)}" for key, value in table.items()]
            text += f"[{name}]\n" + "".join(f"{line}\n" for line in lines)
        return parse_spec(text, name="task")

    return make


def _toml(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else repr(value)


@pytest.fixture
def fresh_tiles(monkeypatch: pytest.MonkeyPatch) -> None:
    """MiniGrid's cache of tiles for one test: things of a user's own can spoil it for good."""
    from minigrid.core.grid import Grid  # noqa: PLC0415 - only where it is asked for

    monkeypatch.setattr(Grid, "tile_cache", {})
