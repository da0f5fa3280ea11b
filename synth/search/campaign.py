"""A long search for counterexamples that can be stopped and taken up again.

It goes stream by stream over seeds of its own. Where finds are kept, each becomes a ``found``
episode of the task at once, so that every later audit replays it; where it stands is in one small
file.
A stream that was interrupted is searched again, and gives the same finds. Another program
starts from the first stream.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

from pydantic import TypeAdapter

from synth.episode import read_store
from synth.episode.replace import replace_file
from synth.errors import LintError, UsageError
from synth.program import lint, parse
from synth.program.parse import program_digest
from synth.record import Seeds
from synth.sandbox import CONFINED
from synth.scheduling import Shared, fan_out
from synth.search import hunt
from synth.task.counterexamples import keep_finds, require_untouched
from synth.task.found import found_like, shown_in

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from synth.sandbox import Sandboxes
    from synth.scheduling import Crew
    from synth.search import Counterexample, Hunt
    from synth.search.coverage import Coverage
    from synth.spec import Spec
    from synth.task.folder import TaskFolder

__all__ = ["STREAM", "Campaign", "Kept"]

STREAM = 100
"""Episodes of one stream."""
MOST = 100_000
"""Streams of one sitting: more than anybody has time for."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A find as it is remembered.

    Attributes:
        episode: Id of the episode that it is among the task's, or else its number in the hunt.
        sentence: What the program does wrong there.
        shows: Digest of the fault, the actions and the pictures: two seeds may show the same.
        joined: Whether it is among the task's episodes.
        is_new: Whether this hunt put it there.
    """

    episode: str
    sentence: str
    shows: str = ""
    joined: bool = True
    is_new: bool = True


@dataclass(frozen=True, slots=True)
class _State:
    """Where a campaign stands; the content of its file."""

    program: str
    spec: str
    stream: int = 0
    episodes: int = 0
    finds: tuple[Kept, ...] = ()


_STATE = TypeAdapter(_State)


@dataclass(frozen=True, slots=True)
class _Searched:
    """What streams are searched for, as it travels."""

    spec: Spec
    source: str
    sandboxes: Sandboxes


class Campaign:
    """A search that goes on from where it was left.

    Args:
        task: The task.
        source: The program's text.
        path: The file that remembers, ``runs/TASK/hunt.json``.
        keep: Whether finds join the task's episodes, or are told and no more.
        sandboxes: Where the program runs.

    Attributes:
        coverage: What was met in this sitting; ``None`` before the first stream.

    Raises:
        ProgramSyntaxError: The program does not parse.
        LintError: It uses what reward programs may not use.
        StaleEpisodes: Finds are kept, and the episodes were made from another version of the spec.
        UsageError: Finds are kept, and something in the folder is not what the reward was judged
            on; or the file is damaged.
    """

    def __init__(
        self,
        task: TaskFolder,
        source: str,
        path: Path,
        *,
        keep: bool = True,
        sandboxes: Sandboxes = CONFINED,
    ) -> None:
        self._program = parse(source)
        findings = lint(source, missions=task.spec.mission is not None)
        if findings:
            raise LintError(tuple(findings))
        if keep:
            require_untouched(task)
        self._task, self._path, self._keeps, self._sandboxes = task, path, keep, sandboxes
        self._state = self._read()
        self.coverage: Coverage | None = None

    @property
    def stream(self) -> int:
        """The stream that comes next."""
        return self._state.stream

    @property
    def episodes(self) -> int:
        """Episodes tried so far, in all sittings."""
        return self._state.episodes

    @property
    def finds(self) -> tuple[Kept, ...]:
        """What was found so far, in all sittings."""
        return self._state.finds

    def go_on(
        self,
        crew: Crew,
        is_late: Callable[[], bool],
        *,
        on_episode: Callable[[int, int], None] | None = None,
    ) -> Iterator[tuple[Counterexample, Kept]]:
        """Search stream after stream, several at once where the crew is of several.

        Streams are taken in by their order, whoever is first with one. One that was cut short is
        searched again another time.

        Args:
            crew: Who searches.
            is_late: Once it says so no further stream is begun; those begun are finished.
            on_episode: Told after each episode how many of the stream's were tried, of how many;
                only a crew that is this process tells of episodes.

        Yields:
            Each counterexample with how it was kept.

        Raises:
            EnvironmentFault: The simulator is missing or misbehaves.
            ProgramFault: The program hangs or crashes as a whole.
            SandboxUnavailable: This machine cannot confine it.
            WorkersLost: Those who search end before their time.
        """
        come: dict[int, Hunt] = {}
        first = self._state.stream
        with crew.share(self._what()) as what:
            search = partial(_search_stream, what, on_episode=on_episode if crew.is_here else None)
            streams = range(first, first + MOST)
            for done in fan_out(crew, search, streams, is_late=is_late):
                come[done.piece] = done.result()
                while self._state.stream in come:
                    yield from self._adopt(come.pop(self._state.stream))

    def _what(self) -> _Searched:
        return _Searched(self._task.spec, self._program.source, self._sandboxes)

    def _adopt(self, come: Hunt) -> tuple[tuple[Counterexample, Kept], ...]:
        """Keep what the next stream found, and remember that it has been searched."""
        self.coverage = come.coverage if self.coverage is None else self.coverage + come.coverage
        kept = []
        finds = list(self._state.finds)
        for one in come.counterexamples:
            shows = _shows(one)
            # One that was told and not kept is kept once that is wanted.
            if any(f.shows == shows and (f.joined or not self._keeps) for f in finds):
                continue
            kept.append((one, self._remembered(one, shows, len(finds))))
            finds.append(kept[-1][1])
        self._state = replace(
            self._state,
            stream=self._state.stream + 1,
            episodes=self._state.episodes + come.episodes,
            finds=tuple(finds),
        )
        self._write()
        return tuple(kept)

    def _remembered(self, counterexample: Counterexample, shows: str, number: int) -> Kept:
        """Put an episode among the task's where finds are kept, unless it is there."""
        sentence, rolled = counterexample.sentence, counterexample.rollout
        if not self._keeps:
            return Kept(f"find-{number:04d}", sentence, shows, joined=False, is_new=False)
        before = {e.id for e in read_store(self._task.path / "episodes").episodes}
        store = keep_finds(self._task, [(rolled, counterexample.find.note)])
        id_ = found_like(store, rolled)[0].id
        return Kept(id_, sentence, shows, is_new=id_ not in before)

    def _read(self) -> _State:
        fresh = _State(program_digest(self._program.source), self._task.spec.episode_digest())
        try:
            state = _STATE.validate_json(self._path.read_bytes())
        except FileNotFoundError:
            return fresh
        except (OSError, ValueError) as error:
            raise UsageError(
                f"{self._path}: where the hunt stood cannot be read ({error}); remove the file to "
                "start again."
            ) from error
        same = (state.program, state.spec) == (fresh.program, fresh.spec)
        return state if same else fresh

    def _write(self) -> None:
        replace_file(self._path, (json.dumps(asdict(self._state), indent=2) + "\n").encode())


def _shows(one: Counterexample) -> str:
    """Digest of what is wrong in a find, and of all that is seen and done in it."""
    return hashlib.sha256(f"{one.kind} {one.subtask} ".encode() + shown_in(one.rollout)).hexdigest()


def _search_stream(
    what: Shared[_Searched],
    stream: int,
    on_episode: Callable[[int, int], None] | None = None,
) -> Hunt:
    """Search one stream; whoever does it finds the same."""
    spec = what.value.spec
    return hunt(
        spec,
        parse(what.value.source),
        seeds=Seeds.of(spec).hunt,
        episodes=STREAM,
        stream=stream,
        sandboxes=what.value.sandboxes,
        on_episode=on_episode,
    )
