from __future__ import annotations

import json
from datetime import datetime
from typing import Any

import pytest

from eicnb.aws.service_model import service_model
from eicnb.cli import skeleton
from eicnb.errors import UsageError
from eicnb.model.config import EventInvokeConfig
from eicnb.model.function import FunctionRef
from eicnb.model.members import Member, shape_of


def render(kind: str, verb: str) -> str:
    return skeleton.render(
        kind, *shape_of(service_model(), f"{verb}FunctionEventInvokeConfig{'s' if verb == 'List' else ''}")
    )


SETTINGS_JSON = """\
{
    "FunctionName": "",
    "Qualifier": "",
    "MaximumRetryAttempts": 0,
    "MaximumEventAgeInSeconds": 0,
    "DestinationConfig": {
        "OnSuccess": {
            "Destination": ""
        },
        "OnFailure": {
            "Destination": ""
        }
    }
}
"""
NAME_JSON = """\
{
    "FunctionName": "",
    "Qualifier": ""
}
"""
LIST_JSON = """\
{
    "FunctionName": "",
    "Marker": "",
    "MaxItems": 0
}
"""
NAME_YAML = """\
FunctionName: ''  # [REQUIRED] The name or ARN of the Lambda function, version, or alias.
Qualifier: '' # A version number or alias name.
"""
SETTINGS_YAML = f"""\
{NAME_YAML}\
MaximumRetryAttempts: 0 # The maximum number of times to retry when the function returns an error.
MaximumEventAgeInSeconds: 0 # The maximum age of a request that Lambda sends to a function for processing.
DestinationConfig: # A destination for events after they have been sent to a function for processing.
  OnSuccess:  # The destination configuration for successful invocations.
    Destination: ''  # The Amazon Resource Name (ARN) of the destination resource.
  OnFailure: # The destination configuration for failed invocations.
    Destination: ''  # The Amazon Resource Name (ARN) of the destination resource.
"""
LIST_YAML = """\
FunctionName: ''  # [REQUIRED] The name or ARN of the Lambda function.
Marker: '' # Specify the pagination token that's returned by a previous request to retrieve the next page of results.
MaxItems: 0 # The maximum number of configurations to return.
"""
CONFIG = """\
{
    "LastModified": "2019-11-13T23:00:21+00:00",
    "FunctionArn": "arn:aws:lambda:us-east-1:123456789012:function:my-function:$LATEST",
    "MaximumRetryAttempts": 0,
    "MaximumEventAgeInSeconds": 60,
    "DestinationConfig": {
        "OnSuccess": {
            "Destination": "arn:aws:sqs:us-east-1:123456789012:on-success"
        },
        "OnFailure": {
            "Destination": "arn:aws:sqs:us-east-1:123456789012:on-failure"
        }
    }
}
"""
CONFIGS = json.dumps({"FunctionEventInvokeConfigs": [json.loads(CONFIG)]}, indent=4) + "\n"


@pytest.mark.parametrize(
    ("verb", "as_json", "as_yaml", "sample"),
    [
        ("Put", SETTINGS_JSON, SETTINGS_YAML, CONFIG),
        ("Update", SETTINGS_JSON, SETTINGS_YAML, CONFIG),
        ("Get", NAME_JSON, NAME_YAML, CONFIG),
        ("List", LIST_JSON, LIST_YAML, CONFIGS),
        ("Delete", NAME_JSON, NAME_YAML, ""),
    ],
)
def test_a_skeleton_is_what_the_aws_cli_prints_or_a_sample_if_the_cli_fails(
    verb: str, as_json: str, as_yaml: str, sample: str
) -> None:
    assert render("input", verb) == as_json
    assert render("yaml-input", verb) == as_yaml
    assert render("output", verb) == sample


def test_a_sample_is_a_response_that_aws_could_have_sent() -> None:
    sample = json.loads(render("output", "Put"))
    moment, function_arn = datetime.fromisoformat(sample.pop("LastModified")), sample.pop("FunctionArn")
    assert moment.tzinfo
    assert str(FunctionRef.parse(function_arn)) == function_arn
    assert EventInvokeConfig.from_api(sample).to_api() == sample


ANY = (
    Member("Mode", "string", documentation="<p>The mode: a word.</p>", choices=("on", "Off")),
    Member("Names", "list", members=(Member("Name", "string"),), documentation="Names &amp;\n <i>ids</i>"),
    Member("Filters", "list", members=(Member("Filter", "structure", members=(Member("On", "boolean"),)),)),
    Member("Tags", "map", members=(Member("Tag", "string", documentation="a tag"),), required=True),
    Member("Nothing", "structure", documentation="Holds nothing."),
    Member("Share", "double"),
    Member("Since", "timestamp"),
    Member("Code", "blob"),
)


def test_members_of_every_kind_that_aws_may_add_have_a_place_in_yaml() -> None:
    assert skeleton.render("yaml-input", ANY, ()).splitlines() == [
        "Mode: on  # The mode. Valid values are: on, Off.",
        "Names: # Names & ids.",
        "- ''",
        "Filters:",
        "- On: true",
        "Tags: # [REQUIRED]",
        "  KeyName: ''",
        "Nothing: {} # Holds nothing.",
        "Share: 0.0",
        "Since: '1970-01-01T00:00:00'",
        "Code: null",
    ]


def test_members_of_every_kind_that_aws_may_add_have_a_place_in_json() -> None:
    filled: dict[str, Any] = {
        "Mode": "on",
        "Names": [""],
        "Filters": [{"On": True}],
        "Tags": {"KeyName": ""},
        "Nothing": {},
        "Share": 0.0,
        "Since": "1970-01-01T00:00:00",
        "Code": None,
    }
    assert json.loads(skeleton.render("input", ANY, ())) == filled
    assert skeleton.sample(ANY) == filled | {
        "Names": ["Name"],
        "Tags": {"KeyName": "Tag"},
        "Since": "2019-11-13T23:00:21+00:00",
    }


def test_the_first_comment_of_a_structure_has_an_extra_blank() -> None:
    mute, told = Member("A", "integer"), Member("B", "integer", documentation="Told.")
    assert skeleton.render("yaml-input", (mute, told, told), ()) == "A: 0\nB: 0  # Told.\nB: 0 # Told.\n"


def test_a_request_without_members_is_an_empty_object() -> None:
    assert [skeleton.render(kind, (), ()) for kind in skeleton.KINDS] == ["{}\n", "{}\n", ""]


def test_an_unknown_skeleton_is_refused_with_the_nearest_one() -> None:
    with pytest.raises(UsageError) as caught:
        skeleton.render("INPUT", (), ())
    assert str(caught.value) == "there is no skeleton 'INPUT'\nTry: input"
