"""The ids of the episodes that lie beside a test file.

Generated test files call it while pytest collects, so it reads one text file and imports
nothing heavy; frames are loaded with the first test that needs them.
"""

from __future__ import annotations

import sys
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from synth.foreign import read_json

if TYPE_CHECKING:
    from synth.episode import EpisodeKind

__all__ = ["episodes_of"]

_PLUGIN = "synth.suite.pytest.plugin"


def episodes_of(test_file: str, kind: EpisodeKind) -> list[Any]:
    """Ids of the episodes of a kind, the visible ones first.

    Args:
        test_file: The ``__file__`` of a generated test file.
        kind: Which episodes.

    Returns:
        Their ids. Where none was recorded, one test without an episode: the audit skips it
        and says so.

    Raises:
        pytest.Collector.CollectError: The episodes are missing or damaged, or there is no
            expert among them, so that tests are an error and not silently fewer; or pytest was
            kept from loading the plugin.
    """
    if _PLUGIN not in sys.modules:
        raise pytest.Collector.CollectError(
            f"pytest has not loaded synth's plugin, which judges: add `-p {_PLUGIN}` where plugins "
            "are not loaded by themselves (PYTEST_DISABLE_PLUGIN_AUTOLOAD), or leave `-p no:synth` "
            "out."
        )
    path = Path(test_file).parent / "episodes" / "episodes.jsonl"
    try:
        episodes = _read(path.read_text(encoding="utf-8"))
        chosen = [e for e in episodes if e["kind"] == kind]
        ids = [e["id"] for s in ("visible", "held_out") for e in chosen if e["split"] == s]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise pytest.Collector.CollectError(
            f"{path}: the episodes are missing or damaged ({error}); restore the folder or run "
            "`synth record` again."
        ) from error
    if not ids and kind != "expert" and episodes:
        return [pytest.param(None, id="none-recorded")]
    if not ids:
        raise pytest.Collector.CollectError(
            f"{path}: there is no {kind} episode, so nothing can be asserted about them; run "
            "`synth record` again."
        )
    return ids


# A file asks for three kinds in a row.
@lru_cache(maxsize=1)
def _read(text: str) -> list[Any]:
    return [read_json(line) for line in text.splitlines()]
