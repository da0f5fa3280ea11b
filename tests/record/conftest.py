"""Small specs, and a family that misbehaves on request."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from synth.envs import PlainFamily, PlainSimulator, TimeStep
from synth.errors import IllegalAction
from synth.spec import parse_spec

if TYPE_CHECKING:
    from collections.abc import Callable

    from synth.spec import Spec


@pytest.fixture(scope="session")
def make_spec() -> Callable[..., Spec]:
    """A spec with few, short episodes."""

    def make(
        env: str = "MiniGrid-DoorKey-5x5-v0",
        *,
        policy: str = "synth.envs.minigrid:planner",
        episodes: int = 2,
        max_steps: int = 30,
        seed: int = 0,
        name: str = "task",
    ) -> Spec:
        return parse_spec(
            f'env = "{env}"\nmax_steps = {max_steps}\nseed = {seed}\n'
            f'[render]\ntile_size = 8\n[expert]\npolicy = "{policy}"\nepisodes = {episodes}\n'
            f"[random]\nepisodes = {episodes}\n[held_out]\nepisodes = {episodes}\n",
            name=name,
        )

    return make


@dataclass
class FakeSimulator(PlainSimulator):
    """Counts to `length`; the picture is the count, and counting there is success."""

    length: int = 3
    ends: bool = True
    side: Callable[[int, int], int] = lambda _seed, _t: 4
    names: Callable[[int], tuple[str, ...]] = lambda _t: ("counted",)
    at: int = 0
    seed: int = 0
    closed: bool = False

    def reset(self, seed: int, *, draw: bool = True) -> TimeStep:
        """Start counting."""
        self.at, self.seed = 0, seed
        return self._moment()

    def step(self, action: Any, *, draw: bool = True) -> TimeStep:
        """Count on by the action, 0 or 1."""
        if action not in (0, 1):
            raise IllegalAction(f"there is no action {action!r}.", action=action)
        self.at += int(action)
        return self._moment()

    def random_action(self, rng: np.random.Generator) -> int:
        """Count or wait."""
        return int(rng.integers(2))

    def close(self) -> None:
        """Remember that it was closed."""
        self.closed = True

    def _moment(self) -> TimeStep:
        side = self.side(self.seed, self.at)
        over = self.at >= self.length
        return TimeStep(
            frame=np.full((side, side, 3), self.at, np.uint8),
            reward=float(over),
            success=over,
            done=over and self.ends,
            truth=dict.fromkeys(self.names(self.at), over),
        )


@dataclass
class FakeFamily(PlainFamily):
    """Hands out one `FakeSimulator`."""

    simulator: FakeSimulator
    name: str = "fake"

    def claims(self, _env_id: str) -> bool:
        """All of them."""
        return True

    def make(self, _spec: Spec) -> FakeSimulator:
        """Always the same one."""
        return self.simulator

    def versions(self) -> dict[str, str]:
        """Of itself."""
        return {"fake": "1"}


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch) -> FakeSimulator:
    """A simulator that every spec gets, and whose expert is `record_experts:step`."""
    simulator = FakeSimulator()
    family = FakeFamily(simulator)
    monkeypatch.setattr("synth.record.player.family_of", lambda _spec: family)
    return simulator


@pytest.fixture
def experts(tmp_path, monkeypatch):
    """Writes a module of experts and gives its name."""

    def write(source: str) -> str:
        (tmp_path / "record_experts.py").write_text(source)
        monkeypatch.syspath_prepend(tmp_path)
        monkeypatch.delitem(sys.modules, "record_experts", raising=False)
        return "record_experts:act"

    return write
