"""Configs as a CloudFormation template, or a SAM template with the same resources.

Tested in tests/changes/export/test_templates.py.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from eicnb.changes.change import Change
from eicnb.changes.export.exported import (
    absent_line,
    check_one_account,
    check_one_region,
    named,
    settings_to_put,
    unique_names,
    with_config,
)
from eicnb.errors import UsageError
from eicnb.model.function import LATEST, FunctionRef
from eicnb.model.limits import MOST_RESOURCES_OF_A_STACK

_TYPE = "AWS::Lambda::EventInvokeConfig"

_IMPORT = """
# To create the configs, deploy this template. To manage existing configs, import them: save the list below
# `ResourcesToImport` as resources.json, and run
#     aws cloudformation create-change-set --stack-name STACK --change-set-name import --change-set-type IMPORT \\
#         --template-body file://TEMPLATE --resources-to-import file://resources.json{capabilities}
"""

_OF_SAM = """
# If a SAM function has an EventInvokeConfig property, it writes the same config as a resource here with the
# qualifier $LATEST or the function's AutoPublishAlias: keep only one of the two.
"""

_SETTINGS = ("MaximumRetryAttempts", "MaximumEventAgeInSeconds", "DestinationConfig")


def cloudformation_text(changes: Sequence[Change], _region: str | None) -> str:
    """Return a template with a resource for each config, and the list that an import needs."""
    return _template(changes, "cloudformation", [], _IMPORT.format(capabilities=""))


def sam_text(changes: Sequence[Change], _region: str | None) -> str:
    """Return the same resources as a SAM template, which has no functions because the frame has none."""
    transform = ["Transform: AWS::Serverless-2016-10-31"]
    text = _IMPORT.format(capabilities=" \\\n#         --capabilities CAPABILITY_AUTO_EXPAND")
    return _template(changes, "sam", transform, text + _OF_SAM.lstrip("\n"))


def _template(changes: Sequence[Change], language: str, transform: list[str], comment: str) -> str:
    check_one_account(changes, language)
    check_one_region(changes, language)
    configs = with_config(changes)
    if not configs:
        hint = 'choose a frame with a config, such as eicnb.list("my-function")'
        raise UsageError(f"no row has a config, but a {language} template needs one", hint=hint)
    if len(configs) > MOST_RESOURCES_OF_A_STACK:
        raise UsageError(
            f"{len(configs)} rows have a config, but a stack has at most {MOST_RESOURCES_OF_A_STACK} resources",
            hint=f"frame[frame.configured][:{MOST_RESOURCES_OF_A_STACK}]",
        )
    names = unique_names(configs, _logical_id)
    target = configs[0].target
    lines = [
        f"# {target.region}, account {target.account_id}",
        *absent_line(changes),
        *comment.strip().splitlines(),
        'AWSTemplateFormatVersion: "2010-09-09"',
        *transform,
        "Metadata:",
        "  ResourcesToImport:",
        "    [",
        ",\n".join(f"      {_to_import(name, config)}" for name, config in zip(names, configs, strict=True)),
        "    ]",
        "Resources:",
        *(line for name, config in zip(names, configs, strict=True) for line in _resource(name, config)),
    ]
    return "\n".join([*lines, ""])


def _logical_id(function: FunctionRef) -> str:
    """Return the letters and digits of the names in camel case, or `Config` if there are none."""
    words = re.findall(r"[A-Za-z0-9]+", " ".join(named(function)).replace(LATEST, "Latest"))
    return "".join(word[0].upper() + word[1:] for word in words) or "Config"


def _to_import(name: str, change: Change) -> str:
    function_name, qualifier = named(change.target)
    return json.dumps(
        {
            "ResourceType": _TYPE,
            "LogicalResourceId": name,
            "ResourceIdentifier": {"FunctionName": function_name, "Qualifier": qualifier},
        }
    )


def _resource(name: str, change: Change) -> Iterator[str]:
    function_name, qualifier = named(change.target)
    is_surely_text = re.fullmatch(r"[A-Za-z][A-Za-z0-9]{5,}", name)  # unlike 7, 1e3, No and False in YAML
    yield f"  {name if is_surely_text else json.dumps(name)}:"
    yield f"    Type: {_TYPE}"
    yield "    DeletionPolicy: Retain"
    yield "    UpdateReplacePolicy: Retain"
    yield "    Properties:"
    yield from _yaml({"FunctionName": function_name, "Qualifier": qualifier, **_properties(change)}, " " * 6)


def _properties(change: Change) -> Mapping[str, Any]:
    """Return the settings of a config as properties.

    An empty config gets a destination with an empty ARN, which AWS treats as no destination.
    """
    properties = settings_to_put(change).to_api()
    destinations = properties.get("DestinationConfig", {})
    if destinations and not any(destinations.values()):
        properties["DestinationConfig"] = {"OnFailure": {"Destination": ""}}
    return properties


def _yaml(values: Mapping[str, Any], indent: str) -> Iterator[str]:
    """Yield nested mappings as YAML; texts are quoted as in JSON, which YAML reads the same way."""
    for name, value in values.items():
        if isinstance(value, Mapping):
            yield f"{indent}{name}:"
            yield from _yaml(value, f"{indent}  ")
        else:
            yield f"{indent}{name}: {json.dumps(value)}"
