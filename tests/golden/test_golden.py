"""eicnb does what the recorded AWS CLI did, or differs for a documented reason."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.golden.replay import CASES, Server, differences, replay, serving

DELIBERATE: dict[str, str] = json.loads((Path(__file__).parent / "deliberate.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with serving() as running:
        yield running


@pytest.mark.filterwarnings("ignore:Unverified HTTPS request")  # expected with `--no-verify-ssl`
@pytest.mark.parametrize("case", CASES, ids=[case["id"] for case in CASES])
def test_a_recorded_command_line_does_what_it_did(case: dict[str, Any], server: Server) -> None:
    outcome = replay(case, server)
    found = differences(case, outcome, server)
    if case["id"] in DELIBERATE:
        assert found, f"{case['id']} passes: it no longer belongs to the deliberate differences"
    else:
        assert not found, f"{', '.join(found)}: {outcome}"


def test_the_readme_says_how_many_do_the_same() -> None:
    readme = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
    assert f" {len(CASES) - len(DELIBERATE)} of {len(CASES)} behave the same" in readme


def test_every_deliberate_difference_is_a_case_and_has_its_reason() -> None:
    assert set(DELIBERATE) <= {case["id"] for case in CASES}
    assert all(DELIBERATE.values())
