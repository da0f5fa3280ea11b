"""The contact sheet: one picture for people that shows what was recorded.

A row an episode, some of each kind: experts, near misses, other routes to success, random
episodes, finds, and episodes in perturbed pictures. Frames are chosen, those around the first
success always among them; a frame's border tells success, and what is not judged. Only the
visible split is shown, and no truth. The sheet stays small, however many episodes there are,
however long and however large their pictures.
"""

from __future__ import annotations

import io
from collections import Counter
from dataclasses import dataclass
from functools import cache, partial
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from PIL import Image, ImageDraw, ImageFont

from synth.episode import SPLITS
from synth.record.pictures import evenly, fitted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

    from synth.episode import Episode, EpisodeStore

__all__ = ["contact_sheet", "shown_steps", "write_contact_sheet"]

WIDTH = 1280
"""The sheet is at most so many pixels wide."""
LAYOUTS = ((160, 8), (128, 8), (128, 6), (96, 6), (96, 4))
"""Longest side of a thumbnail, and most frames in a row; tried until the file is small enough."""
BYTES = 150_000
"""As large as the file may be, where some layout allows it."""

_PAPER, _INK, _FAINT, _LINE = (250, 250, 248), (30, 30, 30), (110, 110, 110), (205, 205, 200)
_SUCCESS, _UNJUDGED = (0, 140, 60), (230, 150, 0)
_MARGIN, _GAP, _LABEL, _HEADING, _BORDER = 16, 12, 210, 30, 3
_TEXT, _CAPTION = 15, 21

_LARGE = cache(partial(ImageFont.load_default, 14))
_SMALL = cache(partial(ImageFont.load_default, 12))
_T = TypeVar("_T")


class _Group(NamedTuple):
    """Rows of one kind: what they are called, their colour, and how many are shown."""

    words: str
    colour: tuple[int, int, int]
    most: int


_EXPERT = _Group("experts", (60, 100, 200), 4)
_NEAR = _Group("near misses", (200, 70, 60), 5)
_ROUTE = _Group("other routes to success", (130, 80, 180), 5)
_RANDOM = _Group("random", (120, 120, 120), 3)
_FOUND = _Group("found by searching", (190, 60, 140), 3)
_PERTURBED = _Group("perturbed pictures of the same", (20, 140, 150), 4)


@dataclass(frozen=True, eq=False, slots=True)
class _Row:
    """An episode, and the pictures in which it is shown."""

    episode: Episode
    about: str
    frames: NDArray[np.uint8]
    index: NDArray[np.int32]


