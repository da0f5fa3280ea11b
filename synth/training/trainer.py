"""One seed of one arm, trained with stable-baselines3, and gone on with after a kill.

A checkpoint is the model, and the number of episodes written by then. A run that was killed goes
on from its last checkpoint: episodes written after it are dropped, those that were under way
begin anew. A replay buffer is kept with the model, and so is what a manager of options has learned.
"""

from __future__ import annotations

import importlib
import importlib.util
import inspect
import os
import time
from pathlib import Path  # noqa: TC003  pydantic reads the annotation at run time
from typing import TYPE_CHECKING, Any

import gymnasium as gym
from pydantic import BaseModel, ConfigDict

from synth.envs import family_of
from synth.errors import UsageError
from synth.extras import install
from synth.named_reward import is_alternative
from synth.options import SMDPQLearning
from synth.options.following import OPTION_INFO
from synth.options.vec import OptionVecWrapper
from synth.task import read_task
from synth.task.provenance import file_digest
from synth.training.arm import Arm, environments
from synth.training.results import (
    WINDOW,
    TrainedEpisode,
    TrainingResult,
    machine,
    read_episodes,
    read_result,
    steps_to,
    versions,
)
from synth.training.settings import TrainingSettings  # noqa: TC001  pydantic reads the annotation at run time

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np
    from numpy.typing import NDArray
    from stable_baselines3.common.base_class import BaseAlgorithm
    from stable_baselines3.common.vec_env import VecEnv

    from synth.envs.base import Family

__all__ = ["MANAGER", "RESULT", "Checkpoint", "TrainingRun", "algorithm_named", "train"]

CHECKPOINT_STEPS = 20_000
EPISODES = "episodes.jsonl"
RESULT = "result.json"
MANAGER = "manager.json"
_IMAGE_AXES = 3


class Checkpoint(BaseModel):
    """Beside ``model.zip``: how far it is."""

    model_config = ConfigDict(frozen=True)

    steps: int
    episodes: int
    seconds: float


class TrainingRun(BaseModel):
    """What is trained, and where it is kept.

    Attributes:
        task: The task's name.
        folder: ``generated/TASK``.
        home: ``runs/TASK/training/ARM/seed-K``.
        arm: What is paid, and what is seen.
        seed: Of the learner and of the environments.
        settings: How it is trained.
    """

    model_config = ConfigDict(frozen=True)

    task: str
    folder: Path
    home: Path
    arm: Arm
    seed: int
    settings: TrainingSettings


def train(
    run: TrainingRun, on_progress: Callable[[int, float], None] | None = None
) -> TrainingResult:
    """Train, or go on training, or read what has been trained already.

    Args:
        run: What and where.
        on_progress: Called now and then with the steps made and the share of successes in the
            last 100 episodes.

    Returns:
        The result, which is also in ``result.json``.

    Raises:
        UsageError: stable-baselines3 is missing or has no such algorithm, or ``home`` holds a
            run of other settings or of another program.
        SynthError: The task cannot be trained in.
    """
    done = run.home / RESULT
    if done.exists():
        found = read_result(done)
        if found.settings != run.settings:
            told = found.settings.unlike(run.settings)
            raise UsageError(
                f"{run.home} holds a run of other settings ({told}); delete it, or train with "
                "those again."
            )
        if found.reward != _reward(run):
            raise UsageError(
                f"{run.home} holds a run with another program than {run.folder / 'reward.py'}; "
                "delete it."
            )
        return found
    run.home.mkdir(parents=True, exist_ok=True)
    started = time.monotonic()
    kept = _checkpoint(run.home)
    log = EpisodeLog(run.home / EPISODES, keep=kept.episodes if kept else 0)
    venv = environments(
        run.folder,
        run.arm,
        run.settings.environments,
        time_limit=run.settings.time_limit,
    )
    try:
        model = _model(run, venv, kept)
        before = kept.seconds if kept else 0.0

        manager = _learned_manager(run, venv, kept)

        def save() -> None:
            if manager is not None:
                manager.save(run.home / MANAGER)
            _save(run.home, model, len(log.episodes), before + time.monotonic() - started)

        model.learn(
            max(run.settings.steps - model.num_timesteps, 0),
            callback=_callback(run, log, save, on_progress),
            reset_num_timesteps=False,
        )
        save()
    finally:
        venv.close()
        log.close()
    reached = _stopped(run.settings, log.episodes)
    result = TrainingResult(
        task=run.task,
        arm=run.arm.name,
        seed=run.seed,
        settings=run.settings,
        steps=int(model.num_timesteps),
        stopped="early" if reached else "steps",
        steps_to_90=steps_to(log.episodes, 0.9),
        episodes=tuple(log.episodes),
        seconds=round(before + time.monotonic() - started, 1),
        reward=_reward(run),
        versions={**versions(), **_family(run).versions()},
        machine=machine(),
    )
    _write(done, result.model_dump_json() + "\n")
    return result


