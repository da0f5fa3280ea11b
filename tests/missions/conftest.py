"""The row of tokens as every spec's world, and its episodes, recorded once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from token_row import TokenFamily, TokenRow, token_spec

from synth.record.recorder import record

if TYPE_CHECKING:
    from synth.episode import EpisodeStore


@pytest.fixture
def row(monkeypatch: pytest.MonkeyPatch) -> TokenFamily:
    """The family that every spec gets; its simulator may be exchanged."""
    family = TokenFamily(TokenRow())
    monkeypatch.setattr("synth.record.player.family_of", lambda _spec: family)
    return family


@pytest.fixture(scope="session")
def store() -> EpisodeStore:
    """Episodes of the row."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("synth.record.player.family_of", lambda _spec: TokenFamily(TokenRow()))
        return record(token_spec())
