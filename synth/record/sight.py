"""Whether the pictures of a recording show what decides success.

A camera that hides it makes every program wrong, and no tolerance mends that; another view
does: families that tell `TimeStep.seen` are asked. And where success is a matter of what no
picture shows (the time that has passed, a word said), most pictures of success are pictures without
it as well.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from synth.errors import SpecError
from synth.record.rollout import HIDDEN

if TYPE_CHECKING:
    from collections.abc import Iterable

    from synth.episode import Rollout
    from synth.spec import Spec

__all__ = ["MOST_HIDDEN", "Sight"]

MOST_HIDDEN = 0.01
"""Share of the success frames that may hide it; those few are not judged."""

ACROSS = 135
"""Degrees between two views that together hide least, as measured for an arm over a table."""


class Sight:
    """Counts success frames, and those of them that hide what decides, or look like others."""

    def __init__(self, spec: Spec) -> None:
        self._spec = spec
        self._frames = self._hidden = 0
        self._successes: list[int] = []
        self._others: set[int] = set()

    def see(self, rolled: Rollout) -> None:
        """Count an episode's frames."""
        # A verdict depends on these three: what is equal in all of them must be judged alike.
        first = rolled.frames[0].tobytes() if len(rolled.frames) else b""
        for frame, success in zip(rolled.frames, rolled.success, strict=True):
            shown = hash((first, frame.tobytes(), rolled.mission))
            if success:
                self._successes.append(shown)
            else:
                self._others.add(shown)
        if rolled.seen is not None:
            self._frames += int(rolled.success.sum())
            self._hidden += int((rolled.success & (rolled.seen < HIDDEN)).sum())

    def require(self) -> None:
        """Check that success can be seen.

        Raises:
            SpecError: Most of its pictures are also pictures without success, or what decides is
                hidden too often; then the message proposes a second view.
        """
        same = sum(shown in self._others for shown in self._successes)
        if self._successes and 2 * same >= len(self._successes):
            raise SpecError(
                f"success in {self._spec.env} cannot be seen in a picture: {same} of "
                f"{len(self._successes)} pictures of success are, to the byte, also pictures "
                "without success that follow the same first picture.",
                file=f"specs/{self._spec.name}.toml",
                key="env",
                remedy="Nothing was kept. Draw it so that success shows, or choose another task.",
            )
        if self._hidden <= MOST_HIDDEN * self._frames:
            return
        views, share = self._spec.render.get("views"), self._hidden / self._frames
        drawn = f"as drawn with views = {_toml(views)}" if isinstance(views, list) else "as drawn"
        raise SpecError(
            f"what decides success is hidden on {self._hidden} of {self._frames} success frames "
            f"({share:.0%}) {drawn}; at most {MOST_HIDDEN:.0%} may be.",
            file=f"specs/{self._spec.name}.toml",
            key="render.views",
            remedy=f"Add a view from the other side{_proposal(views)}.",
        )


def _proposal(views: object) -> str:
    """``: views = ["45/-40", "180/-40"]`` where the first view is a yaw and a pitch."""
    if not isinstance(views, list) or not views:
        return ""
    yaw, _, pitch = str(views[0]).partition("/")
    try:
        other = f"{(int(yaw) + ACROSS) % 360}/{int(pitch)}"
    except ValueError:  # the family names its views otherwise
        return ""
    return f": views = {_toml([*views, other])}"


def _toml(views: Iterable[object]) -> str:
    return "[" + ", ".join(f'"{view}"' for view in views) + "]"
