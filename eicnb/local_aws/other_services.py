"""The other AWS services of a sandbox's account: those of moto, restricted to that account.

moto stores its state per account id, for the whole process. Since each sandbox has its own account ids, sandboxes
share no state, and stopping one deletes only its own. `reach` refuses requests that would reach another account.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from threading import Lock
from typing import Any

from moto.backends import get_backend
from moto.core.base_backend import AccountSpecificBackend, BackendDict
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
from moto.s3.models import s3_backends
from werkzeug.wrappers import Response

from eicnb.local_aws import faults
from eicnb.local_aws.account import partition_of
from eicnb.local_aws.policies import Context, Policy, PolicyDecision, decide
from eicnb.local_aws.queues import ShopQueues
from eicnb.local_aws.reach import Reach
from eicnb.local_aws.seed_words import ShopRole

# moto's own Lambda, its API for all accounts of the process, and an EC2 instance's credentials.
_NEVER_SERVED = {"awslambda", "lambda", "moto_api", "moto_proxy", "instance_metadata"}

_NO_SUCH_BUCKET = "<Error><Code>NoSuchBucket</Code><Message>The specified bucket does not exist</Message></Error>"

_settling = Lock()


class OtherServices:
    """SQS, SNS, S3, EventBridge, IAM, STS and whatever else moto has, in one account."""

    def __init__(self, account_id: str) -> None:
        self._account_id = account_id
        self._moto = _shared_application()
        get_backend("sqs")[account_id].backend = ShopQueues
        self._fills: dict[str | None, Callable[[], None]] = {}
        self._filling = Lock()

    def fill_at_first_request(self, service: str, fill: Callable[[], None]) -> None:
        """Call `fill` before the first request to a service, so that starting does not wait for it."""
        self._fills[service] = fill

    def handle(self, environ: dict[str, Any], service: str | None) -> Response:
        """Serve a request in this account, regardless of who signed it.

        `service` is the service in the signature.
        """
        reach = Reach(self._account_id, environ, service)
        if reach.names_foreign_bucket(s3_backends.bucket_accounts):
            return Response(_NO_SUCH_BUCKET, status=404, content_type="application/xml")
        if (other := reach.other_account()) is not None:
            raise faults.not_for_this_account(other)
        environ["HTTP_X_MOTO_ACCOUNT_ID"] = self._account_id
        with self._filling:
            self._fills.pop(service, _nothing)()
        return Response.from_app(self._moto, environ, buffered=True)

    def create_queue(self, region: str, name: str, attributes: Mapping[str, Any] | None = None) -> None:
        """Create an SQS queue; one whose name ends in `.fifo` is a FIFO queue."""
        given: dict[str, Any] = dict(attributes or {})
        if name.endswith(".fifo"):
            given["FifoQueue"] = "true"
        get_backend("sqs")[self._account_id][region].create_queue(name, **given)

    def create_topic(self, region: str, name: str) -> None:
        """Create an SNS topic; one whose name ends in `.fifo` is a FIFO topic."""
        attributes = {"FifoTopic": "true"} if name.endswith(".fifo") else {}
        get_backend("sns")[self._account_id][region].create_topic(name, attributes)

    def create_bucket(self, region: str, name: str) -> None:
        """Create an S3 bucket; its name must be unique in the whole process."""
        get_backend("s3")[self._account_id]["aws"].create_bucket(name, region)

    def create_event_bus(self, region: str, name: str) -> None:
        """Create an EventBridge bus in addition to the default one."""
        get_backend("events")[self._account_id][region].create_event_bus(name)

    def create_key(self, region: str, key_id: str, remark: str) -> None:
        """Create a customer-managed KMS key with a given id."""
        keys = get_backend("kms")[self._account_id][region]
        key = keys.create_key(None, "ENCRYPT_DECRYPT", "SYMMETRIC_DEFAULT", remark, None)
        del keys.keys[key.id]
        key.id, key.arn = key_id, key.arn.replace(key.id, key_id)
        keys.keys[key_id] = key

    def put_metrics(self, region: str, namespace: str, points: Iterable[dict[str, Any]]) -> None:
        """Store points of CloudWatch metrics."""
        get_backend("cloudwatch")[self._account_id][region].put_metric_data(namespace, list(points))

    def create_rule(self, region: str, bus: str, name: str, pattern: Mapping[str, Any], queue: str) -> None:
        """Create a rule of an event bus that sends matching events to a queue."""
        buses, account_id = get_backend("events")[self._account_id][region], self._account_id
        bus_arn = f"arn:{partition_of(region)}:events:{region}:{account_id}:event-bus/{bus}"
        buses.put_rule(name, event_bus_arn=bus_arn, event_pattern=json.dumps(pattern), state="ENABLED")
        target = {"Id": queue, "Arn": f"arn:{partition_of(region)}:sqs:{region}:{account_id}:{queue}"}
        buses.put_targets(name, bus_arn, [target])

    def create_role(self, role: ShopRole, trusted: str | None = None) -> None:
        """Create a role with one policy that Lambda or, if given, a trusted account may assume."""
        roles = get_backend("iam")[self._account_id]["aws"]
        principal = {"Service": "lambda.amazonaws.com"} if trusted is None else {"AWS": f"arn:aws:iam::{trusted}:root"}
        trust = {"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"}
        document = json.dumps({"Version": "2012-10-17", "Statement": [trust]})
        roles.create_role(role.name, document, "/", None, role.remark, [], "3600")
        statements: list[dict[str, Any]] = [{"Effect": "Allow", "Action": list(role.actions), "Resource": "*"}]
        if role.in_own_buckets:
            own = {"StringEquals": {"s3:ResourceAccount": self._account_id}}
            statements.append(
                {"Effect": "Allow", "Action": list(role.in_own_buckets), "Resource": "*", "Condition": own}
            )
        document = json.dumps({"Version": "2012-10-17", "Statement": statements})
        roles.put_role_policy(role.name, "what-it-may-do", document)

    def decide(self, role_arn: str, action: str, resource: str, context: Context) -> PolicyDecision | None:
        """Return what a role's current policies decide, or None if the role does not exist."""
        roles = {role.arn: role for role in get_backend("iam")[self._account_id]["aws"].get_roles()}
        role = roles.get(role_arn)
        if role is None:
            return None
        inline = [Policy(f"role_{role.name}_{name}", document) for name, document in role.policies.items()]
        managed = [
            Policy(policy.name, version.document, "user-managed")
            for policy in role.managed_policies.values()
            for version in policy.versions
            if version.is_default_version
        ]
        return decide([*inline, *managed], action, resource, context)

    def may(self, role_arn: str, action: str, resource: str) -> bool:
        """Return whether a role's policies allow an action on a resource of this account."""
        owner = {key: [self._account_id] for key in ("s3:ResourceAccount", "aws:ResourceAccount")}
        decision = self.decide(role_arn, action, resource, owner)
        return decision is not None and decision.is_allowed

    def forget(self) -> None:
        """Delete the state of this account in all services."""
        self._forget_buckets()
        # moto's only list of the services in use is a private one.
        services: list[Any] = list(BackendDict._instances)  # type: ignore[misc]  # noqa: SLF001
        for service in services:
            service.pop(self._account_id, None)

    def _forget_buckets(self) -> None:
        # moto's own reset would close the temporary files of every account's objects.
        for bucket in get_backend("s3")[self._account_id]["aws"].buckets.values():
            for stored in (*bucket.keys.values(), *bucket.multiparts.values()):
                stored.dispose()
            s3_backends.bucket_accounts.pop(bucket.name, None)


