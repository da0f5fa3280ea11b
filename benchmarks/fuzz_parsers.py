"""Everything in synth that reads what others wrote, with what it is really given; for `fuzz.py`."""

from __future__ import annotations

import dataclasses
import json
import lzma
import zipfile
from dataclasses import dataclass, field
from functools import partial
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from synth.cli.replay import read_actions
from synth.episode import Episode, read_store, write_store
from synth.episode.packing import read_frames
from synth.experts.played import FILE as PLAYED
from synth.experts.played import read_played
from synth.journal import read_journal
from synth.loop.answer import read_program
from synth.program import lint
from synth.prompts.answers import parse_plan
from synth.prompts.label_answers import parse_labels
from synth.prompts.requests import LabelPicture, LabelRequest
from synth.proven import read_goal_from
from synth.sources import ImportOptions, import_source
from synth.spec import parse_spec
from synth.task import read_task
from synth.task.labels import LABELS, read_labels
from synth.task.provenance import read_digests

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

HOME = Path("generated/doorkey")
_SHORT = 4000
"""Bytes of a line: the longer ones of a journal are answers, and slow to go through."""


@dataclass
class Parser:
    """Something that reads what others wrote.

    Attributes:
        name: In the table.
        seeds: What it is really given.
        read: Reads; raises `SynthError` where it cannot.
        tried: How many texts.
        seconds: Of processor time.
        findings: Exception and place, to the smallest text that leads there.
    """

    name: str
    seeds: tuple[bytes, ...]
    read: Callable[[bytes], object]
    tried: int = 0
    seconds: float = 0.0
    findings: dict[str, bytes] = field(default_factory=dict)


def _text(read: Callable[[str], object]) -> Callable[[bytes], object]:
    return lambda text: read(text.decode("utf-8", "replace"))


def _file(path: Path, read: Callable[[Path], object]) -> Callable[[bytes], object]:
    def write_and_read(text: bytes) -> object:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text)
        return read(path)

    return write_and_read


def _store(folder: Path) -> object:
    store = read_store(folder)
    told = [
        (e.id + e.note + e.policy, e.seed + 1, {e.kind}, str(e.actions)) for e in store.episodes
    ]
    return sorted(told), store.select(kind="expert"), store.versions, len(store.frames)


def _journal(path: Path) -> object:
    tape = read_journal(path)
    return tape.paid, tape.responses, tape.looks, [r.model_dump_json() for r in tape.records]


def _episode_parsers(folder: Path) -> Iterable[Parser]:
    """Each file of a small folder of episodes, the others left whole."""
    whole = read_store(HOME / "episodes")
    chosen: list[Episode] = []
    for split in ("visible", "held_out"):
        chosen += [e for e in whole.episodes if e.split == split][:3]
    ids = {e.id for e in chosen}
    small = dataclasses.replace(
        whole,
        episodes=tuple(chosen),
        variants=tuple(v for v in whole.variants if v.base in ids)[:2],
        scenes=tuple(s for s in whole.scenes if s.base in ids)[:2],
    )
    write_store(folder, small)
    for path in sorted(folder.iterdir()):
        content = path.read_bytes()

        def read(text: bytes, path: Path = path, content: bytes = content) -> object:
            path.write_bytes(text)
            try:
                return _store(folder)
            finally:
                path.write_bytes(content)

        yield Parser(f"episodes/{path.name}", (content,), read)


def _inner_parsers(folder: Path) -> Iterable[Parser]:
    """Arrays of pictures within what packs them, whose checksums would stop most damage."""
    stack = BytesIO()
    np.lib.format.write_array(stack, np.zeros((3, 4, 5, 3), np.uint8), version=(1, 0))
    folder.mkdir(parents=True, exist_ok=True)

    def frames(text: bytes) -> object:
        path = folder / "stack.npy.xz"
        path.write_bytes(lzma.compress(text, preset=0))
        try:
            return read_frames(path)
        except (OSError, lzma.LZMAError, EOFError, ValueError) as error:  # as it says it does
            return error

    def archive(text: bytes) -> object:
        path = folder / "one.npz"
        with zipfile.ZipFile(path, "w") as packed:
            packed.writestr("frames.npy", text)
        return import_source("x", str(path), ImportOptions(success="last"))

    yield Parser("within npy.xz", (stack.getvalue(),), frames)
    yield Parser("within npz", (stack.getvalue(),), archive)


