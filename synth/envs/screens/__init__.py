"""The family of screens: pages in a headless Chromium that are tapped and typed into.

Importing it needs neither the browser nor a package; making an environment does.
"""

from __future__ import annotations

import gymnasium

from synth.envs.screens.experts import expert
from synth.envs.screens.family import FAMILY, ScreensFamily

for _id, _class in (
    ("screens/Phone-v0", "phone.environment:PhoneEnv"),
    ("screens/Android-v0", "android.environment:AndroidTaskEnv"),
):
    if _id not in gymnasium.registry:  # imported anew, as tests do
        gymnasium.register(_id, entry_point=f"synth.envs.screens.{_class}")

__all__ = ["FAMILY", "ScreensFamily", "expert"]
