"""AndroidEnv's tasks, against the package's own fake device, whose pixels are noise."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path

import gymnasium
import numpy as np
import pytest

from synth.envs.screens.android.environment import AndroidTaskEnv
from synth.envs.screens.android.settings import AndroidSettings
from synth.errors import EnvironmentFault

pytest.importorskip("android_env", reason="android-env is not installed (the extra android)")

TASK = """
id: "count"
name: "Count"
expected_app_screen { activity: "fake_activity" }
log_parsing_config {
  filters: "Tag"
  log_regexps { reward: "reward: ([0-9.]+)" episode_end: "episode end" }
}
"""


@pytest.fixture
def task(tmp_path: Path) -> str:
    """A task whose rewards are what the fake device logs."""
    path = tmp_path / "count.textproto"
    path.write_text(TASK, encoding="utf-8")
    return str(path)


def test_a_task_gives_frames_rewards_and_success(task: str) -> None:
    """Pictures have the size asked for; success is the task's own rewards, added up."""
    env = gymnasium.make(
        "screens/Android-v0", task=task, emulator="fake", size=96, disable_env_checker=True
    )
    try:
        picture, info = env.reset(seed=1)
        assert (picture.shape, picture.dtype) == ((96, 64, 3), np.uint8)
        assert not info["is_success"]
        total, ended, steps = 0.0, False, 0
        while not (info["is_success"] or ended) and steps < 5000:
            picture, reward, ended, _, info = env.step(steps % env.action_space.n)
            total, steps = total + reward, steps + 1
            assert picture.shape == (96, 64, 3)
            assert info["is_success"] == (total >= 1.0)
        assert total > 0 or ended
        assert env.unwrapped.action_name(0) == "tap 8,8"
        assert env.unwrapped.action_name(env.action_space.n - 1) == "swipe down"
    finally:
        env.close()


def test_taps_and_swipes_reach_the_device(task: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A tap is a touch and a lift at one place; a swipe goes its way before it is lifted."""
    fake = importlib.import_module("android_env.components.simulators.fake.fake_simulator")
    touched: list[tuple[int, int, bool]] = []

    def send_touch(_: object, touches: list[tuple[int, int, bool, int]]) -> None:
        touched.extend((int(x), int(y), bool(down)) for x, y, down, _ in touches)

    monkeypatch.setattr(fake.FakeSimulator, "send_touch", send_touch)
    env = AndroidTaskEnv(task=task, emulator="fake", size=96)
    try:
        env.begin(0)
        touched.clear()
        env.act(env.grid.columns + 1)
        assert [down for *_, down in touched] == [True, False]
        assert touched[0][:2] == touched[1][:2]
        assert touched[0][:2] == pytest.approx((24 * 5, 24 * 5), abs=5)
        touched.clear()
        env.act(len(env.grid))
        across = [x for x, _, _ in touched]
        assert across == sorted(across, reverse=True)
        assert [down for *_, down in touched] == [True] * 4 + [False]
    finally:
        env.close()


def test_settings_become_those_of_androidenv(task: str, tmp_path: Path) -> None:
    """Paths follow from the SDK's; the device and its snapshot are handed on."""
    for tool in ("emulator/emulator", "platform-tools/adb"):
        (tmp_path / tool).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / tool).touch()
    settings = AndroidSettings(task, "pixel", str(tmp_path), str(tmp_path / "avd"), snapshot="home")
    config = settings.config()
    launcher = config.simulator.emulator_launcher
    assert config.task.path == task
    assert launcher.emulator_path == str(tmp_path / "emulator/emulator")
    assert launcher.android_avd_home == str(tmp_path / "avd")
    assert (launcher.avd_name, launcher.snapshot_name) == ("pixel", "home")
    assert config.simulator.adb_controller.adb_path == str(tmp_path / "platform-tools/adb")
    assert not config.coordinator.device_settings.show_touches


def test_what_is_missing_is_said(
    task: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Task, emulator, device and package: each error says what is missing and what to do."""
    with pytest.raises(EnvironmentFault, match=r"no Android task.*\.textproto"):
        AndroidTaskEnv(task="nowhere.textproto")
    with pytest.raises(EnvironmentFault, match=r"no emulator at.*install the Android SDK"):
        AndroidTaskEnv(task=task, sdk_root=str(tmp_path))
    (Path(task).parent / "bad.textproto").write_text("id: 3 what", encoding="utf-8")
    with pytest.raises(EnvironmentFault, match="does not start"):
        AndroidTaskEnv(task=str(Path(task).parent / "bad.textproto"), emulator="fake")
    monkeypatch.setitem(sys.modules, "android_env.components", None)
    with pytest.raises(EnvironmentFault, match=r"\[android\]"):
        AndroidTaskEnv(task=task)
