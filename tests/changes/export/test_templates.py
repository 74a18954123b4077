"""Exported templates, which are read by their tools and must describe the frame they were made from."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import hcl2
import pandas as pd
import pytest
from cfnlint.api import lint_all
from hcl2 import SerializationOptions
from hypothesis import given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML

import eicnb
from eicnb.errors import UsageError
from tests.changes.export.random_configs import SETTINGS, configs

ACCOUNT = "123456789012"
NAMES = ("my-function", "my_function", "7", "a.b", "A" * 64, "-")
QUALIFIERS = ("$LATEST", "latest", "LATEST", "live", "7", "a-b_c")


def audit_of(*names: tuple[str, str], region: str = "us-east-1") -> pd.DataFrame:
    """An audit in which no function has a config."""
    text = {"region": region, "account_id": ACCOUNT, "scan_state": "ok"}
    rows = [
        {
            "function_name": name,
            "qualifier": qualifier,
            "function_arn": f"arn:aws:lambda:{region}:{ACCOUNT}:function:{name}:{qualifier}",
            **text,
        }
        for name, qualifier in names
    ]
    frame = pd.DataFrame(rows, dtype="string")
    for name in ("on_failure", "on_failure_type", "on_success", "on_success_type"):
        frame[name] = pd.array([None] * len(rows), dtype="string")
    for name in SETTINGS[:2]:
        frame[name] = pd.array([None] * len(rows), dtype="Int64")
    return frame.assign(configured=False, last_modified=None)


pairs = st.lists(st.tuples(st.sampled_from(NAMES), st.sampled_from(QUALIFIERS)), min_size=1, max_size=8, unique=True)


def random_audit(data: st.DataObject) -> pd.DataFrame:
    """Random configs, at least one of which exists."""
    frame = configs(data, audit_of(*data.draw(pairs)), ACCOUNT)
    frame.loc[0, ["maximum_retry_attempts", "configured"]] = [1, True]
    return frame


def settings_in(frame: pd.DataFrame) -> dict[tuple[str, str], list[Any]]:
    """The settings of each config in a frame."""
    rows = frame[frame.configured].astype(object)
    return {
        (row.function_name, row.qualifier): [None if pd.isna(row[name]) else row[name] for name in SETTINGS]
        for _, row in rows.iterrows()
    }


def resources(text: str) -> dict[str, Any]:
    template: dict[str, Any] = YAML(typ="safe").load(text)
    return template


def settings_of_template(text: str) -> Iterator[tuple[tuple[str, str], list[Any]]]:
    for resource in resources(text)["Resources"].values():
        properties = resource["Properties"]
        destinations = properties.get("DestinationConfig", {})
        arns = [destinations.get(key, {}).get("Destination") or None for key in ("OnFailure", "OnSuccess")]
        numbers = [properties.get(key) for key in ("MaximumRetryAttempts", "MaximumEventAgeInSeconds")]
        yield (properties["FunctionName"], properties["Qualifier"]), [*numbers, *arns]


def faults(text: str) -> list[str]:
    """The errors and warnings of cfn-lint about a template."""
    return [str(match) for match in lint_all(text) if not match.rule.id.startswith("I")]


@pytest.mark.parametrize("language", ["cloudformation", "sam"])
@settings(max_examples=25)
@given(data=st.data())
def test_a_template_is_read_back_to_the_same_configs(language: str, data: st.DataObject) -> None:
    frame = random_audit(data)
    text = eicnb.export(frame, language)
    assert dict(settings_of_template(text)) == settings_in(frame)
    imported = resources(text)["Metadata"]["ResourcesToImport"]
    named = {one["LogicalResourceId"]: one["ResourceIdentifier"] for one in imported}
    assert named == {
        name: {key: resource["Properties"][key] for key in ("FunctionName", "Qualifier")}
        for name, resource in resources(text)["Resources"].items()
    }
    assert all(name.isalnum() and name.isascii() for name in named)


@pytest.mark.parametrize("language", ["cloudformation", "sam"])
def test_cfn_lint_has_nothing_against_a_template(language: str) -> None:
    frame = audit_of(("my-function", "$LATEST"), ("my-function", "live"), ("my_function", "7"), ("none", "$LATEST"))
    frame["configured"] = [True, True, True, False]
    frame["maximum_retry_attempts"] = pd.array([0, None, None, None], dtype="Int64")
    frame["maximum_event_age_in_seconds"] = pd.array([60, 21600, None, None], dtype="Int64")
    frame["on_failure"] = ["s3:lost-events", "sqs:lost", None, None]
    frame["on_success"] = ["events:default", None, None, None]
    text = eicnb.export(frame, language)
    assert faults(text) == []
    assert faults(text.replace("21600", "21601")) != []
    assert "# 1 function or qualifier has no config, and so no resource here." in text.splitlines()
    assert text.count("DeletionPolicy: Retain") == 3
    assert ("Transform: AWS::Serverless-2016-10-31" in text) == (language == "sam")


def test_the_list_for_an_import_is_valid_json_in_the_template() -> None:
    text = eicnb.export(audit_of(("my-function", "$LATEST")).assign(configured=True), "cloudformation")
    listed = text.partition("ResourcesToImport:")[2].partition("Resources:")[0]
    assert json.loads(listed) == [
        {
            "ResourceType": "AWS::Lambda::EventInvokeConfig",
            "LogicalResourceId": "MyFunctionLatest",
            "ResourceIdentifier": {"FunctionName": "my-function", "Qualifier": "$LATEST"},
        }
    ]


def terraform(text: str) -> dict[str, Any]:
    read: dict[str, Any] = hcl2.loads(text, serialization_options=SerializationOptions(strip_string_quotes=True))
    return read


def settings_of_terraform(text: str) -> Iterator[tuple[str, tuple[str, str], list[Any]]]:
    for block in terraform(text).get("resource", []):
        [(_, named)] = block.items()
        [(name, arguments)] = named.items()
        [destinations] = arguments.get("destination_config", [{}])
        arns = [destinations.get(key, [{}])[0].get("destination") for key in ("on_failure", "on_success")]
        numbers = [arguments.get(key) for key in SETTINGS[:2]]
        yield name, (arguments["function_name"], arguments["qualifier"]), [*numbers, *arns]


@settings(max_examples=25)
@given(data=st.data())
def test_terraform_is_read_back_to_the_same_configs(data: st.DataObject) -> None:
    frame = random_audit(data)
    text = eicnb.export(frame, "terraform")
    read = [*settings_of_terraform(text)]
    assert {named: values for _, named, values in read} == settings_in(frame)
    names = [name for name, _, _ in read]
    assert len({*names}) == len(names)
    blocks = {(block["to"], block["id"]) for block in terraform(text)["import"]}
    wanted = {(name, f"{function}:{qualifier}") for name, (function, qualifier), _ in read}
    assert blocks == {(f"${{aws_lambda_function_event_invoke_config.{name}}}", id_) for name, id_ in wanted}
    unset = sum(values[0] is None for values in settings_in(frame).values())
    assert text.count("# The config sets no retries; the provider always sets them, by default to 2.") == unset


def test_several_regions_in_terraform_are_an_argument_and_part_of_the_import() -> None:
    both = pd.concat([audit_of(("f", "$LATEST"), region=region) for region in ("us-east-1", "eu-west-1")])
    text = eicnb.export(both.assign(configured=True, maximum_retry_attempts=0), "terraform")
    assert text.splitlines()[:2] == [f"# us-east-1, account {ACCOUNT}", f"# eu-west-1, account {ACCOUNT}"]
    assert "provider hashicorp/aws 6.0 or later" in text
    read = terraform(text)
    assert [block["id"] for block in read["import"]] == ["f:$LATEST@us-east-1", "f:$LATEST@eu-west-1"]
    [first, second] = [block["aws_lambda_function_event_invoke_config"] for block in read["resource"]]
    assert first["f_latest_us_east_1"]["region"] == "us-east-1"
    assert second["f_latest_eu_west_1"]["region"] == "eu-west-1"


def test_terraform_without_configs_is_a_comment() -> None:
    text = eicnb.export(audit_of(("f", "$LATEST"), ("f", "live")), "terraform")
    assert "# 2 functions and qualifiers have no config, and so no resource here." in text.splitlines()
    assert "resource" not in terraform(text)


def test_names_that_would_be_the_same_have_a_hash_that_no_other_row_changes() -> None:
    twins = audit_of(("a-b", "$LATEST"), ("a_b", "latest"), ("c", "live")).assign(configured=True)
    names = [name for name, _, _ in settings_of_terraform(eicnb.export(twins, "terraform"))]
    assert names == ["a_b_latestd8a5cf", "a_b_latestbdc27f", "c_live"]
    assert [name for name, _, _ in settings_of_terraform(eicnb.export(twins[::-1], "terraform"))] == names[::-1]


def test_names_without_letters_have_logical_ids_too() -> None:
    text = eicnb.export(audit_of(("_", "_"), ("__", "-")).assign(configured=True), "cloudformation")
    assert list(resources(text)["Resources"]) == ["Config666788", "Configec55e2"]
    assert faults(text) == []


@pytest.mark.parametrize(
    ("frame", "message"),
    [
        (audit_of(("f", "live")), "no row has a config, but a cloudformation template needs one"),
        (
            audit_of(*((f"f{number}", "live") for number in range(501))).assign(configured=True),
            "501 rows have a config, but a stack has at most 500 resources",
        ),
    ],
    ids=["none", "too many"],
)
def test_a_template_that_cloudformation_would_refuse_is_not_written(frame: Any, message: str) -> None:
    with pytest.raises(UsageError) as raised:
        eicnb.export(frame, "cloudformation")
    assert raised.value.message == message
