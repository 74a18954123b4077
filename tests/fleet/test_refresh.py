"""A refresh reads what changed and never misses a change; in doubt it reads again."""

from __future__ import annotations

import json
import random
import time
import warnings
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

import eicnb
from eicnb.aws.http.rate_limit import Buckets
from eicnb.client.eic import Eic
from eicnb.errors import AuditInterrupted, IncompleteAudit
from eicnb.fleet.progress import Progress
from eicnb.fleet.refresh import refresh
from eicnb.frames.frame import Frame
from eicnb.model.trail import DELAY
from tests.answering import Answer, Answering, Seen, Silence, Step, as_json
from tests.fleet.conftest import SHORT, Run, ignored
from tests.fleet.lambdas import DENIED
from tests.fleet.trailed import START, Deployed, Trailed

HOUR = timedelta(hours=1)
Refresh = Callable[..., Frame]


@pytest.fixture
def again() -> Refresh:
    """A refresh at 1,000 calls a second that gives up early."""
    buckets = Buckets(time.monotonic)

    def running(aws: Trailed, eic: Eic, audit: Any, **options: Any) -> Frame:
        options = {"rate": 1000, "errors": "raise", "now": aws.now, "show": ignored, "patience": SHORT, **options}
        return refresh(audit, [eic._connection.aws], buckets=buckets, **options)

    return running


def connection(server: Answering) -> Eic:
    return eicnb.connect(region="us-east-1", endpoint_url=server.url)


def reason(frame: Frame) -> str | None:
    """Return why the only region was read in full; None if it was not."""
    places = json.loads(frame.attrs["read_in_full"] or "[]")
    return places[0]["reason"] if places else None


def read(frame: Frame, since: datetime) -> set[str]:
    """Return the functions that were read since then."""
    return set(frame[frame.read_at >= since].function_name)


SILENT = "CloudTrail does not show the requests of the earlier audit"


@pytest.mark.parametrize("suffix", ["", "20190925", "20190925v2"])
def test_the_operations_of_2019_are_looked_up_under_the_name_that_the_audit_has(
    run: Run, again: Refresh, suffix: str
) -> None:
    aws = Trailed(60, suffix=suffix)
    with Answering(aws) as server:
        audit = run(connection(server), now=aws.now)
        aws.time += HOUR
        aws.put("f0007", "$LATEST", 2)
        aws.time += HOUR
        refreshed = again(aws, connection(server), audit)
    assert (read(refreshed, aws.time), reason(refreshed)) == ({"f0007"}, None)
    assert refreshed.maximum_retry_attempts.tolist() == [2 if name == "f0007" else 1 for name in aws.names]
    assert f"PutFunctionEventInvokeConfig{suffix}" in aws.lookups
    assert refreshed.attrs["known_until"] == (aws.time - DELAY).isoformat()


def test_an_unknown_name_is_no_proof_and_everything_is_read(run: Run, again: Refresh) -> None:
    aws = Trailed(3, suffix="20310101")
    with Answering(aws) as server:
        audit = run(connection(server), now=aws.now)
        aws.time += HOUR
        with pytest.warns(UserWarning, match="was read in full"):
            refreshed = again(aws, connection(server), audit)
    assert (read(refreshed, aws.time), reason(refreshed)) == (set(aws.names), SILENT)
    assert aws.lookups == [f"ListFunctionEventInvokeConfigs{date}" for date in ("", "20190925", "20190925v2")]


def test_requests_for_other_functions_or_at_other_times_prove_nothing(run: Run, again: Refresh) -> None:
    aws = Trailed(3)
    with Answering(aws) as server:
        audit = run(connection(server), now=aws.now)
        aws.events.clear()
        aws.record("ListFunctionEventInvokeConfigs", "someone-else-s")
        aws.record("ListFunctionEventInvokeConfigs", "f0001", errorCode="AccessDenied")
        aws.time += HOUR
        aws.record("ListFunctionEventInvokeConfigs", "f0001")
        aws.time += HOUR
        with pytest.warns(UserWarning, match="was read in full"):
            assert reason(again(aws, connection(server), audit)) == SILENT


Change = Callable[[Trailed], object]


def recreate(aws: Trailed) -> None:
    aws.deployed["f0002"] = Deployed()
    aws.record("DeleteFunction20150331", "f0002")
    aws.record("CreateFunction20150331", "f0002")


def delete(aws: Trailed) -> None:
    del aws.deployed["f0002"]


def create(aws: Trailed) -> None:
    aws.deployed["new"] = Deployed(configs={"$LATEST": 0})


def reconfigure(aws: Trailed) -> None:
    aws.deployed["f0002"].timeout = 31


