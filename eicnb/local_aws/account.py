"""The state of one account: the functions of each region, their versions, aliases and configs.

Tested in tests/local_aws/test_event_invoke.py and tests/local_aws/test_listings.py.
"""

from __future__ import annotations

import hashlib
import uuid
from base64 import b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from threading import RLock
from typing import Any

from eicnb.local_aws.event_clock import EventClock
from eicnb.local_aws.moto_targets import MotoTargets
from eicnb.local_aws.trail import Trail, TrailSettings

LATEST = "$LATEST"

# Every other region is in the commercial partition.
_PARTITIONS = (
    ("cn-", "aws-cn"),
    ("us-gov-", "aws-us-gov"),
    ("us-isob-", "aws-iso-b"),
    ("us-isof-", "aws-iso-f"),
    ("eu-isoe-", "aws-iso-e"),
    ("us-iso-", "aws-iso"),
    ("eusc-", "aws-eusc"),
)


def partition_of(region: str) -> str:
    """Return the partition of a region, as in ARNs.

    >>> partition_of("cn-north-1"), partition_of("eu-west-1")
    ('aws-cn', 'aws')
    """
    return next((partition for prefix, partition in _PARTITIONS if region.startswith(prefix)), "aws")


@dataclass(frozen=True, slots=True)
class Config:
    """One event-invoke config; None is a setting that was never set, not the default."""

    last_modified: float
    maximum_retry_attempts: int | None = None
    maximum_event_age_in_seconds: int | None = None
    on_success: str | None = None
    on_failure: str | None = None

    def to_api(self, function_arn: str) -> dict[str, Any]:
        """Return the response, without unset numbers and with a complete destination config."""
        numbers = {
            "MaximumRetryAttempts": self.maximum_retry_attempts,
            "MaximumEventAgeInSeconds": self.maximum_event_age_in_seconds,
        }
        return {
            "LastModified": self.last_modified,
            "FunctionArn": function_arn,
            **{name: number for name, number in numbers.items() if number is not None},
            "DestinationConfig": {
                "OnSuccess": {"Destination": self.on_success} if self.on_success else {},
                "OnFailure": {"Destination": self.on_failure} if self.on_failure else {},
            },
        }


@dataclass(frozen=True, slots=True)
class Function:
    """A deployed function: its settings, its numbered versions, and the versions of its aliases."""

    arn: str
    name: str
    role_arn: str
    runtime: str | None
    handler: str
    timeout: int
    memory_size: int
    description: str
    last_modified: str
    dead_letter_arn: str | None = None
    version_count: int = 0
    aliases: Mapping[str, str] = field(default_factory=dict)
    weights: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    """The share of an alias's traffic that another version receives."""
    tags: Mapping[str, str] = field(default_factory=dict)
    reserved_concurrency: int | None = None
    recursive_loop: str = "Terminate"

    @property
    def versions(self) -> tuple[str, ...]:
        """`$LATEST`, then every numbered version."""
        return (LATEST, *map(str, range(1, self.version_count + 1)))

    def has(self, qualifier: str) -> bool:
        """Return whether the qualifier is `$LATEST`, a version or an alias of this function."""
        return qualifier in self.versions or qualifier in self.aliases

    def version_of(self, qualifier: str) -> str:
        """Return the version that a qualifier points at."""
        return self.aliases.get(qualifier, qualifier)

    def summary(self, version: str, *, arn: str) -> dict[str, Any]:
        """Return one version as lists show it, which is without the state."""
        packaged_as_image = self.runtime is None
        code = hashlib.sha256(f"{self.arn}:{version}".encode()).digest()
        return {
            "FunctionName": self.name,
            "FunctionArn": arn,
            **({} if packaged_as_image else {"Runtime": self.runtime, "Handler": self.handler}),
            "Role": self.role_arn,
            "CodeSize": 1000 + int.from_bytes(code[:3], "big"),
            "Description": self.description,
            "Timeout": self.timeout,
            "MemorySize": self.memory_size,
            "LastModified": self.last_modified,
            "CodeSha256": b64encode(code).decode() if not packaged_as_image else code.hex(),
            "Version": version,
            **({"DeadLetterConfig": {"TargetArn": self.dead_letter_arn}} if self.dead_letter_arn else {}),
            "TracingConfig": {"Mode": "PassThrough"},
            "RevisionId": str(uuid.uuid5(uuid.NAMESPACE_URL, f"{self.arn}:{version}")),
            "PackageType": "Image" if packaged_as_image else "Zip",
            "Architectures": ["x86_64"],
            "EphemeralStorage": {"Size": 512},
            "SnapStart": {"ApplyOn": "None", "OptimizationStatus": "Off"},
            "LoggingConfig": {"LogFormat": "Text", "LogGroup": f"/aws/lambda/{self.name}"},
        }

    def configuration(self, version: str, *, arn: str) -> dict[str, Any]:
        """Return one version as GetFunction shows it."""
        return {
            **self.summary(version, arn=arn),
            "State": "Active",
            "LastUpdateStatus": "Successful",
        }


