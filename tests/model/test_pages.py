from __future__ import annotations

import re

import pytest

from eicnb.model import pages
from eicnb.model.verbs import Operation


@pytest.mark.parametrize("operation", Operation)
def test_every_operation_has_pages(operation: Operation) -> None:
    for page in operation.pages:
        assert re.fullmatch(r"https://docs\.aws\.amazon\.com/[\w/.-]+\.html", page)


def test_every_kind_of_destination_has_a_page_about_its_names() -> None:
    assert pages.NAMING_RULES.keys() == {"sqs", "sns", "s3", "lambda", "events"}
