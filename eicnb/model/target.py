"""A destination or dead-letter queue, as its service describes it."""

from __future__ import annotations

from dataclasses import dataclass

from eicnb.model.destination import DestinationArn
from eicnb.model.event_pattern import Event, could_match

_AWS_KEYS = "alias/aws/"


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule of an EventBridge bus; one without a `pattern` runs on a schedule."""

    name: str
    pattern: str | None = None
    is_enabled: bool = True

    def could_match(self, event: Event) -> bool:
        """Return whether the rule could match an event; a disabled one matches none."""
        return self.is_enabled and could_match(self.pattern, event)


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """A destination or dead-letter queue, as its service describes it.

    Only a queue has `url` and `retention_seconds`, and only a bus has `rules`. If the rules could not be listed, they
    are None and `rules_error` is the reason. `is_foreign` is whether a bucket's account differs from the function's.
    """

    arn: DestinationArn
    exists: bool = True
    url: str | None = None
    retention_seconds: int | None = None
    key: str | None = None
    has_policy: bool = True
    is_foreign: bool = False
    rules: tuple[Rule, ...] | None = None
    rules_error: Exception | None = None

    @property
    def customer_key(self) -> str | None:
        """The ARN of the customer's KMS key that encrypts it; None without encryption or with AWS's own key.

        >>> queue = DestinationArn.parse("arn:aws:sqs:us-east-1:123456789012:lost")
        >>> Target(arn=queue, key="1234").customer_key, Target(arn=queue, key="alias/aws/sqs").customer_key
        ('arn:aws:kms:us-east-1:123456789012:key/1234', None)

        An alias is not resolved to its key.
        """
        if not self.key or _AWS_KEYS in self.key:
            return None
        if self.key.startswith("arn:"):
            return self.key
        resource = self.key if self.key.startswith(("alias/", "key/")) else f"key/{self.key}"
        return f"arn:{self.arn.partition}:kms:{self.arn.region}:{self.arn.account_id}:{resource}"
