"""The accounts and regions of an audit, determined before any function is read.

Tested in tests/fleet/test_accounts.py and tests/fleet/test_places.py.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from eicnb.aws.boto import Aws
from eicnb.aws.http.keyring import FixedKeys, KeyProvider, Keyring
from eicnb.aws.http.pool import SenderPool
from eicnb.aws.http.rate_limit import TokenBucket
from eicnb.aws.http.sender import Sender
from eicnb.aws.http.threads import in_thread
from eicnb.aws.keys import Keys
from eicnb.aws.session import known_regions
from eicnb.errors import AwsError, ConfigurationError, EicError, ExpiredCredentials, UsageError, nearest
from eicnb.fleet.resume import Earlier
from eicnb.fleet.row import AuditRow, region_failure
from eicnb.fleet.scope import ALL_REGIONS
from eicnb.model.function import FunctionRef
from eicnb.model.verbs import FUNCTIONS_PATH, Operation


@dataclass(frozen=True, slots=True)
class AccountRegion:
    """One account and region, and the connection that reaches it."""

    aws: Aws
    keyring: Keyring
    account_id: str
    region: str

    @property
    def key(self) -> tuple[str, str]:
        """The account and region."""
        return self.account_id, self.region


@dataclass(slots=True, kw_only=True)
class PlaceFinder:
    """The search for the accounts and regions to audit.

    If an account cannot be identified, `rows` gets a row for each of its regions.
    """

    connections: Sequence[Aws]
    regions: tuple[str, ...] | None
    earlier: Earlier
    pool: SenderPool
    rows: list[AuditRow] = field(default_factory=list)
    _notes: list[asyncio.Future[None]] = field(default_factory=list)

    async def find(self) -> list[AccountRegion]:
        """Return every account and region; if two connections share one, raise UsageError."""
        keyrings = [Keyring(aws) for aws in self.connections]
        accounts = await together(map(self._account, self.connections, keyrings))
        known = [
            (aws, keyring, account_id)
            for aws, keyring, account_id in zip(self.connections, keyrings, accounts, strict=True)
            if account_id
        ]
        own: dict[str, list[str]] = {}
        for aws, _, account_id in known:
            own.setdefault(account_id, []).append(aws.region)
        found = await together(self._regions(aws, account_id, own[account_id]) for aws, _, account_id in known)
        places = [
            AccountRegion(aws, keyring, account_id, region)
            for (aws, keyring, account_id), regions in zip(known, found, strict=True)
            for region in regions
        ]
        _check_once(places)
        refused = {row.account_id for row in self.rows if row.account_id is not None}
        self.earlier.check_accounts({account_id for _, _, account_id in known} | refused)
        return places

    async def _account(self, aws: Aws, keyring: Keyring) -> str | None:
        """Return the account of a connection; None if it cannot be determined."""
        named = (aws.region,) if self.regions in {None, (ALL_REGIONS,)} else self.regions or ()
        sts = asyncio.ensure_future(self._account_from_sts(aws, keyring))
        sts.add_done_callback(lambda done: done.cancelled() or done.exception())
        try:
            with errors_naming(aws):
                account_id: str | None = await asyncio.wait_for(asyncio.shield(sts), self.pool.patience.sts)
        except (UsageError, ConfigurationError):
            raise
        except (EicError, TimeoutError) as error:
            if isinstance(error, AwsError) and error.operation == Operation.ASSUME_ROLE:
                self._add_failures(aws, dict.fromkeys(named, error))  # a probe would need credentials
                return None
            probe = AccountProbe(self.pool, aws, keyring)
            account_id = await probe.account_id(named)
            if account_id is not None:
                self._notes.append(asyncio.ensure_future(in_thread(aws.note_account, account_id)))  # this waits for STS
            if account_id is None and not sts.done() and probe.has_reached_lambda:
                account_id = await sts
            if account_id is None:
                is_silent = not probe.errors and self.regions == (ALL_REGIONS,)
                self._add_failures(aws, dict.fromkeys(named, error) if is_silent else probe.errors)
        finally:
            sts.cancel()
        if account_id is not None:
            keyring.guard(account_id, lambda keys: self._account_of(aws, keys, named))
        return account_id

    def _add_failures(self, aws: Aws, errors: Mapping[str, Exception]) -> None:
        """Add a row for each region that cannot be read, unless it was listed as empty before.

        The account is known if an organisation listed it. Rows of an unknown account cannot be merged with an earlier
        audit, so its error is raised instead.
        """
        account_id = aws.listed_account_id
        if errors and self.earlier.places and account_id is None:
            raise next(iter(errors.values()))
        self.rows += [region_failure(account_id, region, why) for region, why in errors.items()]

    async def _account_from_sts(self, aws: Aws, keyring: Keyring) -> str:
        """Return the account that STS reports for the keys that will sign the requests."""
        if not aws.signs:
            return await in_thread(lambda: aws.account_id)
        return await in_thread(aws.account_of, await keyring.keys())

    async def _account_of(self, aws: Aws, keys: Keys, named: Sequence[str]) -> str | None:
        """Return the account of renewed keys, from STS or from the ARN of a function."""
        try:
            return await asyncio.wait_for(in_thread(aws.account_of, keys), self.pool.patience.sts)
        except (EicError, TimeoutError):
            return await AccountProbe(self.pool, aws, FixedKeys(keys)).account_id(named)

    async def _regions(self, aws: Aws, account_id: str, own: Sequence[str]) -> tuple[str, ...]:
        """Return the regions of a connection; `own` has those of all connections to its account."""
        if self.regions is None and len(own) > 1:
            self.earlier.regions_of(account_id, tuple(own))
            return (aws.region,)
        regions = self.earlier.regions_of(account_id, self.regions)
        if regions == (ALL_REGIONS,):
            return await self._all_regions(aws, account_id)
        if regions:
            await in_thread(_check_regions, aws, regions)
        return regions or (aws.region,)

    async def _all_regions(self, aws: Aws, account_id: str) -> tuple[str, ...]:
        """Return the enabled regions of an account.

        If there are several accounts, one that denies the request becomes a row.
        """
        try:
            enabled = await in_thread(_enabled_regions, aws)
        except (UsageError, ConfigurationError):
            raise
        except EicError as error:
            if len(self.connections) == 1:
                raise
            self.rows.append(region_failure(account_id, aws.region, error))
            return ()
        return tuple(sorted({*enabled, *self.earlier.regions_in(account_id)}))


@dataclass(slots=True)
class AccountProbe:
    """A lookup of the account that some keys belong to, from the ARN of the first listed function.

    `errors` has the error of each region whose functions could not be listed.
    """

    pool: SenderPool
    aws: Aws
    keyring: KeyProvider
    errors: dict[str, EicError] = field(default_factory=dict)

    async def account_id(self, regions: Sequence[str]) -> str | None:
        """Return the account of the first function in these regions; None if none is listed."""
        for region in regions:
            try:
                function = await self._first(await self._sender(region))
            except (UsageError, ConfigurationError):
                raise
            except EicError as error:
                self.errors[region] = error
                continue
            if function is not None:
                return function.account_id
        return None

    @property
    def has_reached_lambda(self) -> bool:
        """Whether Lambda responded, even if only to deny the list of functions."""
        return all(isinstance(error, AwsError) for error in self.errors.values())

    async def _sender(self, region: str) -> Sender:
        with errors_naming(self.aws):
            route = await in_thread(self.aws.route, region)
        words = f"{region}, SANDBOX" if self.aws.sandbox else region
        turns = TokenBucket(self.pool.clock)
        return self.pool.sender(
            route, self.keyring, turns, lambda operation: self.aws.attempt(operation, region, words)
        )

    async def _first(self, sender: Sender) -> FunctionRef | None:
        """Return the first listed function whose ARN can be read."""
        async for page in sender.pages(Operation.LIST_FUNCTIONS, FUNCTIONS_PATH):
            for item in page.get("Functions") or ():
                try:
                    function = FunctionRef.parse(item["FunctionArn"])
                except (UsageError, TypeError, KeyError):
                    continue
                if function.account_id:
                    return function
        return None


def _check_once(places: Iterable[AccountRegion]) -> None:
    seen: set[tuple[str, str]] = set()
    for place in places:
        if place.key in seen:
            raise UsageError(
                f"two of the connections are to account {place.account_id} in {place.region}",
                hint="name each account and region once",
            )
        seen.add(place.key)


async def together(work: Iterable[Awaitable[Any]]) -> list[Any]:
    """Run awaitables concurrently and return their results; if one fails, cancel the others."""
    tasks = [asyncio.ensure_future(one) for one in work]
    try:
        return await asyncio.gather(*tasks)
    finally:
        for task in tasks:
            task.cancel()


@contextmanager
def errors_naming(aws: Aws) -> Iterator[None]:
    """Prefix a ConfigurationError with the profile or role, to tell several accounts apart."""
    try:
        yield
    except ConfigurationError as error:
        if aws.user is not None:
            error.message = f"{aws.user}: {error.message}"
        raise


def _enabled_regions(aws: Aws) -> list[str]:
    try:
        enabled = _listed_regions(aws)
    except AwsError as error:
        if not isinstance(error, ExpiredCredentials):
            error.hint = _NAME_THEM
        raise
    if not enabled:
        raise EicError(f"{Operation.DESCRIBE_REGIONS} reports no enabled region", hint=_NAME_THEM)
    return enabled


def _listed_regions(aws: Aws) -> list[str]:
    try:
        return aws.enabled_regions()
    except ExpiredCredentials:
        return aws.enabled_regions()  # the connection dropped the expired ones, so this request has new ones


_NAME_THEM = (
    f"name the regions: --regions us-east-1,eu-west-1; or use a role that may call {Operation.DESCRIBE_REGIONS.action}"
)


def _check_regions(aws: Aws, regions: Sequence[str]) -> None:
    """Reject unknown regions; one that botocore does not know yet must be in the account's list."""
    unknown = [region for region in regions if region not in known_regions()]
    if not unknown:
        return
    try:
        enabled: Sequence[str] = aws.enabled_regions()
    except EicError:
        enabled = ()
    for region in unknown:
        if region not in enabled:
            raise _no_region(region)


def _no_region(region: str) -> UsageError:
    hint = nearest(region, known_regions()) or 'read every region of the account\nregions="all"'
    error = UsageError(f"there is no region {region!r}", hint=hint, culprit=region)
    error.argument = "regions"
    return error
