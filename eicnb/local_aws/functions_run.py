"""The runs of the sandbox's functions, which have no code and succeed or fail as configured.

Tested in tests/local_aws/test_invocation.py and tests/local_aws/test_async_events.py.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import Any, Literal, get_args

from eicnb.local_aws.account import Account, Function

Failure = Literal["error", "timeout", "throttle"]
FAILURES: tuple[str, ...] = get_args(Failure)


@dataclass(frozen=True, slots=True)
class RunResult:
    """The result of a run, or of a throttled invocation, whose status is 429.

    `seconds` is the duration, and `version` the version that ran.
    """

    status_code: int
    version: str
    payload: Any = None
    function_error: str | None = None
    seconds: int = 0

    @property
    def is_throttle(self) -> bool:
        """Whether Lambda did not run the function."""
        return self.status_code == 429  # noqa: PLR2004  # HTTP's own number

    @property
    def error_message(self) -> str:
        """The error message, as in a dead-letter message."""
        return str(self.payload["errorMessage"]) if self.function_error else "Rate Exceeded."


def _version(function: Function, qualifier: str) -> str:
    for other, share in function.weights.get(qualifier, {}).items():
        if random.random() < share:  # noqa: S311  # it splits traffic, and needs no secrecy
            return other
    return function.version_of(qualifier)


def run(account: Account, function: Function, qualifier: str, request_id: str) -> RunResult:
    """Run a function once."""
    version = _version(function, qualifier)
    match account.failures.get(function.name):
        case "throttle":
            return RunResult(429, version)
        case "timeout":
            message = f"RequestId: {request_id} Error: Task timed out after {function.timeout}.00 seconds"
            timed_out = {"errorType": "Sandbox.Timedout", "errorMessage": message}
            return RunResult(200, version, timed_out, "Unhandled", function.timeout)
        case "error":
            payload: dict[str, Any] = {
                "errorMessage": f"{function.name} fails in this sandbox",
                "errorType": "SandboxError",
                "requestId": request_id,
                "stackTrace": [],
            }
            return RunResult(200, version, payload, "Unhandled")
        case _:
            return RunResult(200, version, {"statusCode": 200})
