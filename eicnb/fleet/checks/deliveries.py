"""The destinations and dead-letter queues that the rows of an audit use.

Tested in tests/fleet/checks/test_targets.py.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from eicnb.errors import UsageError
from eicnb.fleet.checks.audited import Audited, rows
from eicnb.model.destination import KINDS, DestinationArn, is_fifo_destination

Use = Literal["on-failure destination", "on-success destination", "dead-letter queue"]


@dataclass(frozen=True, slots=True)
class TargetKey:
    """A destination as a subject of evidence.

    Only a bucket has an `owner`, the function's account, since its ARN names no account. With `rules` the subject is
    the rules of an EventBridge bus, which need a separate permission.
    """

    arn: str
    owner: str | None = None
    rules: bool = False

    def __str__(self) -> str:
        return f"the rules of {self.arn}" if self.rules else self.arn


@dataclass(frozen=True, slots=True)
class Delivery:
    """One use of a destination by a row; `arn` is None if the text is not the ARN of a destination."""

    row: int
    use: Use
    text: str
    owner: str
    arn: DestinationArn | None

    @property
    def key(self) -> TargetKey:
        """The destination as a subject of evidence."""
        is_bucket = self.arn is not None and self.arn.kind == "s3"
        return TargetKey(self.text, self.owner if is_bucket else None)

    @property
    def keeps_failures(self) -> bool:
        """Whether it receives failed events."""
        return self.use != "on-success destination"

    @property
    def named(self) -> str:
        """The destination in words, such as `the SQS queue orders`."""
        arn = self.arn
        return self.text if arn is None else f"the {KINDS[arn.kind]} {arn.name}"

    def __str__(self) -> str:
        return f"its {self.use}, {self.named},"


def deliveries(audit: Audited) -> Iterator[Delivery]:
    """Yield every use of a destination by a row that exists.

    FIFO queues and topics are left out, since Lambda delivers nothing to them.
    """
    uses: Sequence[tuple[Use, str, Sequence[str | None]]] = (
        ("on-failure destination", "on_failure", audit.on_failure),
        ("on-success destination", "on_success", audit.on_success),
        ("dead-letter queue", "dead_letter_arn", audit.dead_letters),
    )
    known: dict[str, tuple[bool, DestinationArn | None]] = {}
    for use, column, texts in uses:
        for row in rows(audit.exists & audit.has(column)):
            text = str(texts[row])
            if text not in known:
                known[text] = is_fifo_destination(text), _parsed(text)
            is_fifo, arn = known[text]
            if not is_fifo:
                yield Delivery(row, use, text, str(audit.account_ids[row]), arn)


def distinct_deliveries(audit: Audited) -> Iterator[Delivery]:
    """Yield each destination of a row once, for its first use."""
    seen: set[tuple[int, str]] = set()
    for delivery in deliveries(audit):
        if (delivery.row, delivery.text) not in seen:
            seen.add((delivery.row, delivery.text))
            yield delivery


def delivery_to(audit: Audited, row: int, text: str) -> Delivery:
    """Return the delivery of a row's failures to a destination that it does not use yet."""
    return Delivery(row, "on-failure destination", text, str(audit.account_ids[row]), _parsed(text))


def _parsed(text: str) -> DestinationArn | None:
    try:
        return DestinationArn.parse(text)
    except UsageError:
        return None
