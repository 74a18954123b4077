"""Configs as Terraform resources with import blocks.

The rules come from the AWS provider's documentation of `aws_lambda_function_event_invoke_config`.

Tested in tests/changes/export/test_templates.py.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence

from eicnb.changes.change import Change
from eicnb.changes.export.exported import (
    absent_line,
    check_one_account,
    in_places,
    named,
    settings_to_put,
    unique_names,
    with_config,
)
from eicnb.model.config import EventInvokeConfig
from eicnb.model.destination import DestinationArn
from eicnb.model.function import LATEST, FunctionRef
from eicnb.model.limits import DEFAULT_RETRY_ATTEMPTS

_TYPE = "aws_lambda_function_event_invoke_config"

_HEAD = """
# With the import blocks, Terraform 1.5 or later takes over existing configs. If a config does not exist yet, remove
# its import block, and Terraform creates it.
"""

_SEVERAL_REGIONS = """
# The argument `region` and the region in an import id need the provider hashicorp/aws 6.0 or later.
"""


def terraform_text(changes: Sequence[Change], _region: str | None) -> str:
    """Return a resource and an import block for each config."""
    check_one_account(changes, "terraform")
    places = [where for where, _ in in_places(changes)]
    is_one_region = len({where.region for where in places}) <= 1
    configs = with_config(changes)
    names = unique_names(configs, _name if is_one_region else _name_with_region)
    head = [
        *(f"# {where}" for where in dict.fromkeys(places)),
        *absent_line(changes),
        *_HEAD.strip().splitlines(),
        *([] if is_one_region else _SEVERAL_REGIONS.strip().splitlines()),
    ]
    blocks = [
        line
        for name, change in zip(names, configs, strict=True)
        for line in _blocks(name, change, "" if is_one_region else change.target.region or "")
    ]
    return "\n".join([*head, *blocks, ""])


def _name(function: FunctionRef) -> str:
    function_name, qualifier = named(function)
    name = re.sub(r"[^A-Za-z0-9_]", "_", f"{function_name}_{'latest' if qualifier == LATEST else qualifier}")
    return name if name[0].isalpha() else f"_{name}"


def _name_with_region(function: FunctionRef) -> str:
    return f"{_name(function)}_{(function.region or '').replace('-', '_')}"


def _blocks(name: str, change: Change, region: str) -> Iterator[str]:
    function_name, qualifier = named(change.target)
    config = settings_to_put(change)
    yield ""
    yield "import {"
    yield f"  to = {_TYPE}.{name}"
    yield f"  id = {_quoted(f'{function_name}:{qualifier}' + (f'@{region}' if region else ''))}"
    yield "}"
    yield ""
    yield f'resource "{_TYPE}" "{name}" {{'
    if config.maximum_retry_attempts is None:
        yield f"  # The config sets no retries; the provider always sets them, by default to {DEFAULT_RETRY_ATTEMPTS}."
    yield from _aligned(_arguments(function_name, qualifier, region, config))
    destinations = {
        label: arn
        for label in ("on_failure", "on_success")
        if isinstance(arn := getattr(config.destination_config, label, None), DestinationArn)
    }
    if destinations:
        yield ""
        yield "  destination_config {"
        yield "\n\n".join(
            f"    {label} {{\n      destination = {_quoted(str(arn))}\n    }}" for label, arn in destinations.items()
        )
        yield "  }"
    yield "}"


def _arguments(function_name: str, qualifier: str, region: str, config: EventInvokeConfig) -> Mapping[str, str]:
    arguments = {"region": _quoted(region)} if region else {}
    arguments |= {"function_name": _quoted(function_name), "qualifier": _quoted(qualifier)}
    for name in ("maximum_retry_attempts", "maximum_event_age_in_seconds"):
        value = getattr(config, name)
        arguments |= {} if value is None else {name: str(value)}
    return arguments


def _aligned(arguments: Mapping[str, str]) -> Iterator[str]:
    """Yield arguments with their equals signs aligned, as `terraform fmt` does."""
    width = max(map(len, arguments))
    for name, value in arguments.items():
        yield f"  {name:<{width}} = {value}"


def _quoted(text: str) -> str:
    """Return a text in quotes, with Terraform's template markers escaped."""
    return json.dumps(text).replace("${", "$${").replace("%{", "%%{")
