"""The one door to AWS: a user's calls in a region.

Tested in tests/aws/test_credentials.py and tests/aws/test_failures.py.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from itertools import islice
from typing import Any, cast

from botocore import xform_name
from botocore.exceptions import UnknownRegionError

from eicnb.aws.caller import BRIEFLY, Caller, aws_quota
from eicnb.aws.clients import Received, receiving, signing_with
from eicnb.aws.handlers import foreign_handlers
from eicnb.aws.http.route import Route, route_of
from eicnb.aws.identity import Identity
from eicnb.aws.login import AssumedRole, RoleLogin, session_name
from eicnb.aws.responses import Markers
from eicnb.aws.service_model import LAMBDA
from eicnb.errors import AwsError, EicError
from eicnb.model.verbs import Operation

_STREAMS = ("Body", "Payload")
"""The members of a response that botocore returns as unread streams."""


class Aws(Caller):
    """The AWS operations that eicnb calls, as one user in one region.

    `handlers` are the modules with event handlers, because of which an audit sent its requests through botocore.
    One class, because all of these requests share one login, one region and one check of the account.
    """

    handlers: Sequence[str] = ()

    @property
    def partition(self) -> str:
        """The partition of the region, such as `aws`, `aws-cn` or `aws-us-gov`."""
        with self._translated(Operation.GET_CALLER_IDENTITY, sent=False):
            return str(self.session.get_partition_for_region(self.region))

    def derived(self, *, region: str | None = None, endpoint_url: str | None = None, options: Mapping[str, Any]) -> Aws:
        """Return the same user in another region, at another endpoint or with other options.

        At another endpoint, the user is no longer in the sandbox.
        """
        is_elsewhere = endpoint_url not in {None, self.endpoint_url}
        return Aws(
            self._login,
            region=region or self._region,
            endpoint_url=endpoint_url or self.endpoint_url,
            identity=None if is_elsewhere else self._identity,
            sandbox=self.sandbox and not is_elsewhere,
            quota=aws_quota if is_elsewhere else self.quota,
            transport=self._transport.changed(options),
            profile=self.profile,
            role_arn=self.role_arn,
        )

    def assuming(self, role_arn: str, external_id: str | None) -> Aws:
        """Return this user acting as a role; its credentials are renewed before they expire."""
        role, identity = AssumedRole(role_arn, external_id), Identity()
        return Aws(
            RoleLogin(self._login, role, lambda: self._credentials_of(role, identity)),
            region=self._region,
            endpoint_url=self.endpoint_url,
            identity=identity,
            sandbox=self.sandbox,
            quota=self.quota,
            transport=self._transport,
            profile=self.profile,
            role_arn=role_arn,
        )

    def _credentials_of(self, role: AssumedRole, identity: Identity) -> dict[str, str]:
        """Request a role's credentials from STS; an error names the role, the account and what to allow."""
        more = {"ExternalId": role.external_id} if role.external_id else {}
        try:
            with self._calling("sts", Operation.ASSUME_ROLE) as client:
                response = client.assume_role(RoleArn=role.arn, RoleSessionName=session_name(), **more)
                given = response["Credentials"]
                keys = {"access_key": given["AccessKeyId"], "secret_key": given["SecretAccessKey"]}
                return {**keys, "token": given["SessionToken"], "expiry_time": given["Expiration"].isoformat()}
        except AwsError as error:
            role.explain(error, identity.name)
            raise

    @property
    def unassumed_role(self) -> str | None:
        """The role with its account, in words, if the caller was not allowed to assume it."""
        if self.role_arn is None or not self._login.may_not_assume:
            return None
        _, account_id, path = self.role_arn.rsplit(":", 2)
        name = f" ({self.account_name})" if self.account_name else ""
        return f"{path.removeprefix('role/')} in account {account_id}{name}"

    @property
    def expires_at(self) -> datetime | None:
        """The time at which the credentials expire; None if they do not."""
        with self._translated(Operation.GET_CALLER_IDENTITY, sent=False):
            return getattr(self._login.credentials, "_expiry_time", None)

    def pages(
        self, operation: str, configuration: Mapping[str, Any] | None = None, **parameters: Any
    ) -> tuple[list[dict[str, Any]], str | None]:
        """Return all pages of a Lambda list operation, or those that the configuration allows.

        The token continues a list that was cut off.
        """
        seen = Markers(operation)
        pages = []
        with self._calling(LAMBDA, operation) as client:
            paginator = client.get_paginator(xform_name(operation))
            iterator = paginator.paginate(**parameters, PaginationConfig=dict(configuration or {}))
            for page in iterator:
                seen.check(page)
                pages.append(page)
            return pages, iterator.resume_token

    def listing(self, service: str, operation: str, most_pages: int, **parameters: Any) -> Iterator[dict[str, Any]]:
        """Yield up to `most_pages` pages of any service's list, requesting each only when it is needed.

        A response that is not a list is a single page. Streams, such as the content of an object, are read as bytes.
        """
        with self._calling(service, operation) as client:
            name = xform_name(operation)
            is_list = client.can_paginate(name)
            fetched = client.get_paginator(name).paginate(**parameters) if is_list else None
            pages = iter([getattr(client, name)(**parameters)] if fetched is None else islice(fetched, most_pages))
        while True:
            with self._calling(service, operation):
                page = next(pages, None)
                if page is not None:
                    page.update({name: page[name].read() for name in _STREAMS if hasattr(page.get(name), "read")})
            if page is None:
                return
            yield page

    def account_alias(self) -> str | None:
        """Return the alias of the account; None without one, or if IAM denies it or is out of reach."""
        briefly = self.derived(options=BRIEFLY)
        with suppress(EicError):
            page = next(briefly.listing("iam", Operation.LIST_ACCOUNT_ALIASES, 1), {})
            return next(iter(page.get("AccountAliases") or ()), None)
        return None

    def enabled_regions(self) -> list[str]:
        """Return the regions of the partition that are enabled for the account, as EC2 reports them."""
        with self._calling("ec2", Operation.DESCRIBE_REGIONS) as client:
            names = [region["RegionName"] for region in client.describe_regions().get("Regions") or ()]
        partition = self.partition
        return [name for name in names if self._partition_of(name) in {None, partition}]

    def _partition_of(self, region: str) -> str | None:
        """Return the partition of a region; None for one that is newer than botocore."""
        try:
            return str(self.session.get_partition_for_region(region))
        except UnknownRegionError:
            return None

    def route(self, region: str) -> Route:
        """Return botocore's route to Lambda in a region, from a request that is signed but not sent."""
        with self._translated(Operation.LIST_FUNCTIONS, sent=False):
            client = self._client(LAMBDA, probes=True)
            keys = self._checked_keys() if self._transport.signs else None
            with signing_with(keys):
                route = route_of(client, region, verify=self._verify())
            self.handlers = foreign_handlers(client, Operation.LIST_FUNCTIONS)
            return replace(route, through=self._through_botocore) if self.handlers else route

    def _through_botocore(self, region: str, operation: str, parameters: Mapping[str, str]) -> Received:
        """Send an operation once through botocore, and return the raw response."""
        once = self.derived(region=region, options={"retries": 1})
        with receiving() as responses:
            try:
                once.call(operation, **parameters)
            except EicError:
                if not responses:
                    raise
        return responses[-1]

    def setting(self, name: str) -> str | None:
        """Return a setting of the profile in the AWS config file."""
        with self._translated(Operation.GET, sent=False):
            scope = self.session._session.get_scoped_config()  # noqa: SLF001 # boto3 has no public way to it
            return cast("str | None", scope.get(name))
