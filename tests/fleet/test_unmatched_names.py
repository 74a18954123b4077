"""A name or glob that matches no function is reported."""

from __future__ import annotations

from typing import Any

import pytest

import eicnb
from eicnb.errors import IncompleteAudit
from tests.answering import Answering, Seen, Step, as_json
from tests.fleet.conftest import Run
from tests.fleet.lambdas import ACCOUNT, BROKEN, DENIED, GONE, Lambda


def test_a_name_without_a_function_is_a_row_that_is_gone(run: Run) -> None:
    with Answering(Lambda(3)) as server:
        eic = eicnb.connect(region="us-east-1", endpoint_url=server.url)
        with pytest.raises(IncompleteAudit) as raised:
            run(eic, functions=["nosuch", "f0001"])
    frame = raised.value.result
    assert list(zip(frame.function_name, frame.scan_state, strict=True)) == [("f0001", "ok"), ("nosuch", "gone")]
    assert frame.error[1] == "there is no function 'nosuch' in us-east-1"
    assert frame.function_arn[1] == f"arn:aws:lambda:us-east-1:{ACCOUNT}:function:nosuch:$LATEST"
    assert not frame.attrs["complete"]


def test_a_name_without_a_function_stays_missing_however_often_it_is_resumed(run: Run) -> None:
    service = Lambda(3)
    with Answering(service) as server:
        eic = eicnb.connect(region="us-east-1", endpoint_url=server.url)
        frame = run(eic, functions=["nosuch", "f0001"], errors="rows")
        for _ in range(2):
            with pytest.raises(IncompleteAudit) as raised:
                run(eic, resume=frame)
            frame = raised.value.result
            assert (list(frame.scan_state), frame.attrs["complete"]) == (["ok", "gone"], False)
        service.names.append("nosuch")
        whole = run(eic, resume=frame)
    assert (list(whole.scan_state), whole.attrs["complete"]) == (["ok", "ok"], True)
    assert service.asked["f0001"] == 1


def test_a_name_that_exists_by_now_is_found_in_every_region(run: Run) -> None:
    class Fleet(Lambda):
        def right(self, seen: Seen, region: str, name: str) -> Step:
            return super().right(seen, region, name) if region == "us-east-1" else as_json({"Functions": []})

    service = Fleet(3)
    with Answering(service) as server:
        eic = eicnb.connect(region="us-east-1", endpoint_url=server.url)
        regions = ["us-east-1", "eu-west-1"]
        first = run(eic, functions=["nosuch", "f0001"], regions=regions, errors="rows")
        service.names.append("nosuch")
        whole = run(eic, resume=first)
    assert list(zip(whole.region, whole.function_name, strict=True)) == [
        ("us-east-1", "f0001"),
        ("us-east-1", "nosuch"),
    ]
    assert whole.attrs["complete"]


RESUME = "%eic audit --resume ${sys.last_value}"
COPY = "copy the name from the list\n%eic functions"
GUESSES: list[tuple[dict[str, Any], str, str]] = [
    ({"functions": ["chekout"]}, "us-east-1/chekout: there is no function 'chekout' in us-east-1; {}'checkout'", COPY),
    ({"functions": ["zzz"]}, "us-east-1/zzz: there is no function 'zzz' in us-east-1", COPY),
    (
        {"functions": ["f000", "f0000"], "regions": "eu-west-1"},
        "eu-west-1/f000: there is no function 'f000' in eu-west-1; {}'f0000'",
        f"{COPY} --region eu-west-1",
    ),
    ({"functions": ["zzz", "broken"]}, "us-east-1/zzz: there is no function 'zzz' in us-east-1", RESUME),
    ({"functions": ["zzz", "gone"]}, "us-east-1/zzz: there is no function 'zzz' in us-east-1", RESUME),
]


