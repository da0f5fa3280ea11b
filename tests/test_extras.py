"""What is missing is installed from where synth came from: its name on PyPI is another's."""

from __future__ import annotations

import json
from importlib import metadata

import pytest

from synth.extras import install


class _Installed:
    """A distribution with what pip wrote down of its origin."""

    def __init__(self, origin: dict[str, object] | None) -> None:
        self._origin = origin

    def read_text(self, name: str) -> str | None:
        """The origin, or nothing where an index served it."""
        assert name == "direct_url.json"
        return None if self._origin is None else json.dumps(self._origin)


FOLDER = {"url": "file:///home/me/a%20clone", "dir_info": {}}
EDITABLE = {**FOLDER, "dir_info": {"editable": True}}
VCS = {"url": "https://host/me/synth.git", "vcs_info": {"vcs": "git", "commit_id": "0"}}
WHEEL = {"url": "https://host/synth-0.1.0-py3-none-any.whl", "archive_info": {}}


@pytest.mark.parametrize(
    ("origin", "command"),
    [
        (EDITABLE, 'pip install -e "/home/me/a clone[train]"'),
        (FOLDER, 'pip install "/home/me/a clone[train]"'),
        (VCS, 'pip install "synth[train] @ git+https://host/me/synth.git"'),
        (WHEEL, 'pip install "synth[train] @ https://host/synth-0.1.0-py3-none-any.whl"'),
        (None, 'pip install -e ".[train]"'),
    ],
)
def test_an_extra_comes_from_where_synth_came_from(monkeypatch, origin, command) -> None:
    """Never from an index, where the name is another project's."""
    monkeypatch.setattr("synth.extras.distribution", lambda _: _Installed(origin))
    assert install("train") == command


def test_a_folder_that_nobody_installed_is_taken_for_a_clone(monkeypatch) -> None:
    """As where it is on the path alone."""

    def missing(_: str) -> metadata.Distribution:
        raise metadata.PackageNotFoundError

    monkeypatch.setattr("synth.extras.distribution", missing)
    assert install("train,minigrid") == 'pip install -e ".[train,minigrid]"'
