"""Evidence beyond the settings: the layers, the facts that each read, and what could not be read.

Tested in tests/fleet/checks/test_evidence.py.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any, Generic, TypeVar

from eicnb.aws.boto import Aws
from eicnb.aws.http.sender import Tally
from eicnb.cli.permissions import LAYERS
from eicnb.fleet.checks.audited import Audited
from eicnb.fleet.progress import Show
from eicnb.model.verbs import Operation

K = TypeVar("K", bound=Hashable)
F = TypeVar("F")

Account = str
Region = str


@dataclass(frozen=True, slots=True)
class Unreadable:
    """The reason why a fact is unknown, and a hint.

    `action` is the missing IAM action, if access was denied.

    >>> Unreadable.denied("sqs:GetQueueAttributes").reason
    'sqs:GetQueueAttributes is denied'
    """

    reason: str
    action: str | None = None
    hint: str = "check again"

    @classmethod
    def denied(cls, action: str) -> Unreadable:
        """Return the reason for an IAM action that the caller is not allowed."""
        return cls(f"{action} is denied", action)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """The input of a layer's reader: the audit, the connections by account and region, and the rate.

    `evidence` has the facts of the layers read before. The reader counts its requests in `tally`.
    """

    audit: Audited
    connections: Mapping[tuple[Account, Region], Aws]
    rate: float | None
    show: Show
    evidence: Evidence
    tally: Tally


@dataclass(frozen=True, slots=True, kw_only=True)
class Layer(Generic[K, F]):
    """One layer of evidence: the subjects that it reads facts about, and how.

    `subjects` returns each subject once, with the rows of the audit that it concerns. `read` returns a fact about each
    subject, or the reason why it is unknown; a subject without either was not read. `needs` are the layers that this
    one depends on, which are read first.
    """

    name: str
    meaning: str
    subjects: Callable[[Audited], Mapping[K, Sequence[int]]]
    read: Callable[[Reading, Sequence[K]], Mapping[K, F | Unreadable]]
    needs: tuple[str, ...] = ()

    @property
    def operations(self) -> tuple[Operation, ...]:
        """The AWS operations that the layer calls."""
        return LAYERS[self.name]


@dataclass(frozen=True, slots=True)
class Evidence:
    """The facts of each layer that was read, by subject, and the number of requests sent."""

    facts: Mapping[str, Mapping[Any, Any]] = field(default_factory=lambda: MappingProxyType({}))
    requests: int = 0

    def has(self, layer: str) -> bool:
        """Return whether a layer was read."""
        return layer in self.facts

    def of(self, layer: Layer[K, F]) -> Mapping[K, F]:
        """Return the known facts of a layer, empty if it was not read."""
        found = self.facts.get(layer.name, {})
        return {key: fact for key, fact in found.items() if not isinstance(fact, Unreadable)}

    def get(self, layer: Layer[K, F], key: K) -> F | None:
        """Return the fact about one subject of a layer, or None if it is unknown."""
        fact = self.facts.get(layer.name, {}).get(key)
        return None if isinstance(fact, Unreadable) else fact

    def unreadable(self, layer: Layer[K, Any]) -> Mapping[K, Unreadable]:
        """Return the subjects of a layer that could not be read, each with the reason."""
        found = self.facts.get(layer.name, {})
        return {key: fact for key, fact in found.items() if isinstance(fact, Unreadable)}

    def with_layer(self, layer: str, facts: Mapping[Any, Any], requests: int) -> Evidence:
        """Return this evidence with a layer added."""
        return replace(self, facts={**self.facts, layer: facts}, requests=self.requests + requests)


NO_EVIDENCE = Evidence()
"""The evidence of a check that needs only the settings."""
