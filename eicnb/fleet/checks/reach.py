"""The connections that reach the accounts and regions of an audit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from eicnb.aws.boto import Aws
from eicnb.errors import UsageError
from eicnb.fleet.checks.audited import Audited
from eicnb.fleet.resume import NEEDS_ACCOUNTS


def reaching(audit: Audited, connections: Sequence[Aws]) -> Mapping[tuple[str, str], Aws]:
    """Return a connection for each account and region of an audit.

    A connection reaches all regions of its account. An account without a connection raises UsageError.
    """
    of_account: dict[str, list[Aws]] = {}
    for aws in connections:
        of_account.setdefault(aws.listed_account_id or aws.account_id, []).append(aws)
    places = dict.fromkeys(zip(audit.account_ids, audit.regions, strict=True))
    found: dict[tuple[str, str], Aws] = {}
    for account_id, region in places:
        if account_id is None or region is None:
            continue
        own = of_account.get(account_id)
        if own is None:
            raise _no_connection(account_id, connections, ", ".join(of_account) or "none")
        same = next((aws for aws in own if aws.known_region == region), None)
        found[account_id, region] = same or own[0].derived(region=region, options={})
    return found


def _no_connection(account_id: str, connections: Sequence[Aws], known: str) -> UsageError:
    if any(account_id in aws.inactive_accounts for aws in connections):
        return UsageError(
            f"the audit has rows of account {account_id}, which is no longer active in its organisation",
            hint=f'leave its rows out\naudit = audit[audit.account_id != "{account_id}"]',
        )
    message = f"the audit has rows of account {account_id}, but the connection is to account {known}"
    return UsageError(message, hint=NEEDS_ACCOUNTS)
