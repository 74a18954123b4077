"""The verb `losses` on the sandbox."""

from __future__ import annotations

import pandas as pd
import pytest

import eicnb
from eicnb.client.eic import Eic
from eicnb.errors import UsageError


def test_the_sandbox_lost_events_last_week(shared: Eic) -> None:
    audit = shared.audit(regions=["us-east-1", "eu-west-1"], qualifiers="all", progress=False, rate=1000)
    frame = shared.losses(audit, progress=False)
    assert len(frame) == len(audit)
    assert frame.head(4)[["function_name", "qualifier", "lost", "why"]].to_dict("split")["data"] == [
        ["thumbnails", "$LATEST", 240, "destination-fails"],
        ["payments-webhook", "live", 63, "nowhere-to-go"],
        ["returns-label", "$LATEST", 35, "nowhere-to-go"],
        ["thumbnails-eu", "$LATEST", 31, "nowhere-to-go"],
    ]
    bypassed = frame[frame.function_name == "inventory-sync"].set_index("qualifier")
    assert bypassed.why.to_dict()["live"] == "nowhere-to-go"
    assert bypassed.why.to_dict()["$LATEST"] == "no-events"
    assert frame.attrs["requests"] == 2


def test_a_config_that_was_just_written_is_not_blamed_for_the_past(shared: Eic) -> None:
    shared.put("newsletters", maximum_retry_attempts=0)
    [found] = shared.losses(shared.audit(functions="newsletters", progress=False), progress=False).to_dict("records")
    assert found["dropped"] == 21
    assert pd.isna(found["lost"])
    shared.delete("newsletters")


def test_without_connections_it_is_the_one_in_use(shared: Eic) -> None:
    audit = shared.audit(functions="thumbnails", progress=False)
    eicnb.use(shared)
    assert eicnb.losses(audit, progress=False, since="12h").why.tolist() == ["destination-fails"]
    assert eicnb.losses(audit, progress=False, connections=[shared]).lost.tolist() == [240]


def test_an_account_out_of_reach_is_a_usage_error(shared: Eic) -> None:
    audit = shared.audit(functions="thumbnails", progress=False).assign(account_id="210987654321")
    with pytest.raises(UsageError, match="the audit has rows of account 210987654321, but the connection is to"):
        shared.losses(audit, progress=False)
