"""`Sandboxes`: where every part of synth that runs programs gets its sandboxes from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from synth.sandbox.sandbox import Sandbox

if TYPE_CHECKING:
    from synth.program import Program

__all__ = ["CONFINED", "Sandboxes"]


@dataclass(frozen=True, slots=True)
class Sandboxes:
    """Opens sandboxes for programs; it can be sent to another process.

    Whether programs may run unconfined is decided once, where this is made, and passed on
    from there with it::

        with Sandboxes().open(parse(source), deadline=30) as sandbox:
            sandbox.check(frames, frames[0])

    Attributes:
        unsafe: Run programs even where this machine cannot confine them. Never do this with
            a program that nobody has read.
    """

    unsafe: bool = False

    def open(self, program: Program, *, deadline: float = 10.0) -> Sandbox:
        """A sandbox of its own for a program, which is not linted here.

        Args:
            program: The program.
            deadline: Seconds that one call may take, however many frames it holds.

        Raises:
            UsageError: The deadline is not a sensible number.
            ProgramFault: The program cannot be loaded.
            SandboxUnavailable: This machine cannot confine it.
        """
        return Sandbox(program.source, deadline=deadline, unsafe=self.unsafe, stages=program.stages)


CONFINED = Sandboxes()
"""Runs a program confined or not at all."""
