"""The connections that reach the accounts and regions of an audit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from eicnb.aws.boto import Aws
from eicnb.errors import UsageError
from eicnb.fleet.checks.audited import Audited


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
            known = ", ".join(of_account) or "none"
            raise UsageError(
                f"the audit has rows of account {account_id}, but the connection is to account {known}",
                hint="pass a connection to each account: connections=[eicnb.connect(…), …]",
            )
        same = next((aws for aws in own if aws.known_region == region), None)
        found[account_id, region] = same or own[0].derived(region=region, options={})
    return found
