"""IAM's SimulatePrincipalPolicy, which moto lacks: what a role's own policies decide.

https://docs.aws.amazon.com/IAM/latest/APIReference/API_SimulatePrincipalPolicy.html
Tested in tests/local_aws/test_simulation.py.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from html import escape
from urllib.parse import parse_qsl

OPERATION = "SimulatePrincipalPolicy"

May = Callable[[str, str, str], bool]
"""Whether a role may do an action on a resource."""


def simulated(body: str, may: May) -> str:
    """Return the XML response to the body of a request.

    >>> simulated("PolicySourceArn=r&ActionNames.member.1=sqs:SendMessage", lambda *_: True).count(">allowed<")
    1
    """
    given = parse_qsl(body, keep_blank_values=True)
    role = dict(given).get("PolicySourceArn", "")
    actions, resources = (list(_members(given, name)) for name in ("ActionNames", "ResourceArns"))
    results = "".join(
        _result(action, resource, is_allowed=may(role, action, resource))
        for action in actions
        for resource in resources or ["*"]
    )
    return (
        f'<{OPERATION}Response xmlns="https://iam.amazonaws.com/doc/2010-05-08/"><{OPERATION}Result>'
        f"<IsTruncated>false</IsTruncated><EvaluationResults>{results}</EvaluationResults></{OPERATION}Result>"
        f"<ResponseMetadata><RequestId>{uuid.uuid4()}</RequestId></ResponseMetadata></{OPERATION}Response>"
    )


def _members(given: list[tuple[str, str]], name: str) -> Iterator[str]:
    return (value for key, value in given if key.startswith(f"{name}.member."))


def _result(action: str, resource: str, *, is_allowed: bool) -> str:
    return (
        f"<member><EvalActionName>{escape(action)}</EvalActionName>"
        f"<EvalResourceName>{escape(resource)}</EvalResourceName>"
        f"<EvalDecision>{'allowed' if is_allowed else 'implicitDeny'}</EvalDecision>"
        "<MatchedStatements/><MissingContextValues/></member>"
    )