def unset(aws: Trailed) -> None:
    aws.deployed["f0002"].configs.clear()
    aws.record("DeleteFunctionEventInvokeConfig", "f0002")


def reconfigure_between(aws: Trailed) -> None:
    """Make an alias run `$LATEST`, whose timeout changed twice while the audit read the function."""
    aws.deployed["f0001"].aliases["live"] = "$LATEST"
    aws.time -= HOUR
    aws.record("UpdateFunctionConfiguration20150331v2", "f0001")
    aws.time += HOUR


def move_alias(aws: Trailed) -> None:
    aws.deployed["f0001"].aliases["live"] = "2"
    aws.record("UpdateAlias20150331", aws.arn("us-east-1", "f0001"))


def drop_version(aws: Trailed) -> None:
    del aws.deployed["f0001"].versions["1"]
    aws.record("DeleteFunction20150331", f"{aws.arn('us-east-1', 'f0001')}:1")


CHANGES: dict[str, tuple[Change, set[str]]] = {
    "nothing": (lambda aws: None, set()),
    "recreated": (recreate, {"f0002"}),
    "deleted": (delete, set()),
    "created": (create, {"new"}),
    "reconfigured": (reconfigure, {"f0002"}),
    "without a config": (unset, {"f0002"}),
    "reconfigured while it was read": (reconfigure_between, {"f0001"}),
    "reconfigured and back": (lambda aws: aws.record("UpdateFunctionConfiguration20150331v2", "f0001"), set()),
    "an alias moved": (move_alias, {"f0001"}),
    "a version deleted": (drop_version, {"f0001"}),
    "a version published": (lambda aws: aws.record("PublishVersion20150331", "f0002"), {"f0002"}),
    "an undated name": (lambda aws: aws.record("UpdateAlias", "f0002"), {"f0002"}),
    "a refused call": (lambda aws: aws.record("CreateAlias", None, errorCode="AccessDenied"), set()),
    "a call that broke": (lambda aws: aws.record("CreateAlias", "f0002", errorCode="ServiceException"), {"f0002"}),
    "another account": (lambda aws: aws.record("CreateAlias", "210987654321:function:f0002"), set()),
    "another service": (lambda aws: aws.record("CreateAlias", None), set()),
}


@pytest.mark.parametrize("what", CHANGES)
def test_a_change_is_read_and_nothing_else(run: Run, again: Refresh, what: str) -> None:
    aws = Trailed(4)
    aws.deployed["f0001"] = Deployed(versions={"1": 10, "2": 20}, aliases={"live": "1"}, configs={"live": 0, "1": 2})
    change, names = CHANGES[what]
    with Answering(aws) as server:
        audit = run(connection(server), now=aws.now)
        aws.time += HOUR
        change(aws)
        if what == "another service":
            aws.events[-1].item["EventSource"] = "kms.amazonaws.com"
        aws.time += HOUR
        refreshed = again(aws, connection(server), audit)
        whole = run(connection(server), now=aws.now)
    assert (read(refreshed, aws.time), reason(refreshed)) == (names, None)
    assert same(refreshed, whole)


def same(one: Frame, other: Frame) -> bool:
    return one.drop(columns="read_at").equals(other.drop(columns="read_at"))


def nameless(aws: Trailed) -> None:
    aws.record("UpdateAlias20150331", None)


def unreadable(aws: Trailed) -> None:
    aws.record("UpdateAlias20150331", "f0002")
    aws.events[-1].item["CloudTrailEvent"] = "<html>"


def many(aws: Trailed) -> None:
    for _ in range(300):
        aws.record("UpdateAlias20150331", "f0002")


def fails(answer: Answer) -> Change:
    def change(aws: Trailed) -> None:
        aws.answers_lookup = lambda name: answer if name.startswith("Put") else None

    return change


THROTTLED = as_json({"__type": "ThrottlingException", "message": "Rate exceeded"}, 400)
REFUSED = as_json({"__type": "AccessDeniedException", "message": "no"}, 400)
NO_EVENTS = as_json({"Events": None})

DOUBTS: dict[str, tuple[Change, str]] = {
    "no name": (nameless, "CloudTrail could not be read: the response to LookupEvents is malformed: an event names no"),
    "no JSON": (unreadable, "CloudTrail could not be read: the response to LookupEvents is malformed: the CloudTrailE"),
    "many": (many, "reading the changes from CloudTrail would take more requests than an audit"),
    "throttled": (fails(THROTTLED), "CloudTrail could not be read: Rate exceeded"),
    "denied": (fails(REFUSED), "CloudTrail cannot be read: cloudtrail:LookupEvents is denied"),
    "no list": (
        fails(NO_EVENTS),
        "CloudTrail could not be read: the response to LookupEvents is malformed: it has no",
    ),
}


