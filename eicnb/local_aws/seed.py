"""Makes the story true: its functions in the fleet, everything around them in moto."""

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


def plant(account: Account, neighbours: OtherServices) -> None:
    """Seed an empty account with the whole story."""
    for role in shop.ROLES:
        neighbours.create_role(role.name, role.remark, role.actions)
    for region in shop.SHOP:
        _plant_neighbours(region, account.account_id, neighbours)
        for number, function in enumerate(region.functions):
            _Planting(account, region, function, FIRST_DEPLOYMENT + number * _BETWEEN_DEPLOYMENTS).run()


def bucket_name(region: ShopRegion, account_id: str) -> str:
    """A region's bucket; S3 names are global, so the region and the account stand in it."""
    return f"{region.bucket}-{region.name}-{account_id}"


def _plant_neighbours(region: ShopRegion, account_id: str, neighbours: OtherServices) -> None:
    for queue in region.queues:
        neighbours.create_queue(region.name, queue)
    for topic in region.topics:
        neighbours.create_topic(region.name, topic)
    neighbours.create_bucket(region.name, bucket_name(region, account_id))
    neighbours.create_event_bus(region.name, region.event_bus)


class _Planting:
    """One function on its way into the fleet."""

    def __init__(self, account: Account, region: ShopRegion, function: ShopFunction, deployed: datetime) -> None:
        self._account = account
        self._region = region
        self._function = function
        self._deployed = deployed

    def run(self) -> None:
        fleet: Region = self._account.region(self._region.name)
        fleet.functions[self._function.name] = self._deployment()
        fleet.configs_of(self._function.name).update(
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
