"""A fake account whose services serve what a check reads, deny what a test denies, and count requests."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Lock
from typing import Any
from urllib.parse import parse_qs, parse_qsl, unquote, urlsplit

from eicnb.client.connect import connect
from eicnb.client.eic import connection_of
from eicnb.fleet.checks.run import check
from eicnb.frames.frame import Frame
from tests.answering import Answer, Answering, Seen, Step, as_json, fault, identity
from tests.fleet.checks.audits import ACCOUNT, arn, audit_of

XML = {"Content-Type": "text/xml"}
May = Callable[[str, str, Mapping[str, str]], str]
"""From an action, a resource and the context to IAM's decision."""


@dataclass
class AwsAccount:
    """The state of the services, in which other names do not exist; `denied` are IAM actions.

    `points` are the latest data points in CloudWatch, with keys such as `AsyncEventsDropped f:live`. None is a time
    without a data point.
    """

    queues: dict[str, dict[str, str]] = field(default_factory=dict)
    topics: dict[str, dict[str, str]] = field(default_factory=dict)
    buckets: dict[str, str] = field(default_factory=dict)
    buses: dict[str, list[dict[str, str]]] = field(default_factory=dict)
    functions: dict[str, dict[str, Any]] = field(default_factory=dict)
    policies: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    event_sources: list[dict[str, Any]] = field(default_factory=list)
    keys: dict[str, str] = field(default_factory=dict)
    points: Mapping[str, Sequence[float | None]] = field(default_factory=dict)
    status: str = "Complete"
    may: May = lambda action, resource, context: "allowed"
    missing_keys: Sequence[str] = ()
    has_role: bool = True
    denied: set[str] = field(default_factory=set)
    asked: Counter[str] = field(default_factory=Counter)
    _lock: Lock = field(default_factory=Lock)

    def __call__(self, seen: Seen) -> Step:
        if seen.service == "sts":
            return identity(ACCOUNT)
        action, answer = getattr(self, f"_{seen.service}")(seen)
        with self._lock:
            self.asked[action] += 1
        return self._refusal(seen, action) if action in self.denied else answer

    def _refusal(self, seen: Seen, action: str) -> Step:
        message = f"User: me is not authorized to perform: {action}"
        match seen.service:
            case "s3":
                return Answer(403)
            case "iam" | "sns":
                code = "AuthorizationError" if seen.service == "sns" else "AccessDenied"
                return _xml_error(403, code, message)
            case "lambda":
                return fault(403, "AccessDeniedException", message)
        return as_json({"__type": "AccessDeniedException", "message": message}, 400)

    def _sqs(self, seen: Seen) -> tuple[str, Step]:
        name = json.loads(seen.body)["QueueUrl"].rpartition("/")[2]
        found = self.queues.get(name)
        if found is None:
            return "sqs:GetQueueAttributes", as_json({"__type": "com.amazonaws.sqs#QueueDoesNotExist"}, 400)
        attributes = {"MessageRetentionPeriod": "1209600", **found}
        return "sqs:GetQueueAttributes", as_json({"Attributes": attributes})

    def _sns(self, seen: Seen) -> tuple[str, Step]:
        name = dict(parse_qsl(seen.body.decode()))["TopicArn"].rpartition(":")[2]
        found = self.topics.get(name)
        if found is None:
            return "sns:GetTopicAttributes", _xml_error(404, "NotFound", "Topic does not exist")
        entries = "".join(f"<entry><key>{key}</key><value>{value}</value></entry>" for key, value in found.items())
        result = f"<GetTopicAttributesResult><Attributes>{entries}</Attributes></GetTopicAttributesResult>"
        return "sns:GetTopicAttributes", Answer(
            200, f"<GetTopicAttributesResponse>{result}</GetTopicAttributesResponse>".encode(), XML
        )

    def _s3(self, seen: Seen) -> tuple[str, Step]:
        headers = {name.lower(): value for name, value in seen.headers.items()}
        owner = self.buckets.get(seen.path.strip("/"))
        if owner is None:
            return "s3:ListBucket", Answer(404)
        return "s3:ListBucket", Answer(200 if headers.get("x-amz-expected-bucket-owner", owner) == owner else 403)

    def _events(self, seen: Seen) -> tuple[str, Step]:
        operation = seen.headers["X-Amz-Target"].rpartition(".")[2]
        body = json.loads(seen.body)
        rules = self.buses.get(body.get("EventBusName") or body["Name"])
        if rules is None:
            return f"events:{operation}", as_json({"__type": "ResourceNotFoundException"}, 400)
        return f"events:{operation}", as_json({"Rules": rules} if operation == "ListRules" else {"Name": "x"})

    def _kms(self, seen: Seen) -> tuple[str, Step]:
        return "kms:DescribeKey", as_json({"KeyMetadata": {"Arn": self.keys[json.loads(seen.body)["KeyId"]]}})

    def _monitoring(self, seen: Seen) -> tuple[str, Step]:
        asked = json.loads(seen.body)
        end, results = asked["EndTime"], []
        for query in asked["MetricDataQueries"]:
            metric, step = query["MetricStat"]["Metric"], query["MetricStat"]["Period"]
            points = self.points.get(f"{metric['MetricName']} {metric['Dimensions'][-1]['Value']}", [])
            values = {end + (place - len(points)) * step: point for place, point in enumerate(points)}
            known = {time: value for time, value in values.items() if value is not None}
            series = {"Timestamps": [*known], "Values": [*known.values()]}
            results.append({"Id": query["Id"], **series, "StatusCode": self.status})
        return "cloudwatch:GetMetricData", as_json({"MetricDataResults": results})

    def _iam(self, seen: Seen) -> tuple[str, Step]:
        given = parse_qsl(seen.body.decode())
        if not self.has_role:
            return "iam:SimulatePrincipalPolicy", _xml_error(404, "NoSuchEntity", "no such role")
        values = dict(given)
        names = [value for key, value in given if key.endswith(".ContextKeyName")]
        context = {
            name: values[f"ContextEntries.member.{number}.ContextKeyValues.member.1"]
            for number, name in enumerate(names, 1)
        }
        actions = [value for key, value in given if key.startswith("ActionNames.")]
        resources = [value for key, value in given if key.startswith("ResourceArns.")]
        results = "".join(self._decided(a, r, context) for a in actions for r in resources)
        result = f"<EvaluationResults>{results}</EvaluationResults><IsTruncated>false</IsTruncated>"
        body = f"<R><SimulatePrincipalPolicyResult>{result}</SimulatePrincipalPolicyResult></R>"
        return "iam:SimulatePrincipalPolicy", Answer(200, body.encode(), XML)

    def _decided(self, action: str, resource: str, context: Mapping[str, str]) -> str:
        missing = "".join(f"<member>{key}</member>" for key in self.missing_keys)
        return (
            f"<member><EvalActionName>{action}</EvalActionName><EvalResourceName>{resource}</EvalResourceName>"
            f"<EvalDecision>{self.may(action, resource, context)}</EvalDecision>"
            f"<MissingContextValues>{missing}</MissingContextValues></member>"
        )

    def _lambda(self, seen: Seen) -> tuple[str, Step]:
        parts = urlsplit(seen.path)
        path, query = parts.path.split("/"), parse_qs(parts.query)
        if "event-source-mappings" in path:
            return "lambda:ListEventSourceMappings", as_json({"EventSourceMappings": self.event_sources})
        name = unquote(path[3]).partition(":function:")[2] or unquote(path[3])
        if path[-1] == "policy":
            return "lambda:GetPolicy", self._policy(":".join([name, *query.get("Qualifier", [])]))
        action = "lambda:GetFunctionConfiguration" if path[-1] == "configuration" else "lambda:GetFunction"
        found = self.functions.get(name)
        return action, fault(404, "ResourceNotFoundException", "no such function") if found is None else as_json(found)

    def _policy(self, name: str) -> Step:
        if name not in self.policies:
            return fault(404, "ResourceNotFoundException", "The resource you requested does not exist.")
        return as_json(
            {
                "Policy": json.dumps({"Statement": self.policies[name]} if self.policies[name] is not None else []),
                "RevisionId": "1",
            }
        )


