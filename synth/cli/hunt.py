"""``synth hunt``: a long search for episodes on which a reward program is wrong."""

from __future__ import annotations

import itertools
import time
from pathlib import Path  # noqa: TC003 - typer reads the annotation when it runs
from typing import TYPE_CHECKING, Annotated

import typer

from synth.cli.console import PhaseProgress, output
from synth.cli.crew import Scheduler  # noqa: TC001 - typer reads the annotation when it runs
from synth.errors import UsageError
from synth.scheduling import hire
from synth.spec import load_spec
from synth.task.paths import RUNS, task_folder

if TYPE_CHECKING:
    from synth.search import Counterexample
    from synth.search.campaign import Campaign, Kept
    from synth.task import TaskFolder

__all__ = ["hunt"]

ENOUGH = 6
"""Finds of one sitting, after which there is more to repair than to search."""


def hunt(
    task: Annotated[str, typer.Argument(help="A spec's name, or its path.")],
    minutes: Annotated[float, typer.Option(min=0, help="Begin nothing more after so long.")] = 5.0,
    reward: Annotated[
        Path | None, typer.Option(help="Another reward program than the committed one.")
    ] = None,
    seed: Annotated[
        int | None, typer.Option(help="Search for nothing, and play this seed's episode again.")
    ] = None,
    jobs: Annotated[
        int | None,
        typer.Option(min=1, max=256, help="Streams searched at once, in as many processes; 1."),
    ] = None,
    scheduler: Scheduler = None,
    actions: Annotated[
        str, typer.Option(help="What is done in it, as a find's command says: 2,2,1,5.")
    ] = "",
    mission: Annotated[
        str | None, typer.Option(help="Of that episode, where it is not the seed's own.")
    ] = None,
    keep: Annotated[
        bool,
        typer.Option(
            "--keep",
            help="What is found joins the suite of another program, too; with --seed that episode "
            "does, if the reward is wrong on it.",
        ),
    ] = False,
) -> None:
    """Search for episodes on which the committed reward is wrong; what is found joins its suite.

    What is found for another program (--reward) is only reported, and generated/TASK left alone,
    unless --keep is given.

    With --seed one episode is played again, and what the reward says of each frame is printed;
    so an episode that an audit found joins the suite with --keep.
    """
    from synth.cli.replay import read_actions, replay  # noqa: PLC0415 - start-up stays quick
    from synth.search.campaign import Campaign  # noqa: PLC0415
    from synth.task import TaskFolder  # noqa: PLC0415 - start-up stays quick
    from synth.task.folder import read_reward  # noqa: PLC0415

    name = load_spec(task).name
    folder = TaskFolder.read(task_folder(name))
    home = RUNS / name
    source = read_reward(reward or folder.reward, name)
    if seed is not None:
        if mission is not None and folder.spec.mission is None:
            raise UsageError(f"--mission: the missions of {name} do not vary.")
        replay(folder, source, seed, read_actions(actions), mission, keep=keep)
        return
    if actions or mission is not None:
        what = "--actions say" if actions else "--mission says"
        raise UsageError(f"{what} nothing without --seed, whose episode is played.")
    keep = keep or _is_committed(folder, source)
    campaign = Campaign(folder, source, home / "hunt.json", keep=keep)
    if campaign.stream:
        output().print(f"going on after {_so_far(campaign)}")
    here = jobs or (1 if scheduler is None else None)
    with PhaseProgress("hunting") as display, hire(scheduler, here) as crew:
        progress = _Hunted(campaign, display)
        until, asked = time.monotonic() + 60 * minutes, itertools.count(0 if minutes else 1)
        come = campaign.go_on(
            crew,
            # However long it takes to begin, a sitting of any length begins something.
            lambda: next(asked) > 0 and (time.monotonic() >= until or progress.found >= ENOUGH),
            on_episode=progress.tell,
        )
        for one, kept in come:
            progress.found += 1
            _print(one, kept, home, one.find.command(name, reward))
            output().print(f"  {_fate(kept, name)}", markup=False, soft_wrap=True)
    output().print(f"{name}: {_so_far(campaign)}")
    if campaign.coverage is not None:
        output().print(f"search: {campaign.coverage}")
    if any(one.joined for one in campaign.finds) and folder.spec.search is None:
        output().print(
            f"specs/{name}.toml has no \\[search] table, so the suite does not ask for the goal on "
            "what was found; add one, and write the suite again with `synth suite`."
        )
    if campaign.finds:
        raise typer.Exit(1)


def _is_committed(folder: TaskFolder, source: str) -> bool:
    """Whether a program is the one that the task's suite was made for."""
    from synth.task.folder import read_reward  # noqa: PLC0415 - start-up stays quick

    return folder.reward.exists() and read_reward(folder.reward, folder.name) == source


def _fate(kept: Kept, task: str) -> str:
    """What became of a find, and what to do with it."""
    place = f"{task_folder(task)}/episodes"
    if not kept.joined:
        return (
            f"{task_folder(task)} is left alone, since its reward is another program; that command "
            "with --keep puts the episode into its suite"
        )
    joined = (
        f"joined {place} as {kept.episode}" if kept.is_new else f"{kept.episode} of {place} already"
    )
    return f"{joined}; next: `synth run {task}` shows it to a model"


class _Hunted:
    """Tells minutes, episodes and finds to a display."""

    def __init__(self, campaign: Campaign, display: PhaseProgress) -> None:
        self._campaign, self._display = campaign, display
        self._start = time.monotonic()
        self.found = 0

    def tell(self, done: int, _total: int) -> None:
        """Show how far it has come."""
        minutes = (time.monotonic() - self._start) / 60
        tried = self._campaign.episodes + done
        self._display(f"{minutes:.1f} min, {self.found} found, episodes", tried)


def _so_far(campaign: Campaign) -> str:
    finds = len(campaign.finds)
    return (
        f"{campaign.episodes} episodes in {campaign.stream} "
        f"stream{'' if campaign.stream == 1 else 's'}, "
        f"{finds or 'no'} find{'' if finds == 1 else 's'}"
    )


def _print(one: Counterexample, kept: Kept, home: Path, command: str) -> None:
    from synth.record.pictures import write_strip  # noqa: PLC0415 - start-up stays quick

    home.mkdir(parents=True, exist_ok=True)
    path = home / f"{kept.episode}.png"
    # Actions without words, as vectors, would fill the strip with digits: numbers will do.
    words = one.words or ("",) * len(one.find.actions)
    captions = ["start", *(f"{t}: {w}" if w else str(t) for t, w in enumerate(words, start=1))]
    write_strip(path, one.rollout.frames, captions)
    output().print(f"{kept.episode}: {kept.sentence}", markup=False)
    output().print(f"  look at {path}")
    output().print(f"  play it again: {command}", markup=False, soft_wrap=True)
