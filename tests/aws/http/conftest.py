"""Keys that no AWS knows, and an audit whose patience and buckets are the test's own."""

from tests.fleet.conftest import _known_keys, run

__all__ = ["_known_keys", "run"]
