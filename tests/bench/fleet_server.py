"""A fake Lambda in a separate process, which lists functions and configs as fast as asyncio can.

    python tests/bench/fleet_server.py --functions 450 --latency 0.04 --limit 15

It prints its URL and serves until it is killed. Every region of every account (which the access key names) has the
same functions; every third has a config, and `--aliases` of them have one on the alias `live` too. Bodies are built
once, so that only the client is measured. Above `--limit` calls a second per account and region, it responds with 429;
GetFunction has its own limit, 100/15 times as high, and `--no-get-function` denies it. `--failures`, `--cuts` and
`--torn` are the shares of calls that get a 500, a closed connection, and half a body. `--denied` names the regions that
deny everything.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import re
import time
from collections import Counter
from urllib.parse import parse_qs, unquote

PAGE = 50
_PARTS_OF_GET_FUNCTION = 4
_SCOPE = re.compile(rb"Credential=([^/]+)/\d+/([^/]+)/([^/]+)/aws4_request")
_IDENTITY = (
    '<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult>'
    "<Arn>arn:aws:iam::{0}:user/me</Arn><UserId>me</UserId><Account>{0}</Account>"
    "</GetCallerIdentityResult></GetCallerIdentityResponse>"
)
_REASONS = {200: "OK", 403: "Forbidden", 404: "Not Found", 429: "Too Many Requests", 500: "Internal Server Error"}


def whole(status: int, body: str, *, headers: str = "") -> bytes:
    """An HTTP response as bytes."""
    return (
        f"HTTP/1.1 {status} {_REASONS[status]}\r\nContent-Type: application/json\r\n{headers}"
        f"x-amzn-RequestId: 11111111-2222-3333-4444-555555555555\r\nContent-Length: {len(body)}\r\n\r\n{body}"
    ).encode()


def fault(status: int, code: str, message: str, *, headers: str = "") -> bytes:
    """An error response of Lambda."""
    return whole(status, json.dumps({"message": message}), headers=f"x-amzn-ErrorType: {code}\r\n{headers}")


class Fleet:
    """The functions of one account and region, as responses."""

    def __init__(self, account_id: str, region: str, size: int, aliases: int) -> None:
        self.size, self.aliases = size, aliases
        self.arn = f"arn:aws:lambda:{region}:{account_id}:function:"
        self.names = [f"function-{number:06}" for number in range(size)]
        self.pages = [self._page(start, size) for start in range(0, max(size, 1), PAGE)]
        self.configs: dict[str, bytes] = {}

    def _page(self, start: int, size: int) -> bytes:
        functions = [self._function(name) for name in self.names[start : start + PAGE]]
        more = {"NextMarker": str(start // PAGE + 1)} if start + PAGE < size else {}
        return whole(200, json.dumps({"Functions": functions, **more}))

    def _function(self, name: str) -> dict[str, object]:
        return {
            "FunctionName": name,
            "FunctionArn": self.arn + name,
            "Runtime": "python3.12",
            "Role": "arn:aws:iam::123456789012:role/service-role/a-role-of-the-usual-length",
            "Handler": "app.handler",
            "CodeSize": 123456,
            "Description": "a function of the fleet",
            "Timeout": 30,
            "MemorySize": 256,
            "LastModified": "2026-02-02T09:30:00.479+0000",
            "CodeSha256": "tkYdUR0zq0b4l0m2pC1pQ3q7bYt0b4l0m2pC1pQ3q7Y=",
            "Version": "$LATEST",
            "TracingConfig": {"Mode": "PassThrough"},
            "RevisionId": "0f1e2d3c-0000-1111-2222-333344445555",
            "PackageType": "Zip",
            "Architectures": ["x86_64"],
            "EphemeralStorage": {"Size": 512},
            "SnapStart": {"ApplyOn": "None", "OptimizationStatus": "Off"},
            "LoggingConfig": {"LogFormat": "Text", "LogGroup": f"/aws/lambda/{name}"},
        }

    def configs_of(self, name: str) -> bytes:
        """The response about one function."""
        if name not in self.configs:
            config = {
                "LastModified": 1793534400.123,
                "FunctionArn": f"{self.arn}{name}:$LATEST",
                "MaximumRetryAttempts": 1,
                "DestinationConfig": {
                    "OnSuccess": {},
                    "OnFailure": {"Destination": "arn:aws:sqs:us-east-1:123456789012:lost"},
                },
            }
            number = int(name.rpartition("-")[2])
            configs = [] if number % 3 else [config]
            if (number + 1) * self.aliases // self.size > number * self.aliases // self.size:
                configs.append({**config, "FunctionArn": f"{self.arn}{name}:live"})
            self.configs[name] = whole(200, json.dumps({"FunctionEventInvokeConfigs": configs}))
        return self.configs[name]

    def published(self, kind: str, name: str) -> bytes:
        """The response about the alias of a function, which points to version 1."""
        version = {**self._function(name), "FunctionArn": f"{self.arn}{name}:1", "Version": "1"}
        answers: dict[str, object] = {
            "aliases": {"Aliases": [{"Name": "live", "FunctionVersion": "1"}]},
            "versions": {"Versions": [version]},
            name: {"Configuration": {**version, "FunctionArn": f"{self.arn}{name}:live"}, "Code": {}, "Tags": {}},
        }
        return whole(200, json.dumps(answers[kind]))


class FakeLambda:
    """Responds to requests by account and region, within the limit, with the requested faults."""

    def __init__(self, arguments: argparse.Namespace) -> None:
        self.arguments = arguments
        self.fleets: dict[tuple[str, str], Fleet] = {}
        self.buckets: dict[tuple[str, str, float], tuple[float, float]] = {}
        self.random = random.Random(arguments.seed)
        self.counts: Counter[str] = Counter()

    def answer(self, head: bytes) -> bytes | None:
        """Return the response to send; None closes the connection."""
        target = head.split(b" ", 2)[1].decode()
        found = _SCOPE.search(head)
        if found is None:
            return whole(200, json.dumps(self.counts))
        account_id, region, service = (part.decode() for part in found.groups())
        account_id = account_id if account_id.isdecimal() else "123456789012"
        if service == "sts":
            return whole(200, _IDENTITY.format(account_id))
        if region in self.arguments.denied:
            self.counts["denied"] += 1
            return fault(403, "AccessDeniedException", "User: me is not authorized to perform: lambda:ListFunctions")
        is_own = len(target.partition("?")[0].split("/")) == _PARTS_OF_GET_FUNCTION
        if is_own and self.arguments.no_get_function:
            return fault(403, "AccessDeniedException", "User: me is not authorized to perform: lambda:GetFunction")
        if not self._admits((account_id, region), 100 / 15 if is_own else 1.0):
            self.counts["throttled"] += 1
            return fault(429, "TooManyRequestsException", "Rate exceeded", headers="Retry-After: 1\r\n")
        return self._with_faults(self._right(account_id, region, target))

    def _right(self, account_id: str, region: str, target: str) -> bytes:
        key = (account_id, region)
        if key not in self.fleets:
            self.fleets[key] = Fleet(account_id, region, self.arguments.functions, self.arguments.aliases)
        fleet = self.fleets[key]
        path, _, query = target.partition("?")
        if path.rstrip("/").endswith("/functions"):
            return fleet.pages[int(parse_qs(query).get("Marker", ["0"])[0])]
        parts = path.split("/")
        if parts[1] == "2015-03-31":
            return fleet.published(parts[-1], unquote(parts[3]))
        return fleet.configs_of(unquote(parts[3]))

    def _with_faults(self, answer: bytes) -> bytes | None:
        drawn = self.random.random()
        arguments = self.arguments
        if drawn < arguments.failures:
            self.counts["failed"] += 1
            return fault(500, "ServiceException", "An error occurred")
        if drawn < arguments.failures + arguments.cuts:
            self.counts["cut"] += 1
            return None
        if drawn < arguments.failures + arguments.cuts + arguments.torn:
            self.counts["torn"] += 1
            return answer[: len(answer) - 20] + b" " * 20
        self.counts["answered"] += 1
        return answer

    def _admits(self, place: tuple[str, str], share: float) -> bool:
        limit, burst, key = self.arguments.limit * share, self.arguments.burst * share, (*place, share)
        if not limit:
            return True
        now = time.monotonic()
        tokens, filled_at = self.buckets.get(key, (burst, now))
        tokens = min(burst, tokens + (now - filled_at) * limit)
        self.buckets[key] = (tokens - 1 if tokens >= 1 else tokens, now)
        return bool(tokens >= 1)


class Connection(asyncio.Protocol):
    """One connection, with requests without a body one after another."""

    def __init__(self, service: FakeLambda) -> None:
        self.service = service
        self.buffer = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Store the transport for responses."""
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        """Respond to each complete request after the latency."""
        self.buffer += data
        while b"\r\n\r\n" in self.buffer:
            head, _, self.buffer = self.buffer.partition(b"\r\n\r\n")
            length = re.search(rb"(?i)content-length: (\d+)", head)
            self.buffer = self.buffer[int(length[1]) if length else 0 :]
            answer = self.service.answer(head)
            if self.service.arguments.latency:
                asyncio.get_running_loop().call_later(self.service.arguments.latency, self.say, answer)
            else:
                self.say(answer)

    def say(self, answer: bytes | None) -> None:
        """Write a response, or close the connection."""
        if answer is None:
            self.transport.abort()
        elif not self.transport.is_closing():
            self.transport.write(answer)


async def serve(arguments: argparse.Namespace) -> None:
    service = FakeLambda(arguments)
    server = await asyncio.get_running_loop().create_server(lambda: Connection(service), "127.0.0.1", 0)
    print(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", flush=True)
    await server.serve_forever()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--functions", type=int, default=5000)
    parser.add_argument("--latency", type=float, default=0.0)
    parser.add_argument("--aliases", type=int, default=0)
    parser.add_argument("--no-get-function", action="store_true")
    parser.add_argument("--limit", type=float, default=0.0)
    parser.add_argument("--burst", type=float, default=15.0)
    parser.add_argument("--failures", type=float, default=0.0)
    parser.add_argument("--cuts", type=float, default=0.0)
    parser.add_argument("--torn", type=float, default=0.0)
    parser.add_argument("--denied", action="append", default=[])
    parser.add_argument("--seed", type=int, default=1)
    asyncio.run(serve(parser.parse_args()))


if __name__ == "__main__":
    main()
