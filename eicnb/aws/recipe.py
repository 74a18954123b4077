"""The parameters of a connection, as a value for other processes with their own credentials.

Tested in tests/aws/test_recipe.py.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from typing import Self

import boto3

from eicnb.aws.boto import Aws
from eicnb.aws.endpoint import Transport
from eicnb.aws.keys import Keys
from eicnb.aws.login import AssumedRole, Login
from eicnb.aws.session import Session, known_profiles, profile_session, sandbox_session
from eicnb.errors import UsageError
from eicnb.model.limits import REQUESTS_A_SECOND

_MOST_USERS = 256


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """The parameters of a connection to an account: region, profile, roles, endpoint and transport.

    >>> Recipe.of(Aws(Login(lambda: profile_session(None, None)), region="eu-west-1")).aws("eu-north-1").region
    'eu-north-1'

    `quota` is the requests served a second; None means no limit. Only `with_keys` sets `keys`. The keys and the
    external ids of roles are not shown.
    """

    region: str
    profile: str | None = None
    roles: tuple[AssumedRole, ...] = ()
    endpoint_url: str | None = None
    sandbox: bool = False
    quota: float | None = REQUESTS_A_SECOND
    transport: Transport = field(repr=False)
    keys: Keys | None = field(default=None, repr=False)

    @classmethod
    def of(cls, aws: Aws) -> Self:
        """Return a connection's recipe; raise UsageError for a user's boto3 session without a role."""
        if aws.is_of_own_session and not aws.roles:
            raise UsageError(
                "the credentials of a boto3 session that you made do not leave this process",
                hint='connect with a role, which workers can assume: eicnb.connect(role_arn="…"); '
                'or send its credentials to an encrypted cluster: credentials="send"',
            )
        return cls._of(aws)

    @classmethod
    def with_keys(cls, aws: Aws) -> Self:
        """Return a recipe with a connection's current credentials; raise UsageError for long-lived ones."""
        recipe = cls._of(aws)
        if recipe.sandbox or not aws.signs:
            return recipe
        keys = aws.keys()
        if keys.token is None:
            raise UsageError(
                f"the credentials of {aws.user or 'the connection'} are long-lived, and long-lived ones are never sent",
                hint='connect with a role, whose credentials are short-lived: eicnb.connect(role_arn="…")',
            )
        return cls(
            region=recipe.region, endpoint_url=recipe.endpoint_url, transport=recipe.transport, roles=(), keys=keys
        )

    @classmethod
    def _of(cls, aws: Aws) -> Self:
        return cls(
            region=aws.region,
            profile=aws.profile,
            roles=aws.roles,
            endpoint_url=aws.endpoint_url,
            sandbox=aws.sandbox,
            quota=aws.quota(),
            transport=aws.transport,
        )

    def aws(self, region: str) -> Aws:
        """Connect to a region with these parameters; no request is sent.

        Equal recipes share their credentials within a process. If the profile does not exist here, roles are assumed
        from the process's own identity.
        """
        user = _with_keys(self) if self.keys else _user(self)
        return user.derived(region=region, options={})


def _with_keys(recipe: Recipe) -> Aws:
    keys = recipe.keys
    assert keys is not None

    def opened() -> Session:
        return boto3.Session(
            aws_access_key_id=keys.access_key,
            aws_secret_access_key=keys.secret_key,
            aws_session_token=keys.token,
            region_name=recipe.region,
        )

    login = Login(opened, is_given=True)
    return Aws(login, region=recipe.region, endpoint_url=recipe.endpoint_url, transport=recipe.transport)


@lru_cache(maxsize=_MOST_USERS)
def _user(recipe: Recipe) -> Aws:
    """Return the user of a recipe, the same one for equal recipes."""
    profile = recipe.profile
    if recipe.roles and profile not in known_profiles():
        profile = None
    aws = Aws(
        Login(lambda: sandbox_session(recipe.region) if recipe.sandbox else profile_session(profile, recipe.region)),
        region=recipe.region,
        endpoint_url=recipe.endpoint_url,
        sandbox=recipe.sandbox,
        quota=lambda: recipe.quota,
        transport=recipe.transport,
        profile=profile,
    )
    for role in recipe.roles:
        aws = aws.assuming(role.arn, role.external_id)
    return aws