@pytest.mark.parametrize("doubt", DOUBTS)
def test_in_any_doubt_everything_is_read_again(run: Run, again: Refresh, doubt: str) -> None:
    aws, (change, why) = Trailed(3), DOUBTS[doubt]
    with Answering(aws) as server:
        audit = run(connection(server), now=aws.now)
        aws.time += HOUR
        change(aws)
        aws.deployed["f0001"].configs["$LATEST"] = 0
        aws.time += HOUR
        with pytest.warns(UserWarning, match="was read in full"):
            refreshed = again(aws, connection(server), audit, patience=replace(SHORT, throttled=0.1))
    assert read(refreshed, aws.time) == set(aws.names)
    assert (reason(refreshed) or "").startswith(why)
    assert refreshed.maximum_retry_attempts.tolist() == [1, 0, 1]


def test_an_incomplete_audit_is_read_in_full_and_an_incomplete_refresh_can_be_resumed(run: Run, again: Refresh) -> None:
    aws = Trailed(3)
    with Answering(aws) as server:
        aws.twist = lambda seen, region, name: DENIED if name == "f0001" else None
        audit = run(connection(server), now=aws.now, errors="rows")
        aws.time += HOUR
        with pytest.warns(UserWarning, match="incomplete there"), pytest.raises(IncompleteAudit) as raised:
            again(aws, connection(server), audit)
        assert raised.value.result.scan_state.tolist() == ["ok", "denied", "ok"]
        aws.twist = lambda seen, region, name: None
        whole = run(connection(server), now=aws.now, resume=raised.value)
    assert whole.scan_state.tolist() == ["ok"] * 3


def test_a_deleted_function_selected_by_name_is_reported_as_in_an_audit(run: Run, again: Refresh) -> None:
    aws = Trailed(3)
    with Answering(aws) as server:
        audit = run(connection(server), functions="f0001", now=aws.now)
        aws.time += HOUR
        del aws.deployed["f0001"]
        refreshed = again(aws, connection(server), audit, errors="rows")
    assert refreshed.scan_state.tolist() == ["gone"]
    assert not refreshed.attrs["complete"]


def test_a_region_without_functions_needs_no_trail(run: Run, again: Refresh) -> None:
    aws = Trailed(0)
    with Answering(aws) as server:
        audit = run(connection(server), now=aws.now)
        create(aws)
        refreshed = again(aws, connection(server), audit)
    assert (refreshed.function_name.tolist(), reason(refreshed), aws.lookups) == (["new"], None, [])


def test_a_refresh_that_is_stopped_is_resumed_like_an_audit(run: Run, again: Refresh) -> None:
    def stop(progress: Progress) -> None:
        if aws.lookups and not progress.is_over:
            raise KeyboardInterrupt

    aws = Trailed(3)
    with Answering(aws) as server:
        audit = run(connection(server), now=aws.now)
        aws.time += HOUR
        with pytest.raises(AuditInterrupted) as raised:
            again(aws, connection(server), audit, rate=15, show=stop)
        assert raised.value.result.scan_state.tolist() == ["unread"]
        assert str(raised.value).endswith("Try: %eic audit --resume ${sys.last_value}")
        whole = run(connection(server), now=aws.now, resume=raised.value)
    assert same(whole, audit)
    assert read(whole, aws.time) == set(aws.names)
    assert whole.attrs["known_until"] == raised.value.result.attrs["known_until"]


def test_a_refresh_that_is_stopped_before_the_start_is_started_again(run: Run, again: Refresh) -> None:
    def stop(progress: Progress) -> None:
        if not progress.is_over:
            raise KeyboardInterrupt

    class SlowIdentity(Trailed):
        def __call__(self, seen: Seen) -> Step:
            return Silence(2) if seen.service == "sts" and self.time > START else super().__call__(seen)

    aws = SlowIdentity(3)
    with Answering(aws) as server:
        audit = run(connection(server), now=aws.now)
        aws.time += HOUR
        with pytest.raises(AuditInterrupted) as raised:
            again(aws, connection(server), audit, show=stop)
    assert raised.value.result is audit
    assert str(raised.value).endswith("Try: %eic audit --refresh ${sys.last_value}")


def test_the_trail_is_read_at_its_own_rate(run: Run, again: Refresh) -> None:
    aws = Trailed(3)
    with Answering(aws) as server:
        audit = run(connection(server), now=aws.now)
        aws.time += HOUR
        started = time.monotonic()
        again(aws, connection(server), audit, rate=100)
        seconds = time.monotonic() - started
    assert seconds >= (len(aws.lookups) - 5) / (100 * 2 / 15) > 0.7


