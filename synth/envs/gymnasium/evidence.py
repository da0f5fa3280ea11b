"""Find out what success is, where an environment does not say: by trying, with figures.

The usual places of success are asked in a fixed order, and one is taken if it holds in most
expert episodes and in few random ones. Success that only counts steps is refused: the same
actions give the same picture, a success under one step limit and none under another.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from synth.envs.broken import broken
from synth.envs.finding import SuccessFinding
from synth.envs.gymnasium.simulator import simulator_of
from synth.envs.gymnasium.success import Condition, StepOutcome, parse_condition
from synth.errors import IllegalAction, SpecError, SynthError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from synth.envs.base import Policy
    from synth.spec import Spec

__all__ = ["PLACES", "find_success"]

PLACES = (
    "info.is_success",
    "info.success",
    "terminated and reward > 0",
    "reward > 0",
    "terminated",
    "truncated",
)
"""Where success usually stands, in the order in which it is looked for."""

EXPERTS, RANDOMS = 5, 20
_MOST, _FEW = 0.8, 0.5
_NEVER = Condition("never", lambda _env, _outcome: False)


class Played(list[StepOutcome]):
    """All outcomes of one episode.

    Attributes:
        met: Whether the condition that it was played with held at any of them.
    """

    met = False


def find_success(spec: Spec, expert: Policy | None) -> SuccessFinding:
    """See `synth.envs.finding.Finds.find_success`.

    Args:
        spec: Says nothing of success yet.
        expert: ``None`` where there is none; then only random episodes speak.

    Raises:
        SpecError: Nothing tells success, or only the step limit does.
        EnvironmentFault: The environment cannot be made or drawn.
    """
    # A function of the user's looks at the environment itself, so it is asked while that plays.
    asked = None if spec.success.when is None else parse_condition(spec)
    randoms = [_play(spec, None, seed, asked) for seed in range(RANDOMS)]
    experts = [_play(spec, expert, seed, asked) for seed in range(EXPERTS)] if expert else []
    if asked is not None:
        return _asked_for(spec, asked, experts, randoms)
    tried = []
    for text in PLACES:
        condition = _condition(spec, text)
        if text.startswith("info.") and not _speaks_of(text, [*experts, *randoms]):
            condition = _NEVER  # asked for a key that is not there, it would take it for a slip
        in_experts = sum(_held(condition, played) for played in experts)
        in_randoms = sum(_held(condition, played) for played in randoms)
        tried.append(_sentence(text, in_experts, len(experts), in_randoms))
        if text == "reward > 0" and _pays_at_once(experts or randoms):
            continue
        if text == "truncated":
            break
        few = in_randoms <= _FEW * RANDOMS
        if experts and in_experts >= _MOST * len(experts) and few:
            return SuccessFinding(text, tuple(tried))
        if not experts and few and (in_randoms or _speaks_of(text, randoms)):
            return SuccessFinding(text, (*tried, "No expert was there to confirm it."))
    _refuse_survival(spec, experts, randoms, tried)
    raise _unclear(spec, experts, randoms, tried)


def _asked_for(
    spec: Spec, condition: Condition, experts: Sequence[Played], randoms: Sequence[Played]
) -> SuccessFinding:
    """What the user named, with its figures; refused where it is never told, or counts steps."""
    if condition.text.startswith("info.") and not _speaks_of(condition.text, [*experts, *randoms]):
        keys = sorted({str(k) for played in [*experts, *randoms] for o in played for k in o.info})
        raise SpecError(
            f"{spec.env} never gave {condition.text} in {len(experts) + len(randoms)} episodes.",
            key="success.when",
            remedy=f"Nothing was written. Keys that it gave: {', '.join(keys) or 'none'}.",
        )
    in_experts, in_randoms = (sum(p.met for p in episodes) for episodes in (experts, randoms))
    said = _sentence(condition.text, in_experts, len(experts), in_randoms)
    if condition.text == "truncated":
        _refuse_survival(spec, experts, randoms, [said])
    if experts and not in_experts:
        raise SpecError(
            f"{said}. {_came(experts)}",
            key="success.when",
            remedy="Nothing was written. Name what does hold when the task is done, or an expert "
            "that does it.",
        )
    return SuccessFinding(condition.text, (said,))


def _came(episodes: Sequence[Played]) -> str:
    """What an expert's episodes told that a condition could ask for; a sentence."""
    rewards = _rewards(episodes)
    keys = sorted({str(key) for played in episodes for o in played for key in o.info})
    ended = sum(played[-1].terminated for played in episodes)
    paid = f"rewards from {min(rewards):g} to {max(rewards):g}" if rewards else "no reward"
    return (
        f"The expert's episodes had {paid}, {ended} of {len(episodes)} were terminated, and the "
        f"keys of info are: {', '.join(keys) or 'none'}."
    )


