"""Settings and credentials for each test."""

from tests.client.conftest import one_attempt, own_aws_files, shared

__all__ = ["one_attempt", "own_aws_files", "shared"]
