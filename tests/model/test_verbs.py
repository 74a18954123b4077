from __future__ import annotations

import boto3
import pytest
from botocore import xform_name

from eicnb.model.verbs import CONFIGS, OPERATIONS, Operation, action_of


@pytest.mark.parametrize("operation", Operation)
def test_an_operation_is_one_that_botocore_knows(operation: Operation) -> None:
    model = boto3.Session()._session.get_service_model(operation.service)
    assert operation in model.operation_names
    assert operation.command == xform_name(operation, "-")


def test_a_verb_names_its_operation_its_command_its_permission_and_its_pages() -> None:
    found = {verb: (str(operation), operation.command, operation.action) for verb, operation in OPERATIONS.items()}
    assert found == {
        "put": (
            "PutFunctionEventInvokeConfig",
            "put-function-event-invoke-config",
            "lambda:PutFunctionEventInvokeConfig",
        ),
        "update": (
            "UpdateFunctionEventInvokeConfig",
            "update-function-event-invoke-config",
            "lambda:UpdateFunctionEventInvokeConfig",
        ),
        "get": (
            "GetFunctionEventInvokeConfig",
            "get-function-event-invoke-config",
            "lambda:GetFunctionEventInvokeConfig",
        ),
        "list": (
            "ListFunctionEventInvokeConfigs",
            "list-function-event-invoke-configs",
            "lambda:ListFunctionEventInvokeConfigs",
        ),
        "delete": (
            "DeleteFunctionEventInvokeConfig",
            "delete-function-event-invoke-config",
            "lambda:DeleteFunctionEventInvokeConfig",
        ),
    }
    assert Operation.PUT.pages == (
        "https://docs.aws.amazon.com/lambda/latest/api/API_PutFunctionEventInvokeConfig.html",
        "https://docs.aws.amazon.com/cli/latest/reference/lambda/put-function-event-invoke-config.html",
    )


def test_a_list_has_its_configs_in_the_member_that_botocore_knows() -> None:
    model = boto3.Session()._session.get_service_model("lambda")
    response = model.operation_model(Operation.LIST).output_shape
    assert response is not None
    assert CONFIGS in response.members


@pytest.mark.parametrize(
    ("operation", "action"),
    [
        ("GetCallerIdentity", "sts:GetCallerIdentity"),
        ("ListBuckets", "s3:ListAllMyBuckets"),
        ("ListEventBuses", "events:ListEventBuses"),
        ("GetPolicy", "lambda:GetPolicy"),
    ],
)
def test_an_operation_has_the_permission_that_iam_has_for_it(operation: str, action: str) -> None:
    assert action_of(operation) == action