def _refuse_survival(
    spec: Spec, experts: Sequence[Played], randoms: Sequence[Played], tried: list[str]
) -> None:
    """Refuse a task whose only success is to last until the step limit.

    Raises:
        SpecError: It is one; the message holds the proof.
    """
    ended = [played for played in randoms if played[-1].terminated]
    # An expert that lasts where chance does not, and is paid no less for it: that is the task.
    # Otherwise it may be one that never does the task.
    lasting = (
        experts
        and all(p[-1].truncated and not p[-1].terminated for p in experts)
        and len(ended) > _FEW * RANDOMS
        and min(map(_return, experts)) >= max(map(_return, randoms))
    )
    # Paid the same for every step and ended early by play at random: ending is the failure.
    survival = (
        not experts and len(ended) > _FEW * RANDOMS and len(_rewards(randoms)) == 1
    ) and min(_rewards(randoms)) > 0
    asked = spec.success.when == "truncated"
    if not (lasting or survival or asked):
        return
    steps = min(len(played) for played in randoms) - 1
    if steps < 1 or not _same_picture(spec, max(1, steps // 2)):
        return
    shown = f"All {len(experts)} expert episodes last until it. " if lasting else ""
    lengths = sorted(len(played) - 1 for played in ended)
    after = f", after {lengths[0]} to {lengths[-1]} steps" if lengths else ""
    how = shown + (
        f"{len(ended)} of {RANDOMS} random episodes end by themselves{after}; the "
        f"only other end is the step limit of {spec.max_steps}."
    )
    raise SpecError(
        f"success in {spec.env} cannot be seen in a picture: it is to last until the step "
        f"limit. {how} The same actions gave the same picture, to the byte, once cut at "
        f"step {max(1, steps // 2)} and once not, so that no program could tell them apart. "
        f"Tried: {'; '.join(tried)}.",
        key="env",
        remedy="Nothing was written. Choose a task with a goal that shows, or name what shows it "
        "with --success.",
    )


def _same_picture(spec: Spec, steps: int) -> bool:
    """Whether one more step in the limit changes nothing but that the episode is not cut."""
    ends = []
    for limit in (steps, steps + 1):
        simulator = simulator_of(spec.model_copy(update={"max_steps": limit}), _NEVER)
        try:
            simulator.reset(0)
            rng = np.random.default_rng(0)
            for _ in range(steps):
                last = simulator.step(simulator.random_action(rng))
            ends.append((last.frame.tobytes(), last.done))
        finally:
            simulator.close()
    return ends[0][0] == ends[1][0] and ends[0][1] and not ends[1][1]


def _play(
    spec: Spec, policy: Policy | None, seed: int, condition: Condition | None = None
) -> Played:
    """All outcomes of one episode, played to its end."""
    simulator = simulator_of(spec, condition or _NEVER)
    rng = np.random.default_rng(seed)
    try:
        step = simulator.reset(seed, draw=False)
        outcomes = Played([_seen(simulator)])
        outcomes.met = step.success
        chosen = _chosen(policy, simulator, spec, seed) if policy else _drawn(simulator, rng)
        for action in chosen:
            try:
                step = simulator.step(action, draw=False)
            except IllegalAction as error:
                raise broken(spec, policy, seed, error) from error
            outcomes.append(_seen(simulator))
            outcomes.met |= step.success
            if step.done or len(outcomes) > spec.max_steps:
                break
        return outcomes
    finally:
        simulator.close()


def _drawn(simulator: Any, rng: np.random.Generator) -> Iterator[Any]:
    while True:
        yield simulator.random_action(rng)


def _chosen(policy: Policy, simulator: Any, spec: Spec, seed: int) -> Iterator[Any]:
    try:
        yield from policy(simulator)
    except SynthError:
        raise
    except Exception as error:
        # An expert is the user's own code: whatever it raises is the expert's failure.
        raise broken(spec, policy, seed, error) from error


def _seen(simulator: Any) -> StepOutcome:
    outcome: StepOutcome = simulator.outcome
    return outcome


def _condition(spec: Spec, text: str) -> Condition:
    success = spec.success.model_copy(update={"when": text})
    return parse_condition(spec.model_copy(update={"success": success}))


def _held(condition: Condition, played: Played) -> bool:
    return any(condition.holds(None, outcome) for outcome in played)


def _pays_at_once(episodes: Sequence[Played]) -> bool:
    """Whether every episode is paid on its first step already: a reward of each step."""
    return all((played[1].reward or 0.0) > 0 for played in episodes if len(played) > 1)


def _speaks_of(text: str, randoms: Sequence[Played]) -> bool:
    """Whether the environment itself has that word, though it was never true."""
    key = text.removeprefix("info.")
    return key != text and any(key in outcome.info for played in randoms for outcome in played)


def _rewards(episodes: Sequence[Played]) -> set[float]:
    return {o.reward for played in episodes for o in played if o.reward is not None}


def _return(played: Played) -> float:
    return sum(outcome.reward or 0.0 for outcome in played)


def _sentence(text: str, in_experts: int, experts: int, in_randoms: int) -> str:
    shown = f"{in_experts} of {experts} expert episodes, " if experts else ""
    return f"{text}: true in {shown}{in_randoms} of {RANDOMS} random ones"


def _unclear(
    spec: Spec, experts: Sequence[Played], randoms: Sequence[Played], tried: list[str]
) -> SpecError:
    """Nothing was found; who may be at fault is said first."""
    ended = sum(played[-1].terminated for played in [*experts, *randoms])
    key = "success.when"
    if experts and not any(played[-1].terminated for played in experts):
        key = "expert.policy"
        why = (
            f"{spec.expert.policy} may not do the task: none of its {len(experts)} episodes in "
            f"{spec.env} ends by itself within {spec.max_steps} steps, and nothing tells success "
            "in them."
        )
    elif not ended:
        why = (
            f"nothing tells what success is in {spec.env}: none of {len(randoms)} random episodes "
            f"ends by itself within {spec.max_steps} steps."
        )
    else:
        why = f"nothing tells what success is in {spec.env}."
    return SpecError(
        f"{why} Tried: {'; '.join(tried)}.",
        key=key,
        remedy="Nothing was written. Give an expert that succeeds with --expert, or say what "
        'success is with --success, for example --success "reward > 0.5", --success terminated '
        "or --success my_tasks:solved.",
    )
