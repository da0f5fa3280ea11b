"""Variants: some episodes again, in pictures whose perturbation must not change any verdict.

The same seed and actions are played anew, as a perturbation says. A variant is kept only
where the episode is the same episode (`synth.perturbations.agreement`). What an episode does
not allow is left out, and the caller is told; so is what no episode allows, or what the
family cannot do. Only what the spec gets wrong is an error.

Perturbations that need no simulator are not recorded: they are computed from the recorded
frames when a suite is run (`synth.suite.perturbed`).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from synth.envs import Alterable
from synth.episode import SPLITS, Variant, frame_digest
from synth.errors import EnvironmentFault, SpecError
from synth.perturbations import Replay, Replayed, Retake, asked
from synth.perturbations.agreement import agrees
from synth.record.missions import began
from synth.record.near_miss import recipes_for
from synth.record.streams import Stream

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from synth.envs import Family, Scenery, Simulator
    from synth.episode import Episode, EpisodeStore
    from synth.perturbations import Alter, PerturbationWay
    from synth.record.serving import OnProgress, OnSkip
    from synth.spec import Spec

__all__ = ["replay", "with_variants"]


def with_variants(
    spec: Spec,
    store: EpisodeStore,
    family: Family,
    *,
    on_progress: OnProgress | None = None,
    on_skip: OnSkip | None = None,
) -> EpisodeStore:
    """The same store, with the variants that its spec asks for in place of any it has.

    Args:
        spec: Without a metamorphic table there are none.
        store: Its first experts and near misses of each split are played again. Near misses
            whose scene was altered are passed over.
        family: Makes the simulators.
        on_progress: Told of every way of perturbing them that is done.
        on_skip: Told of every perturbation that an episode, or the family, does not allow.

    Raises:
        SpecError: A perturbation names what the family does not know.
        EnvironmentFault: The simulator is missing or misbehaves.
    """
    if spec.metamorphic is None:
        return store
    episodes = _chosen(store, spec.metamorphic.episodes, family)
    theatre = _Theatre(spec, store, family)
    made: list[Variant] = []
    try:
        ways = [one for one in asked(spec) if isinstance(one.perturbation, Replayed)]
        for number, one in enumerate(ways, start=1):
            if isinstance(one.perturbation, Replayed):
                made += _taken(theatre, one.perturbation, one, episodes, on_skip)
            if on_progress is not None:
                on_progress("perturbed pictures", number, len(ways))
    finally:
        theatre.close()
    order = {e.id: number for number, e in enumerate(episodes)}
    made.sort(key=lambda variant: order[variant.base])  # stable: ways keep the spec's order
    return replace(store, variants=tuple(made))


def replay(simulator: Simulator, episode: Episode, alters: Sequence[Alter] = ()) -> Replay:
    """Play an episode's actions again, in a scene changed in some ways.

    Whether it is still the same episode is for `synth.perturbations.agreement` to say.

    Args:
        simulator: Reset here.
        episode: Whose seed and actions.
        alters: Applied after the reset, in order.

    Raises:
        EnvironmentFault: The simulator cannot change its scene.
        ExpertFailed: The episode's mission does not fit the changed scene.
    """

    def change(env: Any) -> None:
        for alter in alters:
            alter(env)

    step = began(
        simulator,
        episode.seed,
        mission=episode.mission,
        alter=change if alters else None,
        missioned=episode.mission is not None,
    )
    steps = [step]
    for action in episode.actions:
        if steps[-1].done:
            break
        steps.append(simulator.step(action))
    return Replay(
        np.stack([s.frame for s in steps]), np.array([s.success for s in steps], dtype=np.bool_)
    )


class _Theatre:
    """The simulators of a spec, each way of drawing once, and what was recorded."""

    def __init__(self, spec: Spec, store: EpisodeStore, family: Family) -> None:
        self.spec, self.store, self.family = spec, store, family
        self.scenery = family.scenery()
        self._made: dict[str, Simulator] = {}

    def simulator(self, render: Mapping[str, Any] | None = None) -> Simulator:
        """The simulator that draws with these parameters, merged over the spec's own."""
        key = repr(render)
        if key not in self._made:
            merged = {**self.spec.render, **(render or {})}
            try:
                made = self.family.make(self.spec.model_copy(update={"render": merged}))
            except SpecError as error:
                at = f"metamorphic.{error.key}"
                raise SpecError(
                    error.problem, file=error.file, key=at, remedy=error.remedy
                ) from error
            self._made[key] = made
        return self._made[key]

    def refusal(self, perturbation: Replayed[Any]) -> str:
        """Why the family cannot show that perturbation, or nothing."""
        if perturbation.needs_scenery and (
            self.scenery is None or not isinstance(self.simulator(), Alterable)
        ):
            return f"the {self.family.name} family's scenes cannot be changed"
        return ""

    def close(self) -> None:
        """Close all simulators."""
        for simulator in self._made.values():
            simulator.close()


