"""Lambda's service model, from botocore.

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
    """Refuse parameters that the service model does not allow, as botocore does before sending."""
    shape = service_model().operation_model(operation).input_shape
    assert shape is not None, "the operation has parameters"
    report = ParamValidator().validate(dict(parameters), shape)
    if report.has_errors():
        raise UsageError(report.generate_report())


@cache
def service_model() -> ServiceModel:
    """Load Lambda's service model from botocore's data path; no request is sent."""
    loader = botocore.session.Session().get_component("data_loader")
    return ServiceModel(loader.load_service_model(LAMBDA, "service-2"), LAMBDA)


def members(operation: str) -> Sequence[Member]:
    """Return the parameters of a Lambda operation."""
    return shape_of(service_model(), operation)[0]
