"""The memory and sockets of each further connection, compared with a boto3 session and client.

    python tests/bench/connections.py [--connections 300] [--small]

Each connection is a pair of a profile and a region, or a role in a separate account, and sends one request over http
or https. The server runs in a separate process and listens on a port for each region. Each measurement has its own
process. It fails if a connection takes 1 MB or more, or if more than 50 sockets are idle.
"""

from __future__ import annotations

import argparse
import json
import os
import ssl
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.resources import files
from pathlib import Path
from threading import Thread
from typing import Any

from tests.golden.replay import write_certificate

REGIONS = (
    *("us-east-1", "us-east-2", "us-west-1", "us-west-2", "eu-west-1", "eu-west-2", "eu-west-3", "eu-central-1"),
    *("eu-north-1", "ca-central-1", "sa-east-1", "ap-south-1", "ap-southeast-1", "ap-southeast-2"),
    *("ap-northeast-1", "ap-northeast-2", "ap-northeast-3"),
)
ROLE = (
    "<AssumeRoleResponse><AssumeRoleResult><Credentials><AccessKeyId>ROLE</AccessKeyId>"
    "<SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken><Expiration>2099-01-01T00:00:00Z</Expiration>"
    "</Credentials></AssumeRoleResult></AssumeRoleResponse>"
)
WARM = 3
MOST_MEGABYTES = 1.0
MOST_SOCKETS = 50
CONFIG = {
    "FunctionArn": "arn:aws:lambda:us-east-1:123456789012:function:my-function:$LATEST",
    "LastModified": 1793534400.0,
    "DestinationConfig": {"OnSuccess": {}, "OnFailure": {}},
}


class Handler(BaseHTTPRequestHandler):
    """Answers every request with the same config, and every AssumeRole with the same keys."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        body = json.dumps(CONFIG).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(200)
        self.send_header("Content-Length", str(len(ROLE)))
        self.end_headers()
        self.wfile.write(ROLE.encode())

    def log_message(self, *_: Any) -> None:
        """Print nothing."""


def serve(scheme: str, folder: str) -> None:
    """Listen on a port for each region, print the ports, and serve until the process is killed."""
    ports = []
    for _ in REGIONS:
        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        server.daemon_threads = True
        if scheme == "https":
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(Path(folder, "cert.pem"), Path(folder, "key.pem"))
            server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
        ports.append(server.server_address[1])
        Thread(target=server.serve_forever, daemon=True).start()
    print(json.dumps(ports), flush=True)
    sys.stdin.read()


def measure(how: str, connections: int, urls: list[str]) -> None:
    """Open the connections, send a request through each, and print the cost of those after the first few."""
    import boto3

    import eicnb

    pairs = [(f"p{number // len(REGIONS)}", number % len(REGIONS)) for number in range(connections)]
    held: list[Any] = []

    def connect(profile: str, region: int) -> None:
        if how == "roles":
            way = eicnb.connect(profile="p0", region=REGIONS[region], endpoint_url=urls[region])
            eic = way.derive(role_arn=f"arn:aws:iam::{len(held):012}:role/audit")
            eic.get("my-function")
            held.append(eic)
        elif how == "eicnb":
            eic = eicnb.connect(profile=profile, region=REGIONS[region], endpoint_url=urls[region])
            eic.get("my-function")
            held.append(eic)
        else:
            session = boto3.Session(profile_name=profile, region_name=REGIONS[region])
            client = session.client("lambda", endpoint_url=urls[region])
            client.get_function_event_invoke_config(FunctionName="my-function")
            held.append((session, client))

    for pair in pairs[:WARM]:
        connect(*pair)
    before, started = resident(), time.perf_counter()
    for pair in pairs[WARM:]:
        connect(*pair)
    seconds, further = time.perf_counter() - started, len(pairs) - WARM
    print(
        json.dumps(
            {
                "megabytes": (resident() - before) / further,
                "milliseconds": 1000 * seconds / further,
                "sockets": sum("socket:" in os.fspath(fd.readlink()) for fd in descriptors()),
            }
        )
    )


def descriptors() -> list[Path]:
    """The number of open files of this process."""
    return [fd for fd in list(Path("/proc/self/fd").iterdir()) if fd.is_symlink()]


def resident() -> float:
    """The memory of this process in MB."""
    line = next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmRSS"))
    return int(line.split()[1]) / 1024


@contextmanager
def serving(scheme: str, folder: str) -> Iterator[list[str]]:
    server = subprocess.Popen(
        [sys.executable, __file__, "--serve", scheme, "--folder", folder],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert server.stdout is not None
        yield [f"{scheme}://127.0.0.1:{port}" for port in json.loads(server.stdout.readline())]
    finally:
        server.terminate()
        server.wait()


def measured(how: str, connections: int, urls: list[str], folder: str) -> dict[str, float]:
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("AWS_")},
        "AWS_CONFIG_FILE": str(Path(folder, "config")),
        "AWS_CA_BUNDLE": str(Path(folder, "bundle.pem")),
        "AWS_EC2_METADATA_DISABLED": "true",
    }
    command = [sys.executable, __file__, "--measure", how, "--connections", str(connections), "--urls", *urls]
    found: dict[str, float] = json.loads(subprocess.run(command, env=environment, check=True, stdout=-1).stdout)
    return found


def prepare(folder: str, connections: int) -> None:
    """Write the profiles, a certificate, and a bundle of it and botocore's certificates."""
    here = Path(folder)
    write_certificate(here / "cert.pem", here / "key.pem")
    trusted = files("botocore").joinpath("cacert.pem").read_text(encoding="utf-8")
    (here / "bundle.pem").write_text(trusted + (here / "cert.pem").read_text())
    profiles = range(connections // len(REGIONS) + 1)
    keys = "aws_access_key_id = a\naws_secret_access_key = b\n"
    (here / "config").write_text("".join(f"[profile p{number}]\n{keys}" for number in profiles))


def compare(connections: int) -> None:
    """Measure both over http and https, print the costs and check the claims."""
    with tempfile.TemporaryDirectory() as folder:
        prepare(folder, connections)
        for scheme in ("http", "https"):
            with serving(scheme, folder) as urls:
                found = {how: measured(how, connections, urls, folder) for how in ("eicnb", "roles", "boto3")}
            for how, cost in found.items():
                print(
                    f"{scheme:<5}  {how:<5}  {cost['megabytes']:6.2f} MB and {cost['milliseconds']:4.0f} ms for each "
                    f"further connection, {cost['sockets']:.0f} sockets open after {connections}"
                )
            for how in ("eicnb", "roles"):
                assert found[how]["megabytes"] < MOST_MEGABYTES, "a further connection costs 1 MB or more"
                assert found[how]["sockets"] <= MOST_SOCKETS, "more than 50 sockets are open"
            assert found["eicnb"]["megabytes"] < found["boto3"]["megabytes"], "plain boto3 is smaller"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--connections", type=int, default=300)
    parser.add_argument("--small", action="store_true", help="12 connections, to check the claims")
    parser.add_argument("--serve", help=argparse.SUPPRESS)
    parser.add_argument("--measure", help=argparse.SUPPRESS)
    parser.add_argument("--folder", help=argparse.SUPPRESS)
    parser.add_argument("--urls", nargs="*", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.serve:
        serve(asked.serve, asked.folder)
    elif asked.measure:
        measure(asked.measure, asked.connections, asked.urls)
    else:
        compare(12 if asked.small else asked.connections)


if __name__ == "__main__":
    main()
