"""The check that a response of the sandbox conforms to botocore's service model."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from botocore.model import ListShape, MapShape, StringShape, StructureShape

from tests.local_aws.conftest import session_of

_TYPES: dict[str, type] = {
    "string": str,
    "integer": int,
    "long": int,
    "boolean": bool,
    "timestamp": datetime,
    "float": float,
    "double": float,
    "structure": dict,
    "map": dict,
    "list": list,
}


def complaints(service: str, operation: str, response: dict[str, Any]) -> list[str]:
    """Yield the violations of the model: members that are missing, unknown, or of a wrong type."""
    model = session_of("sandbox").client(service).meta.service_model.operation_model(operation)
    given = {name: value for name, value in response.items() if name != "ResponseMetadata"}
    return list(_complaints(model.output_shape, given, operation))


def _complaints(shape: Any, value: Any, at: str) -> Iterator[str]:
    is_of_its_type = isinstance(value, _TYPES[shape.type_name])
    if not is_of_its_type:
        yield f"{at} is no {shape.type_name}"
    elif isinstance(shape, StructureShape):
        yield from (f"{at}.{name} is missing" for name in shape.required_members if name not in value)
        for name, member in value.items():
            if name not in shape.members:
                yield f"{at}.{name} is not in the model"
            else:
                yield from _complaints(shape.members[name], member, f"{at}.{name}")
    elif isinstance(shape, ListShape):
        for number, member in enumerate(value):
            yield from _complaints(shape.member, member, f"{at}[{number}]")
    elif isinstance(shape, MapShape):
        for name, member in value.items():
            yield from _complaints(shape.value, member, f"{at}.{name}")
    elif isinstance(shape, StringShape) and shape.enum and value not in shape.enum:
        yield f"{at} is '{value}', which is none of {shape.enum}"