def _nothing() -> None:
    """Fill nothing, in a service that is already filled."""


class _SilentDispatcher(DomainDispatcherApplication):
    """moto's application, except that an unknown service raises instead of printing a message."""

    def get_backend_for_host(self, host: str | None) -> Any:
        """Return the moto service of a host name; raise LookupError if it must not be served."""
        is_known = any(pattern.match(f"http://{host}") for _, pattern in self.backend_url_patterns)
        if host and "amazonaws.com" in host and not is_known:
            raise LookupError(f"moto does not know {host}")
        service = super().get_backend_for_host(host)
        if service in _NEVER_SERVED:
            raise LookupError(f"the sandbox does not serve moto's {service}")
        return service


def _shared_application() -> Any:
    """Return moto's application, which has no state and is shared by all sandboxes."""
    with _settling:
        return _application()


@cache
def _application() -> Any:
    # moto gets its list of regions from boto3 once, and reuses that session.
    try:
        AccountSpecificBackend.get_session()
    except Exception:  # noqa: BLE001  # botocore's errors, which only `eicnb.aws` may name
        with _without_aws_settings():
            AccountSpecificBackend.get_session()
    return _SilentDispatcher(create_backend_app)


@contextmanager
def _without_aws_settings() -> Iterator[None]:
    """Hide the user's AWS settings from moto, where a missing profile would be an error."""
    neutral = {"AWS_CONFIG_FILE": os.devnull, "AWS_SHARED_CREDENTIALS_FILE": os.devnull}
    hidden = {name: os.environ.pop(name, None) for name in ("AWS_PROFILE", "AWS_DEFAULT_PROFILE", *neutral)}
    os.environ.update(neutral)
    try:
        yield
    finally:
        for name in neutral:
            del os.environ[name]
        os.environ.update({name: value for name, value in hidden.items() if value is not None})