@dataclass(frozen=True, eq=False, slots=True)
class _EpisodeStage:
    """A `synth.perturbations.Stage`: one recorded episode in the theatre."""

    theatre: _Theatre
    episode: Episode
    plain: Replay

    @property
    def scenery(self) -> Scenery:
        if self.theatre.scenery is None:
            raise EnvironmentFault(
                f"scenes of the {self.theatre.family.name} family cannot be changed."
            )
        return self.theatre.scenery

    def rng(self, *more: int) -> np.random.Generator:
        return np.random.default_rng([Stream.VARIANT, self.episode.seed, *more])

    def env(self) -> Any:
        """The environment as `Alterable.alter` hands it over."""
        simulator = self.theatre.simulator()
        simulator.reset(self.episode.seed, draw=False)
        found: list[Any] = []
        if isinstance(simulator, Alterable):
            simulator.alter(found.append, draw=False)
        return found[0]

    def drawn(self, render: Mapping[str, Any]) -> Replay:
        return replay(self.theatre.simulator(render), self.episode)

    def altered(self, alters: Sequence[Alter]) -> Replay:
        return replay(self.theatre.simulator(), self.episode, alters)


def _chosen(store: EpisodeStore, count: int, family: Family) -> list[Episode]:
    """The first experts and near misses of each split that can be played from a plain reset."""
    altered = {f"near_miss:{r.key}" for r in recipes_for(family) if r.alter is not None}
    chosen: list[Episode] = []
    for split in SPLITS:
        near = [e for e in store.select(kind="near_miss", split=split) if e.policy not in altered]
        chosen += [*store.select(kind="expert", split=split)[:count], *near[:count]]
    return chosen


def _taken(
    theatre: _Theatre,
    perturbation: Replayed[Any],
    one: PerturbationWay,
    episodes: Sequence[Episode],
    on_skip: OnSkip | None,
) -> list[Variant]:
    """The variants that episodes allow in one way of one perturbation; the rest is said.

    Raises:
        SpecError: It names what the family does not know.
    """
    refusal = theatre.refusal(perturbation)
    if not refusal and theatre.scenery is not None:
        _require_known(theatre, perturbation, one)
    made: list[Variant] = []
    for episode in episodes:
        plain = Replay(theatre.store.frames_of(episode), episode.success)
        variant = refusal or _variant(perturbation, one, _EpisodeStage(theatre, episode, plain))
        if isinstance(variant, Variant):
            made.append(variant)
        elif on_skip is not None:
            on_skip(one.label, episode.seed, variant)
    return made


def _require_known(theatre: _Theatre, perturbation: Replayed[Any], one: PerturbationWay) -> None:
    if theatre.scenery is None:
        return
    problem = perturbation.unknown(one.way, theatre.scenery)
    if problem:
        raise SpecError(
            f"{problem}.",
            file=f"specs/{theatre.spec.name}.toml",
            key=f"metamorphic.{perturbation.key}",
            remedy=f"Known kinds: {', '.join(theatre.scenery.kinds())}.",
        )


def _variant(
    perturbation: Replayed[Any], one: PerturbationWay, stage: _EpisodeStage
) -> Variant | str:
    """The variant, or why the episode is not the same or cannot be told apart in it."""
    retake = perturbation.replay(one.way, stage)
    if not isinstance(retake, Retake):
        return retake
    played, plain, episode = retake.played, stage.plain, stage.episode
    if not agrees(played, plain):
        return "success comes at other steps"
    index, frames = _distinct(played.frames)
    if len(frames) < len(np.unique(episode.frame_index)):
        return "frames that differ look alike in it"
    if np.array_equal(played.frames, plain.frames):
        return "it changes nothing"
    return Variant(retake.name, episode.id, episode.split, index, frames)


def _distinct(frames: NDArray[np.uint8]) -> tuple[NDArray[np.int32], NDArray[np.uint8]]:
    """``int32[T+1]`` into the distinct frames, and those, in order of appearance."""
    place: dict[bytes, int] = {}
    index = [place.setdefault(frame_digest(frame), len(place)) for frame in frames]
    first = [index.index(number) for number in range(len(place))]
    return np.array(index, dtype=np.int32), frames[first]
