"""Many current configs: one request per function, at the given rate, and errors only for unreadable ones."""

from __future__ import annotations

import time

import pytest

import eicnb
from eicnb.aws.http.rate_limit import Buckets
from eicnb.errors import AccessDenied, NotFound
from eicnb.fleet.configs import ConfigReader
from eicnb.fleet.progress import Progress
from eicnb.model.function import FunctionRef
from eicnb.model.reported import ReportedConfig
from tests.answering import Answering, Seen, Step
from tests.fleet.conftest import SHORT, ignored
from tests.fleet.lambdas import DENIED, GONE, Lambda, region_of


def reader(rate: float = 1000) -> ConfigReader:
    return ConfigReader(rate=rate, show=ignored, patience=SHORT, buckets=Buckets(time.monotonic))


def target(name: str, qualifier: str = "$LATEST", region: str = "us-east-1") -> FunctionRef:
    return FunctionRef.parse(f"arn:aws:lambda:{region}:123456789012:function:{name}:{qualifier}")


def test_all_qualifiers_of_a_function_are_one_request() -> None:
    with Answering(Lambda(3)) as server:
        connection = eicnb.connect(region="us-east-1", endpoint_url=server.url)._connection
        wanted = [target(name, qualifier) for name in ("f0000", "f0001") for qualifier in ("$LATEST", "live", "7")]
        found = reader().configs(dict.fromkeys(wanted, connection))
        assert len([seen for seen in server.seen if seen.service == "lambda"]) == 2
    assert isinstance(found[wanted[0]], ReportedConfig)
    assert [found[one] for one in wanted[1:3]] == [None, None]
    assert set(found) == set(wanted)


def test_an_unreadable_config_is_an_error_and_the_others_are_read() -> None:
    def twist(_seen: Seen, _region: str, name: str) -> Step | None:
        return {"f0001": DENIED, "f0002": GONE}.get(name)

    with Answering(Lambda(3, twist)) as server:
        connection = eicnb.connect(region="us-east-1", endpoint_url=server.url)._connection
        found = reader().configs(dict.fromkeys(map(target, ("f0000", "f0001", "f0002")), connection))
    assert {type(one) for one in found.values()} == {ReportedConfig, AccessDenied, NotFound}
    gone = found[target("f0002")]
    assert isinstance(gone, NotFound)
    assert gone.message == "there is no function 'f0002' in us-east-1"


def test_regions_are_read_in_parallel_at_the_rate() -> None:
    with Answering(Lambda(10)) as server:
        here = eicnb.connect(region="us-east-1", endpoint_url=server.url)._connection
        targets = {
            target(f"f{number:04}", region=region): here.derive(region=region)
            for number in range(10)
            for region in ("us-east-1", "eu-west-1", "eu-west-2")
        }
        started = time.monotonic()
        assert all(isinstance(one, ReportedConfig) for one in reader(rate=20).configs(targets).values())
        assert time.monotonic() - started > 0.4
        assert len({region_of(seen) for seen in server.seen[:15]}) == 3


def test_a_missing_version_or_alias_is_found(eic: eicnb.Eic) -> None:
    targets = [target("my-function", name) for name in ("BLUE", "nope")]
    assert list(reader().missing(dict.fromkeys(targets, eic._connection))) == [targets[1]]


def test_ctrl_c_stops_reading_at_once() -> None:
    def stop(_progress: Progress) -> None:
        raise KeyboardInterrupt

    with Answering(Lambda(100)) as server:
        connection = eicnb.connect(region="us-east-1", endpoint_url=server.url)._connection
        targets = {target(f"f{number:04}"): connection for number in range(100)}
        slow = ConfigReader(rate=5, show=stop, patience=SHORT, buckets=Buckets(time.monotonic))
        with pytest.raises(KeyboardInterrupt):
            slow.configs(targets)
        assert len(server.seen) < 20