class EpisodeLog:
    """The episodes of a run, on disk as they end.

    Args:
        file: JSON lines.
        keep: How many of those that stand there belong to the checkpoint.
    """

    def __init__(self, file: Path, *, keep: int) -> None:
        self.episodes = read_episodes(file)[:keep]
        lines = "".join(one.model_dump_json() + "\n" for one in self.episodes)
        _write(file, lines)
        self._file = file.open("a", encoding="utf-8")

    def add(self, episode: TrainedEpisode) -> None:
        """Take down one more."""
        self.episodes.append(episode)
        self._file.write(episode.model_dump_json() + "\n")

    def flush(self) -> None:
        """Bring what was written to disk."""
        self._file.flush()
        os.fsync(self._file.fileno())

    def close(self) -> None:
        """No more come."""
        self._file.close()


def _callback(
    run: TrainingRun,
    log: EpisodeLog,
    save: Callable[[], None],
    on_progress: Callable[[int, float], None] | None,
) -> Any:
    from stable_baselines3.common.callbacks import BaseCallback  # noqa: PLC0415 - an extra

    class Recorder(BaseCallback):
        """Take down episodes, keep checkpoints, stop early."""

        def _on_training_start(self) -> None:
            self._lengths = [0] * self.training_env.num_envs
            self._paid = [0.0] * self.training_env.num_envs
            self._saved = self.num_timesteps

        def _on_step(self) -> bool:
            rewards: NDArray[np.float32] = self.locals["rewards"]
            ended = False
            for i, (done, info) in enumerate(
                zip(self.locals["dones"], self.locals["infos"], strict=True)
            ):
                self._lengths[i] += 1
                self._paid[i] += float(rewards[i])
                # Where each option ends to the learner, the environment's episode may go on.
                if not info.get(OPTION_INFO, {}).get("episode_ended", done):
                    continue
                ended = True
                told = info.get("synth")
                log.add(
                    TrainedEpisode(
                        steps=self.num_timesteps,
                        length=self._lengths[i],
                        success=bool(info["is_success"]),
                        claimed=None if told is None else told["claimed_at"] >= 0,
                        paid=round(self._paid[i], 4),
                    )
                )
                self._lengths[i], self._paid[i] = 0, 0.0
            if self.num_timesteps - self._saved >= CHECKPOINT_STEPS:
                self._saved = self.num_timesteps
                log.flush()
                save()
            if ended and on_progress is not None:
                recent = log.episodes[-WINDOW:]
                on_progress(self.num_timesteps, sum(e.success for e in recent) / WINDOW)
            return not (ended and _stopped(run.settings, log.episodes))

    return Recorder()


def _learned_manager(
    run: TrainingRun, venv: VecEnv, kept: Checkpoint | None
) -> SMDPQLearning | None:
    """The table of values that chooses among options, where there is one, as it was kept."""
    if not (isinstance(venv, OptionVecWrapper) and isinstance(venv.manager, SMDPQLearning)):
        return None
    if kept is not None and (run.home / MANAGER).exists():
        venv.manager.load(run.home / MANAGER, len(venv.options))
    return venv.manager


def _stopped(settings: TrainingSettings, episodes: list[TrainedEpisode]) -> bool:
    """Whether the share of successes at which training stops has been reached."""
    if settings.stop is None:
        return False
    recent = episodes[-WINDOW:]
    return sum(episode.success for episode in recent) >= settings.stop * WINDOW


def _checkpoint(home: Path) -> Checkpoint | None:
    file = home / "checkpoint.json"
    if not (file.exists() and (home / "model.zip").exists()):
        return None
    return Checkpoint.model_validate_json(file.read_text(encoding="utf-8"))


