"""Settings and credentials for each test."""

from tests.client.conftest import one_attempt, own_aws_files

__all__ = ["one_attempt", "own_aws_files"]
