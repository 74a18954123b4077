"""Each pattern has cases that match, and cases that only look like it."""

from __future__ import annotations

import pytest

from eicnb.redaction.masks import Masks, replaced
from eicnb.redaction.patterns import IN_NOTEBOOKS, SECRETS
from eicnb.redaction.search import highest_mask, spans

SECRET = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
SESSION = "IQoJb3JpZ2luX2VjEJr//////////wEaCXVzLWVhc3QtMSJHMEUCIQ=="
HEX = "fe5f80f77d5fa3beca038a248ff027d0445342fe2855ddc963176630326f1024"
JWT = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9P"
PGP = "-----BEGIN PGP PRIVATE KEY BLOCK-----\n\nlQO+\n-----END PGP PRIVATE KEY BLOCK-----"
PEM = "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\n\nMIIE+/==\n-----END RSA PRIVATE KEY-----"

HIDDEN = [
    ("account id", "arn:aws:sqs:us-east-1:123456789012:lost", "arn:aws:sqs:us-east-1:ACCOUNT-0001:lost"),
    ("account id", "cdk-assets-123456789012-us-east-1", "cdk-assets-ACCOUNT-0001-us-east-1"),
    ("account id", "logs123456789012x", "logsACCOUNT-0001x"),
    ("account id", "012345678901.dkr.ecr.us-east-1.amazonaws.com", "ACCOUNT-0001.dkr.ecr.us-east-1.amazonaws.com"),
    ("account id", "123456789012.2026-11-24.log", "ACCOUNT-0001.2026-11-24.log"),
    (
        "account id",
        "arn%3Aaws%3Asqs%3A%3A123456789012 %20123456789012",
        "arn%3Aaws%3Asqs%3A%3AACCOUNT-0001 %20ACCOUNT-0001",
    ),
    ("account id", "1234-5678-9012 is 123456789012", "ACCOUNT-0001 is ACCOUNT-0001"),
    ("account id", "at 202611241200", "at ACCOUNT-0001"),
    ("account id", "123456789012.0 is 123456789012", "ACCOUNT-0001 is ACCOUNT-0001"),
    ("account id", "<td>123456789012.0</td>\n0  123456789012.0\n", "<td>ACCOUNT-0001</td>\n0  ACCOUNT-0001\n"),
    (
        "account id",
        "acc123456789012, %3A123456789012, %2f123456789012",
        "acc{0}, %3A{0}, %2f{0}".format("ACCOUNT-0001"),
    ),
    ("account id", r"a\n123456789012 \u000a123456789012", r"a\nACCOUNT-0001 \u000aACCOUNT-0001"),
    ("account id", "x123456789012 0x-123456789012 xfe123456789012", "x{0} 0x-{0} xfe{0}".format("ACCOUNT-0001")),
    ("account id", "- 123456789012, x-123456789012, --123456789012", "- {0}, x-{0}, --{0}".format("ACCOUNT-0001")),
    ("account id", "123456789012. 123456789012...", "ACCOUNT-0001. ACCOUNT-0001..."),
    ("account id", "<script>x='a:123456789012:b'</script>", "<script>x='a:ACCOUNT-0001:b'</script>"),
    ("account id", "in 123456789012.0. 123456789012.0.log", "in ACCOUNT-0001. ACCOUNT-0001.log"),
    ("access key id", "AKIAIOSFODNN7EXAMPLE", "KEY-0001"),
    ("access key id", "id=ASIAIOSFODNN7EXAMPLE;", "id=KEY-0001;"),
    ("secret key", f"AWS_SECRET_ACCESS_KEY={SECRET}", "AWS_SECRET_ACCESS_KEY=SECRET-0001"),
    ("secret key", f"aws_secret_access_key = {SECRET}\n", "aws_secret_access_key = SECRET-0001\n"),
    ("secret key", f'"SecretAccessKey": "{SECRET}"', '"SecretAccessKey": "SECRET-0001"'),
    (
        "secret key",
        f"os.environ['AWS_SECRET_ACCESS_KEY'] = '{SECRET}'",
        "os.environ['AWS_SECRET_ACCESS_KEY'] = 'SECRET-0001'",
    ),
    ("secret key", f'{{\\"SecretAccessKey\\": \\"{SECRET}\\"}}', '{\\"SecretAccessKey\\": \\"SECRET-0001\\"}'),
    (
        "secret key",
        "&quot;secret_key&quot;: &quot;abcdefghijklmnop&quot;",
        "&quot;secret_key&quot;: &quot;SECRET-0001&quot;",
    ),
    ("session token", f"{{'X-Amz-Security-Token': b'{SESSION}'}}", "{'X-Amz-Security-Token': b'TOKEN-0001'}"),
    ("secret key", f"<td>{SECRET}</td>", "<td>SECRET-0001</td>"),
    ("signature", f"Signature:\n{HEX}\n", "Signature:\nSIGNATURE-0001\n"),
    ("account id", "\x1b[38;5;241m123456789012\x1b[39m", "\x1b[38;5;241mACCOUNT-0001\x1b[39m"),
    ("secret key", f"alone: {SECRET}.", "alone: SECRET-0001."),
    ("session token", f"aws_session_token={SESSION}", "aws_session_token=TOKEN-0001"),
    ("session token", f"'SessionToken': '{SESSION}'", "'SessionToken': 'TOKEN-0001'"),
    ("session token", f"alone {SESSION}", "alone TOKEN-0001"),
    ("session token", f"x-amz-security-token:{SESSION}\nhost:x", "x-amz-security-token:TOKEN-0001\nhost:x"),
    ("session token", f"X-Amz-Security-Token={SESSION.replace('/', '%2F')}&x=1", "X-Amz-Security-Token=TOKEN-0001&x=1"),
    ("session token", f"accessToken: {JWT}", "accessToken: TOKEN-0001"),
    ("session token", f"sent {JWT}", "sent TOKEN-0001"),
    (
        "authorization header",
        (
            "Authorization: AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request, "
            f"SignedHeaders=host;range, Signature={HEX}\nHost: x"
        ),
        "Authorization: SECRET-0001\nHost: x",
    ),
    ("authorization header", "{'Authorization': 'Bearer abc.def'}", "{'Authorization': 'SECRET-0001'}"),
    ("authorization header", "authorization: Basic dXNlcjpwYQ==", "authorization: SECRET-0001"),
    ("signature", f"Signature={HEX}", "Signature=SIGNATURE-0001"),
    ("signature", f"X-Amz-Signature={HEX}&X-Amz-Date=1", "X-Amz-Signature=SIGNATURE-0001&X-Amz-Date=1"),
    ("signature", "&Signature=vjbyPxybdZaNmGa%2ByT272YEAiv4%3D&Expires=1", "&Signature=SIGNATURE-0001&Expires=1"),
    ("private key", f"a\n{PEM}\nb", "a\nSECRET-0001\nb"),
    ("private key", f"a\n{PGP}\nb", "a\nSECRET-0001\nb"),
    ("password in a URL", "http://user:pa55@proxy:80/", "http://SECRET-0001@proxy:80/"),
    ("password in a URL", "http://user:p@55@proxy:80/", "http://SECRET-0001@proxy:80/"),
    ("password in a URL", "https://me@x.org:p@ss@w0rd@host/a@b", "https://SECRET-0001@host/a@b"),
    ("password in a URL", "postgres://u:p%40ss@db?x=1 a@b", "postgres://SECRET-0001@db?x=1 a@b"),
    ("secret key", f"SECRET={SECRET}", "SECRET=SECRET-0001"),
    ("secret key", f"S3_KEY={SECRET}\n", "S3_KEY=SECRET-0001\n"),
    ("secret key", f"https://x.org/?k={SECRET}&j=1", "https://x.org/?k=SECRET-0001&j=1"),
    ("secret key", f"?k={SECRET.replace('/', '%2F')}#x", "?k=SECRET-0001#x"),
    ("secret key", f"k%3D{SECRET}%26j", "k%3DSECRET-0001%26j"),
    ("secret key", f'{{"k": "{SECRET.replace("/", chr(92) + "/")}"}}', '{"k": "SECRET-0001"}'),
    ("secret key", f"'first\\n{SECRET}\\nlast'", "'first\\nSECRET-0001\\nlast'"),
    ("secret key", f"AKIAIOSFODNN7EXAMPLE/{SECRET}", "KEY-0001/SECRET-0001"),
    ("secret key", f"x == {SECRET} ==", "x == SECRET-0001 =="),
    ("secret key", "api_key=abc123 apiKey: 'a b'", "api_key=SECRET-0001 apiKey: 'SECRET-0002'"),
    ("password", "password='it is \\'it\\'' user='x'", "password='SECRET-0001' user='x'"),
    ("password", "password=hunter2&user=x", "password=SECRET-0001&user=x"),
    (
        "password",
        '{"dbPassword": "a(b", "DB_PASSWORD":"$ecret"}',
        '{"dbPassword": "SECRET-0001", "DB_PASSWORD":"SECRET-0002"}',
    ),
    ("password", "<password>hunter</password>", "<password>SECRET-0001</password>"),
    ("cookie", "Cookie: session=abc; csrf=d.e\nHost: x", "Cookie: SECRET-0001\nHost: x"),
    ("cookie", "{'Set-Cookie': 'id=a3f; Path=/; HttpOnly'}", "{'Set-Cookie': 'SECRET-0001'}"),
    ("authorization header", "sent Bearer abc.def-1, refused", "sent Bearer SECRET-0001, refused"),
    ("authorization header", "Basic dXNlcjpwYQ==", "Basic SECRET-0001"),
    ("authorization header", "Authorization: token 0123abc", "Authorization: SECRET-0001"),
    ("session token", "X-aws-ec2-metadata-token: AQAE", "X-aws-ec2-metadata-token: TOKEN-0001"),
    ("session token", "'WebIdentityToken': 'abc'", "'WebIdentityToken': 'TOKEN-0001'"),
    ("service token", f"ghp_{'a1' * 18} glpat-{'x' * 20}", "TOKEN-0001 TOKEN-0002"),
    ("access key id", "<AccessKeyId>abc</AccessKeyId>", "<AccessKeyId>KEY-0001</AccessKeyId>"),
    ("access key id", "Credential=abc/20261124/us-east-1/lambda/aws4_request, x", "Credential=KEY-0001, x"),
    ("signature", "?X-Amz-Signature=abc&x=1", "?X-Amz-Signature=SIGNATURE-0001&x=1"),
    ("IAM id", "AROADBQP57FF2AEXAMPLE:jane", "ID-0001:jane"),
    ("user in a path", "/home/jane/x /Users/jane/y", "/home/USER-0001/x /Users/USER-0001/y"),
    ("user in a path", r"C:\Users\Jane Doe\x /Users/Jane van Doe/y", r"C:\Users\USER-0001\x /Users/USER-0002/y"),
    (
        "user in a path",
        "'C:\\\\Users\\\\Jane Doe' in /home/jane it isn't",
        "'C:\\\\Users\\\\USER-0001' in /home/USER-0002 it isn't",
    ),
    (
        "user in a path",
        "/home/jane doe/x and file:///C:/Users/Jane%20Doe/x",
        "/home/USER-0001/x and file:///C:/Users/USER-0002/x",
    ),
    (
        "user in a path",
        "C:\\Users\\Jane Doe\nin /Users/jane at noon",
        "C:\\Users\\USER-0001\nin /Users/USER-0002 at noon",
    ),
    ("user in a path", r"\\server\Users\Jane Doe\x", r"\\server\Users\USER-0001\x"),
    ("user in a path", "from /home/jane and /home/bob", "from /home/USER-0001 and /home/USER-0002"),
    ("user in a path", r"C:\Users\Jane\x 'C:\\Users\\Jane'", r"C:\Users\USER-0001\x 'C:\\Users\\USER-0001'"),
]