def _save(home: Path, model: BaseAlgorithm, episodes: int, seconds: float) -> None:
    """The model first and the note of it last: a kill in between leaves the older pair's note."""
    part = home / "model.part.zip"
    model.save(part)
    buffer = getattr(model, "save_replay_buffer", None)
    if buffer is not None:
        buffer(home / "buffer.part.pkl")
        (home / "buffer.part.pkl").replace(home / "buffer.pkl")
    part.replace(home / "model.zip")
    note = Checkpoint(steps=int(model.num_timesteps), episodes=episodes, seconds=round(seconds, 1))
    _write(home / "checkpoint.json", note.model_dump_json() + "\n")


def _write(file: Path, text: str) -> None:
    """The whole of it or nothing: a kill in between leaves what stood there."""
    part = file.with_suffix(".part")
    part.write_text(text, encoding="utf-8")
    part.replace(file)


def _model(run: TrainingRun, venv: Any, kept: Checkpoint | None) -> BaseAlgorithm:
    import torch  # noqa: PLC0415 - an extra

    torch.set_num_threads(1)  # small networks: more threads only wait for each other
    algorithm = algorithm_named(run.settings.algorithm)
    if kept is not None:
        model: BaseAlgorithm = algorithm.load(run.home / "model.zip", env=venv, device="cpu")
        if hasattr(model, "load_replay_buffer") and (run.home / "buffer.pkl").exists():
            model.load_replay_buffer(run.home / "buffer.pkl")
        # Other episodes than those that the seed began with: they have been learned from.
        model.set_random_seed(run.seed + kept.steps)
        return model
    given = dict(run.settings.hyperparameters)
    policy = given.pop("policy", None) or _policy(venv.observation_space)
    if "net_arch" in given:
        given["policy_kwargs"] = {"net_arch": given.pop("net_arch")}
    if run.arm.paid == "her":
        given |= _in_hindsight(algorithm, venv)
    known = inspect.signature(algorithm.__init__).parameters
    unknown = sorted(set(given) - set(known))
    if unknown:
        raise UsageError(f"{algorithm.__name__} has no hyperparameter {', '.join(unknown)}.")
    folder = run.home / "tensorboard"
    made: BaseAlgorithm = algorithm(
        policy,
        venv,
        seed=run.seed,
        device="cpu",
        tensorboard_log=str(folder) if _has("tensorboard") else None,
        **given,
    )
    return made


def _in_hindsight(algorithm: Any, venv: VecEnv) -> dict[str, Any]:
    """The replay buffer that takes what was reached for what was wanted, with its own defaults."""
    from stable_baselines3 import HerReplayBuffer  # noqa: PLC0415 - an extra

    parts = getattr(venv.observation_space, "spaces", {})
    if not {"achieved_goal", "desired_goal"} <= set(parts):
        raise UsageError(
            "her needs an environment that observes achieved_goal and desired_goal; this one "
            f"observes {', '.join(parts) or 'no dictionary'}. Give sparse."
        )
    if "replay_buffer_class" not in inspect.signature(algorithm.__init__).parameters:
        raise UsageError(
            f"her needs a replay buffer, and {algorithm.__name__} has none: --algo sac."
        )
    return {"replay_buffer_class": HerReplayBuffer}


def _policy(space: gym.Space[Any]) -> str:
    if isinstance(space, gym.spaces.Dict):
        return "MultiInputPolicy"
    return "CnnPolicy" if len(space.shape or ()) == _IMAGE_AXES else "MlpPolicy"


def algorithm_named(name: str) -> Any:
    """The class of that name, of stable-baselines3 or of sb3-contrib."""
    for package in ("stable_baselines3", "sb3_contrib"):
        try:
            module = importlib.import_module(package)
        except ModuleNotFoundError:
            continue
        found = {attribute.lower(): attribute for attribute in vars(module)}.get(name.lower())
        if found is not None and inspect.isclass(getattr(module, found)):
            return getattr(module, found)
    raise UsageError(
        f"no algorithm {name!r} is installed; `{install('train')}` brings "
        "stable-baselines3 and sb3-contrib."
    )


def _has(package: str) -> bool:
    return importlib.util.find_spec(package) is not None


def _family(run: TrainingRun) -> Family:
    return family_of(read_task(run.folder / "task.toml").spec)


def _reward(run: TrainingRun) -> str:
    """What was paid by: the digest of the program, or an alternative's name."""
    if is_alternative(run.arm.paid):
        return run.arm.paid
    by_code = run.arm.paid == "code" or run.arm.seen
    return file_digest(run.folder / "reward.py") if by_code else ""
