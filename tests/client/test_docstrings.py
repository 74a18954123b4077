"""`eicnb.audit?` explains every parameter, as `Eic.audit?` does."""

from __future__ import annotations

from inspect import getdoc, signature

import pytest

import eicnb
from eicnb.client.docstrings import with_details_of

SHARED = ("audit", "check", "losses", "plan", "records", "refresh", "replay")


def described() -> None:
    """Describe.

    >>> described()

    The details.
    More of them.

    And the rest.
    """


def test_the_details_are_appended_without_first_sentence_and_example() -> None:
    @with_details_of(described)
    def verb() -> None:
        """Do it."""

    assert verb.__doc__ == "Do it.\n\nThe details.\nMore of them.\n\nAnd the rest."


def test_docstrings_may_be_stripped() -> None:
    @with_details_of(lambda: None)
    def verb() -> None:
        pass

    assert verb.__doc__ == ""


@pytest.mark.parametrize("verb", SHARED)
def test_a_verb_on_several_connections_repeats_the_details_of_its_method(verb: str) -> None:
    function, method = getattr(eicnb, verb), getattr(eicnb.Eic, verb)
    details = (getdoc(method) or "").split("\n\n")[2:]
    assert details
    assert (getdoc(function) or "").endswith("\n\n".join(details))
    assert set(signature(function).parameters) == {*signature(method).parameters, "connections"} - {"self"}
