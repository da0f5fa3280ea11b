"""Nothing here needs a key or the network."""

from __future__ import annotations

import os
import socket

import pytest
from pytest_socket import SocketConnectBlockedError


@pytest.mark.filterwarnings("ignore:A test tried to use")
@pytest.mark.parametrize("address", ["192.0.2.1", "example.org"])
def test_no_test_can_reach_an_address_but_loopback(address: str) -> None:
    """A test that tried would fail at once, rather than depend on what answers."""
    with socket.socket() as client, pytest.raises(SocketConnectBlockedError):
        client.connect((address, 80))


def test_loopback_can_be_reached() -> None:
    """Providers are tested against servers on this machine."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        socket.create_connection(server.getsockname()).close()


def test_no_test_runs_with_a_key_of_the_users() -> None:
    """Keys that are set in the shell are out of sight, so that none is spent by mistake."""
    assert "OPENAI_API_KEY" not in os.environ
    assert "ANTHROPIC_API_KEY" not in os.environ