def write_contact_sheet(path: Path, store: EpisodeStore, *, title: str) -> None:
    """Write the contact sheet as a PNG of at most `BYTES`, or in the smallest layout."""
    for side, columns in LAYOUTS:
        sheet = contact_sheet(store, title=title, side=side, columns=columns)
        if len(packed := _packed(sheet)) <= BYTES:
            break
        # Pictures like photographs: 256 colours are enough to see what happens.
        fewer = sheet.quantize(256, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
        if len(packed := _packed(fewer)) <= BYTES:
            break
    path.write_bytes(packed)


def _packed(sheet: Image.Image) -> bytes:
    stream = io.BytesIO()
    sheet.save(stream, "png", optimize=True)
    return stream.getvalue()


def contact_sheet(
    store: EpisodeStore,
    *,
    title: str,
    side: int = LAYOUTS[0][0],
    columns: int = LAYOUTS[0][1],
) -> Image.Image:
    """The sheet, at most `WIDTH` wide.

    Args:
        store: At least one visible episode.
        title: The task's name.
        side: Longest side of a thumbnail.
        columns: Most frames in a row.
    """
    groups = [(group, rows, count) for group, rows, count in _groups(store) if rows]
    parts = [_header(store, title)]
    for group, rows, count in groups:
        parts.append(_heading(group, len(rows), count))
        parts += [_row(row, group, side, columns) for row in rows]
    height = sum(part.height for part in parts) + _MARGIN
    sheet = Image.new("RGB", (WIDTH, height), _PAPER)
    y = 0
    for part in parts:
        sheet.paste(part, (0, y))
        y += part.height
    return sheet


def shown_steps(episode: Episode, most: int) -> list[int]:
    """Frames that stand for an episode, at most `most`, in order.

    The first and the last, the first success and the one before it, and others evenly between;
    so a long episode shows what decides it.
    """
    steps = evenly(len(episode) + 1, most)
    first = episode.first_success
    for wanted in () if first is None else (first, max(first - 1, 0)):
        # It takes the place of the nearest one that may go: not an end, and not wanted itself.
        free = [s for s in steps[1:-1] if s not in (first, wanted)]
        if wanted not in steps and free:
            steps[steps.index(min(free, key=lambda step: abs(step - wanted)))] = wanted
    return sorted(steps)


def _groups(store: EpisodeStore) -> Iterator[tuple[_Group, list[_Row], int]]:
    """Each kind with the rows to be shown and how many episodes there are of it."""
    visible = store.select(split="visible")
    of: dict[str, list[Episode]] = {kind: [] for kind in ("expert", "near_miss", "random", "found")}
    for episode in visible:
        of[episode.kind].append(episode)
    routes = [e for e in of["near_miss"] if e.note.startswith("route: ")]
    near = [e for e in of["near_miss"] if not e.note.startswith("route: ")]
    for group, episodes in (
        (_EXPERT, of["expert"]),
        (_NEAR, near),
        (_ROUTE, routes),
        (_RANDOM, of["random"]),
        (_FOUND, of["found"]),
    ):
        chosen = _various(episodes, lambda e: e.note, group.most)
        yield group, [_plain(store, e) for e in chosen], len(episodes)
    variants = [v for v in store.variants if v.split == "visible"]
    rows = [
        _Row(store[v.base], v.name, v.frames, v.frame_index)
        for v in _various(variants, lambda v: v.name, _PERTURBED.most)
    ]
    yield _PERTURBED, rows, len(variants)


def _plain(store: EpisodeStore, episode: Episode) -> _Row:
    return _Row(episode, episode.note.removeprefix("route: "), store.frames, episode.frame_index)


def _various(items: Sequence[_T], name: Callable[[_T], str], most: int) -> list[_T]:
    """The first item of each name, then the second of each, and so on; in their own order."""
    seen: Counter[str] = Counter()
    turns: list[int] = []
    for item in items:
        turns.append(seen[name(item)])
        seen[name(item)] += 1
    first = sorted(range(len(items)), key=lambda at: (turns[at], at))[:most]
    return [items[at] for at in sorted(first)]


def _strip(height: int) -> tuple[Image.Image, ImageDraw.ImageDraw]:
    """A part of the sheet, as wide as the whole."""
    image = Image.new("RGB", (WIDTH, height), _PAPER)
    return image, ImageDraw.Draw(image)


def _header(store: EpisodeStore, title: str) -> Image.Image:
    """The title, and what the borders mean."""
    image, draw = _strip(_MARGIN + 2 * _HEADING)
    height, width = store.frames.shape[1:3]
    visible, held_out = (len(store.select(split=split)) for split in SPLITS)
    about = (
        f"{store.env}   {width} x {height} px   {visible} visible episodes; "
        f"{held_out} held out, which no sheet shows"
    )
    draw.text((_MARGIN, _MARGIN - 3), title, _INK, _LARGE())
    draw.text((_MARGIN + _LARGE().getlength(title) + 20, _MARGIN - 1), about, _FAINT, _SMALL())
    x: float = _MARGIN
    for colour, words in (
        (_SUCCESS, "success"),
        (_LINE, "no success"),
        (_UNJUDGED, "not judged: too close to tell, or hidden"),
    ):
        y = _MARGIN + _HEADING - 4
        draw.rectangle((x, y, x + 14, y + 14), outline=colour, width=_BORDER)
        draw.text((x + 22, y), words, _FAINT, _SMALL())
        x += 22 + _SMALL().getlength(words) + 24
    return image


def _heading(group: _Group, shown: int, count: int) -> Image.Image:
    image, draw = _strip(_HEADING)
    draw.rectangle((_MARGIN, 6, WIDTH - _MARGIN, _HEADING - 4), fill=group.colour)
    draw.text((_MARGIN + 10, 8), f"{group.words}: {shown} of {count}", _PAPER, _LARGE())
    return image


def _row(row: _Row, group: _Group, side: int, columns: int) -> Image.Image:
    """A caption on the left, and chosen frames beside it, as many as there is room for."""
    episode = row.episode
    sample = fitted(row.frames[row.index[0]], side)
    room = WIDTH - 2 * _MARGIN - _LABEL
    columns = max(3, min(columns, room // (sample.width + _GAP)))
    tall = max(sample.height + _CAPTION, 36 + 2 * _TEXT) + _GAP
    image, draw = _strip(tall)
    draw.rectangle((_MARGIN, 0, _MARGIN + 4, tall - _GAP), fill=group.colour)
    label = _MARGIN + 14
    draw.text((label, 0), episode.id, _INK, _LARGE())
    draw.text((label, 18), f"seed {episode.seed}, {len(episode)} steps", _FAINT, _SMALL())
    told = "" if episode.mission is None else f'"{episode.mission}" '
    about = f"{told}{row.about}"
    for number, line in enumerate(_wrapped(about, _LABEL - 30, (tall - _GAP - 36) // _TEXT)):
        draw.text((label, 36 + number * _TEXT), line, group.colour, _SMALL())
    for column, t in enumerate(shown_steps(episode, columns)):
        x = _MARGIN + _LABEL + column * (sample.width + _GAP)
        thumbnail = fitted(row.frames[row.index[t]], side)
        success, judged = bool(episode.success[t]), bool(episode.judged[t])
        colour = _UNJUDGED if not judged else _SUCCESS if success else _LINE
        wide = _BORDER if success or not judged else 1
        box = (x - wide, _BORDER - wide, x + sample.width + wide, _BORDER + sample.height + wide)
        draw.rectangle((box[0], box[1], box[2] - 1, box[3] - 1), fill=colour)
        image.paste(thumbnail, (x, _BORDER))
        caption = f"{t} success" if success else f"{t}"
        ink = colour if success or not judged else _FAINT
        draw.text((x, sample.height + 2 * _BORDER), caption, ink, _SMALL())
    return image


def _wrapped(text: str, width: int, lines: int) -> list[str]:
    """At most so many lines of at most so many pixels, an ellipsis where more was said."""
    broken = [""]
    for word in text.split():
        longer = f"{broken[-1]} {word}".strip()
        if _SMALL().getlength(longer) > width and broken[-1]:
            broken.append(word)
        else:
            broken[-1] = longer
    if len(broken) <= lines:
        return broken
    return [*broken[: lines - 1], f"{broken[lines - 1]} ..."] if lines > 0 else []
