"""Odd texts for everything that reads what others wrote: does it end in a message, and soon?

    python benchmarks/fuzz.py --minutes 30 [PARSER ...]

Hypothesis takes what is really read (answers, plans, journals, specs, episodes' files, programs,
labels, things to import), cuts it, doubles it, puts odd pieces and odd values into it, and hands it
to the parser. Right is a value, or an error of synth's own; a finding is any other exception, or
more than five seconds of processor time. Each finding is made as small as Hypothesis can, and
written below ``--keep`` with what it does. Minutes are of processor time, for each parser. Exit
status 1: there were findings.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
import tempfile
import time
import traceback
from pathlib import Path
from typing import Any

from fuzz_parsers import Parser, parsers
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from rich.console import Console
from rich.table import Table

from synth.errors import SynthError

SLOW = 5.0
"""Seconds of processor time that one text may take."""
TURN = 10.0
"""Seconds of processor time that a parser has before it is the next one's turn."""
AT_ONCE = 150
"""Texts of one run of Hypothesis."""
ODD: tuple[bytes, ...] = (
    *(b"", b"\0", b"\xff\xfe", b"\xef\xbb\xbf", b"\r", b"\r\n", "\u2028\u00b2\u0664".encode()),
    *(b"```", b"```python\n", b"~~~~", b"<think>", b"</think>", b"<|im_end|>", b"\\ud800"),
    *(b"[" * 3000, b"{" * 300, b'{"k":' * 2000, b"(" * 300, b"9" * 5000, b"-", b"1e999", b"NaN"),
    *(b"null", b"true", b'"', b"'", b",", b"\n", b" " * 5000, b"`" * 2000, b"\\", b"#", b"=", b":"),
    *(b"lambda: 0", b"x = x", b"for a in x:\n ", b"@", b"async ", b"SUBTASKS = []\n", b"[[", b"]]"),
)
VALUES: tuple[Any, ...] = (
    *(None, True, 0, -1, 1 << 31, 1 << 64, 10**400, 1.5, float("inf"), float("nan"), "", "x"),
    *("\ud800", "0" * 5000, [], [[]], [None], {}, {"": None}, {"0": {}}),
)


class _Finding(Exception):
    """A text did what it must not."""


@st.composite
def mutated(draw: st.DrawFn, seeds: tuple[bytes, ...]) -> bytes:
    """A text that is really read, after a few mishaps."""
    text = draw(st.sampled_from(seeds))
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(text)))
        length = draw(st.integers(0, 40) | st.integers(0, len(text)))
        piece = text[start : start + length]
        kind = draw(st.sampled_from(["odd", "any", "cut", "end", "double", "value", "value"]))
        if kind == "odd":
            text = text[:start] + draw(st.sampled_from(ODD)) + text[start + length :]
        elif kind == "any":
            text = text[:start] + draw(st.binary(max_size=8)) + text[start:]
        elif kind == "cut":
            text = text[:start] + text[start + length :]
        elif kind == "end":
            text = text[:start]
        elif kind == "double":
            text = text[:start] + piece[:200] * draw(st.integers(2, 300)) + text[start:]
        else:
            text = draw(other_value(text))
    return text[:400_000]


@st.composite
def other_value(draw: st.DrawFn, text: bytes) -> bytes:
    """The same text, in which one value of one line of JSON is another."""
    lines = text.split(b"\n")
    at = draw(st.integers(0, len(lines) - 1))
    whole = text if text.startswith(b"{\n") else lines[at]
    try:
        content = json.loads(whole)
    except (ValueError, RecursionError):
        return text
    spot: Any = content
    while isinstance(spot, (dict, list)) and spot:
        key = draw(st.sampled_from(list(spot) if isinstance(spot, dict) else range(len(spot))))
        if not isinstance(spot[key], (dict, list)) or not spot[key] or draw(st.booleans()):
            spot[key] = draw(st.sampled_from(VALUES))
            break
        spot = spot[key]
    changed = json.dumps(content).encode()
    return changed if whole is text else b"\n".join([*lines[:at], changed, *lines[at + 1 :]])


def one_run(parser: Parser, number: int) -> tuple[str, bytes] | None:
    """One run of Hypothesis on a parser; what is wrong, and the smallest text that shows it."""
    found: list[tuple[str, bytes]] = []

    @seed(number)
    @settings(
        max_examples=AT_ONCE,
        deadline=None,
        database=None,
        phases=(Phase.generate, Phase.shrink),
        suppress_health_check=list(HealthCheck),
    )
    @given(mutated(parser.seeds))
    def attempt(text: bytes) -> None:
        parser.tried += 1
        why = _wrong(parser, text)
        if why and why not in parser.findings:
            found.append((why, text))
            raise _Finding(why)

    try:
        attempt()
    except _Finding:
        return found[-1]  # Hypothesis ends with the smallest
    return None


def fuzz(parser: Parser, until: float) -> None:
    """Try odd texts on a parser until it has had so many seconds of processor time."""
    while parser.seconds < until:
        began, number = time.process_time(), parser.tried + 1
        if (finding := one_run(parser, number)) is not None:
            why, text = finding
            parser.findings[why] = text
            print(f"{parser.name}: {why}", flush=True)
        parser.seconds += time.process_time() - began


def _wrong(parser: Parser, text: bytes) -> str:
    """What a text does that it must not, or nothing."""
    at = time.process_time()
    try:
        parser.read(text)
    except SynthError as error:
        str(error).encode()
    except Exception as error:  # noqa: BLE001 - that nothing else comes is the question
        own = [f for f in traceback.extract_tb(error.__traceback__) if "/synth/" in f.filename]
        place = f"{Path(own[-1].filename).name}:{own[-1].lineno}" if own else "elsewhere"
        return f"{type(error).__name__} at {place}"
    return "slow" if time.process_time() - at > SLOW else ""


def main() -> int:
    """Fuzz, and print what was found."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--minutes", type=float, default=30.0, help="of processor time, for each")
    parser.add_argument("--keep", type=Path, default=Path("runs/fuzz"), metavar="FOLDER")
    parser.add_argument("parsers", nargs="*", metavar="PARSER", help="begins the name of one")
    told = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="fuzz-") as folder:
        chosen = [
            one
            for one in parsers(Path(folder))
            if not told.parsers or one.name.startswith(tuple(told.parsers))
        ]
        until, whole = 0.0, told.minutes * 60
        while until < whole:  # in turns, so that whoever stops it has tried all of them
            until = min(whole, until + TURN)
            for one in chosen:
                fuzz(one, until)
            told_so_far = sum(one.tried for one in chosen), sum(len(o.findings) for o in chosen)
            print("{:.0f} s each: {:,} texts, {} findings".format(until, *told_so_far), flush=True)
    table = Table("parser", "texts", "processor time", "findings", box=None)
    for one in chosen:
        table.add_row(one.name, f"{one.tried:,}", f"{one.seconds:.0f} s", str(len(one.findings)))
        for why, text in one.findings.items():
            told.keep.mkdir(parents=True, exist_ok=True)
            name = hashlib.sha256(text).hexdigest()[:12]
            (told.keep / f"{name}.bin").write_bytes(text)
            (told.keep / f"{name}.txt").write_text(f"{one.name}: {why}\n", encoding="utf-8")
    Console().print(table)
    return int(any(one.findings for one in chosen))


if __name__ == "__main__":
    sys.exit(main())
