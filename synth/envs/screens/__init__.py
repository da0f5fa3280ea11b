"""The family of screens: pages in a headless Chromium that are tapped and typed into.

Importing it needs neither the browser nor a package; making an environment does.
"""

from __future__ import annotations

import gymnasium

from synth.envs.screens.experts import expert
from synth.envs.screens.family import FAMILY, ScreensFamily

if "screens/Phone-v0" not in gymnasium.registry:
    gymnasium.register(
        "screens/Phone-v0", entry_point="synth.envs.screens.phone.environment:PhoneEnv"
    )

__all__ = ["FAMILY", "ScreensFamily", "expert"]