def _import_parsers(folder: Path) -> Iterable[Parser]:
    """What `synth import` reads: archives, pictures, tables."""
    frames = np.random.default_rng(0).integers(0, 3, (4, 6, 8, 3), np.uint8) * 90
    archive, png, gif = BytesIO(), BytesIO(), BytesIO()
    np.savez_compressed(archive, frames=frames, success=np.array([0, 0, 0, 1]))
    plain = BytesIO()
    np.savez(plain, frames=frames)
    pictures = [Image.fromarray(frame) for frame in frames]
    pictures[0].save(png, "png")
    pictures[0].save(gif, "gif", save_all=True, append_images=pictures[1:])
    jpg, bmp = BytesIO(), BytesIO()
    pictures[0].save(jpg, "jpeg")
    pictures[0].save(bmp, "bmp")

    def read(name: str, text: bytes, success: str = "last") -> object:
        path = folder / name.replace("/", "-") / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text)
        where = path.parents[len(Path(name).parts) - 1]
        return import_source("x", str(where), ImportOptions(success=success))

    for name, content in (
        ("one.npz", (archive.getvalue(), plain.getvalue())),
        ("two/1.png", (png.getvalue(),)),
        ("three.gif", (gif.getvalue(),)),
        ("four/1.jpg", (jpg.getvalue(),)),
        ("five/1.bmp", (bmp.getvalue(),)),
    ):
        yield Parser(f"import {name}", content, partial(read, name))

    def table(text: bytes) -> object:
        path = folder / "told.csv"
        path.write_bytes(text)
        return read("six.npz", archive.getvalue(), str(path))

    told = (
        b"episode,success\nsix,1\n",
        b"episode,frame,success\nsix,0,0\nsix,1,\n",
        b"episode,frame\nsix,2\n",
    )
    yield Parser("import table", told, table)


def parsers(folder: Path) -> tuple[Parser, ...]:
    """All of them, with what they are really given."""
    journal = (HOME / "journal.jsonl").read_bytes().splitlines()
    program = (HOME / "reward.py").read_text(encoding="utf-8")
    tape = read_journal(HOME / "journal.jsonl")
    answers = tuple(r.text.encode() for r in tape.responses)
    fenced = f"<think>hm</think>So:\n\n```python\n{program}```\n".encode()
    plans = tuple(a for a in answers if b'"stages"' in a)[:3]
    spec = Path("specs/doorkey.toml").read_bytes()
    plan = read_task(HOME / "task.toml").plan
    names = tuple(s.name for stage in plan.stages for s in stage)
    picture = np.zeros((4, 4, 3), np.uint8)
    shown = tuple(LabelPicture(f"picture-0{n}", picture, picture, names) for n in (1, 2))
    sheet = LabelRequest(plan=plan, pictures=shown, part="0")
    said = [
        {"picture": one.name, "subtask": name, "answer": "yes", "remark": ""}
        for one in shown
        for name in names
    ]
    own = folder / "own"

    def provenance(file: Path) -> object:
        return read_digests(file.parent), read_goal_from(file.parent)

    short = b"\n".join(line for line in journal if len(line) < _SHORT)
    found = [
        Parser("answers", (fenced, *answers[:4]), _text(read_program)),
        Parser("patches", (fenced, *answers[:4]), _text(lambda t: read_program(t, program))),
        Parser("programs", (program.encode(),), _text(lint)),
        Parser("plans", plans or (b'{"task": "x", "stages": []}',), _text(parse_plan)),
        Parser(
            "sheets",
            (json.dumps({"answers": said}).encode(),),
            _text(lambda text: parse_labels(text, sheet)),
        ),
        Parser("journals", (short,), _file(own / "journal.jsonl", _journal)),
        Parser("specs", (spec,), _text(lambda text: parse_spec(text, name="x"))),
        Parser(
            "task.toml", ((HOME / "task.toml").read_bytes(),), _file(own / "task.toml", read_task)
        ),
        Parser(
            "provenance",
            ((HOME / "provenance.json").read_bytes(),),
            _file(
                own / "provenance.json",
                lambda f: (read_digests(f.parent), read_goal_from(f.parent)),
            ),
        ),
        Parser(
            "labels",
            (b"\n".join((HOME / LABELS).read_bytes().splitlines()[:3]) + b"\n",),
            _file(own / LABELS, lambda f: read_labels(f.parent)),
        ),
        Parser(
            "played",
            (b'{"env": "E-v0", "seed": 1, "actions": [1, 2], "success": true}\n',),
            _file(own / PLAYED, lambda f: read_played(f.parent)),
        ),
        Parser("actions", (b"2,2,1,5", b"[0.5,-1],[0,1]"), _text(read_actions)),
        *_episode_parsers(folder / "episodes"),
        *_inner_parsers(folder / "inner"),
        *_import_parsers(folder / "sources"),
    ]
    return tuple(found)
