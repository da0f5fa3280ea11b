"""``synth record`` says what it made, and what it left out and why."""

from __future__ import annotations

from pathlib import Path

import pytest

import synth.record
from tests.cli.conftest import Command


def test_what_was_left_out_is_counted_and_explained(
    checkout: Path, synth_command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One line for all; asked for, one for each kind, the most frequent first, with the reason."""
    whole = synth.record.record_folder

    def skipping(spec, folder, *, force, on_progress, on_skip):
        on_skip("rare", 3, "it was empty")
        on_skip("often", 3, "it did not succeed")
        on_skip("often", 4, "it did not succeed")
        return whole(spec, folder, force=force, on_progress=on_progress, on_skip=on_skip)

    monkeypatch.setattr(synth.record, "record_folder", skipping)
    ran = synth_command("record", "walk")
    assert ran.code == 0
    assert "left out: 3 episodes of 2 kinds" in ran.out
    assert "rare" not in ran.out
    ran = synth_command("record", "walk", "--force", "--verbose")
    often = ran.out.index("left out 2 times: often (it did not succeed)")
    assert often < ran.out.index("left out once: rare (it was empty)")
    folder = checkout / "generated" / "walk" / "episodes"
    assert f"look at {folder.relative_to(checkout) / 'contact-sheet.png'}" in ran.out
    assert (folder / "contact-sheet.png").exists()