@pytest.mark.parametrize(("options", "line", "hint"), GUESSES, ids=str)
def test_an_error_suggests_the_closest_name_and_a_command(
    run: Run, options: dict[str, Any], line: str, hint: str
) -> None:
    service = Lambda(1, lambda seen, region, name: {"broken": BROKEN, "gone": GONE}.get(name))
    service.names += ["checkout", "broken", "gone"]
    with Answering(service) as server, pytest.raises(IncompleteAudit) as raised:
        run(eicnb.connect(region="us-east-1", endpoint_url=server.url), **options)
    assert f"    {line.format('the closest name is ')}" in raised.value.message.splitlines()
    assert raised.value.hint == hint


def test_a_function_that_was_read_is_not_missed_when_it_is_deleted_before_the_list_is_read_again(run: Run) -> None:
    service = Lambda(3)
    with Answering(service) as server:
        eic = eicnb.connect(region="us-east-1", endpoint_url=server.url)
        first = run(eic, functions=["f0000", "f0001", "nosuch"], errors="rows")
        service.names.remove("f0001")
        again = run(eic, resume=first, errors="rows")
    assert list(zip(again.function_name, again.scan_state, strict=True)) == [
        ("f0000", "ok"),
        ("f0001", "ok"),
        ("nosuch", "gone"),
    ]


def test_a_function_that_is_deleted_before_the_list_is_read_again_keeps_its_settings_and_then_counts_as_read(
    run: Run,
) -> None:
    service = Lambda(3, lambda seen, region, name: BROKEN if name == "f0001" else None)
    with Answering(service) as server:
        eic = eicnb.connect(region="us-east-1", endpoint_url=server.url)
        first = run(eic, functions=["f0001", "nosuch"], errors="rows")
        service.names.remove("f0001")
        second = run(eic, resume=first, errors="rows")
        service.twist = lambda seen, region, name: GONE if name == "f0001" else None
        service.names.append("nosuch")
        third = run(eic, resume=second, errors="rows")
    assert list(second.scan_state) == ["gone", "gone"]
    assert second.timeout[0] == 30
    assert (list(third.scan_state), third.attrs["complete"]) == (["gone", "ok"], True)


def test_a_name_found_in_one_region_is_not_missing_in_another(run: Run) -> None:
    class Fleet(Lambda):
        def right(self, seen: Seen, region: str, name: str) -> Step:
            return super().right(seen, region, name) if region == "us-east-1" else as_json({"Functions": []})

    with Answering(Fleet(3)) as server:
        eic = eicnb.connect(region="us-east-1", endpoint_url=server.url)
        frame = run(eic, functions=["nosuch", "f0001"], regions=["us-east-1", "eu-west-1"], errors="rows")
    assert list(zip(frame.region, frame.function_name, frame.scan_state, strict=True)) == [
        ("eu-west-1", "nosuch", "gone"),
        ("us-east-1", "f0001", "ok"),
    ]
    assert frame.error[0] == "there is no function 'nosuch' in eu-west-1, us-east-1"


def test_a_name_is_not_reported_gone_if_a_list_could_not_be_read(run: Run) -> None:
    with Answering(Lambda(3, lambda seen, region, name: DENIED if region == "eu-west-1" else None)) as server:
        eic = eicnb.connect(region="us-east-1", endpoint_url=server.url)
        frame = run(eic, functions=["nosuch"], regions=["us-east-1", "eu-west-1"], errors="rows")
    assert sorted(frame.scan_state) == ["denied", "unread"]


def test_every_glob_without_a_function_is_named_in_a_warning_and_in_attrs(run: Run) -> None:
    with Answering(Lambda(3)) as server, pytest.warns(UserWarning, match=r"^no function matches x\*, \[yz\]\*$"):
        frame = run(
            eicnb.connect(region="us-east-1", endpoint_url=server.url), functions=["x*", "f*", "[yz]*", "f0001"]
        )
    assert frame.attrs["unmatched"] == "x*, [yz]*"
    assert len(frame) == 3
    assert frame.attrs["complete"]
