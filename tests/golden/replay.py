"""Replays the recorded command lines of the AWS CLI through eicnb, against the server they were recorded with.

python tests/golden/replay.py [GROUP …]     # prints the share of cases that pass, by group
"""

from __future__ import annotations

import base64
import collections
import io
import json
import os
import re
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from ipaddress import ip_address
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from eicnb.aws.service_model import members
from eicnb.cli import parser
from eicnb.cli.lexer import quote
from eicnb.cli.source import Source
from eicnb.client import commands, connections
from eicnb.errors import EicError

HERE = Path(__file__).parent
CASES: list[dict[str, Any]] = json.loads((HERE / "cases.json").read_text(encoding="utf-8"))["cases"]


@dataclass(frozen=True)
class Outcome:
    """The result of a command line: its exit code, its output, and the requests to the server."""

    rc: int
    stdout: str
    requests: list[dict[str, Any]]
    error: str = ""


@dataclass(frozen=True)
class Server:
    """The running server that the recordings were made with."""

    url: str
    tls_url: str
    certificate: Path

    def ask(self, path: str, body: Any = None) -> Any:
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.url + path, data=data, method="GET" if path == "/_log" else "POST")
        with urllib.request.urlopen(request, timeout=60) as answer:
            text = answer.read()
        return json.loads(text) if text.startswith((b"[", b"{")) else text

    def fill(self, text: str, folder: Path) -> str:
        """Replace a case's placeholders by this run's addresses."""
        known = {
            "{ENDPOINT}": self.url,
            "{TLS_ENDPOINT}": self.tls_url,
            "{ENDPOINT_HOST}": self.url.removeprefix("http://"),
            "{CA}": str(self.certificate),
            "{TMP}": str(folder),
        }
        return re.sub("|".join(map(re.escape, known)), lambda found: known[found[0]], text)


def write_certificate(certificate: Path, key: Path) -> None:
    """A self-signed certificate for 127.0.0.1, as in the recordings."""
    private = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    signed = (
        x509.CertificateBuilder(name, name, private.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(private, hashes.SHA256())
    )
    certificate.write_bytes(signed.public_bytes(Encoding.PEM))
    key.write_bytes(private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))


@contextmanager
def serving() -> Iterator[Server]:
    """The server, started as for the recordings."""
    with tempfile.TemporaryDirectory() as folder:
        certificate, key = Path(folder) / "cert.pem", Path(folder) / "key.pem"
        write_certificate(certificate, key)
        flags = ["--port", "0", "--functions", "20", "--many", "60"]
        flags += ["--tls-cert", str(certificate), "--tls-key", str(key)]
        server = subprocess.Popen(
            [sys.executable, str(HERE / "fake_lambda.py"), *flags], stdout=subprocess.PIPE, text=True
        )
        assert server.stdout is not None
        tls_url, url = (server.stdout.readline().split()[1] for _ in range(2))
        try:
            yield Server(url, tls_url, certificate)
        finally:
            server.terminate()
            server.wait()
            server.stdout.close()


@contextmanager
def surroundings(case: Mapping[str, Any], server: Server, folder: Path) -> Iterator[None]:
    """Set the working folder, files and environment of a case, and restore them afterwards."""
    before, here = dict(os.environ), Path.cwd()
    environment = {
        "PATH": before["PATH"],
        "HOME": str(folder),
        "LANG": "C.UTF-8",
        "TZ": "UTC",
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_PAGER": "",
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_ENDPOINT_URL_LAMBDA": server.url,
    }
    for name, value in case.get("env", {}).items():
        if value is None:
            environment.pop(name, None)
        else:
            environment[name] = server.fill(value, folder)
    for name, content in case.get("files", {}).items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(content, dict):
            path.write_bytes(base64.b64decode(content["base64"]))
        else:
            path.write_text(server.fill(content, folder), encoding="utf-8", newline="")
    stdin = sys.stdin
    try:
        os.environ.clear()
        os.environ.update(environment)
        time.tzset()
        os.chdir(folder)
        sys.stdin = io.StringIO(case.get("stdin", ""))
        yield
    finally:
        sys.stdin = stdin
        os.chdir(here)
        os.environ.clear()
        os.environ.update(before)
        time.tzset()


