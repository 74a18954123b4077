"""The layer `functions`: each function's reserved concurrency and tags, by GetFunction.

Tested in tests/fleet/checks/test_functions.py.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from eicnb.aws.functions import read_deployment
from eicnb.fleet.checks.audited import Audited, rows
from eicnb.fleet.checks.concurrent_reads import Senders, read_lambda
from eicnb.fleet.checks.evidence import Layer, Reading, Unreadable
from eicnb.model.deployment import DeployedFunction
from eicnb.model.function import FunctionRef
from eicnb.model.verbs import Operation


@dataclass(frozen=True, slots=True)
class FunctionKey:
    """A function, or with `tags` its tags, as a subject of evidence; tags need a separate permission."""

    arn: str
    tags: bool = False

    def __str__(self) -> str:
        return f"the tags of {self.arn}" if self.tags else self.arn


def _subjects(audit: Audited) -> Mapping[FunctionKey, Sequence[int]]:
    """Return each function with its first row only, since a finding is about the whole function."""
    read = set(rows(audit.exists))
    found: dict[FunctionKey, Sequence[int]] = {}
    for of_function in audit.rows_of_functions.values():
        row = next((row for row in of_function if row in read), None)
        if row is not None:
            arn = str(audit.function_arns[row]).rpartition(":")[0]
            found[FunctionKey(arn)] = found[FunctionKey(arn, tags=True)] = [row]
    return found


def _read(reading: Reading, keys: Sequence[FunctionKey]) -> Mapping[FunctionKey, DeployedFunction | Unreadable]:
    async def one(key: FunctionKey, senders: Senders) -> DeployedFunction:
        function = FunctionRef.parse(key.arn)
        place = (function.account_id or "", function.region or "")
        return await read_deployment(await senders.of(place, Operation.GET_FUNCTION), function)

    facts = read_lambda(reading, "functions", [key for key in keys if not key.tags], one)
    for key in keys:
        if key.tags:
            facts[key] = _tags(facts[FunctionKey(key.arn)])
    return facts


def _tags(fact: DeployedFunction | Unreadable) -> DeployedFunction | Unreadable:
    if isinstance(fact, DeployedFunction) and fact.tags_error is not None:
        return Unreadable.denied(Operation.LIST_TAGS.action)
    return fact


FUNCTIONS: Layer[FunctionKey, DeployedFunction] = Layer(
    name="functions", meaning="each function's reserved concurrency and tags", subjects=_subjects, read=_read
)
