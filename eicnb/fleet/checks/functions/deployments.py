"""Checks for functions that are stopped, or that a CloudFormation stack owns.

Tested in tests/fleet/checks/test_functions.py.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterator

from eicnb.fleet.checks.check import CheckContext, check
from eicnb.fleet.checks.finding import Finding, Fix
from eicnb.fleet.checks.functions.layer import FUNCTIONS, FunctionKey
from eicnb.model.deployment import DeployedFunction
from eicnb.model.pages import CONCURRENCY_GUIDE, STACK_GUIDE


@check(
    "stopped",
    severity="high",
    meaning="a function whose reserved concurrency is 0",
    why="Lambda never runs it: each event goes straight to the on-failure destination, or is lost",
    source=CONCURRENCY_GUIDE,
    layers="functions",
)
def stopped(context: CheckContext) -> Iterator[Finding]:
    """Yield the functions that are stopped."""
    for row, deployment in _rows(context, tags=False):
        if deployment.reserved_concurrency == 0:
            name, region = str(context.audit.function_names[row]), str(context.audit.regions[row])
            line = f"aws lambda delete-function-concurrency --function-name {shlex.quote(name)}"
            yield Finding(row, "its reserved concurrency is 0", Fix(f"{line} --region {shlex.quote(region)}", "aws"))


@check(
    "managed-by",
    severity="info",
    meaning="a function that a CloudFormation stack owns",
    why="the stack's next update may revert changes made here",
    source=STACK_GUIDE,
    layers="functions",
)
def managed_by(context: CheckContext) -> Iterator[Finding]:
    """Yield the functions that belong to a stack."""
    for row, deployment in _rows(context, tags=True):
        if deployment.stack is not None:
            fix = Fix(f"change the settings in the template of the stack {deployment.stack}")
            yield Finding(row, f"the CloudFormation stack {deployment.stack} owns it", fix)


def _rows(context: CheckContext, *, tags: bool) -> Iterator[tuple[int, DeployedFunction]]:
    """Yield each function's first row and its deployment, in the order of the audit."""
    subjects, facts = FUNCTIONS.subjects(context.audit), context.evidence.of(FUNCTIONS)
    for key, (row, *_) in subjects.items():
        if key.tags is tags and (fact := facts.get(FunctionKey(key.arn, tags=tags))) is not None:
            yield row, fact
