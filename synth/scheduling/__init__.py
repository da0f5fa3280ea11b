"""The one seam through which work fans out: any `concurrent.futures.Executor` will do.

Processes of this machine by default, a Dask cluster where one is named. Results come as they
finish, work of a lost worker is done again, and what must not be done twice is locked and kept
in files.
"""

from __future__ import annotations

from synth.scheduling.crew import Crew, hire
from synth.scheduling.fan_out import Done, fan_out
from synth.scheduling.kept import alone, kept_result, read_kept
from synth.scheduling.shared import Shared

__all__ = ["Crew", "Done", "Shared", "alone", "fan_out", "hire", "kept_result", "read_kept"]
