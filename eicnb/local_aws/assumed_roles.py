"""STS's AssumeRole, only for roles that exist and trust the caller; moto itself assumes any role.

https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
Tested in tests/local_aws/test_assumed_roles.py.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from threading import Lock
from typing import Any
from urllib.parse import parse_qsl

from moto.backends import get_backend
from werkzeug.wrappers import Response

from eicnb.local_aws import faults
from eicnb.local_aws.accounts import Accounts, ServedAccount
from eicnb.local_aws.policies import trusts
from eicnb.local_aws.validation import violation

OPERATION = "AssumeRole"

_ROLE = re.compile(r"arn:[a-z-]+:iam::(?P<account_id>\d{12}):role/(?:.*/)?(?P<name>[\w+=,.@-]+)", re.ASCII)
_SESSION_NAME = re.compile(r"[\w+=,.@-]{2,64}", re.ASCII)
_ACCESS_KEY = re.compile(r"<AccessKeyId>(?P<key>[^<]+)</AccessKeyId>")
_EXPIRATION = re.compile(r"<Expiration>(?P<time>[^<]+)</Expiration>")


@dataclass(frozen=True, slots=True)
class Principal:
    """The account that a request acts on, and the ARN of the caller."""

    served: ServedAccount
    arn: str
    role_arn: str | None = None


@dataclass(frozen=True, slots=True)
class _RoleSession:
    """The caller behind an access key of STS, which expires at a time in seconds since 1970."""

    caller: Principal
    expires_at: float


class AssumedRoles:
    """The role sessions of a sandbox by access key; any other key belongs to the management account."""

    def __init__(self, accounts: Accounts) -> None:
        self._accounts = accounts
        self._sessions: dict[str, _RoleSession] = {}
        self._lock = Lock()

    def caller(self, access_key: str, *, is_query: bool) -> Principal:
        """Return the caller with an access key; raise a fault if the credentials have expired."""
        with self._lock:
            session = self._sessions.get(access_key)
        if session is None:
            management = self._accounts.management
            return Principal(management, f"arn:aws:sts::{management.account_id}:user/moto")
        if self._accounts.now() >= session.expires_at:
            raise faults.expired_token(is_query=is_query)
        return session.caller

    def assume(self, environ: dict[str, Any], caller: Principal) -> Response:
        """Serve AssumeRole; requests with the returned credentials act on the role's account."""
        body = environ["wsgi.input"].getvalue().decode("utf-8", "replace")
        given = dict(parse_qsl(body, keep_blank_values=True))
        role_arn, session_name = given.get("RoleArn", ""), given.get("RoleSessionName", "")
        if _SESSION_NAME.fullmatch(session_name) is None:
            rule = r"satisfy regular expression pattern: [\w+=,.@-]*"
            text = violation(session_name, "roleSessionName", rule)
            raise faults.query_refused("ValidationError", f"1 validation error detected: {text}")
        served = self._trusting(role_arn, given.get("ExternalId"), caller)
        if served is None:
            raise faults.may_not_assume(caller.arn, role_arn)
        response = caller.served.other_services.handle(environ, "sts")
        self._store_session(response.get_data(as_text=True), served, role_arn, session_name)
        return response

    def _trusting(self, role_arn: str, external_id: str | None, caller: Principal) -> ServedAccount | None:
        """Return the account of a role that trusts the caller, or None if there is no such role."""
        parts = _ROLE.fullmatch(role_arn)
        served = self._accounts.of(parts["account_id"]) if parts else None
        if parts is None or served is None:
            return None
        roles = get_backend("iam")[served.account_id]["aws"].get_roles()
        document = next((role.assume_role_policy_document for role in roles if role.name == parts["name"]), None)
        context = {
            "aws:PrincipalAccount": [caller.served.account_id],
            "aws:PrincipalArn": [caller.role_arn or caller.arn],
            "aws:PrincipalOrgID": [self._accounts.organization.id],
            **({"sts:ExternalId": [external_id]} if external_id else {}),
        }
        principal = {caller.arn, caller.role_arn or caller.arn}
        is_trusted = document is not None and trusts(document, caller.served.account_id, principal, context)
        return served if is_trusted else None

    def _store_session(self, document: str, served: ServedAccount, role_arn: str, session_name: str) -> None:
        key, expiration = _ACCESS_KEY.search(document), _EXPIRATION.search(document)
        if key is None or expiration is None:
            return  # moto refused the request
        role = role_arn.rpartition("/")[2]
        arn = f"arn:aws:sts::{served.account_id}:assumed-role/{role}/{session_name}"
        lifetime = datetime.fromisoformat(expiration["time"]).timestamp() - datetime.now().astimezone().timestamp()
        with self._lock:
            self._sessions[key["key"]] = _RoleSession(Principal(served, arn, role_arn), self._accounts.now() + lifetime)
