"""A name or glob that matches no function is reported."""

from __future__ import annotations

import pytest

import eicnb
from eicnb.errors import IncompleteAudit
from tests.answering import Answering, Seen, Step, as_json
from tests.fleet.conftest import Run
from tests.fleet.lambdas import ACCOUNT, DENIED, Lambda


def test_a_name_without_a_function_is_a_row_that_is_gone(run: Run) -> None:
    with Answering(Lambda(3)) as server:
        eic = eicnb.connect(region="us-east-1", endpoint_url=server.url)
        with pytest.raises(IncompleteAudit) as raised:
            run(eic, functions=["nosuch", "f0001"])
        again = run(eic, resume=raised.value)
    frame = raised.value.result
    assert list(zip(frame.function_name, frame.scan_state, strict=True)) == [("f0001", "ok"), ("nosuch", "gone")]
    assert frame.error[1] == "there is no function 'nosuch' in us-east-1"
    assert frame.function_arn[1] == f"arn:aws:lambda:us-east-1:{ACCOUNT}:function:nosuch:$LATEST"
    assert not frame.attrs["complete"]
    assert again.attrs["complete"]


def test_a_name_that_is_in_one_region_is_missed_in_no_other(run: Run) -> None:
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


def test_a_name_is_not_called_gone_where_a_list_could_not_be_read(run: Run) -> None:
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
