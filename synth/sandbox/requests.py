"""Requests, and what is laid into the shared memory beside frames."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from synth.sandbox import wire

if TYPE_CHECKING:
    from collections.abc import Sequence

    from synth.sandbox.memory import SharedMemory

__all__ = ["lay_missions", "request_of"]

_ZEROS = bytes(wire.NONCE)


def lay_missions(memory: SharedMemory, missions: Sequence[str] | None) -> int:
    """Lay out the missions of the pairs; gives the bytes of their text, 0 where there are none."""
    if not missions:
        return 0
    table = list(dict.fromkeys(missions))
    number = {mission: n for n, mission in enumerate(table)}
    text = json.dumps(table).encode()
    memory.numbers(len(missions))[:] = [number[mission] for mission in missions]
    memory.put_missions(text)
    return len(text)


def request_of(
    op: int,
    *,
    fresh: bool = False,
    looks: bool = False,
    pairs: int = 0,
    shape: tuple[int, int, int] = (0, 0, 0),
    text: int = 0,
) -> bytes:
    """A `wire.REQUEST` without its nonce.

    Args:
        op: One of `wire.Op`.
        fresh: Whether the initial frame or the mission is new.
        looks: Whether the reply belongs on the page.
        pairs: How many there are.
        shape: How many frames, their height and width.
        text: Bytes of text in the memory.
    """
    packed = wire.REQUEST.pack(_ZEROS, op, fresh, looks, pairs, *shape, text)
    return packed[wire.NONCE :]
