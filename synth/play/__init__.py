"""A person plays a task: controls, a picture in a terminal or a window, and the session."""

from __future__ import annotations

from synth.play.controls import Controls
from synth.play.session import PlayedOut, PlayEvent, PlayScreen, play_session

__all__ = ["Controls", "PlayEvent", "PlayScreen", "PlayedOut", "play_session"]
