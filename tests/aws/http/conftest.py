"""Keys that AWS does not know, and an audit with its own patience and buckets."""

from tests.fleet.conftest import _known_keys, run

__all__ = ["_known_keys", "run"]