LEFT_ALONE = [
    "after a point: -18403.123456789012, .123456789012, x.123456789012, 12:00:00.123456789012",
    "a sign: -123456789012, +123456789012, (-123456789012), x=-123456789012, \N{MINUS SIGN}123456789012",
    "a sign: $-123456789012, ~-123456789012, &minus;x=*-123456789012",
    "a sign: <td>-123456789012</td> [1, -123456789012]",
    "an exponent: 1.123456789012e-05, 123456789012e5, 123456789012E+20, 123456789012.5e3, 1.5e-123456789012",
    "a fraction: 123456789012.5%, 123456789012.25GB, [123456789012.5]",
    "hexadecimal: 0x123456789012, deadbeef123456789012, 123456789012ab, 0XAB123456789012, a123456789012b",
    "a UUID: abcd1234-5678-9012-abcd-0123456789ab, 00001234-5678-9012-3456-123456789012",
    "a UUID: aaaaaaaa-1234-5678-9012-123456789012, ABCDEF01-1234-5678-9012-ABCDEF012345",
    "<script>x = {'size': 137438953472, y: [137438953472, 210987654321], z: f(123456789012)};</script>",
    "Basic authentication or a bearer token; Bearer tokens. WWW-Authenticate: Bearer realm='x'",
    "password: required, password=None, password=getpass.getpass(), password = ${PASSWORD}, secret: {{ x }}",
    "api_key=os.environ['KEY'], session_token: str = None, cookie: see there, Authorization: see the docs",
    "http://host:80/a@b, git@github.com:x/y.git, https://x.org/?a=b:c@d",
    "13 digits are no account: 1762000000000",
    "a decimal is none: 0.123456789012, 123456789012.5, 123456789012.05, 1762000000000.0",
    "a UUID is none: 123e4567-e89b-12d3-a456-123456789012",
    "a card's number is none: 1234-5678-9012-3456",
    "a digest is none: a1b123456789012c9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822c",
    "a commit is no key: da39a3ee5e6b4b0d3255bfef95601890afd80709",
    "a long name is none: describeFunctionEventInvokeConfigs2Tests",
    "a path is none: /usr/lib/python3/dist-packages/Crypto/Ab1",
    "next_token=None; NextToken: abcdefghijklmnopqrstuvwx",
    "signature = inspect.signature(put); Signature=(self, x)",
    "the authorization header is missing; authorization: none",
    "AKIA is where keys begin; AKIAIOSFODNN7EXAMPLETOOLONG",
    "https://docs.aws.amazon.com/lambda/latest/api/API_PutFunctionEventInvokeConfig.html",
    "arn:aws:sqs:us-east-1:ACCOUNT-0001:NAME-0002-lost by USER-0001 with KEY-0001 and TOKEN-0001",
    r"C:\Users\Shared and /usr/local/lib",
]


