"""Scenes: pictures made where recording does not go.

The worlds of some expert episodes are explored (`synth.record.exploring`), some of the scenes
found are chosen, every kind of change among them and each in as many places as there is room
for, and pictures of them are made with the agent elsewhere (`synth.record.stills`).

All labels are the environment's own, told at the very moment of the picture.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from synth.episode import SPLITS, Scene, Still, frame_digest
from synth.episode.frame_file import FrameFile
from synth.episode.scene import still_id
from synth.pixels import differing
from synth.record.exploring import Explorer, refusal
from synth.record.stills import middle, shots_of
from synth.record.streams import Stream

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from synth.episode import Episode, EpisodeStore, Split
    from synth.record.exploring import Arrangement
    from synth.record.player import Player
    from synth.record.serving import OnProgress, OnSkip
    from synth.record.stills import Snapshot

__all__ = ["LAYOUTS", "with_scenes"]

LAYOUTS = 6
"""Worlds of each split that are explored, at most; the first that differ at the start."""
EACH = 6
"""Scenes for which it is worth while to explore a world."""
POSES = (12, 48)
"""Poses shown of a scene: least, and most where there are few scenes."""

_PREFIX: dict[Split, str] = {"visible": "scene", "held_out": "held-scene"}
_WORDS: dict[Split, str] = {"visible": "scenes", "held_out": "held-out scenes"}


@dataclass(frozen=True, eq=False, slots=True)
class _Draft:
    """A scene whose pictures lie in a file that still grows."""

    base: str
    split: Split
    way: tuple[str, ...]
    ahead: tuple[tuple[int, int, int, int], ...] | None
    backdrop: int
    shots: tuple[tuple[int, Snapshot], ...]


def with_scenes(
    player: Player,
    store: EpisodeStore,
    *,
    prefix: str = "",
    on_progress: OnProgress | None = None,
    on_skip: OnSkip | None = None,
) -> EpisodeStore:
    """The same store, with the scenes that its spec asks for in place of any it has.

    Args:
        player: Plays the spec's episodes.
        store: In the worlds of its experts; splits without any have no scenes.
        prefix: Goes before the ids of the scenes.
        on_progress: Told of every scene.
        on_skip: Told where a world does not allow any. A simulator that lacks the abilities has
            none, and nothing is said of it.

    Raises:
        EnvironmentFault: The simulator misbehaves.
    """
    table = player.spec.near_miss
    if table is None or not table.scenes:
        return store
    if refusal(player):  # what a family lacks it lacks; the suite says what was not checked
        return replace(store, scenes=())
    drafts: list[_Draft] = []
    with FrameFile() as file:
        pictures = _Pictures(file)
        for split in SPLITS:
            scenery = _Scenery(player, store, pictures)
            layouts = _layouts(store, split)[: max(1, table.scenes // EACH)]
            parts = np.array_split(np.arange(table.scenes), len(layouts) or 1)
            for base, part in zip(layouts, parts, strict=False):
                made = scenery.drafts(base, len(part))
                if not made and on_skip is not None:
                    on_skip("scenes", base.seed, "the world moves by itself")
                drafts += made
                if on_progress is not None:
                    done = sum(draft.split == split for draft in drafts)
                    on_progress(_WORDS[split], done, table.scenes)
        frames = file.array()
    return replace(store, scenes=tuple(_scenes(drafts, frames, prefix)))


def _layouts(store: EpisodeStore, split: Split) -> list[Episode]:
    """Expert episodes of different worlds."""
    different: dict[bytes, Episode] = {}
    for episode in store.select(kind="expert", split=split):
        different.setdefault(frame_digest(store.initial_of(episode)), episode)
    return list(different.values())[:LAYOUTS]


class _Scenery:
    """Chooses among the scenes of a split's worlds and takes their pictures.

    Args:
        player: Plays the spec's episodes.
        store: Of the episodes in whose worlds they are.
        pictures: Take in what is drawn.
    """

    def __init__(self, player: Player, store: EpisodeStore, pictures: _Pictures) -> None:
        self._player, self._store, self._pictures = player, store, pictures
        self._shown: dict[tuple[object, ...], list[NDArray[np.float64]]] = {}

    def drafts(self, base: Episode, most: int) -> list[_Draft]:
        """At most so many scenes of the world of one episode; none where it moves by itself."""
        rng = np.random.default_rng([Stream.SCENE, base.seed])
        explorer = Explorer(self._player, base.seed)
        places = self._chosen(explorer, explorer.explore(rng), most, rng)
        count = int(np.clip(POSES[0] * most // (len(places) or 1), *POSES))
        successes = explorer.successes | _recorded_successes(self._store, base)
        drafts = []
        for place in places:
            shots = shots_of(explorer, place, rng, count=count, successes=successes)
            drafts.append(
                _Draft(
                    base=base.id,
                    split=base.split,
                    way=explorer.words(place),
                    ahead=explorer.ahead(place),
                    backdrop=self._pictures.place(explorer.backdrop_of(place)),
                    shots=tuple((self._pictures.place(s.step.frame), s) for s in shots),
                )
            )
        return [draft for draft in drafts if draft.shots]

    def _chosen(
        self, explorer: Explorer, places: Sequence[Arrangement], most: int, rng: np.random.Generator
    ) -> list[Arrangement]:
        """Scenes of all kinds, those of one kind far from each other, in the order found."""
        kinds: dict[tuple[Any, ...], list[Arrangement]] = {}
        for at in rng.permutation(len(places)):
            kinds.setdefault(places[int(at)].kind, []).append(places[int(at)])
        # Of something that can be put down in many places more is shown, but not all.
        weight = {kind: 1 + np.log2(len(group)) / 2 for kind, group in kinds.items()}
        # Door shut and box destroyed are one action: what can still succeed is a group of its own.
        words = {
            kind: (*explorer.words(group[0]), explorer.ahead(group[0]) is not None)
            for kind, group in kinds.items()
        }
        spots = {place: _spot(explorer, place) for place in places}
        chosen: list[Arrangement] = []
        while len(chosen) < most and kinds:
            # The kind that was shown least in this split; of equals the one of the fewest steps.
            kind = min(
                sorted(kinds, key=lambda one: (len(one), repr(one))),
                key=lambda one: len(self._shown.get(words[one], ())) / weight[one],
            )
            shown = self._shown.setdefault(words[kind], [])
            gaps = [
                min((float(np.linalg.norm(spots[place] - spot)) for spot in shown), default=0.0)
                for place in kinds[kind]
            ]
            place = kinds[kind].pop(int(np.argmax(gaps)))
            if not kinds[kind]:
                del kinds[kind]
            shown.append(spots[place])
            chosen.append(place)
        return [place for place in places if place in chosen]


def _spot(explorer: Explorer, place: Arrangement) -> NDArray[np.float64]:
    """Where the last change is, and from where it was made: ``float64[4]``, in pixels."""
    frame = explorer.rebuild(place, draw=True).frame
    agent = middle(differing(frame, explorer.backdrop_of(place)))
    mask = np.zeros(frame.shape[:2], dtype=np.bool_)
    for top, left, bottom, right in place.last:
        mask[top:bottom, left:right] = True
    return np.array([*middle(mask), *agent])


def _recorded_successes(store: EpisodeStore, base: Episode) -> set[bytes]:
    """Digests of the recorded frames of success with the same initial picture and mission."""
    initial = store.initial_of(base)
    return {
        frame_digest(store.frames[e.frame_index[t]])
        for e in store.episodes
        if e.success.any()
        and e.mission == base.mission
        and np.array_equal(store.initial_of(e), initial)
        for t in np.flatnonzero(e.success)
    }


class _Pictures:
    """Distinct pictures in a file.

    Args:
        file: Takes them in.
    """

    def __init__(self, file: FrameFile) -> None:
        self._file = file
        self._index: dict[bytes, int] = {}

    def place(self, frame: NDArray[np.uint8]) -> int:
        """Where a picture lies, taken in if it is new."""
        digest = frame_digest(frame)
        if digest not in self._index:
            self._index[digest] = len(self._file)
            self._file.append(frame[None])
        return self._index[digest]


def _scenes(drafts: Sequence[_Draft], frames: NDArray[np.uint8], prefix: str) -> Iterator[Scene]:
    counted = dict.fromkeys(SPLITS, 0)
    for draft in drafts:
        name = f"{prefix}{_PREFIX[draft.split]}-{counted[draft.split]:04d}"
        counted[draft.split] += 1
        stills = tuple(
            Still(still_id(name, k), frames[at], shot.step.success, shot.step.truth, shot.note)
            for k, (at, shot) in enumerate(draft.shots)
        )
        yield Scene(
            name, draft.base, draft.split, draft.way, frames[draft.backdrop], draft.ahead, stills
        )
