"""From `runs/TASK/MODEL` to `generated/TASK`: what was accepted becomes the committed reward.

Files are copied one by one, each replaced whole, with ``provenance.json`` last. A process
killed in between leaves only whole files, and a provenance whose digests tell that the
promotion was cut short; the run's own folder is left as it is, so promoting again
completes it. Whether to promote is for the caller to decide.
"""

from __future__ import annotations

import json
import platform
from importlib import metadata
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict, ValidationError

from synth import __version__
from synth.episode import read_store
from synth.episode.replace import replace_file
from synth.errors import UsageError
from synth.journal import DecisionRecord, HeldOutRecord, RequestRecord, RunRecord, read_journal
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

__all__ = ["Provenance", "promote", "read_provenance"]

PROVENANCE = "provenance.json"
PACKAGES = ("numpy", "scipy", "libcst")


class Provenance(BaseModel):
    """Where a committed reward comes from, as ``provenance.json`` holds it.

    Attributes:
        model: As given on the command line.
        answered_by: What answered, as the service names it.
        prompts: Digest of the prompt templates.
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


def promote(run: Path, target: Path, store: EpisodeStore | None = None) -> Provenance:
    """Make a run's best program the committed reward of its task.

    Args:
        run: ``runs/TASK/MODEL``, where a run was accepted.
        target: ``generated/TASK``, which already holds episodes.
        store: The episodes that decided, where the run added or replaced some
            (`Outcome.deciding_store`); by default those of `target` did.

    Returns:
        What was written to ``provenance.json``.

    Raises:
        UsageError: The run was not accepted, or the episodes are missing.
    """
    files = RunFolder(run)
    tape = read_journal(files.journal)
    source = _accepted_source(files, tape)
    task = read_task(files.task)
    _settle_episodes(target / "episodes", task.spec, store)
    kept = {p.name for p in files.pictures.glob("*.png")}
    for name in sorted(kept):
        _copy(files.pictures / name, target / "pictures" / name)
    _copy(files.journal, target / "journal.jsonl")
    _copy(files.task, target / "task.toml")
    if (run / LABELS).exists():
        _copy(run / LABELS, target / LABELS)
    replace_file(target / f"test_{task.spec.name}.py", render_suite(task.spec).encode())
    replace_file(target / "reward.py", source)
    for stale in (*target.glob(".*.tmp"), *(target / "pictures").glob("*")):
        if stale.name not in kept:
            stale.unlink()
    provenance = _provenance(tape, target, task.spec.name)
    replace_file(
        target / PROVENANCE,
        (json.dumps(provenance.model_dump(mode="json"), indent=2) + "\n").encode(),
    )
    return provenance


def _settle_episodes(folder: Path, spec: Spec, store: EpisodeStore | None) -> None:
    """Let the episodes that decided be those of the folder; they stay where they are those.

    Raises:
        UsageError: There are none, or they were made from another spec.
    """
    there = read_store(folder)
    for episodes in (there, store or there):
        episodes.require_fit(spec, folder=str(folder))
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
