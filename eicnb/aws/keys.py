"""The credentials that sign a request.

Tested in tests/aws/test_failures.py and tests/aws/http/test_sender.py.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from eicnb.errors import ConfigurationError


@dataclass(frozen=True, slots=True)
class Keys:
    """An access key, its secret key and its session token, which are never shown.

    >>> Keys("AKIDEXAMPLE", "secret")
    Keys()
    """

    access_key: str = field(repr=False)
    secret_key: str = field(repr=False)
    token: str | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        # botocore's error about a value that no HTTP header can contain would quote it.
        for what, value in (("access key", self.access_key), ("secret key", self.secret_key), ("token", self.token)):
            if value and not (value.isascii() and value.isprintable() and " " not in value):
                raise ConfigurationError(
                    f"no usable AWS credentials: the {what} has a space, a line break or another invalid character",
                    hint=f"copy the {what} again, as AWS shows it",
                )
