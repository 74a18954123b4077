"""The checks and layers are discovered, without a list."""

from __future__ import annotations

import re

from eicnb.cli.permissions import LAYERS
from eicnb.fleet.checks.catalog import checks, layers


def test_a_check_belongs_to_a_layer_and_says_why_it_matters() -> None:
    for name, check in checks().items():
        assert name == check.name
        assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", name)
        assert set(check.layers) <= set(LAYERS)
        assert check.source.startswith("https://docs.aws.amazon.com/")
        assert check.meaning
        assert check.why


def test_every_layer_with_operations_has_a_reader() -> None:
    assert ["settings", *layers()] == [*LAYERS]
