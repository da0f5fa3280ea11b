"""The corridor of the experts' tests, to be played."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "experts"))
import corridor  # noqa: F401  it registers the environment
