"""``synth run``: the main job, from a spec to an audited reward."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

import typer

from synth.cli.console import errors, output
from synth.cli.record import ensure_episodes, ensure_suite
from synth.episode import read_store
from synth.errors import ModelDeadEnd
from synth.spec import load_spec
from synth.task.labels import read_labels
from synth.task.paths import run_folder, task_folder

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import Console

    from synth.loop import LoopOptions
    from synth.models.base import Model
    from synth.spec import Spec

__all__ = ["audit", "run"]

BETTER = (
    "builtin names things by what it sees of them; a vision-language model may name them better,",
    "and understands more: --model openai:NAME, anthropic:NAME or exchange:FOLDER",
)


def run(
    task: Annotated[str, typer.Argument(help="A spec's name, or its path.")],
    model: Annotated[
        str,
        typer.Option(
            help="builtin, openai:NAME, anthropic:NAME, exchange:FOLDER or replay:JOURNAL. "
            "The default needs no key and no network."
        ),
    ] = "builtin",
    base_url: Annotated[
        str | None, typer.Option(help="Of a compatible or local server, for openai: or anthropic:.")
    ] = None,
    max_output_tokens: Annotated[
        int | None, typer.Option(help="Limit on one answer, for openai: or anthropic:.")
    ] = None,
    max_images: Annotated[
        int | None,
        typer.Option(help="Pictures in one request at most, where a server allows few."),
    ] = None,
    timeout: Annotated[float | None, typer.Option(help="Seconds to wait for one answer.")] = None,
    temperature: Annotated[
        float | None, typer.Option(help="Sent only where set; some models refuse it.")
    ] = None,
    bless: Annotated[
        bool, typer.Option("--bless", help="Make the result the committed reward.")
    ] = False,
    samples: Annotated[int, typer.Option(help="Independent answers a round, in parallel.")] = 1,
    rounds: Annotated[int, typer.Option(help="Budget of rounds.")] = 8,
    calls: Annotated[int | None, typer.Option(help="Budget of requests.")] = None,
    tokens: Annotated[int | None, typer.Option(help="Budget of tokens, in and out.")] = None,
    money: Annotated[float | None, typer.Option(help="Budget in your prices' currency.")] = None,
    seconds: Annotated[float | None, typer.Option(help="Budget of seconds.")] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="A summary as JSON on standard output.")
    ] = False,
    unsafe: Annotated[
        bool, typer.Option("--unsafe", help="Run programs where no sandbox holds. Do not.")
    ] = False,
) -> None:
    """Make a reward for a task: episodes and suite if missing, the loop, then an audit."""
    from synth.cli.live import RunDisplay, groups_of  # noqa: PLC0415 - start-up stays quick
    from synth.cli.summary import explain, not_checked, to_json  # noqa: PLC0415
    from synth.loop import LoopOptions, run_loop  # noqa: PLC0415
    from synth.loop.adopt import RecordedTask, adopt  # noqa: PLC0415
    from synth.models.replay import ReplayModel  # noqa: PLC0415
    from synth.sandbox import Sandboxes  # noqa: PLC0415

    options = LoopOptions(
        rounds=rounds,
        samples=samples,
        calls=calls,
        tokens=tokens,
        money=money,
        seconds=seconds,
    )
    spec = load_spec(task)
    say = errors() if as_json else output()
    choice = _choose(
        spec,
        model,
        base_url=base_url,
        max_output_tokens=max_output_tokens,
        max_images=max_images,
        timeout=timeout,
        temperature=temperature,
        on_wait=lambda folder: say.print(f"  waiting for {folder / 'answer.md'}", markup=False),
    )
    _require_use(choice.model, spec, options)
    if choice.replays_committed:
        say.print("replaying the committed journal; no model is asked and nothing is paid")
    episodes = ensure_episodes(spec, console=say)
    ensure_suite(spec)
    folder = run_folder(spec.name, choice.run)
    evidence = RecordedTask(spec, read_store(episodes))
    sandboxes = Sandboxes(unsafe=unsafe)
    by_people = tuple(one for one in read_labels(task_folder(spec.name)) if one.by_person)
    with RunDisplay(say, rounds=rounds, groups=groups_of(spec)) as display:
        outcome = run_loop(
            evidence,
            choice.model,
            folder,
            options,
            display,
            sandboxes=sandboxes,
            labels=by_people,
        )
    adoption = adopt(
        evidence,
        outcome,
        bless=bless,
        replays_committed=choice.replays_committed,
        sandboxes=sandboxes,
    )
    if isinstance(choice.model, ReplayModel) and choice.model.drifted:
        say.print(
            f"{choice.model.drifted} prompts differ today, in words or pictures, from those in the "
            "journal; its answers were used as they came"
        )
    for line in explain(outcome, adoption, spec.name):
        say.print(line, markup=False)
    audited = audit(spec, say) if adoption.audit else None
    left_out = not_checked(spec)
    if left_out:
        say.print(left_out, markup=False)
    untold = (outcome.deciding_store() or evidence.store).untold
    if untold is not None and audited is None:  # else the audit has said so
        say.print(str(untold), markup=False)
    if model.partition(":")[0] == "builtin":
        for line in BETTER:
            say.print(line, markup=False)
    code = outcome.exit_code or int(audited is False or adoption.differs or adoption.worse)
    if as_json:
        typer.echo(json.dumps(to_json(outcome, adoption, audited, code), indent=2))
    raise typer.Exit(code)


@dataclass(frozen=True, eq=False, slots=True)
class _Choice:
    """The model, and what its run is called.

    A replay is called by its journal's content, so that another journal is another run.
    """

    model: Model
    run: str
    replays_committed: bool = False


def _choose(spec: Spec, model: str, **options: Any) -> _Choice:
    from synth.models.open import open_model  # noqa: PLC0415 - start-up stays quick
    from synth.models.replay import ReplayModel  # noqa: PLC0415

    committed = task_folder(spec.name) / "journal.jsonl"
    opened = open_model(model, **options)
    if not isinstance(opened, ReplayModel):
        return _Choice(opened, run=model)
    content = opened.journal.read_bytes()
    return _Choice(
        opened,
        run=f"replay:{hashlib.sha256(content).hexdigest()[:8]}",
        replays_committed=committed.exists() and committed.read_bytes() == content,
    )


def _require_use(model: Model, spec: Spec, options: LoopOptions) -> None:
    """Check that a run could begin, before anything is recorded for it.

    Raises:
        ModelDeadEnd: The model declines such tasks.
        UsageError: Money is limited without a price.
    """
    from synth.loop.budget import stop_condition  # noqa: PLC0415 - start-up stays quick
    from synth.loop.prices import find_price  # noqa: PLC0415
    from synth.models.base import Declines  # noqa: PLC0415

    stop_condition(options, model.name, find_price(model.name))
    if isinstance(model, Declines) and (why := model.declines(missions=spec.mission is not None)):
        raise ModelDeadEnd(why)


def audit(spec: Spec, say: Console) -> bool:
    """Run the committed suite as a user would, in a process of its own."""
    folder = task_folder(spec.name)
    say.print(f"auditing: pytest {folder}")
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "pytest",
            str(folder),
            "-q",
            "--no-header",
            "-p",
            "no:cacheprovider",
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    lines = [line for line in done.stdout.splitlines() if line.strip()]
    passed = done.returncode == 0
    for line in _told(lines) if passed else [*lines, *done.stderr.splitlines()]:
        say.print(line, markup=False)
    return passed


def _told(lines: Sequence[str]) -> list[str]:
    """What a passed audit says of the reward: its section of the summary, and the counts."""
    from synth.suite.pytest.plugin import SECTION  # noqa: PLC0415 - start-up stays quick

    heads = [k for k, line in enumerate(lines) if line.startswith("=")]
    first = [k for k in heads if lines[k].strip("= ") == SECTION]
    if not first:
        return list(lines[-1:])
    after = next((k for k in heads if k > first[0]), len(lines) - 1)
    return [*lines[first[0] + 1 : after], lines[-1]]