@dataclass(frozen=True, slots=True)
class EventSourceMapping:
    """A queue or stream that Lambda reads for a function, which it then invokes synchronously."""

    uuid: str
    arn: str
    event_source_arn: str
    function_arn: str
    last_modified: float
    batch_size: int
    is_enabled: bool = True
    starting_position: str | None = None

    def to_api(self) -> dict[str, Any]:
        """Return the response; the mapping of a stream has more settings than that of a queue."""
        of_a_stream: dict[str, Any] = {
            "StartingPosition": self.starting_position,
            "ParallelizationFactor": 1,
            "DestinationConfig": {"OnFailure": {}},
            "MaximumRecordAgeInSeconds": -1,
            "BisectBatchOnFunctionError": False,
            "MaximumRetryAttempts": -1,
            "TumblingWindowInSeconds": 0,
            "LastProcessingResult": "No records processed",
        }
        return {
            "UUID": self.uuid,
            "BatchSize": self.batch_size,
            "MaximumBatchingWindowInSeconds": 0,
            "EventSourceArn": self.event_source_arn,
            "FunctionArn": self.function_arn,
            "LastModified": self.last_modified,
            "State": "Enabled" if self.is_enabled else "Disabled",
            "StateTransitionReason": "USER_INITIATED" if self.starting_position is None else "User action",
            "FunctionResponseTypes": [],
            "EventSourceMappingArn": self.arn,
            **(of_a_stream if self.starting_position else {}),
        }


@dataclass(slots=True)
class Region:
    """The functions of one region, and the config and policy of each qualifier.

    A policy is a dict of statements by id; the qualifier None is the function without one.
    """

    functions: dict[str, Function] = field(default_factory=dict)
    configs: dict[str, dict[str, Config]] = field(default_factory=dict)
    policies: dict[tuple[str, str | None], dict[str, dict[str, Any]]] = field(default_factory=dict)
    mappings: dict[str, EventSourceMapping] = field(default_factory=dict)

    def configs_of(self, function_name: str) -> dict[str, Config]:
        """Return the configs of one function by qualifier, to read and to change."""
        return self.configs.setdefault(function_name, {})


@dataclass(slots=True)
class Account:
    """One account.

    `now` returns the time of a change. `may` returns whether a role may do an action on an ARN. `clock` schedules
    asynchronous events, and `targets` receive what Lambda delivers. `failures` has how functions fail, by name; all
    others succeed. `trail` records the calls.
    """

    account_id: str
    now: Callable[[], float]
    may: Callable[[str, str, str], bool]
    clock: EventClock
    targets: MotoTargets
    regions: dict[str, Region] = field(default_factory=dict)
    failures: dict[str, str] = field(default_factory=dict)
    lock: RLock = field(default_factory=RLock)
    trail_settings: TrailSettings = field(default_factory=TrailSettings)
    trail: Trail = field(init=False)

    def __post_init__(self) -> None:
        self.trail = Trail(self.account_id, self.now, self.trail_settings)

    def region(self, name: str) -> Region:
        """Return the state of a region, which is empty at first."""
        return self.regions.setdefault(name, Region())

    def function_arn(self, region: str, function_name: str, qualifier: str | None = None) -> str:
        """Return the ARN of a function of this account, whether it exists or not."""
        arn = f"arn:{partition_of(region)}:lambda:{region}:{self.account_id}:function:{function_name}"
        return f"{arn}:{qualifier}" if qualifier else arn
