"""Lambda's service model, as botocore has it.

Tested in tests/cli/test_newer_model.py and tests/cli/test_skeleton.py.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

import botocore.session
from botocore.model import ServiceModel
from botocore.validate import ParamValidator

from eicnb.errors import (
    UsageError,
)
from eicnb.model.members import Member, shape_of

LAMBDA = "lambda"
"""The service's name in botocore."""


def check_parameters(operation: str, parameters: Mapping[str, Any]) -> None:
    """Refuse parameters that the service model does not allow, as botocore would before it sends them."""
    shape = service_model().operation_model(operation).input_shape
    assert shape is not None, "every operation that has parameters says which"
    report = ParamValidator().validate(dict(parameters), shape)
    if report.has_errors():
        raise UsageError(report.generate_report())


LAMBDA = "lambda"


@cache
def service_model() -> ServiceModel:
    """Return Lambda's service model, from where botocore's settings say; no request is sent."""
    loader = botocore.session.Session().get_component("data_loader")
    return ServiceModel(loader.load_service_model(LAMBDA, "service-2"), LAMBDA)


def members(operation: str) -> Sequence[Member]:
    """Return the parameters of an operation of AWS in the service model."""
    return shape_of(service_model(), operation)[0]
