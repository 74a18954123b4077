"""A fake Lambda in a separate process that stores configs, for plans and their writes.

    python tests/bench/plan_server.py --functions 1000

It prints its URL and serves until it is killed. Every function has a config on `$LATEST`. A GET of `/` returns the
number of requests to Lambda so far.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import unquote

_IDENTITY = (
    '<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult>'
    "<Arn>arn:aws:iam::123456789012:user/me</Arn><UserId>me</UserId><Account>123456789012</Account>"
    "</GetCallerIdentityResult></GetCallerIdentityResponse>"
)


class Store(ThreadingHTTPServer):
    """The configs of all functions, and the number of requests."""

    daemon_threads = True

    def __init__(self, functions: int) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.requests = 0
        self.configs = {f"function-{number:06}": config(number) for number in range(functions)}


def config(number: int) -> dict[str, Any]:
    return {
        "FunctionArn": f"arn:aws:lambda:us-east-1:123456789012:function:function-{number:06}:$LATEST",
        "LastModified": 1793534400.123,
        "MaximumRetryAttempts": 1,
        "DestinationConfig": {"OnSuccess": {}, "OnFailure": {}},
    }


class Handler(BaseHTTPRequestHandler):
    """One connection."""

    protocol_version = "HTTP/1.1"
    server: Store

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 # the name of the base class
        """Log nothing."""

    def answer(self) -> None:
        """Respond to any request."""
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        found = re.search(r"/functions/([^/?]+)/event-invoke-config", self.path)
        if found is None:
            text = _IDENTITY if self.command == "POST" else json.dumps({"requests": self.server.requests})
        else:
            self.server.requests += 1
            text = json.dumps(self.of(unquote(found[1]).rpartition(":")[2], body))
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text.encode())

    def of(self, name: str, body: bytes) -> dict[str, Any]:
        """The config of a function, or a list with only that config."""
        held = self.server.configs[name]
        if self.command == "PUT":
            held = self.server.configs[name] = {
                **{key: held[key] for key in ("FunctionArn", "DestinationConfig")},
                **json.loads(body),
                "LastModified": time.time(),
            }
        return {"FunctionEventInvokeConfigs": [held]} if "/list" in self.path else held

    do_GET = do_PUT = do_POST = answer  # noqa: N815 # the base class finds methods by these names


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--functions", type=int, default=1000)
    server = Store(parser.parse_args().functions)
    print(f"http://127.0.0.1:{server.server_port}", flush=True)
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        sys.exit()


if __name__ == "__main__":
    main()
