"""From `runs/TASK/MODEL` to `generated/TASK`: what was accepted becomes the committed reward.

The new folder is made whole beside the committed one and takes its place in one step: a process
killed at any instant leaves the one or the other. The run's own folder is left as it is. What
replaces a committed reward is told in a line of the folder's ``CHANGELOG.md``. Whether to promote
is for the caller to decide.
"""

from __future__ import annotations

import json
import platform
from importlib import metadata
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict, ValidationError

from synth import __version__
from synth.episode import read_store
from synth.episode.replace import rebuilt_folder, recover_folder, replace_file
from synth.errors import UsageError
from synth.failure import Find
from synth.journal import DecisionRecord, HeldOutRecord, RequestRecord, RunRecord, read_journal
from synth.loop.episodes import Episodes
from synth.loop.folder import RunFolder
from synth.program import program_digest
from synth.record.folder import replace_folder
from synth.shaping import GoalFrom  # noqa: TC001  pydantic reads the annotation at run time
from synth.suite import render_suite
from synth.task.folder import read_task
from synth.task.labels import LABELS
from synth.task.provenance import file_digests

if TYPE_CHECKING:
    from pathlib import Path

    from synth.episode import EpisodeStore
    from synth.journal import Tape
    from synth.spec import Spec

__all__ = ["Provenance", "deciding_store", "promote", "read_provenance"]

PROVENANCE, CHANGELOG = "provenance.json", "CHANGELOG.md"
PACKAGES = ("numpy", "scipy", "libcst")


