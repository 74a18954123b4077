"""The options of commands that work on several accounts: by profile, or by organisation.

Tested in tests/notebook/test_organization.py and tests/fleet/test_accounts.py.
"""

from __future__ import annotations

from eicnb.cli.option import Option

ORGANIZATION = (
    Option(
        "--organization",
        "organization",
        "flag",
        "",
        "all active accounts of the organisation, through the role in --role",
    ),
    Option("--role", "role", "text", "NAME", "name of the role to assume in each account of the organisation"),
    Option("--units", "units", "names", "A,B", "only accounts in these organisational units, by path, name or id"),
    Option(
        "--accounts", "accounts", "names", "A,GLOB*", "only these accounts of the organisation, by name, glob or id"
    ),
)
"""The options that name accounts of an organisation. With them, `--external-id` applies to `--role`."""

ACCOUNTS = (Option("--profiles", "profiles", "names", "A,B", "accounts to read, by their profiles"), *ORGANIZATION)
"""The options that name several accounts."""
