"""Our signatures equal botocore's."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote, urlsplit

import botocore.auth
import pytest
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from hypothesis import given, settings
from hypothesis import strategies as st

from eicnb.aws.http.signing import Signer
from eicnb.aws.keys import Keys

NOW = datetime(2026, 11, 24, 21, 54, 8, tzinfo=UTC)


def botocores(keys: Keys, url: str, region: str, service: str) -> dict[str, str]:
    """The headers with which botocore signs a GET at that time."""
    request: Any = AWSRequest("GET", url)
    signer: Any = botocore.auth.SigV4Auth(Credentials(keys.access_key, keys.secret_key, keys.token), service, region)
    request.context["timestamp"] = NOW.strftime("%Y%m%dT%H%M%SZ")
    request.headers["X-Amz-Date"] = request.context["timestamp"]
    if keys.token:
        request.headers["X-Amz-Security-Token"] = keys.token
    text = signer.string_to_sign(request, signer.canonical_request(request))
    signer._inject_signature_to_request(request, signer.signature(text, request))
    return {name.lower(): value for name, value in request.headers.items()}


def ours(keys: Keys, url: str, region: str, service: str) -> dict[str, str]:
    parts = urlsplit(url)
    headers = Signer(region, service).headers(keys, parts.netloc, parts.path, parts.query, NOW)
    return {name.lower(): value for name, value in headers.items()}


names = st.text(st.characters(codec="utf-8", exclude_characters="/"), min_size=1).filter(
    lambda text: text not in {".", ".."}
)


@settings(max_examples=300, deadline=None)
@given(
    name=names | st.sampled_from(["my-function", "f:$LATEST", "arn:aws:lambda:us-east-1:123456789012:function:a:live"]),
    marker=st.none() | st.text(min_size=1),
    token=st.none() | st.text("abcXYZ019+/=", min_size=1),
    secret=st.text("abcXYZ019+/=", min_size=1),
    region=st.sampled_from(["us-east-1", "cn-north-1", "us-gov-west-1", "eusc-de-east-1"]),
    host=st.sampled_from(
        ["lambda.us-east-1.amazonaws.com", "127.0.0.1:4566", "vpce-1.lambda.eu-west-1.vpce.amazonaws.com"]
    ),
)
def test_a_signature_is_botocores(  # noqa: PLR0917 # hypothesis passes them by name
    name: str, marker: str | None, token: str | None, secret: str, region: str, host: str
) -> None:
    query = "" if marker is None else f"?FunctionVersion=ALL&Marker={quote(marker, safe='')}"
    url = f"https://{host}/2019-09-25/functions/{quote(name, safe='')}/event-invoke-config/list{query}"
    keys = Keys("AKIDEXAMPLE", secret, token)
    assert ours(keys, url, region, "lambda") == botocores(keys, url, region, "lambda")


def test_the_signing_key_is_derived_for_each_day_and_secret() -> None:
    signer = Signer("us-east-1", "lambda")
    days = [datetime(2026, 1, day, tzinfo=UTC) for day in (1, 2, 1)]
    one, two, one_again = (signer.headers(Keys("a", "s"), "h", "/", "", day)["Authorization"] for day in days)
    other = signer.headers(Keys("a", "t"), "h", "/", "", days[0])["Authorization"]
    assert one == one_again
    assert len({one, two, other}) == 3


@pytest.mark.parametrize("path", ["/base/2015-03-31/functions", "/2015-03-31/functions/"])
def test_a_path_of_an_endpoint_is_signed_as_botocore_signs_it(path: str) -> None:
    keys, url = Keys("AKID", "secret", "token"), f"http://127.0.0.1:4566{path}"
    assert ours(keys, url, "us-east-1", "lambda") == botocores(keys, url, "us-east-1", "lambda")