class Provenance(BaseModel):
    """Where a committed reward comes from, as ``provenance.json`` holds it.

    Attributes:
        model: As given on the command line.
        answered_by: What answered, as the service names it.
        prompts: Digest of the prompt templates.
        prompt_set: Their name; see `synth.prompts.sets`.
        program: Digest of the reward program.
        rounds: Distinct rounds in which something was asked.
        calls: Requests answered.
        looks: How often the held-out split was looked at.
        replaced: How often the held-out episodes were replaced between two looks.
        generation: Of the held-out episodes here; see `EpisodeStore.generation`.
        finds: How many episodes here the search found, in this run or before it.
        goal_from: Who should say that the goal holds: the ``environment`` where some pictures
            of success are none elsewhere. Wrappers take it as their default.
        untold: How many such pictures were met.
        versions: Of what can change a verdict.
        files: SHA-256 of every file of the folder but this one.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    task: str
    model: str
    answered_by: tuple[str, ...]
    prompts: str
    prompt_set: str = "default"
    program: str
    rounds: int
    calls: int
    input_tokens: int
    output_tokens: int
    looks: int
    replaced: int = 0
    generation: int = 0
    finds: int = 0
    goal_from: GoalFrom = "reward"
    untold: int = 0
    microseconds_single: float | None
    microseconds_batched: float | None
    versions: dict[str, str]
    files: dict[str, str]


def read_provenance(folder: Path) -> Provenance | None:
    """The provenance of a committed reward, or ``None`` where nothing is committed.

    Args:
        folder: ``generated/TASK``.

    Raises:
        UsageError: The file is damaged.
    """
    path = folder / PROVENANCE
    try:
        return Provenance.model_validate_json(path.read_bytes())
    except FileNotFoundError:
        return None
    except (OSError, ValidationError) as error:
        raise UsageError(f"{path}: the provenance is damaged ({type(error).__name__}).") from error


def promote(
    run: Path, target: Path, store: EpisodeStore | None = None, *, note: str = ""
) -> Provenance:
    """Make a run's best program the committed reward of its task.

    Args:
        run: ``runs/TASK/MODEL``, where a run was accepted.
        target: ``generated/TASK``, which already holds episodes.
        store: The episodes that decided, where the run added or replaced some
            (`Outcome.deciding_store`); by default those of `target` did.
        note: Why, for the changelog.

    Returns:
        What was written to ``provenance.json``.

    Raises:
        UsageError: The run was not accepted, or the episodes are missing.
    """
    files = RunFolder(run)
    tape = read_journal(files.journal)
    source = _accepted_source(files, tape)
    task = read_task(files.task)
    recover_folder(target)
    before = read_provenance(target)
    if not target.exists():
        read_store(target / "episodes")  # says what is missing, and what makes it
    with rebuilt_folder(target, from_old=True) as fresh:
        _settle_episodes(fresh / "episodes", target / "episodes", task.spec, store)
        kept = {p.name for p in files.pictures.glob("*.png")}
        for name in sorted(kept):
            _copy(files.pictures / name, fresh / "pictures" / name)
        _copy(files.journal, fresh / "journal.jsonl")
        _copy(files.task, fresh / "task.toml")
        if (run / LABELS).exists():
            _copy(run / LABELS, fresh / LABELS)
        replace_file(fresh / f"test_{task.spec.name}.py", render_suite(task.spec).encode())
        replace_file(fresh / "reward.py", source)
        for stale in (*fresh.glob(".*.tmp"), *(fresh / "pictures").glob("*")):
            if stale.name not in kept:
                stale.unlink()
        if before is not None:
            _note_change(fresh, before, tape, note)
        provenance = _provenance(tape, fresh, task.spec.name)
        replace_file(
            fresh / PROVENANCE,
            (json.dumps(provenance.model_dump(mode="json"), indent=2) + "\n").encode(),
        )
    return provenance


def deciding_store(run: Path, target: Path) -> EpisodeStore:
    """The episodes by which an accepted run was decided, made anew from its journal.

    Args:
        run: ``runs/TASK/MODEL``, where a run was accepted.
        target: ``generated/TASK`` with the episodes it began from.

    Raises:
        UsageError: The run was not accepted, or the episodes are missing.
        EnvironmentFault: Some must be played for that, and the simulator is missing.
    """
    files = RunFolder(run)
    tape, spec = read_journal(files.journal), read_task(files.task).spec
    program = program_digest(_accepted_source(files, tape).decode())
    episodes = Episodes(spec, read_store(target / "episodes"), tape.found)
    for found in tape.found:
        episodes.add(Find(found.seed, found.actions, found.note, found.mission))
    look = tape.look(program)
    return episodes.at(look.generation if look is not None else episodes.original.generation)


def _note_change(folder: Path, before: Provenance, tape: Tape, note: str) -> None:
    """A line on top of the changelog: what replaces what, by whom, at what cost, and why."""
    runs = [r for r in tape.records if isinstance(r, RunRecord)]
    program = program_digest((folder / "reward.py").read_text(encoding="utf-8"))
    if program == before.program:
        return
    tokens = sum(r.input_tokens + r.output_tokens for r in tape.paid)
    line = (
        f"- `{program[:8]}` by {runs[-1].model if runs else 'nobody knows whom'} "
        f"({len(tape.paid)} calls, {tokens:,} tokens) replaces `{before.program[:8]}` by "
        f"{before.model}{f': {note}' if note else '.'}"
    )
    path = folder / CHANGELOG
    known = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    lines = [f"# {before.task}: rewards that were blessed", "", line, *known[2:]]
    replace_file(path, ("\n".join(lines) + "\n").encode())


def _settle_episodes(folder: Path, shown: Path, spec: Spec, store: EpisodeStore | None) -> None:
    """Let the episodes that decided be those of the folder; they stay where they are those.

    Args:
        folder: The new episodes' folder.
        shown: The committed one's, for messages.
        spec: Of the run.
        store: The episodes that decided, where those of the folder did not.

    Raises:
        UsageError: There are none, or they were made from another spec.
    """
    there = read_store(folder)
    for episodes in (there, store or there):
        episodes.require_fit(spec, folder=str(shown))
    if store is not None and _names(store) != _names(there):
        replace_folder(spec, folder, store)


def _names(store: EpisodeStore) -> tuple[int, frozenset[tuple[str, int, str]]]:
    """Generation and episodes: by these two stores of one spec are told apart."""
    return store.generation, frozenset((e.id, e.seed, str(e.actions)) for e in store.episodes)


def _accepted_source(files: RunFolder, tape: Tape) -> bytes:
    """The best program, where the journal says that it passed everything."""
    best = [r for r in tape.records if isinstance(r, DecisionRecord) and r.decision == "best"]
    if best:
        program = best[-1].program
        looked = any(
            isinstance(r, HeldOutRecord) and r.program == program and r.passes for r in tape.records
        )
        try:
            source = files.reward.read_bytes()
        except OSError as error:
            raise UsageError(f"{files.reward}: cannot be read ({error.strerror}).") from error
        if looked and program_digest(source.decode()) == program:
            return source
        if looked:
            raise UsageError(
                f"{files.reward}: not the program that {files.journal.name} accepted; "
                "run the task again, which writes it anew."
            )
    raise UsageError(
        f"{files.path}: this run has accepted no reward, so there is nothing to promote; "
        "run the task again with a larger budget."
    )


def _provenance(tape: Tape, target: Path, task: str) -> Provenance:
    runs = [r for r in tape.records if isinstance(r, RunRecord)]
    asked = [r for r in tape.records if isinstance(r, RequestRecord)]
    program = program_digest((target / "reward.py").read_text(encoding="utf-8"))
    speed, store = tape.speed(program), read_store(target / "episodes")
    return Provenance(
        task=task,
        model=runs[-1].model if runs else "",
        answered_by=tuple(sorted({r.model for r in tape.responses if r.model})),
        prompts=runs[-1].prompts if runs else "",
        prompt_set=runs[-1].prompt_set if runs else "default",
        program=program,
        rounds=len({r.key.split("-")[1] for r in asked}),
        calls=len(tape.paid),
        input_tokens=sum(r.input_tokens for r in tape.paid),
        output_tokens=sum(r.output_tokens for r in tape.paid),
        looks=tape.looks,
        replaced=tape.replaced,
        generation=store.generation,
        finds=len(store.select(kind="found")),
        goal_from="reward" if store.untold is None else "environment",
        untold=0 if store.untold is None else store.untold.pictures,
        microseconds_single=speed.single if speed else None,
        microseconds_batched=speed.batched if speed else None,
        versions={
            "synth": __version__,
            "python": platform.python_version(),
            **{name: metadata.version(name) for name in PACKAGES},
        },
        files=dict(file_digests(target)),
    )


def _copy(source: Path, target: Path) -> None:
    content = source.read_bytes()
    if not target.exists() or target.read_bytes() != content:
        replace_file(target, content)
