"""The accounts of a sandbox: the one that it connects to, and the members of its organisation.

A member account is seeded when it is first used. Tested in tests/local_aws/test_organization.py.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from threading import RLock

from eicnb.local_aws import company, seed, shop
from eicnb.local_aws.account import Account
from eicnb.local_aws.control_plane import ControlPlane
from eicnb.local_aws.event_clock import EventClock
from eicnb.local_aws.moto_targets import MotoTargets
from eicnb.local_aws.organization import Organization
from eicnb.local_aws.other_services import OtherServices
from eicnb.local_aws.seed_words import ShopAccount, ShopRole
from eicnb.local_aws.throttle import Throttle
from eicnb.local_aws.trail import TrailSettings

_AUDIT_ROLE = ShopRole(
    company.AUDIT_ROLE,
    "reads the settings of every function",
    ("lambda:List*", "lambda:Get*", "ec2:DescribeRegions", "cloudtrail:LookupEvents", "cloudwatch:GetMetricData"),
)


@dataclass(frozen=True, slots=True)
class ServedAccount:
    """One account, and the services that serve its requests."""

    account: Account
    control_plane: ControlPlane
    other_services: OtherServices

    @property
    def account_id(self) -> str:
        """The id of the account."""
        return self.account.account_id


class Accounts:
    """The accounts of one sandbox, which share a throttle, a clock and the failures of functions."""

    def __init__(self, account_id: str, now: Callable[[], float], throttle: Throttle, clock: EventClock) -> None:
        self.now = now
        self._throttle = throttle
        self._clock = clock
        self._lock = RLock()
        self._failures: dict[str, str] = {}
        self._members: dict[str, ServedAccount] = {}
        self.trail = TrailSettings()
        self.organization = Organization(account_id)
        self.management = self._create_account(account_id)

    def fill(self) -> None:
        """Seed the account that the sandbox connects to."""
        seed.fill(self.management.account, self.management.other_services, shop.ACCOUNT)

    def of(self, account_id: str) -> ServedAccount | None:
        """Return an active account of the organisation, or None."""
        if account_id == self.management.account_id:
            return self.management
        with self._lock:
            if not self.organization.is_active(account_id):
                return None
            if account_id not in self._members:
                self._members[account_id] = self._create_member(account_id)
            return self._members[account_id]

    def forget(self) -> None:
        """Delete the state of every account in all services."""
        with self._lock:
            self.organization.forget()
            for served in (self.management, *self._members.values()):
                served.other_services.forget()

    def _create_member(self, account_id: str) -> ServedAccount:
        """Create and seed a member account."""
        served, member = self._create_account(account_id), self.organization.seeded(account_id)
        if member is not None:
            seed.fill(served.account, served.other_services, ShopAccount(member.regions, company.ROLES))
            if member.is_trusting:
                served.other_services.create_role(_AUDIT_ROLE, trusted=self.management.account_id)
        return served

    def _create_account(self, account_id: str) -> ServedAccount:
        others = OtherServices(account_id)
        account = Account(
            account_id,
            self.now,
            others.may,
            self._clock,
            MotoTargets(account_id),
            failures=self._failures,
            trail_settings=self.trail,
        )
        return ServedAccount(account, ControlPlane(account, self._throttle), others)
