"""``synth report``: a page for each reward, made for looking at, and an index of all."""

from __future__ import annotations

from pathlib import Path  # noqa: TC003 - typer reads the annotation when it runs
from typing import TYPE_CHECKING, Annotated

import typer

from synth.cli.console import PhaseProgress, errors, output
from synth.errors import SpecError, UsageError
from synth.spec import find_specs, load_spec
from synth.task.paths import RUNS, SPECS

if TYPE_CHECKING:
    from synth.page import Subjected
    from synth.page.figures import KeptFigures

__all__ = ["report"]

INDEX = "index.html"


def report(
    task: Annotated[
        str | None, typer.Argument(help="A spec's name, or its path; an index of all if left out.")
    ] = None,
    run: Annotated[
        Path | None,
        typer.Option(help="The best program of a run (runs/TASK/MODEL), not the committed one."),
    ] = None,
    out: Annotated[Path, typer.Option(help="The folder of the pages.")] = RUNS / "reports",
    measure: Annotated[
        bool,
        typer.Option(
            "--measure",
            help="Measure what takes minutes as well: accuracy on fresh episodes, and how many "
            "small faults the suite notices. It is kept for the next page.",
        ),
    ] = False,
    seeds: Annotated[
        int, typer.Option(min=1, max=5000, help="With --measure: fresh seeds per policy.")
    ] = 100,
    mutants: Annotated[
        int, typer.Option(min=1, help="With --measure: at most so many faults, drawn evenly.")
    ] = 100,
    search: Annotated[
        bool, typer.Option("--search/--no-search", help="Search for counterexamples, too.")
    ] = True,
    episodes: Annotated[
        int, typer.Option(min=1, max=100, help="How many episodes of a kind are shown.")
    ] = 4,
    view: Annotated[bool, typer.Option("--open", help="Open the page in a browser.")] = False,
) -> None:
    """Write a page that tells all about a reward: one file, to look at, mail and keep."""
    if task is None:
        if run is not None or measure:
            raise UsageError("--run and --measure are about one task; name it.")
        page = _index(out)
    else:
        page = _page(
            load_spec(task).name,
            run,
            out,
            measuring=(seeds, mutants) if measure else None,
            search=search,
            episodes=episodes,
        )
    size = page.stat().st_size
    output().print(f"{page} ({size / 1e6:.1f} MB)", markup=False)
    if view:
        typer.launch(page.resolve().as_uri())


def _page(
    name: str,
    run: Path | None,
    out: Path,
    *,
    measuring: tuple[int, int] | None,
    search: bool,
    episodes: int,
) -> Path:
    from synth.page import committed, gather_report, of_run, render_page  # noqa: PLC0415 - start-up
    from synth.sandbox import CONFINED  # noqa: PLC0415 - stays quick

    about = committed(name) if run is None else of_run(name, run)
    if measuring is not None and run is not None:
        raise UsageError("--measure is about a committed reward; leave --run out.")
    with PhaseProgress(f"report of {name}") as tell:
        if measuring is not None:
            _measure(about, measuring, tell)
        told = gather_report(
            about.task,
            about.source,
            about.origin,
            searched=search,
            episodes=episodes,
            sandboxes=CONFINED,
            tell=tell,
        )
        tell("writing", 2, 3)
        html = render_page(told, has_index=(out / INDEX).exists())
    if told.judgement.failed:
        errors().print(f"{len(told.judgement.failed)} tests fail; the page shows them")
    beside = "" if run is None else f"-{run.name}"
    return _write(out / f"{name}{beside}.html", html)


def _measure(about: Subjected, measuring: tuple[int, int], tell: PhaseProgress) -> KeptFigures:
    from synth.page import KeptFigures  # noqa: PLC0415 - as above

    seeds, mutants = measuring
    known = KeptFigures.read(about.task, about.source)
    return known.measured(about.task, about.source, seeds=seeds, mutants=mutants, tell=tell)


def _index(out: Path) -> Path:
    from synth.page import index_of  # noqa: PLC0415 - as above
    from synth.sandbox import CONFINED  # noqa: PLC0415

    specs = []
    for path in find_specs(SPECS):
        try:
            specs.append(load_spec(path))
        except SpecError as error:
            errors().print(f"left out: {error}", markup=False)
    if not specs:
        raise UsageError("no specs here; `synth new NAME --env ENV_ID` writes one.")
    with PhaseProgress("index") as tell:
        html = index_of(specs, out, sandboxes=CONFINED, tell=tell)
    return _write(out / INDEX, html)


def _write(path: Path, html: str) -> Path:
    from synth.episode.replace import replace_file  # noqa: PLC0415 - as above

    path.parent.mkdir(parents=True, exist_ok=True)
    # Words of an episode may hold what is no text; they must not cost the page.
    replace_file(path, html.encode("utf-8", "replace"))
    return path
