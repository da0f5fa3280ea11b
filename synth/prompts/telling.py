"""The most telling pictures of a request, for services that take few.

What a model needs most are the frames at fault with what they should be compared with; then how
the task begins and ends; then the way between.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from synth.prompts.prompt import Prompt, TextPart

if TYPE_CHECKING:
    from synth.prompts.requests import Request, Shot

__all__ = ["limited", "most_telling"]


def limited(prompt: Prompt, request: Request, most: int | None) -> Prompt:
    """A prompt with at most so many pictures; the others are named where they stood.

    Args:
        prompt: The request in words and pictures.
        request: Says which pictures belong together.
        most: ``None`` keeps all.
    """
    if most is None or len(prompt.pictures) <= most:
        return prompt
    kept = set(most_telling(request)[:most])
    parts = tuple(
        part
        if isinstance(part, TextPart) or part.name in kept
        else TextPart(f"[not shown: {part.caption}]")
        for part in prompt.parts
    )
    return replace(prompt, parts=parts)


def most_telling(request: Request) -> tuple[str, ...]:
    """Names of a request's pictures, the most telling first.

    Each group of pictures (a failure, a demonstration) gives its last, then its first, then the
    rest; groups take turns, failures before demonstrations.
    """
    reports = [report.shots for report in getattr(request, "reports", ())]
    shown = [demonstration.shots for demonstration in getattr(request, "demonstrations", ())]
    ranked: list[tuple[int, int, str]] = []
    for number, group in enumerate([*reports, *shown]):
        late = number >= len(reports)
        for rank, shot in enumerate(_ends_first(group)):
            # A demonstration's two ends belong together, and are worth a failure's third picture.
            ranked.append((rank // 2 * 2 + 2 if late else rank, number, shot.name))
    names = [name for _, _, name in sorted(ranked, key=lambda one: one[:2])]
    return tuple(dict.fromkeys([*names, *(shot.name for shot in request.shots)]))


def _ends_first(shots: tuple[Shot, ...]) -> tuple[Shot, ...]:
    return (*shots[-1:], *shots[:-1])
