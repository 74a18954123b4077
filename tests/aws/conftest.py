"""Settings and credentials for each test."""

from tests.client.conftest import own_aws_files

__all__ = ["own_aws_files"]
