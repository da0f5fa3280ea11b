"""A deadline for a whole answer, not for the silence between two bytes of it.

HTTP clients give up when nothing comes for a while. A service that queues a request may send
blank lines meanwhile, for ever. `PatientTransport` counts from when a request is sent.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import httpx2

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["PatientTransport"]


class PatientTransport(httpx2.HTTPTransport):
    """Sends requests, each of which must be answered in full within a time.

    Args:
        seconds: From sending the request to the last byte of its answer.
    """

    def __init__(self, seconds: float) -> None:
        super().__init__()
        self._seconds = seconds

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        """Send one request.

        Raises:
            httpx2.ReadTimeout: The answer was not there in time.
        """
        deadline = time.monotonic() + self._seconds
        response = super().handle_request(request)
        if isinstance(response.stream, httpx2.SyncByteStream):
            response.stream = _Bounded(response.stream, deadline, request)
        return response


class _Bounded(httpx2.SyncByteStream):
    def __init__(
        self, stream: httpx2.SyncByteStream, deadline: float, request: httpx2.Request
    ) -> None:
        self._stream, self._deadline, self._request = stream, deadline, request

    def __iter__(self) -> Iterator[bytes]:
        for chunk in self._stream:
            if time.monotonic() > self._deadline:
                raise httpx2.ReadTimeout("the answer took too long", request=self._request)
            yield chunk

    def close(self) -> None:
        self._stream.close()
