"""The organisation of a sandbox's account: that of moto, with fixed ids and AWS's page size.

https://docs.aws.amazon.com/organizations/latest/APIReference/Welcome.html
Tested in tests/local_aws/test_organization.py.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from io import BytesIO
from threading import RLock
from typing import Any

from moto.backends import get_backend
from moto.utilities.utils import PARTITION_NAMES
from werkzeug.wrappers import Response

from eicnb.local_aws import account_ids, company, faults
from eicnb.local_aws.other_services import OtherServices
from eicnb.local_aws.seed_words import ShopMember

SERVICE = "organizations"
PAGE = 20
_PARTITION = "aws"
_ROOT_ID = "r-shop"
_ORGANIZATION_ID = "o-shop123456"
_FIRST_JOINED = datetime(2025, 11, 3, 8, 0, 0)  # noqa: DTZ001  # moto's times have no zone
_OF_MEMBERS = {"DescribeOrganization"}
"""The operations that AWS also allows the members of an organisation."""


class Organization:
    """The organisation of one account, created in moto when it is first needed."""

    id = _ORGANIZATION_ID

    def __init__(self, account_id: str) -> None:
        self._account_id = account_id
        self._is_filled = False
        self._lock = RLock()
        self._members = dict(
            zip(account_ids.claim_members(account_id, len(company.MEMBERS)), company.MEMBERS, strict=True)
        )

    def seeded(self, account_id: str) -> ShopMember | None:
        """Return the seed of a member account, or None if it was created later."""
        return self._members.get(account_id)

    def is_active(self, account_id: str) -> bool:
        """Return whether an account is in the organisation and not suspended."""
        self.fill()
        return any(account.id == account_id and account.status == "ACTIVE" for account in self._backend.accounts)

    def handle(
        self, environ: dict[str, Any], account_id: str, others: OtherServices, operation: str | None
    ) -> Response:
        """Serve a request of one of its accounts; raise a fault if the account may not make it."""
        if account_id != self._account_id and operation not in _OF_MEMBERS:
            raise faults.not_the_management_account()
        self.fill()
        if operation is not None and operation.startswith("List"):
            _limit_page(environ)
        response = others.handle(environ, SERVICE)
        for account in self._backend.accounts:
            account_ids.adopt(account.id, self._account_id)
        return response

    def fill(self) -> None:
        """Create the organisation in moto, once."""
        with self._lock:
            if not self._is_filled:
                self._fill()
                self._is_filled = True

    def _fill(self) -> None:
        organization, before = self._backend, set(get_backend("iam"))
        partitions: Any = get_backend("organizations")[self._account_id]
        partitions.update(dict.fromkeys(PARTITION_NAMES, organization))  # one for all: a sandbox may be in any region
        organization.create_organization("us-east-1", FeatureSet="ALL")
        organization.org.id, organization.org.root_id = _ORGANIZATION_ID, _ROOT_ID
        [root], [manager] = organization.ou, organization.accounts
        root.id = manager.parent_id = _ROOT_ID
        manager.name, manager.email, manager.create_time = company.NAME, _email(company.NAME), _FIRST_JOINED
        units = {"": _ROOT_ID}
        for path in company.UNITS:
            parent, _, name = path.rpartition("/")
            organization.create_organizational_unit(Name=name, ParentId=units[parent])
            organization.ou[-1].id = units[path] = _unit_id(path)
        for number, (account_id, member) in enumerate(self._members.items(), start=1):
            self._create(account_id, member, units[member.unit], _FIRST_JOINED + number * timedelta(days=3, hours=1))
        # moto has created a role in each new account, under an id that was then replaced.
        for chosen in set(get_backend("iam")) - before - account_ids.others(""):
            get_backend("iam").pop(chosen, None)

    def forget(self) -> None:
        """Delete this organisation's accounts from moto's table for the whole process."""
        for member in [member for member, (manager, _) in _managers().items() if manager == self._account_id]:
            del _managers()[member]

    @property
    def _backend(self) -> Any:
        return get_backend("organizations")[self._account_id][_PARTITION]

    def _create(self, account_id: str, member: ShopMember, unit_id: str, joined: datetime) -> None:
        organization = self._backend
        organization.create_account(AccountName=member.name, Email=_email(member.name))
        account = organization.accounts[-1]
        _managers()[account_id] = _managers().pop(account.id)
        account.id, account.parent_id, account.create_time = account_id, unit_id, joined
        if member.is_suspended:
            account.close()


def _managers() -> Any:
    """Return moto's table of the management account of each member account."""
    backends: Any = get_backend("organizations")
    return backends.master_accounts


def _email(name: str) -> str:
    return f"aws+{name}@shop.example"


def _unit_id(path: str) -> str:
    return f"ou-shop-{hashlib.sha256(path.encode()).hexdigest()[:8]}"


def _limit_page(environ: dict[str, Any]) -> None:
    """Limit the page of a list to AWS's size, which moto would exceed."""
    body = environ["wsgi.input"].read()
    try:
        request = json.loads(body or b"{}")
    except ValueError:
        request = None
    if isinstance(request, Mapping):
        size = request.get("MaxResults")
        is_given = isinstance(size, int) and 0 < size <= PAGE
        body = json.dumps({**request, "MaxResults": size if is_given else PAGE}).encode()
    environ["wsgi.input"], environ["CONTENT_LENGTH"] = BytesIO(body), str(len(body))
