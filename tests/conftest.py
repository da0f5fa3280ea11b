"""What holds for every test: no address but loopback can be reached, and nothing is timed."""

from __future__ import annotations

import os

import hypothesis
import pytest
from pytest_socket import socket_allow_hosts

# Networks are small here, and tests run beside each other: more threads only wait for one
# another. Read where torch is first loaded, and by every process that a test starts.
os.environ.setdefault("OMP_NUM_THREADS", "1")

# Output is laid out for whoever reads it; here it is the same whoever runs the tests.
for _name in (
    "CI",
    "BUILD_NUMBER",
    "COLUMNS",
    "LINES",
    "FORCE_COLOR",
    "NO_COLOR",
    "TTY_COMPATIBLE",
):
    os.environ.pop(_name, None)
os.environ["TERM"] = "xterm"

# A busy machine is no fault of the code.
hypothesis.settings.register_profile("untimed", deadline=None)
hypothesis.settings.load_profile("untimed")


@pytest.fixture(autouse=True)
def _no_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take the user's keys and endpoints out of sight."""
    for provider in ("OPENAI", "ANTHROPIC"):
        for name in ("API_KEY", "BASE_URL", "AUTH_TOKEN"):
            monkeypatch.delenv(f"{provider}_{name}", raising=False)


@pytest.fixture(autouse=True)
def _loopback_only() -> None:
    """Refuse every other address; socket pairs, as the sandbox uses, stay possible."""
    socket_allow_hosts(["127.0.0.1", "::1", "localhost"], allow_unix_socket=True)
