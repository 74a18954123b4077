"""The patterns of what must not be shared, for messages, displays, the debug log and `scrub`.

Two scanners served as models: `detect-secrets` (its `aws`, `keyword`, `basic_auth`, `jwt` and `private_key` plugins)
and `gitleaks` (its `aws-*`, `generic-api-key`, `jwt`, `private-key` and `curl-auth-*` rules). The prefixes of key ids
and of service tokens come from them, and so do the names of secret values. They report a line of source for review,
whereas here the value itself is replaced, wherever it occurs. The patterns therefore differ:

- Both scanners find a secret access key only next to a word such as `aws` or `key`. A process may print one bare, so
  any 40 characters of its alphabet that look random are one here.
- Both require quotes around a value, or enough entropy in it. A short password in a debug log is a secret too.
- Both leave out session tokens, signatures and cookies, which botocore logs.
- `detect-secrets` has `pwd`, which is the working directory in every dump of an environment, so it is not here.
- `gitleaks` ignores keys that end in EXAMPLE; masking them does no harm.
"""

from __future__ import annotations

import base64
import math
import re
from collections import Counter

from eicnb.redaction import accounts
from eicnb.redaction.kinds import Kind

# `\0` separates the texts of a table (`masks.masked_together`), so no value extends past it.
_WORD = r"[^\s\0\"'&,;<>\\]"
_QUOTE = r"\\{0,3}[\"']|&quot;|&#x27;|&#39;|&#34;"
# The start and end of a word of a secret key's characters, also in URLs and next to escapes in a quoted text.
_KEY_START = (
    r"(?:(?<![A-Za-z0-9+/])|(?<=%[013-9A-Fa-f][0-9A-Fa-f])|(?<=%2[0-9ACDEacde])|(?<=\\[nrt])"
    r"|(?<=A[KS]IA[A-Z0-9]{16}/))"
)
_KEY_END = r"(?![A-Za-z0-9+/]|=(?![A-Za-z0-9'\"])|\\/|%2[BbFf]|%3[Dd])"
_LEAST_ENTROPY = 4.3
_LONGEST_PLAIN_WORD = 16

# Placeholders in templates and prose; and unquoted code.
_NO_VALUE = re.compile(
    r"(?:none|null|nil|true|false|undefined|required|\*+|\.{3}|\N{HORIZONTAL ELLIPSIS}|\$\{.*|(?-i:\$[A-Z_]+)|\{.*\}"
    r"|%\(.*|%[a-z]|(?:SECRET|TOKEN|KEY|SIGNATURE|NAME)-[0-9]{4,6})[.,:)]*",
    re.IGNORECASE | re.DOTALL,
)
_CODE = re.compile(r"(?:[.\w]*[(\[{].*|(?:str|bytes|int|object|string)[.,:)]*|\$.*)", re.DOTALL)
_PLAIN_WORD = re.compile(r"[A-Za-z]?[a-z]+(?:-[a-z]+)*[.,:!?)]*=?")


def _named(names: str, value: str = rf"{_WORD}+") -> re.Pattern[str]:
    """Return the pattern of a value after one of these names, in code, JSON, XML, a header or a URL."""
    name = rf"(?:(?<![A-Za-z0-9])|(?-i:(?<=[a-z0-9])(?=[A-Z])))(?:{names})(?:{_QUOTE})?\]?"
    between = rf"(?P<between>[ \t]*(?::=|=>|={{1,3}}|:|%3D|%3A)[ \t]*|>|,[ \t]*(?=[bu]?(?:{_QUOTE})[^\s\"',;]{{16}}))"
    # After a comma, as in `setenv("NAME", "value")`, a short word may be the next name in a list.
    quoted = r"(?:(?!(?P=quote))(?:\\[^\0]|[^\n\0]))+"
    return re.compile(
        rf"{name}{between}(?:[bu]?(?P<quote>{_QUOTE}))?(?P<value>(?(quote){quoted}|(?:{value})))", re.IGNORECASE
    )


def _is_value(found: re.Match[str]) -> bool:
    """Return whether a secret's name is followed by a value, not by a placeholder, code or prose."""
    value = found["value"]
    if _NO_VALUE.fullmatch(value):
        return False
    if found["quote"] is not None:
        return True
    is_prose = found["between"] not in {"=", ">", "%3D"} and _is_plain(value)
    return not is_prose and not _CODE.fullmatch(value)


def _is_plain(word: str) -> bool:
    return len(word) < _LONGEST_PLAIN_WORD and _PLAIN_WORD.fullmatch(word) is not None


