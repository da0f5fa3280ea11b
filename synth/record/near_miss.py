"""Near misses: episodes that are almost right, and successes by ways an expert does not go.

A recipe makes a policy from an expert's episode of a seed; the policy is played from a
reset, and every success flag and all truth are the environment's own. Nothing is assumed
to fail, or to succeed: a recipe says only what its episode must be to be worth keeping.
What a recipe cannot make with a seed is skipped, and the caller is told. Frames that cannot be
told from success (`synth.record.aliasing`) are not judged, and none ends an episode.

This module plays recipes and chooses among their episodes. The recipes that work for any
simulator are in `synth.record.recipes`; a family adds better
ones (`Family.recipes`).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from synth.errors import EnvironmentFault, ExpertFailed, IllegalAction
from synth.record.imitations import imitations
from synth.record.other_missions import other_missions
from synth.record.recipes import GENERAL
from synth.record.serving import Serving
from synth.record.streams import Stream

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from synth.envs import Family, Policy, Simulator
    from synth.envs.recipe import Recipe
    from synth.episode import Rollout
    from synth.record.aliasing import Alias, Play
    from synth.record.player import Player
    from synth.record.serving import OnSkip

__all__ = ["NearMiss", "near_misses", "recipes_for", "try_recipe"]

IMITATION = "the thing changed as at success, but success was not granted"

TRIES = 3
"""Seeds that may fail in a row, all recipes tried, before recording gives up."""

SHARE = 5
"""One near miss in so many is an imitation, where the task has any."""

MISSION_SHARE = 4
"""One near miss in so many, rounded up, is the right deed for another mission, where they vary."""

EDGE = 6
"""A near miss of a family with margins comes at least so near the threshold, in bands."""


@dataclass(frozen=True, eq=False, slots=True)
class NearMiss:
    """One episode that a recipe made.

    Attributes:
        rolled: The episode, as the environment labelled it.
        note: How it was made; ``route: ...`` where it is a success by another way.
    """

    rolled: Rollout
    note: str


def recipes_for(family: Family | None, simulator: Simulator | None = None) -> tuple[Recipe, ...]:
    """The recipes for a family, alternating between near misses and routes.

    Args:
        family: Whose own recipes come first; ``None`` gives the general ones.
        simulator: Of the task, after a reset; without one, those that serve every task.
    """
    own = family.recipes() if family is not None else ()
    serving = [
        recipe
        for recipe in (*own, *GENERAL)
        if recipe.serves is None or (simulator is not None and recipe.serves(simulator))
    ]
    near = [r for r in serving if r.aim == "near"]
    route = [r for r in serving if r.aim == "route"]
    mixed: list[Recipe] = []
    for at in range(max(len(near), len(route))):
        mixed += near[at : at + 1] + route[at : at + 1]
    return tuple(mixed)


def near_misses(
    player: Player,
    seeds: Sequence[int],
    *,
    on_skip: OnSkip | None = None,
    serving: Serving | None = None,
) -> Iterator[NearMiss]:
    """As many near misses as the player's spec asks for, the recipes taken in turn.

    The n-th episode is made with the n-th recipe where the next seed allows it, and else
    with the first recipe after it that the seed allows. The last few are imitations
    (`synth.record.imitations`) in a task that has any, and the very last, where missions vary,
    right deeds for other ones (`synth.record.other_missions`).

    Args:
        player: Of a spec with `near_miss`; without it there are none.
        seeds: Used from the first on, one for each episode.
        on_skip: Told of every recipe that made nothing of a seed.
        serving: Counts the seeds that do not serve, together with those of other episodes.

    Raises:
        ExpertFailed: The expert fails too often.
        EnvironmentFault: No recipe makes anything of `TRIES` seeds in a row.
    """
    spec = player.spec
    if spec.near_miss is None:
        return
    player.began(seeds[0], draw=False)
    recipes = recipes_for(player.family, player.simulator)
    serving = serving or Serving(spec, spec.near_miss.episodes, on_skip)
    extras = _extras(player, seeds, spec.near_miss.episodes)
    made, failed = 0, 0
    for seed in seeds:
        if made == spec.near_miss.episodes - len(extras):
            break
        # Only its actions are wanted: it is played without pictures.
        shown = serving.try_(seed, lambda seed: player.roll_expert(seed, draw=False))
        if shown is None:
            continue
        shown = shown.until(shown.first_success or 0)
        turns = [(made + k) % len(recipes) for k in range(len(recipes))]
        for number in turns:
            found = try_recipe(recipes[number], shown, player, number)
            if isinstance(found, NearMiss):
                made, failed = made + 1, 0
                yield found
                break
            if on_skip is not None:
                on_skip(recipes[number].name, seed, found)
        else:
            failed += 1
            if failed == TRIES:
                raise EnvironmentFault(
                    f"specs/{spec.name}.toml: near_miss: no kind of near miss can be made in "
                    f"{spec.env} with the last {TRIES} seeds, such as {seed}. Remove [near_miss]."
                )
    yield from extras


def _extras(player: Player, seeds: Sequence[int], wanted: int) -> tuple[NearMiss, ...]:
    """What no recipe makes, for so many near misses in all; they come last."""
    imitated = (NearMiss(one, IMITATION) for one in imitations(player, seeds, wanted // SHARE))
    told = other_missions(player, seeds, -(-wanted // MISSION_SHARE))
    return (*imitated, *(NearMiss(rolled, note) for rolled, note in told))


def _altered(
    alter: Callable[[Any, np.random.Generator], None], rng: np.random.Generator, env: Any
) -> None:
    alter(env, rng)


def try_recipe(recipe: Recipe, shown: Rollout, player: Player, number: int) -> NearMiss | str:
    """The recipe's episode of a seed, or why there is none."""
    rng = np.random.default_rng([Stream.RECIPE, number, shown.seed])
    try:
        policy = recipe.make(shown, player.expert, rng)
        if policy is None:
            return "the expert's episode is too short for it"
        play = _playing(recipe, player, shown.seed, rng)
        rolled = play(policy)
        alias = player.alias_of(rolled, play)
    except ExpertFailed as error:
        return str(error)
    except IllegalAction as error:
        return f"the expert gave an illegal action when called within an episode: {error}"
    except EnvironmentFault:
        raise
    except Exception as error:  # noqa: BLE001 - an expert is the user's code, and need not stand being called within an episode; the reason is reported
        return f"the expert broke when called within an episode: {type(error).__name__}: {error}"
    rolled = player.kept(rolled, alias, play)
    kept = recipe.kept(rolled, shown) or _too_far(recipe, rolled, player)
    if kept:
        return kept if alias is None else f"{_looks_alike(alias)}{kept}"
    note = f"route: {recipe.name}" if recipe.aim == "route" else recipe.name
    return NearMiss(rolled, note)


