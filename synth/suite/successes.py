"""Episodes that succeed, and the frame on which they do: what many checks begin with.

Success need not come last: an episode may be recorded on after it (`hold`), and success may
go and come again. On a frame that is not judged it cannot be told from the picture. So the
frame that counts is the first *judged* success.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from synth.episode import Episode, Split
    from synth.suite.subject import Subject

__all__ = ["success_frame", "successes"]


def success_frame(episode: Episode) -> int:
    """The first judged success; the first of all where none is judged; -1 where there is none."""
    for told in (episode.success & episode.judged, episode.success):
        if told.any():
            return int(np.argmax(told))
    return -1


def successes(subject: Subject, split: Split | None = None) -> list[Episode]:
    """Episodes of every kind in which success comes after the start.

    Args:
        subject: Whose episodes.
        split: Of one split only.
    """
    episodes = subject.episodes(split=split)
    return [e for e in episodes if e.success.any() and not e.success[0]]