def _is_credentials(found: re.Match[str]) -> bool:
    """Return whether `Bearer` or `Basic` is followed by a token, not by a word of prose."""
    value = found["value"]
    if found["scheme"].lower() != "basic":
        return not _is_plain(value) and not _NO_VALUE.fullmatch(value)
    try:
        return b":" in base64.b64decode(value + "=" * (-len(value) % 4), validate=True)
    except ValueError:
        return False


def _looks_random(found: re.Match[str]) -> bool:
    """Return whether a word of 40 characters looks like a key, not like a path, a name or a digest."""
    word = re.sub("%2F", "/", found[0].replace("\\/", "/"), flags=re.IGNORECASE)
    if not all(re.search(of, word) for of in ("[a-z]", "[A-Z]", "[0-9]")):
        return False
    shares = [count / len(word) for count in Counter(word).values()]
    return -sum(share * math.log2(share) for share in shares) >= _LEAST_ENTROPY


ACCOUNT = Kind("account id", "ACCOUNT", accounts.PATTERN, accept=accounts.is_account)
NAME = Kind("listed name", "NAME", re.compile(r"(?!)"))

_PRIVATE_KEY = Kind(
    "private key",
    "SECRET",
    re.compile(
        r"-----BEGIN [A-Z0-9 ]*PRIVATE KEY(?: BLOCK)?-----"
        r"(?:[^\0]*?-----END [A-Z0-9 ]*PRIVATE KEY(?: BLOCK)?-----|[^\0]*)"
    ),
    signs=("private key-----", "private key block-----"),
)

_HEADERS = (
    Kind(
        "authorization header",
        "SECRET",
        _named(
            r"(?:proxy-)?authorization",
            rf"AWS4-[A-Z0-9-]+ (?:[ ,]*(?:Credential|SignedHeaders|Signature)=(?:{_WORD}|;)+)+"
            rf"|[A-Za-z][\w-]*[ ]+(?:{_WORD}*[0-9._~+/=-]{_WORD}*|{_WORD}{{16,}})|{_WORD}+",
        ),
        accept=_is_value,
        signs=("authorization",),
    ),
    Kind(
        "authorization header",
        "SECRET",
        re.compile(r"(?<![\w-])(?P<scheme>Bearer|Basic)\s+(?P<value>[\w.~+/-]{3,}={0,2})", re.IGNORECASE),
        accept=_is_credentials,
        signs=("bearer", "basic"),
    ),
    Kind(
        "cookie",
        "SECRET",
        _named(r"(?:set-)?cookie2?", r"[\w.!#$%&*+^`|~-]+=[^\s\0;,\"'<>]*(?:;[ ]*[\w.-]+(?:=[^\s\0;,\"'<>]*)?)*"),
        accept=_is_value,
        signs=("cookie",),
    ),
)

_TOKENS = (
    Kind(
        "session token",
        "TOKEN",
        _named(
            r"(?:aws_?)?(?:session_?|security_?)token|x-amz-security-token|x-amz-sso[-_]bearer[-_]token"
            r"|x-aws-ec2-metadata-token(?!-ttl)|(?:access|refresh|id|web_?identity)_?token"
            r"|aws_?container_?authorization_?token|saml_?assertion|client_?assertion|code_?verifier|device_?code|dpop"
        ),
        accept=_is_value,
        signs=("token", "assertion", "verifier", "device", "dpop"),
    ),
    Kind(
        "session token",
        "TOKEN",
        re.compile(r"(?<![A-Za-z0-9+/])(?:IQoJb3JpZ2lu|F[wQ]oGZXIvYXdz|AQoDYXdz|AQoEXAMPLE)[A-Za-z0-9+/=%_-]{20,}"),
        signs=("iqojb3jpz2lu", "ogzxivyxdz", "aqodyxdz", "aqoexample"),
    ),
    Kind(
        "session token",
        "TOKEN",
        re.compile(r"(?<![A-Za-z0-9_-])eyJ[A-Za-z0-9_-]{8,}\.eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}"),
        signs=(".eyj",),
    ),
    Kind(
        "service token",
        "TOKEN",
        re.compile(
            r"(?<![A-Za-z0-9_])(?:gh[pousr]_[A-Za-z0-9]{36,}|github_pat_\w{22,}|glpat-[\w-]{20,}|xox[abeoprs]-[\w-]{10,}"
            r"|[sr]k_live_[A-Za-z0-9]{16,}|AIza[\w-]{35}|npm_[A-Za-z0-9]{36}|pypi-AgE[\w-]{50,}"
            r"|SG\.[\w-]{16,}\.[\w-]{16,}|ABSK[A-Za-z0-9+/]{40,}={0,2}|bedrock-api-key-[A-Za-z0-9+/=]{20,})"
        ),
        signs=("_", "glpat-", "xox", "aiza", "pypi-", "sg.", "absk", "bedrock-api-key-"),
    ),
)

