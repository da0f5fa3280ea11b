"""What a spec says of an Android task, and AndroidEnv's own settings made of it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from synth.envs.missing import missing_package
from synth.errors import EnvironmentFault

if TYPE_CHECKING:
    from android_env.components.config_classes import AndroidEnvConfig

__all__ = ["AndroidSettings"]


@dataclass(frozen=True, slots=True)
class AndroidSettings:
    """Where task, emulator and device lie, and how the screen is tapped.

    Attributes:
        task: Path of the task's ``.textproto``.
        avd_name: The virtual device, as ``avdmanager`` made it.
        sdk_root: Of the Android SDK.
        avd_home: Where virtual devices lie.
        snapshot: Loaded when the emulator starts; ``""`` for a cold start.
        size: Pixels of the recorded picture's longer side.
        grid: Side of the squares that can be tapped, in pixels of the recorded picture.
        enough: Reward, added up over an episode, that is success.
        emulator: ``real``, or ``fake`` for the package's own simulator, whose pixels are noise.
    """

    task: str
    avd_name: str = ""
    sdk_root: str = "~/Android/Sdk"
    avd_home: str = "~/.android/avd"
    snapshot: str = ""
    size: int = 256
    grid: int = 16
    enough: float = 1.0
    emulator: str = "real"

    def config(self) -> AndroidEnvConfig:
        """AndroidEnv's own settings.

        Raises:
            EnvironmentFault: The package, the task or the emulator is missing.
        """
        classes = _config_classes()
        task = Path(self.task).expanduser()
        if not task.is_file():
            raise EnvironmentFault(
                f"there is no Android task at {self.task!r}: `options.task` is the path of a "
                ".textproto as https://github.com/google-deepmind/android_env describes it."
            )
        return classes.AndroidEnvConfig(
            task=classes.FilesystemTaskConfig(path=str(task)),
            simulator=self._simulator(classes),
            coordinator=classes.CoordinatorConfig(
                # A picture is of the apps, and of nothing that Android draws over them.
                device_settings=classes.DeviceSettingsConfig(
                    show_touches=False, show_pointer_location=False
                )
            ),
        )

    def _simulator(self, classes: Any) -> Any:
        if self.emulator == "fake":
            return classes.FakeSimulatorConfig(screen_dimensions=FAKE)
        root = Path(self.sdk_root).expanduser()
        emulator, adb = root / "emulator" / "emulator", root / "platform-tools" / "adb"
        for what, path in (("emulator", emulator), ("adb", adb)):
            if not path.is_file():
                raise EnvironmentFault(
                    f"there is no {what} at {path}: install the Android SDK with its emulator "
                    "and platform tools, and let `options.sdk_root` name it."
                )
        if not self.avd_name:
            raise EnvironmentFault(
                "`options.avd_name` is missing: the name of a virtual device, as "
                "`avdmanager list avd` gives it."
            )
        return classes.EmulatorConfig(
            emulator_launcher=classes.EmulatorLauncherConfig(
                emulator_path=str(emulator),
                android_sdk_root=str(root),
                android_avd_home=str(Path(self.avd_home).expanduser()),
                avd_name=self.avd_name,
                snapshot_name=self.snapshot,
                run_headless=True,
            ),
            adb_controller=classes.AdbControllerConfig(adb_path=str(adb)),
        )


FAKE = (480, 320)
"""Height and width of the fake device's screen."""


def _config_classes() -> Any:
    try:
        from android_env.components import config_classes  # noqa: PLC0415 - the package may be missing
    except ModuleNotFoundError as error:
        raise missing_package("screens/Android-v0", error.name, "synth[android]") from error
    return config_classes