def scrubbed(text: str, *names: str) -> str:
    return replaced(text, spans(text, IN_NOTEBOOKS, names), Masks())[0]


@pytest.mark.parametrize(("kind", "text", "expected"), HIDDEN)
def test_secrets_and_accounts_are_found(kind: str, text: str, expected: str) -> None:
    assert kind in {span.kind.name for span in spans(text, IN_NOTEBOOKS)}
    assert scrubbed(text) == expected
    assert scrubbed(expected) == expected


def test_every_row_of_the_table_has_a_case() -> None:
    for row in IN_NOTEBOOKS:
        assert [text for _, text, _ in HIDDEN if list(row.spans(text, text.lower()))], row


@pytest.mark.parametrize("text", LEFT_ALONE)
def test_look_alikes_are_left_alone(text: str) -> None:
    assert scrubbed(text) == text


HTML = (
    '<style scoped>.dataframe td</style><table class="dataframe"><tr><th scope="row" style="text-align: left">'
    '{}</th></tr></table><acme title="{}">'
)
NAMES = [
    (["acme"], "acme-orders ACME", "NAME-0001-orders NAME-0002"),
    (["acme"], "pharmacmeister", "pharmNAME-0001ister"),
    (["orders", "acme-orders"], "acme-orders orders", "NAME-0001 NAME-0002"),
    (["acme-orders", "orders-prod"], "acme-orders-prod", "NAME-0001"),
    (["aa"], "aaa", "NAME-0001"),
    (["3456"], "123456789012 3456", "ACCOUNT-0001 NAME-0001"),
    (["abc-1234"], "abc-123456789012", "ACCOUNT-0001"),
    (["acme-123456789012"], "acme-123456789012 123456789012", "NAME-0001 ACCOUNT-0001"),
    (["A & B"], "A & B, A &amp; B, A%20%26%20B", "NAME-0001, NAME-0002, NAME-0003"),
    (["a.c", "["], "abc a.c [", "abc NAME-0001 NAME-0002"),
    (["count", "name", "0001"], "ACCOUNT-0001 NAME-0001", "ACCOUNT-0001 NAME-0001"),
    (["my-acc"], "my-ACCOUNT-0001", "my-ACCOUNT-0001"),
    (
        ["table", "style", "left", "dataframe", "row"],
        HTML.format("table", "left"),
        HTML.format("NAME-0001", "NAME-0002"),
    ),
    (["acme"], "<acme></p>", "<NAME-0001></p>"),
    (["BACKUP_KEY-1234"], "BACKUP_KEY-1234", "NAME-0001"),
]