def asking(argv: Sequence[str]) -> list[str]:
    """The words for `%eic`, with the AWS CLI's default output, JSON, unless one is given."""
    if any(re.match(r"--o(u(t(p(u(t)?)?)?)?)?(=|$)", word) for word in argv):
        return [*argv]
    at = 2 if argv[:1] == ["lambda"] and len(argv) > 1 else 0
    return [*argv[:at], "--output", "json", *argv[at:]]


def run(argv: Sequence[str]) -> tuple[int, str, str]:
    """Run one command line as `%eic` does."""
    printed: list[str] = []
    try:
        connections._in_use.__init__()  # type: ignore[misc] # a new process each
        line = Source(" ".join(map(quote, asking(argv))))
        commands.run(parser.parse(line, {}, model=members), commands.Context(printed.append, log=lambda _: None))
    except EicError as error:
        return error.exit_code, "".join(printed), str(error)
    return 0, "".join(printed), ""


def prepare(server: Server, argv: Sequence[str]) -> None:
    """Write the initial config of a case; a destination is given as JSON if eicnb would refuse it."""
    if not argv[-1].startswith("{"):
        rc, _, error = run(argv)
        assert rc == 0, error
        return
    address = f"{server.url}/2019-09-25/functions/{argv[argv.index('--function-name') + 1]}/event-invoke-config"
    body = json.dumps({"DestinationConfig": json.loads(argv[-1])}).encode()
    with urllib.request.urlopen(urllib.request.Request(address, body, method="PUT")) as answered:
        assert answered.status == HTTPStatus.OK


def replay(case: Mapping[str, Any], server: Server) -> Outcome:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        server.ask("/_reset", {})
        with surroundings(case, server, folder):
            for line in case.get("setup", []):
                prepare(server, [server.fill(word, folder) for word in line])
            done = len(server.ask("/_log"))
            server.ask("/_fault", {"faults": case.get("server", [])})
            rc, stdout, error = run([server.fill(word, folder) for word in case["argv"]])
            requests = server.ask("/_log")[done:]
    return Outcome(rc, stdout, requests, error)


def differences(case: Mapping[str, Any], outcome: Outcome, server: Server) -> list[str]:
    """How an outcome falls short of the AWS CLI's; empty if it does not."""
    expect, ignored = case["expect"], case.get("ignore", [])
    if expect["rc"] == 0 and outcome.rc == 0:
        found = []
        if "stdout" not in ignored and server.fill(expect["stdout"], Path("{TMP}")) != outcome.stdout:
            found.append("stdout")
        if "requests" not in ignored and expect["requests"] != outcome.requests:
            found.append("requests")
        return found
    refused_before = outcome.rc in {252, 253} and not outcome.requests
    if expect["rc"] == 254 and refused_before:
        return []
    if expect["rc"] == 255 and not expect["requests"] and refused_before:
        return []
    if expect["rc"] != outcome.rc:
        return [f"exit code {outcome.rc} instead of {expect['rc']}"]
    return [] if "requests" in ignored or expect["requests"] == outcome.requests else ["requests"]


def main() -> None:
    wanted = set(sys.argv[1:])
    passed: collections.Counter[str] = collections.Counter()
    total: collections.Counter[str] = collections.Counter()
    with serving() as server:
        for case in CASES:
            if wanted and case["group"] not in wanted:
                continue
            total[case["group"]] += 1
            try:
                outcome = replay(case, server)
                found = differences(case, outcome, server)
            except Exception as error:  # noqa: BLE001 # a bug fails its case, and the others still run
                outcome, found = None, [f"{type(error).__name__}: {error}"]
            passed[case["group"]] += not found
            if found:
                print(f"{case['id']}: {', '.join(found)}", file=sys.stderr)
                if wanted:
                    print("   ", case["argv"][1:], "\n   ", case["expect"], "\n   ", outcome, file=sys.stderr)
    for group in sorted(total):
        print(f"{group:<18}{passed[group]:>4} of {total[group]:>4}")
    print(f"{'all':<18}{passed.total():>4} of {total.total():>4}")


if __name__ == "__main__":
    main()
