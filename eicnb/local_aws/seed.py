"""The seeding of an empty account with the shop: its functions, and what surrounds them in moto."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from eicnb.local_aws import shop
from eicnb.local_aws.account import Account, Config, Function, Region, partition_of
from eicnb.local_aws.other_services import OtherServices
from eicnb.local_aws.seed_words import Setting, ShopFunction, ShopRegion

# Fixed, so that what is shown today is shown tomorrow; the milliseconds are there because AWS has them.
FIRST_DEPLOYMENT = datetime(2026, 2, 2, 9, 30, 0, 479_000, tzinfo=UTC)
_BETWEEN_DEPLOYMENTS = timedelta(hours=7, minutes=13)

_HANDLERS = {"java": "shop.Handler::handleRequest", "nodejs": "index.handler", "provided": "bootstrap"}


def fill(account: Account, others: OtherServices) -> None:
    """Fill an empty account with the whole shop."""
    for role in shop.ROLES:
        others.create_role(role.name, role.remark, role.actions)
    for region in shop.SHOP:
        _create_others(region, account.account_id, others)
        for number, function in enumerate(region.functions):
            _Deployment(account, region, function, FIRST_DEPLOYMENT + number * _BETWEEN_DEPLOYMENTS).run()


def bucket_name(region: ShopRegion, account_id: str) -> str:
    """Return the name of a region's bucket; S3 names are global, so it has the region and the account."""
    return f"{region.bucket}-{region.name}-{account_id}"


def _create_others(region: ShopRegion, account_id: str, others: OtherServices) -> None:
    for queue in region.queues:
        others.create_queue(region.name, queue)
    for topic in region.topics:
        others.create_topic(region.name, topic)
    others.create_bucket(region.name, bucket_name(region, account_id))
    others.create_event_bus(region.name, region.event_bus)


class _Deployment:
    """One function of the shop, to be deployed into the account."""

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
        )

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
                return f"{arn}:s3:::{bucket_name(self._region, account_id)}"
            case "events":
                return f"{arn}:events:{region}:{account_id}:event-bus/{name}"
            case "lambda":
                return self._account.function_arn(region, name)
            case _:
                return f"{arn}:{kind}:{region}:{account_id}:{name}"
