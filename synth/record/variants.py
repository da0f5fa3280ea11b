"""Variants: some episodes again, in pictures whose changes must not change any verdict.

The same seed and actions are played anew: drawn with other parameters, among things that
the task is not about, or with things in other colours. A variant is kept only where the
episode is the same episode. Success must come and stay away at the same steps, and the
pictures must agree: what was added must lie still with nothing else different, and new
colours must change the same pixels at the same steps. What a scene does not allow is left
out, and the caller is told; what no episode at all allows is an error of the spec.

No verdict is formed here. Noise, light and shifts need no simulator and no storage: they are
computed from the recorded frames when a suite is run (`synth.suite.changed`).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from synth.envs import Alterable
from synth.episode import SPLITS, Variant, frame_digest
from synth.episode.naming import colours_name, distractors_name, render_name
from synth.errors import ExpertFailed, SpecError
from synth.record.near_miss import recipes_for
from synth.record.replay import agrees, changes_alike, lies_still, replay

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from synth.envs import Family, Scenery, Simulator
    from synth.episode import Episode, EpisodeStore
    from synth.record.replay import Alter, Replay
    from synth.record.serving import OnSkip
    from synth.spec import MetamorphicSpec, Spec

__all__ = ["with_variants"]

TRIES = 8
"""Draws of colours that are tried for an episode."""

_STREAM = 3
"""Keeps these draws apart from all others of the same seed."""


def with_variants(
    spec: Spec, store: EpisodeStore, family: Family, *, on_skip: OnSkip | None = None
) -> EpisodeStore:
    """The same store, with the variants that its spec asks for in place of any it has.

    Args:
        spec: Without a metamorphic table there are none.
        store: Its first experts and near misses of each split are played again. Near misses
            whose scene was altered are passed over.
        family: Makes the simulators.
        on_skip: Told of every change that an episode does not allow.

    Raises:
        SpecError: A change is unknown to the family, or no episode allows it.
        EnvironmentFault: The simulator is missing or misbehaves.
    """
    asked = spec.metamorphic
    if asked is None:
        return store
    episodes = _chosen(store, asked.episodes, family)
    made: list[Variant] = []
    for table in asked.render:
        drawn = _drawn_with(spec, table, store, episodes, family)
        made += _kept(spec, "render", render_name(table), drawn, on_skip)
    if asked.distractors or asked.colours:
        made += _in_changed_scenes(spec, asked, store, family, on_skip=on_skip)
    order = {e.id: number for number, e in enumerate(episodes)}
    made.sort(key=lambda variant: order[variant.base])  # stable: changes keep the spec's order
    return replace(store, variants=tuple(made))


@dataclass(frozen=True, eq=False, slots=True)
class _Stage:
    """A simulator whose scenes a family's module can change, and what was recorded in it."""

    simulator: Simulator
    hook: Scenery
    store: EpisodeStore


_Outcome = tuple["Episode", "Variant | str"]
"""An episode, and its variant or the reason why there is none."""


def _chosen(store: EpisodeStore, count: int, family: Family) -> list[Episode]:
    """The first experts and near misses of each split that can be played from a plain reset."""
    altered = {f"near_miss:{r.key}" for r in recipes_for(family) if r.alter is not None}
    chosen: list[Episode] = []
    for split in SPLITS:
        near = [e for e in store.select(kind="near_miss", split=split) if e.policy not in altered]
        chosen += [*store.select(kind="expert", split=split)[:count], *near[:count]]
    return chosen


def _kept(
    spec: Spec, key: str, name: str, outcomes: Iterator[_Outcome], on_skip: OnSkip | None
) -> list[Variant]:
    """The variants among outcomes; the rest is said.

    Raises:
        SpecError: There is none, though visible episodes were tried; a few held-out ones on
            their own may allow nothing.
    """
    made: list[Variant] = []
    reason, visible = "", False
    for episode, outcome in outcomes:
        visible = visible or episode.split == "visible"
        if isinstance(outcome, Variant):
            made.append(outcome)
            continue
        reason = outcome
        if on_skip is not None:
            on_skip(name, episode.seed, outcome)
    if visible and not made:
        raise SpecError(
            f"no episode allows this change ({name}): {reason}.",
            file=f"specs/{spec.name}.toml",
            key=f"metamorphic.{key}",
            remedy="Remove it.",
        )
    return made


def _drawn_with(
    spec: Spec,
    table: dict[str, Any],
    store: EpisodeStore,
    episodes: Sequence[Episode],
    family: Family,
) -> Iterator[_Outcome]:
    """Each episode drawn with other parameters."""
    try:
        simulator = family.make(spec.model_copy(update={"render": {**spec.render, **table}}))
    except SpecError as error:
        raise SpecError(
            error.problem, file=error.file, key=f"metamorphic.{error.key}", remedy=error.remedy
        ) from error
    try:
        for episode in episodes:
            played = replay(simulator, episode)
            yield episode, _variant(episode, render_name(table), played, store)
    finally:
        simulator.close()


