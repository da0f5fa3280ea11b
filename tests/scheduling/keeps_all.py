"""Work meant to be killed: ``keeps_all.py FOLDER`` makes twelve results in two processes."""

from __future__ import annotations

import sys
from pathlib import Path

from things_to_do import Piece, keep

from synth.scheduling import fan_out, hire

COUNT = 12

if __name__ == "__main__":
    with hire(jobs=2) as crew:
        asked = [Piece(number, Path(sys.argv[1])) for number in range(COUNT)]
        for done in fan_out(crew, keep, asked):
            sys.stdout.write(f"{done.number} {done.result()}\n")
            sys.stdout.flush()
