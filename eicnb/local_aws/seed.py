"""The seeding of an empty account with the shop: its functions, and their surroundings in moto."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from eicnb.local_aws import triggers, week
from eicnb.local_aws.account import LATEST, Account, Config, Function, Region, partition_of
from eicnb.local_aws.call import Call
from eicnb.local_aws.other_services import OtherServices
from eicnb.local_aws.seed_words import KEY_ID, Setting, ShopAccount, ShopFunction, ShopRegion

# Fixed, so that outputs do not change; AWS's times have milliseconds.
FIRST_DEPLOYMENT = datetime(2026, 2, 2, 9, 30, 0, 479_000, tzinfo=UTC)
_BETWEEN_DEPLOYMENTS = timedelta(hours=7, minutes=13)

_HANDLERS = {"java": "shop.Handler::handleRequest", "nodejs": "index.handler", "provided": "bootstrap"}


def fill(account: Account, others: OtherServices, shop: ShopAccount) -> None:
    """Create everything that the shop has in an empty account."""
    for role in shop.roles:
        others.create_role(role)
    for region in shop.regions:
        _create_others(region, account.account_id, others)
        for number, function in enumerate(region.functions):
            _Deployment(account, region, function, FIRST_DEPLOYMENT + number * _BETWEEN_DEPLOYMENTS).run()
    others.fill_at_first_request("monitoring", partial(_fill_metrics, account, others, shop))
    others.fill_at_first_request("kms", partial(_create_keys, others, shop))


def _fill_metrics(account: Account, others: OtherServices, shop: ShopAccount) -> None:
    now = account.now()
    for traffic in shop.week:
        others.put_metrics(traffic.region, week.FUNCTIONS, week.points_of(traffic, now))
    for backlog in shop.backlogs:
        others.put_metrics(backlog.region, week.QUEUES, week.backlog_of(backlog, now))


def _create_keys(others: OtherServices, shop: ShopAccount) -> None:
    for region in shop.regions:
        if region.encrypted:
            others.create_key(region.name, KEY_ID, "encrypts queues")


def bucket_name(name: str, region: ShopRegion, account_id: str) -> str:
    """Return the full name of a bucket, made unique by the region and the account as S3 requires."""
    return f"{name}-{region.name}-{account_id}"


def _create_others(region: ShopRegion, account_id: str, others: OtherServices) -> None:
    for queue in region.queues:
        others.create_queue(region.name, queue, _queue_attributes(region, queue, account_id))
    for topic in region.topics:
        others.create_topic(region.name, topic)
    others.create_bucket(region.name, bucket_name(region.bucket, region, account_id))
    others.create_event_bus(region.name, region.event_bus)
    if region.has_listener:
        others.create_rule(region.name, region.event_bus, "outcomes", {"source": ["lambda"]}, region.queues[-1])


def _queue_attributes(region: ShopRegion, queue: str, account_id: str) -> dict[str, str]:
    attributes = {}
    if queue in region.retention:
        attributes["MessageRetentionPeriod"] = str(region.retention[queue])
    if queue in region.encrypted:
        attributes["SqsManagedSseEnabled"] = "false"
        attributes["KmsMasterKeyId"] = f"arn:{partition_of(region.name)}:kms:{region.name}:{account_id}:key/{KEY_ID}"
    return attributes


class _Deployment:
    """The deployment of one function of the shop into an account."""

    def __init__(self, account: Account, region: ShopRegion, function: ShopFunction, deployed: datetime) -> None:
        self._account = account
        self._region = region
        self._function = function
        self._deployed = deployed

    def run(self) -> None:
        target: Region = self._account.region(self._region.name)
        target.functions[self._function.name] = self._deployment()
        target.configs_of(self._function.name).update(
            {qualifier: self._config(setting) for qualifier, setting in self._function.configs.items()}
        )
        for qualifier, service in self._function.invoked_by.items():
            self._permit(qualifier, service)
        if self._function.reads:
            self._map(self._function.reads)

    def _permit(self, qualifier: str, service: str) -> None:
        body = {
            "StatementId": service.partition(".")[0],
            "Action": "lambda:InvokeFunction",
            "Principal": service,
            "SourceAccount": self._account.account_id,
        }
        query = {} if qualifier == LATEST else {"Qualifier": qualifier}
        triggers.add_permission(self._account, self._call("AddPermission", body, query))

    def _map(self, source: str) -> None:
        body = {"FunctionName": self._function.name, "EventSourceArn": self._arn(source)}
        if source.startswith("dynamodb:"):
            body |= {"EventSourceArn": self._stream_of(source), "StartingPosition": "LATEST"}
        deployed = replace(self._account, now=self._deployed.timestamp)
        triggers.create_event_source_mapping(deployed, self._call("CreateEventSourceMapping", body))

    def _stream_of(self, table: str) -> str:
        arn, _, name = (self._arn(table) or "").rpartition(":")
        return f"{arn}:table/{name}/stream/{FIRST_DEPLOYMENT:%Y-%m-%dT%H:%M:%S}.479"

    def _call(self, operation: str, body: dict[str, Any], query: Mapping[str, str] | None = None) -> Call:
        return Call(operation, self._region.name, self._function.name, query or {}, json.dumps(body).encode())

    def _deployment(self) -> Function:
        function = self._function
        runtime = function.runtime or ""
        return Function(
            arn=self._account.function_arn(self._region.name, function.name),
            name=function.name,
            role_arn=f"arn:aws:iam::{self._account.account_id}:role/{function.role}",
            runtime=function.runtime,
            handler=next((name for kind, name in _HANDLERS.items() if runtime.startswith(kind)), "app.handler"),
            timeout=function.timeout,
            memory_size=function.memory,
            description=function.remark,
            last_modified=self._deployed.strftime("%Y-%m-%dT%H:%M:%S.000+0000"),
            dead_letter_arn=self._arn(function.dead_letter),
            version_count=function.versions,
            aliases=function.aliases,
            tags=self._tags(),
            reserved_concurrency=function.reserved_concurrency,
        )

    def _tags(self) -> dict[str, str]:
        """Return the tags that CloudFormation gives to the functions of its stacks."""
        stack = self._function.stack
        if stack is None:
            return {}
        region, account_id = self._region.name, self._account.account_id
        stack_id = uuid.uuid5(uuid.NAMESPACE_URL, f"{region}/{stack}")
        return {
            "aws:cloudformation:stack-name": stack,
            "aws:cloudformation:stack-id": (
                f"arn:{partition_of(region)}:cloudformation:{region}:{account_id}:stack/{stack}/{stack_id}"
            ),
            "aws:cloudformation:logical-id": "".join(map(str.capitalize, self._function.name.split("-"))),
        }

    def _config(self, setting: Setting) -> Config:
        return Config(
            last_modified=round(self._deployed.timestamp(), 3),
            maximum_retry_attempts=setting.retries,
            maximum_event_age_in_seconds=setting.age,
            on_success=self._arn(setting.on_success),
            on_failure=self._arn(setting.on_failure),
        )

    def _arn(self, destination: str | None) -> str | None:
        if destination is None:
            return None
        kind, _, name = destination.partition(":")
        region, account_id = self._region.name, self._account.account_id
        arn = f"arn:{partition_of(region)}"
        match kind:
            case "s3":
                return f"{arn}:s3:::{bucket_name(name, self._region, account_id)}"
            case "events":
                return f"{arn}:events:{region}:{account_id}:event-bus/{name}"
            case "lambda":
                return self._account.function_arn(region, name)
            case _:
                return f"{arn}:{kind}:{region}:{account_id}:{name}"
