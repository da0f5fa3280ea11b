"""The family of screens: pages in a headless Chromium that are tapped and typed into.

Importing it needs neither the browser nor a package; making an environment does.
"""

from __future__ import annotations

from synth.envs.screens.experts import expert
from synth.envs.screens.family import FAMILY, ScreensFamily

__all__ = ["FAMILY", "ScreensFamily", "expert"]
