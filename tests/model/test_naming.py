from __future__ import annotations

import pytest

from eicnb.model.naming import is_name, likely_name, naming_rule

ALLOWED = [
    ("sqs", "q"),
    ("sqs", "My_Queue-1"),
    ("sqs", "q" * 80),
    ("sns", "t"),
    ("sns", "My_Topic-1"),
    ("sns", "t" * 256),
    ("s3", "abc"),
    ("s3", "1.2.3"),
    ("s3", "my.bucket-2026.example.com"),
    ("s3", "b" * 63),
    ("s3", "a--b"),
    ("s3", "a.-b"),
    ("s3", "amzn-s3-demo-bucket"),
    ("s3", "my-access-point-hrzrlukc5m36ft7okagglf3gmwluquse1b-s3alias"),
    ("s3", "lost-123456789012-us-east-1-an"),
    ("lambda", "f"),
    ("lambda", "My_Function-1"),
    ("lambda", "f" * 64),
    ("lambda", "f:7"),
    ("lambda", "f:LIVE_a-b"),
    ("lambda", "f:$LATEST"),
    ("lambda", "f:" + "q" * 128),
    ("events", "default"),
    ("events", "My.Bus_1-2"),
    ("events", "b" * 256),
    ("events", "aws.partner/example.com/bus"),
    ("events", "aws.partner/example.com/a/b.c"),
]

REFUSED = [
    ("sqs", "", "1 to 80 letters, digits, '-' and '_'"),
    ("sqs", "my queue", "1 to 80 letters, digits, '-' and '_'"),
    ("sqs", "lost ", "1 to 80 letters, digits, '-' and '_'"),
    ("sqs", "\N{LATIN SMALL LETTER E WITH ACUTE}", "1 to 80 letters, digits, '-' and '_'"),
    ("sqs", "x*", "1 to 80 letters, digits, '-' and '_'"),
    ("sqs", "a.b", "1 to 80 letters, digits, '-' and '_'"),
    ("sqs", "q" * 81, "1 to 80 letters, digits, '-' and '_'"),
    ("sqs", "\N{ARABIC-INDIC DIGIT SIX}", "1 to 80 letters, digits, '-' and '_'"),
    ("sqs", "lost\n", "1 to 80 letters, digits, '-' and '_'"),
    ("sns", "my topic", "1 to 256 letters, digits, '-' and '_'"),
    ("sns", "t" * 257, "1 to 256 letters, digits, '-' and '_'"),
    ("sns", "lost:1f2e3d4c", "1 to 256 letters, digits, '-' and '_'"),
    ("s3", "ab", "3 to 63 lower-case letters, digits, '-' and single '.', with a letter or digit at each end"),
    ("s3", "b" * 64, "3 to 63 lower-case letters, digits, '-' and single '.', with a letter or digit at each end"),
    ("s3", "a..b", "3 to 63 lower-case letters, digits, '-' and single '.', with a letter or digit at each end"),
    ("s3", "My-Bucket", "3 to 63 lower-case letters, digits, '-' and single '.', with a letter or digit at each end"),
    ("s3", "my_bucket", "3 to 63 lower-case letters, digits, '-' and single '.', with a letter or digit at each end"),
    ("s3", "bucket/key", "3 to 63 lower-case letters, digits, '-' and single '.', with a letter or digit at each end"),
    ("s3", "-bucket", "3 to 63 lower-case letters, digits, '-' and single '.', with a letter or digit at each end"),
    ("s3", "bucket.", "3 to 63 lower-case letters, digits, '-' and single '.', with a letter or digit at each end"),
    ("lambda", "my function", "1 to 64 letters, digits, '-' and '_', optionally with ':' and a version or alias"),
    ("lambda", "f" * 65, "1 to 64 letters, digits, '-' and '_', optionally with ':' and a version or alias"),
    ("lambda", "f.g", "1 to 64 letters, digits, '-' and '_', optionally with ':' and a version or alias"),
    ("lambda", "f:", "1 to 64 letters, digits, '-' and '_', optionally with ':' and a version or alias"),
    ("lambda", "f:" + "q" * 129, "1 to 64 letters, digits, '-' and '_', optionally with ':' and a version or alias"),
    (
        "events",
        "my/bus",
        "1 to 256 letters, digits, '-', '_' and '.', and '/' in the name of a partner's bus (aws.partner/…)",
    ),
    (
        "events",
        "b" * 257,
        "1 to 256 letters, digits, '-', '_' and '.', and '/' in the name of a partner's bus (aws.partner/…)",
    ),
]


@pytest.mark.parametrize(("kind", "name"), ALLOWED)
def test_a_name_that_its_service_allows_is_allowed(kind: str, name: str) -> None:
    assert is_name(kind, name)
    assert likely_name(kind, name) == name


@pytest.mark.parametrize(("kind", "name", "words"), REFUSED)
def test_any_other_name_is_refused_with_the_rule_in_words(kind: str, name: str, words: str) -> None:
    assert not is_name(kind, name)
    assert naming_rule(kind).fault(name) == f"AWS allows {words}"


@pytest.mark.parametrize("name", ["192.168.5.4", "xn--bucket", "sthree-lost", "lost--ol-s3", "lost--x-s3", "lost.mrap"])
def test_a_bucket_has_no_reserved_name(name: str) -> None:
    assert not is_name("s3", name)
    assert naming_rule("s3").fault(name) == "AWS reserves it"


@pytest.mark.parametrize(
    ("kind", "name", "likely"),
    [
        ("sqs", " lost\t", "lost"),
        ("sqs", "my queue", "my-queue"),
        ("sqs", "x*", None),
        ("sns", "lost:1f2e3d4c-0000", "lost"),
        ("s3", "My_Bucket/2026/11", "my-bucket"),
        ("s3", "a..b", "a.b"),
        ("s3", "ab", None),
        ("lambda", "my function:live", "my-function:live"),
        ("events", "a/b", None),
    ],
)
def test_the_likely_name_is_found(kind: str, name: str, likely: str | None) -> None:
    assert likely_name(kind, name) == likely