def _xml_error(status: int, code: str, message: str) -> Answer:
    body = f"<ErrorResponse><Error><Code>{code}</Code><Message>{message}</Message></Error></ErrorResponse>"
    return Answer(status, body.encode(), XML)


def service(name: str, action: str = "lambda:InvokeFunction") -> dict[str, Any]:
    """Return a statement that allows a service to invoke a function."""
    return {"Effect": "Allow", "Principal": {"Service": f"{name}.amazonaws.com"}, "Action": action}


def mapping(source: str, function: str, state: str = "Enabled") -> dict[str, Any]:
    """Return an event source mapping from `sqs:NAME` to a function name, with or without an alias."""
    return {"EventSourceArn": arn(source), "FunctionArn": arn(f"lambda:{function}"), "State": state}


@contextmanager
def serving(account: AwsAccount, monkeypatch: Any) -> Iterator[Callable[..., Frame]]:
    """Serve an account, and yield a function that checks its rows with the layers `look`."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIDTEST")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    with Answering(account) as server:
        aws = connection_of(connect(region="us-east-1", endpoint_url=server.url)).aws

        def found(*rows: dict[str, Any], look: str = "all", **options: Any) -> Frame:
            return check(
                audit_of(*rows),
                look=look,
                connections=[aws],
                region="us-east-1",
                **{"rate": 10_000, "show": lambda _: None, **options},
            )

        yield found
