"""A proxy in front of a sandbox that loses the responses to writes, before or after they arrive."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from http.client import HTTPConnection
from typing import Literal
from urllib.parse import urlsplit

from tests.answering import Answer, Answering, Cut, Seen, Step, fault

Loss = Literal["cut before", "cut after", "503 before", "503 after", "a page before", "a page after"]
"""What happens to a write: before it arrives or after it was carried out, and what the client sees of it."""

LOSSES: tuple[Loss, ...] = ("cut before", "cut after", "503 before", "503 after", "a page before", "a page after")

_SEEN: dict[str, Step] = {
    "cut": Cut(),
    "503": Answer(503, b"<html>try later</html>", {"Content-Type": "text/html"}),
    "a page": Answer(200, b"<html>please log in</html>", {"Content-Type": "text/html"}),
}

_OWN_HEADERS = {"connection", "content-length", "transfer-encoding"}


@dataclass
class Losing:
    """The script of the proxy: the first `times` writes are lost, and then `others` writes too.

    If `unreadable`, no config can be read once a write was lost.
    """

    url: str
    loss: Loss
    others: Callable[[], object] = lambda: None
    times: int = 1
    unreadable: bool = False
    lost: int = 0

    def __call__(self, request: Seen) -> Step:
        if not is_write(request) or self.lost >= self.times:
            is_hidden = self.unreadable and self.lost > 0 and "event-invoke-config" in request.path
            return fault(403, "AccessDeniedException", "no") if is_hidden else self._forward(request)
        self.lost += 1
        what, _, when = self.loss.rpartition(" ")
        if when == "after":
            self._forward(request)
        self.others()
        return _SEEN[what]

    def _forward(self, request: Seen) -> Answer:
        connection = HTTPConnection(str(urlsplit(self.url).netloc))
        connection.request(request.method, request.path, request.body or None, dict(request.headers))
        response = connection.getresponse()
        headers = {name: value for name, value in response.getheaders() if name.lower() not in _OWN_HEADERS}
        answer = Answer(response.status, response.read(), headers)
        connection.close()
        return answer


def is_write(request: Seen) -> bool:
    return request.method != "GET" and "event-invoke-config" in request.path


def writes(proxy: Answering) -> list[str]:
    """The HTTP methods of the writes that reached the proxy."""
    return [request.method for request in proxy.seen if is_write(request)]
