"""Pictures from elsewhere: episodes of tasks without a simulator, and ours for others."""

from __future__ import annotations

from synth.sources.importing import Imported, ImportOptions, import_source

__all__ = ["ImportOptions", "Imported", "import_source"]