def _in_changed_scenes(
    spec: Spec,
    asked: MetamorphicSpec,
    store: EpisodeStore,
    family: Family,
    *,
    on_skip: OnSkip | None,
) -> list[Variant]:
    """Each episode among other things, and in other colours."""
    hook = family.scenery()
    if hook is None:
        key = "distractors" if asked.distractors else "colours"
        raise SpecError(
            f"scenes of the {family.name} family cannot be changed.",
            file=f"specs/{spec.name}.toml",
            key=f"metamorphic.{key}",
            remedy="Remove it.",
        )
    _require_known(spec, asked.colours, hook.kinds())
    episodes = _chosen(store, asked.episodes, family)
    stage = _Stage(family.make(spec), hook, store)
    made: list[Variant] = []
    try:
        if asked.distractors:
            name = f"distractors: up to {asked.distractors}"
            added = ((e, _among_others(stage, e, asked.distractors)) for e in episodes)
            made += _kept(spec, "distractors", name, added, on_skip)
        if asked.colours:
            painted = ((e, _in_other_colours(stage, e, asked.colours)) for e in episodes)
            made += _kept(spec, "colours", colours_name(asked.colours), painted, on_skip)
    finally:
        stage.simulator.close()
    return made


def _require_known(spec: Spec, kinds: Sequence[str], known: Sequence[str]) -> None:
    for kind in kinds:
        if kind not in known:
            raise SpecError(
                f"there is no kind of thing called {kind!r}.",
                file=f"specs/{spec.name}.toml",
                key="metamorphic.colours",
                remedy=f"Known kinds: {', '.join(known)}.",
            )


def _among_others(stage: _Stage, episode: Episode, count: int) -> Variant | str:
    """Add things one by one, each where it does not matter, until there are enough."""
    plain = stage.store.frames_of(episode)
    rng = np.random.default_rng([_STREAM, episode.seed])
    env = _fresh(stage.simulator, episode.seed)
    try:
        offers = stage.hook.additions(env, rng)
    except ExpertFailed as error:
        return str(error)
    added: list[Alter] = []
    best: Replay | None = None
    for offer in offers:
        if len(added) == count:
            break
        played = replay(stage.simulator, episode, [*added, offer])
        if agrees(played, episode) and lies_still(plain, played.frames):
            added.append(offer)
            best = played
    if best is None:
        return "whatever is added is in the way"
    return _variant(episode, distractors_name(len(added)), best, stage.store)


def _in_other_colours(stage: _Stage, episode: Episode, kinds: Sequence[str]) -> Variant | str:
    """Draw colours until the episode is the same in them."""
    plain = stage.store.frames_of(episode)
    rng = np.random.default_rng([_STREAM, episode.seed, len(kinds)])
    for _ in range(TRIES):
        env = _fresh(stage.simulator, episode.seed)
        try:
            alter = stage.hook.recolouring(env, rng, kinds)
        except ExpertFailed as error:
            return str(error)
        played = replay(stage.simulator, episode, [alter])
        if agrees(played, episode) and changes_alike(plain, played.frames):
            return _variant(episode, colours_name(kinds), played, stage.store)
    return f"the episode is another in each of {TRIES} choices of colours"


def _variant(episode: Episode, name: str, played: Replay, store: EpisodeStore) -> Variant | str:
    """The variant, or why the episode is not the same or cannot be told apart in it."""
    if not agrees(played, episode):
        return "success comes at other steps"
    index, frames = _distinct(played.frames)
    if len(frames) < len(np.unique(episode.frame_index)):
        return "frames that differ look alike in it"
    if np.array_equal(played.frames, store.frames_of(episode)):
        return "it changes nothing"
    return Variant(name, episode.id, episode.split, index, frames)


def _fresh(simulator: Simulator, seed: int) -> Any:
    """The environment after a reset, as `Alterable.alter` hands it over."""
    simulator.reset(seed)
    found: list[Any] = []
    if isinstance(simulator, Alterable):
        simulator.alter(found.append)
    return found[0]


def _distinct(frames: NDArray[np.uint8]) -> tuple[NDArray[np.int32], NDArray[np.uint8]]:
    """``int32[T+1]`` into the distinct frames, and those, in order of appearance."""
    place: dict[bytes, int] = {}
    index = [place.setdefault(frame_digest(frame), len(place)) for frame in frames]
    first = [index.index(number) for number in range(len(place))]
    return np.array(index, dtype=np.int32), frames[first]