_KEYS = (
    Kind(
        "secret key",
        "SECRET",
        _named(r"(?:aws_?)?secret_?(?:access_?)?key|client_?secret|secret|api_?key|x-api-key|account_?key"),
        accept=_is_value,
        signs=("secret", "key"),
    ),
    Kind(
        "password",
        "SECRET",
        _named(r"password|passwd|passphrase|db_?pass|key_?pass"),
        accept=_is_value,
        signs=("pass",),
    ),
    Kind(
        "secret key",
        "SECRET",
        # The length is checked first: few texts have words this long, so most positions fail at once.
        re.compile(rf"(?=[A-Za-z0-9+/]{{40}}){_KEY_START}[A-Za-z0-9+/]{{40}}{_KEY_END}"),
        accept=_looks_random,
    ),
    Kind(
        "secret key",
        "SECRET",
        re.compile(rf"{_KEY_START}(?:[A-Za-z0-9+/]|\\/|%2[BbFf]){{40}}{_KEY_END}"),
        accept=_looks_random,
        signs=("\\/", "%2f", "%2b"),
    ),
    Kind(
        "access key id",
        "KEY",
        re.compile(r"(?<![A-Z0-9])(?:AKIA|ASIA|ABIA|ACCA|A3T[A-Z0-9])[A-Z0-9]{16}(?![A-Z0-9])"),
        signs=("akia", "asia", "abia", "acca", "a3t"),
    ),
    Kind(
        "access key id",
        "KEY",
        _named(r"(?:aws_?)?access_?key_?id|x-amz-credential"),
        accept=_is_value,
        signs=("access", "credential"),
    ),
    Kind(
        "access key id",
        "KEY",
        re.compile(r"(?<![A-Za-z0-9])Credential=(?P<value>[^\s\0,&'\"]+)"),
        signs=("credential=",),
    ),
)

_SIGNATURES = (
    Kind("signature", "SIGNATURE", _named("x-amz-signature"), accept=_is_value, signs=("x-amz-signature",)),
    Kind(
        "signature",
        "SIGNATURE",
        re.compile(
            rf"(?<![A-Za-z0-9])signature(?:{_QUOTE})?\s*(?:=|:|%3D)\s*(?:[bu]?(?:{_QUOTE}))?"
            r"(?P<value>[0-9a-fA-F]{64}|[A-Za-z0-9+/%]{26,}={0,2})",
            re.IGNORECASE,
        ),
        signs=("signature",),
    ),
)

_URLS = (
    Kind(
        "password in a URL",
        "SECRET",
        re.compile(r"(?<=://)(?P<value>[^\s\0/:?#\"'<>]*:[^\s\0/?#\"'<>]+)(?=@)"),
        signs=("://",),
    ),
)

SECRETS = (_PRIVATE_KEY, *_HEADERS, *_TOKENS, *_KEYS, *_SIGNATURES, *_URLS)
"""What eicnb never shows in a message, display or log."""

SIGNS = tuple(dict.fromkeys(sign for kind in SECRETS for sign in kind.signs))
"""The signs of all kinds of secrets; a text without one can only contain secrets of the kinds without signs."""

WITHOUT_SIGNS = tuple(kind.pattern for kind in SECRETS if not kind.signs)
"""The patterns of the kinds without signs."""

_USER = r"[^\s\0/\\\"':<>|]+"
# A name may contain blanks if a separator, a closing quote or the end of the line delimits it.
_FULL_NAME = r"[A-ZÀ-Þ][^\s\0/\\\"':<>|]*(?:[ ][A-ZÀ-Þ][^\s\0/\\\"':<>|]*){1,3}(?=[ ]*(?:\r?\n|\0|\Z))"
_USER_OF_A_PATH = rf"(?P<value>{_USER}(?:[ ]{_USER}){{1,3}}(?=[/\\]|[\"'](?![A-Za-z])|&quot;|<)|{_FULL_NAME}|{_USER})"

IN_NOTEBOOKS = (
    *SECRETS,
    Kind(
        "IAM id",
        "ID",
        re.compile(r"(?<![A-Z0-9])(?:AROA|AIDA|AGPA|AIPA|ANPA|ANVA|APKA)[A-Z0-9]{16,17}(?![A-Z0-9])"),
        signs=("aroa", "aida", "agpa", "aipa", "anpa", "anva", "apka"),
    ),
    Kind(
        "user in a path",
        "USER",
        re.compile(rf"(?:/home/|/Users/|\\{{1,4}}Users\\{{1,4}})(?!Shared\b|Public\b){_USER_OF_A_PATH}"),
        signs=("/home/", "/users/", "users\\"),
    ),
    ACCOUNT,
)
"""What `python -m eicnb scrub` searches for, in addition to the listed names."""
