"""Running programs that nobody trusts.

A *zygote* (`zygote.py`) is started once per process, with an all but empty environment. It
imports numpy, scipy.ndimage and `synth.vision` and forks one *worker* (`worker.py`) per
program. A worker maps the frames read-only, gives up every file, every privilege and all but
sixteen system calls (`lockdown.py`, `seccomp.py`), and only then sees the program. It answers
in fixed-size binary over a pipe. The parent checks each length and range, keeps the deadline,
and kills.

What this does *not* stop:

- A program that lies. It shares its process with the code that calls it, so it can send any
  verdict and any timing it likes; a forged verdict is worth as much as a returned one. What a
  program's verdicts are worth is for the suite to find out.
- Every memory between calls. What a program's top level holds, its functions' defaults and what
  perceive returned are unwritable (`constants.py`, `frozen.py`); names bound anew by ``global``
  and attributes set on functions are not, and the lint refuses them. The suite evaluates two
  orders in two fresh workers and compares; so must anyone who relies on it.
- Side channels. A program can read the clock, and how long it takes is visible to whoever
  waits for it; caches and speculation are as the kernel and the machine leave them.
- Use of the machine within the limits: a core for as long as the deadline, a gigabyte of
  memory, per sandbox.
- Bugs in the kernel's handling of the calls that remain (memory, futex, clocks, two pipes).
- With ``unsafe=True`` on a machine without seccomp: nearly everything.

Programs are linted elsewhere (`synth.program`); a sandbox relies on it for nothing.
"""

from __future__ import annotations

from synth.sandbox.answering import Answerer, Answerers
from synth.sandbox.layers import Layer, layers
from synth.sandbox.sandbox import Sandbox
from synth.sandbox.sandboxes import CONFINED, Sandboxes
from synth.sandbox.verdicts import Cell, CellError, FunctionTime, Verdicts

__all__ = [
    "CONFINED",
    "Answerer",
    "Answerers",
    "Cell",
    "CellError",
    "FunctionTime",
    "Layer",
    "Sandbox",
    "Sandboxes",
    "Verdicts",
    "layers",
]