class World:
    """A fleet that changes at random, with a record of every state it was in."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        self.aws = Trailed(6, delay=self.late, suffix=self.chance.choice(["", "20190925"]))
        self.qualifiers = self.chance.choice(["configured", "all"])
        self.skew = timedelta(0)
        self.truths: list[tuple[datetime, dict[tuple[str, str], tuple[int | None, int | None]]]] = []
        self.aws.before_configs = lambda name: self.passes(seconds=2, changes=0.3)
        self.note()

    def late(self) -> timedelta:
        """Return a delay that CloudTrail may have, often the longest."""
        return self.chance.choice([timedelta(0), DELAY, DELAY * self.chance.random()])

    def now(self) -> datetime:
        """Return the time of the caller's clock, which may be off."""
        return self.aws.time + self.skew

    def passes(self, *, seconds: float, changes: float) -> None:
        """Let time pass, with about this many changes."""
        while changes > self.chance.random():
            self.aws.time += timedelta(seconds=seconds * self.chance.random())
            self.change()
            changes -= 1
        self.aws.time += timedelta(seconds=seconds)

    def change(self) -> None:
        aws, chance = self.aws, self.chance
        name = chance.choice([*aws.names, "new"])
        one = aws.deployed.get(name)
        if one is None:
            aws.deployed[name] = Deployed(timeout=chance.choice([30, 31]))
            aws.record("CreateFunction20150331", aws.arn("us-east-1", name))
        elif chance.random() < 0.15:
            del aws.deployed[name]
            aws.record("DeleteFunction20150331", f"123456789012:function:{name}")
        elif chance.random() < 0.3:
            number = str(len(one.versions) + 1)
            one.versions[number] = one.timeout
            aws.record("PublishVersion20150331", name)
            one.aliases["live"] = chance.choice([number, "$LATEST"])
            aws.record("UpdateAlias20150331", f"{name}:live")
        elif chance.random() < 0.3:
            one.timeout = chance.choice([30, 31, 32])
            aws.record("UpdateFunctionConfiguration20150331v2", name)
        else:
            qualifier = chance.choice(["$LATEST", *one.aliases, *one.versions])
            if one.configs.get(qualifier) is not None and chance.random() < 0.4:
                del one.configs[qualifier]
                aws.record(f"DeleteFunctionEventInvokeConfig{aws.suffix}", name)
            else:
                aws.put(name, qualifier, chance.choice([0, 1, 2]))
        self.note()

    def note(self) -> None:
        """Record the current state: retries and timeout of each row."""
        found: dict[tuple[str, str], tuple[int | None, int | None]] = {}
        for name, one in self.aws.deployed.items():
            others = {*one.versions, *one.aliases} if self.qualifiers == "all" else set()
            for qualifier in {"$LATEST", *one.configs, *others}:
                version = one.aliases.get(qualifier, qualifier)
                timeout = one.timeout if version == "$LATEST" else one.versions.get(version)
                found[name, qualifier] = one.configs.get(qualifier), timeout
        self.truths.append((self.aws.time, found))

    def check(self, frame: Frame) -> None:
        """Check that every value, and every missing row, was true at some time since `known_until`."""
        known_until = datetime.fromisoformat(frame.attrs["known_until"]) - self.skew
        first = max((number for number, (at, _) in enumerate(self.truths) if at <= known_until), default=0)
        since = [found for _, found in self.truths[first:]]
        rows = frame.astype(object).where(frame.notna(), None).to_dict("records")
        given = {
            (row["function_name"], row["qualifier"]): (row["maximum_retry_attempts"], row["timeout"])
            for row in rows
            if row["scan_state"] == "ok"
        }
        unread = {row["function_name"] for row in rows if row["scan_state"] != "ok"}
        for key in {key for found in since for key in found} | given.keys():
            if key[0] in unread:
                continue
            for number in range(2):
                possible = {found[key][number] if key in found else None for found in since}
                assert (given[key][number] if key in given else None) in possible, (key, known_until)


@pytest.mark.parametrize("seed", range(6))
def test_a_chain_of_refreshes_never_misses_a_change(run: Run, again: Refresh, seed: int) -> None:
    world = World(seed)
    aws, chance = world.aws, world.chance
    with Answering(aws) as server:
        eic = connection(server)
        frame = run(eic, now=world.now, errors="rows", qualifiers=world.qualifiers)
        for _ in range(5):
            world.passes(seconds=chance.choice([60, 600, 1200, 3600]), changes=chance.choice([0, 1, 3]))
            world.skew = timedelta(minutes=chance.uniform(-5, 5))
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", UserWarning)  # some places are read in full
                frame = again(aws, eic, frame, now=world.now, errors="rows")
            world.check(frame)