def _looks_alike(alias: Alias) -> str:
    since = "from" if alias.same else "after"
    return f"{since} frame {alias.frame} on it looks like success and is none; before that "


def _too_far(recipe: Recipe, rolled: Rollout, player: Player) -> str:
    """Why a near miss is not near, where margins tell; a route need only succeed."""
    if rolled.margins is None or recipe.aim == "route" or recipe.by_deed:
        return ""
    band = (player.simulator.resolution() or 0.0) * max(player.spec.success.pixels, 1.0)
    near = rolled.judged & (np.abs(rolled.margins) <= EDGE * band)
    judged = rolled.success[rolled.judged]
    undone = bool(judged.any()) and not judged[int(np.argmax(judged)) :].all()
    if near.any() or undone:
        return ""
    return f"it keeps more than {EDGE} bands away from success, and undoes none"


def _playing(recipe: Recipe, player: Player, seed: int, rng: np.random.Generator) -> Play:
    """Plays policies in the recipe's scene, which is altered in the same way each time."""
    drawn = rng.bit_generator.state

    def play(policy: Policy, *, draw: bool = True) -> Rollout:
        # A recipe that alters the scene by chance must alter it alike in each play, or the
        # plays would not be of one episode.
        rng.bit_generator.state = drawn
        return player.play_policy(
            seed,
            policy,
            name=f"near_miss:{recipe.key}",
            alter=None if recipe.alter is None else partial(_altered, recipe.alter, rng),
            draw=draw,
        )

    return play