@pytest.mark.parametrize(("names", "text", "expected"), NAMES)
def test_a_listed_name_is_found_everywhere(names: list[str], text: str, expected: str) -> None:
    assert scrubbed(text, *names) == expected


@pytest.mark.parametrize(("text", "number"), [("", 0), ("ACCOUNT-0003 NAME-0012", 12), ("account-0003", 0)])
def test_existing_masks_are_counted(text: str, number: int) -> None:
    assert highest_mask(text) == number


PIECES = [
    *(
        "a",
        "1",
        "A1/",
        "Aa1",
        " ",
        "-",
        "\\",
        "\\/",
        "%2F",
        "<",
        "a b ",
        "SG.",
        "eyJ.",
        "://",
        "://a:b@",
        "/home/",
        "/Users/a b ",
    ),
    *(
        "authorization=",
        "Bearer ",
        "Basic a",
        "cookie: a=b; ",
        "a=b; ",
        "password='",
        'secret="\\',
        "secret_",
        'api_key, "',
    ),
    *("password=a.", "password: a-", "Credential=", "-----BEGIN PRIVATE KEY-----", "-----BEGIN A", "<script>", "1e-"),
    *("123456789012 ", "123456789012", "<b></b>acme", "ACCOUNT-0001 123456789012 acme "),
]


@pytest.mark.parametrize("piece", PIECES)
def test_a_long_text_takes_time_that_grows_with_its_length(piece: str) -> None:
    """In linear time, these characters take a second or two; in quadratic time they would take hours.

    The limit is pytest's own timeout, so that the test does not fail on a busy machine.
    """
    text = piece * (600_000 // len(piece))
    assert isinstance(spans(text, IN_NOTEBOOKS, ["acme"]), list)


def test_notebooks_are_searched_for_all_secrets() -> None:
    assert set(SECRETS) < set(IN_NOTEBOOKS)
