r"""Completions for the cursor of a half-typed command line.

    text      = command *( ( newline / ";" ) command )
    command   = [ "$" ] [ "aws" ] *option [ "lambda" ] *option verb *( option / function )
    option    = flag / name ( "=" value / blank value )
    function  = name [ ":" qualifier ]
    structure = key "={Destination=" arn "}" *( "," key "={Destination=" arn "}" )

An unfinished line is not an error: if it cannot be parsed, it has no candidates. A candidate replaces the text from
`start` to the cursor, and joins the text right after the cursor.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import cast

from eicnb.cli import options
from eicnb.cli.cursor import Candidate, CandidateKind, CursorPlace
from eicnb.cli.option import Option, Verb
from eicnb.cli.option_names import one_of, reads_as_option
from eicnb.cli.options import VERBS
from eicnb.model.age import age, human
from eicnb.model.destination import DESTINATION_KINDS
from eicnb.model.function import LATEST
from eicnb.model.limits import DEFAULT_EVENT_AGE_IN_SECONDS, EVENT_AGE_IN_SECONDS

MOST_CANDIDATES = 200
_LONGEST_TEXT = 30_000


@dataclass(frozen=True, slots=True)
class Known:
    """The names from AWS and the notebook that a completion may offer without sending a request.

    >>> Known(functions=["my-function"], qualifiers={"my-function": ["live"]}).functions
    ['my-function']

    `destinations` are ARNs, or names such as `sqs:lost-events`. `options` maps the short name of a command to the
    options that only the service model knows.
    """

    functions: Sequence[str] = ()
    qualifiers: Mapping[str, Sequence[str]] = field(default_factory=dict)
    destinations: Sequence[str] = ()
    profiles: Sequence[str] = ()
    regions: Sequence[str] = ()
    names: Collection[str] = ()
    options: Mapping[str, Sequence[Option]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Completions:
    """The candidates for the text from `start` to the cursor, best first."""

    start: int
    candidates: tuple[Candidate, ...] = ()


def complete(text: str, cursor: int, known: Known) -> Completions:
    """Return the candidates at the cursor in a line or cell.

    >>> found = complete("put my-function --ret", 21, Known())
    >>> found.start, found.candidates[0].text
    (16, '--retries')
    """
    cursor = min(max(cursor, 0), len(text))
    if len(text) > _LONGEST_TEXT:
        return Completions(cursor)
    place = CursorPlace.of(text, cursor)
    if place.quote == "#":
        return Completions(cursor)
    if place.quote != "'" and (reference := _OPEN_REFERENCE.search(text, 0, cursor)):
        typed, candidates = _names(reference["expression"], known)
    else:
        typed, candidates = _offered(place, known)
    start = cursor - len(typed)
    if text[start:cursor] != typed:
        return Completions(cursor)
    return Completions(start, tuple(islice(place.fitting(typed, candidates), MOST_CANDIDATES)))


Offer = tuple[str, Iterable[Candidate]]
"""The part of the half-typed word to replace, and its candidates."""

_OPEN_REFERENCE = re.compile(r"(?<!\\)\$\{(?P<expression>[^{}\n]*)\Z")
_LAST_NAME = re.compile(r"(?:\A|\[)\s*(?P<name>(?:[^\W\d]\w*)?)\Z")


_USE = next(verb for verb in VERBS if verb.name == "use")
_FUNCTION = re.compile(r"(?:.*:function:)?(?P<name>[^:]+)(?::(?P<qualifier>[^:]+))?", re.DOTALL)


class _PartialCommand:
    """The part of a command that has been typed, parsed leniently from left to right."""

    def __init__(self, place: CursorPlace, known: Known) -> None:
        self.newer = known.options
        self.services: list[str] = []
        self.verb: Verb | None = None
        self.lost = False
        self.given: set[str] = set()
        self.waiting: Option | None = None
        self.function = ""
        for word in place.before:
            self._take(word)
        self.half_given, self.waiting = self.waiting, None
        if self.verb is not None:
            half_an_option = place.typed.startswith("-") and "=" not in place.typed
            its_value = half_an_option and place.after and not reads_as_option(place.after[0])
            for word in place.after[1 if its_value else 0 :]:
                self._take(word)

    @property
    def options(self) -> tuple[Option, ...]:
        """The verb's options or, before a verb, the connection options, which are those of `use`."""
        verb = self.verb or _USE
        return (*verb.options, *self.newer.get(verb.name, ()))

    @property
    def open_options(self) -> list[Option]:
        return [option for option in self.options if option.argument not in self.given]

    @property
    def open_function(self) -> Option | None:
        return next((option for option in self.open_options if option.kind == "function"), None)

    def _take(self, word: str) -> None:
        if reads_as_option(word):
            self._take_option(*word.partition("="))
        elif self.waiting is not None:
            self._take_value(self.waiting, word)
        elif self.verb is not None:
            self._take_value(self.open_function, word)
        elif word in {"aws", "lambda"}:
            self.services.append(word)
        elif word != "$" and not self.lost:
            self.verb = options.verb(word)
            self.lost = self.verb is None

    def _take_option(self, name: str, equals: str, value: str) -> None:
        option = self.waiting = one_of(name, self.options)
        self.given |= {option.argument} if option else set()
        if equals or (option and option.kind == "flag"):
            self._take_value(option, value)

    def _take_value(self, option: Option | None, value: str) -> None:
        self.waiting = None
        self.given |= {option.argument} if option else set()
        if option and option.kind == "function" and (found := _FUNCTION.fullmatch(value)):
            self.function = found["name"]
            self.given |= {"qualifier"} if found["qualifier"] else set()


def _offered(place: CursorPlace, known: Known) -> Offer:
    partial, typed = _PartialCommand(place, known), place.typed
    name, equals, value = typed.partition("=")
    if partial.lost:
        return typed, ()
    if typed.startswith("-"):
        option = one_of(name, partial.options) if equals else None
        return (
            _value(option, value, partial, known) if option else (typed, _options(partial, typed) if not equals else ())
        )
    if partial.half_given is not None:
        return _value(partial.half_given, typed, partial, known)
    if partial.verb is None or partial.verb.name == "help":
        return typed, _verbs(partial.services, typed)
    part, functions = _functions(typed, known) if partial.open_function else (typed, ())
    options = [] if typed else list(_options(partial, ""))
    return part, [*islice(functions, MOST_CANDIDATES - len(options)), *options]


def _matching(texts: Iterable[str], typed: str) -> list[str]:
    """Return the texts that begin with the typed one; if none does, ignore case."""
    texts = list(texts)
    folded = typed.casefold()
    exact = [text for text in texts if text.startswith(typed)]
    return exact or [text for text in texts if text.casefold().startswith(folded)]


def _explained(meanings: Mapping[str, str], typed: str, kind: CandidateKind) -> Iterator[Candidate]:
    return (Candidate(text, kind, meanings[text]) for text in _matching(meanings, typed))


def _sorted(texts: Iterable[str], typed: str, kind: CandidateKind) -> Iterator[Candidate]:
    return (Candidate(text, kind) for text in sorted(set(_matching(texts, typed))) if text)


def _names(expression: str, known: Known) -> Offer:
    """Return the notebook's names inside an unclosed `${`."""
    last = _LAST_NAME.search(expression)
    return (last["name"], _sorted(known.names, last["name"], "name")) if last else ("", ())


_SHORT = {verb.name: verb.meaning for verb in VERBS}
_FULL = {name: verb.meaning for verb in VERBS for name in verb.names[1:]}
_SERVICE = {"lambda": "the service of these commands"}


def _verbs(services: Sequence[str], typed: str) -> Iterator[Candidate]:
    """Return the short names of verbs, or AWS's names after `lambda` or if no short name fits."""
    groups = [_SHORT, _FULL | {"aws": "as in a terminal"} | _SERVICE]
    if services:
        groups = [_FULL if "lambda" in services else _SERVICE | _FULL, _SHORT]
    fitting = set(_matching([name for group in groups for name in group], typed))
    best = next((group for group in groups if fitting & group.keys()), {})
    return (Candidate(name, "verb", meaning) for name, meaning in best.items() if name in fitting)


def _options(partial: _PartialCommand, typed: str) -> Iterator[Candidate]:
    return _explained({option.name: option.meaning for option in partial.open_options}, typed, "option")


_SECONDS = {
    str(seconds): human(seconds) + ", AWS's default" * (seconds == DEFAULT_EVENT_AGE_IN_SECONDS)
    for seconds in (EVENT_AGE_IN_SECONDS[0], 5 * 60, 60 * 60, DEFAULT_EVENT_AGE_IN_SECONDS)
}
_AGES = {age(int(seconds)): words for seconds, words in _SECONDS.items()}
_COMMON: Mapping[str, Mapping[str, str]] = {
    "maximum_retry_attempts": {"0": "no retry", "1": "one retry", "2": "two retries, AWS's default"},
    "maximum_event_age_in_seconds": _SECONDS,
}


def _value(option: Option, typed: str, partial: _PartialCommand, known: Known) -> Offer:
    if option.kind == "function":
        return _functions(typed, known)
    if option.argument == "destination_config":
        return _structure(typed, known)
    if option.argument == "qualifier":
        return typed, _qualifiers(partial.function, typed, known)
    if option.kind == "destination":
        return typed, _destinations(typed, known, buckets=option.argument != "on_success")
    kind = option.argument.removesuffix("s")
    if kind in {"region", "profile", "function"}:
        part = typed.rpartition(",")[2] if option.kind == "names" else typed
        texts = [*getattr(known, f"{kind}s"), *["all"][: option.argument == "regions"]]
        return part, _sorted(texts, part, cast("CandidateKind", kind))
    common = _AGES if option.kind == "age" else _COMMON.get(option.argument, {})
    return typed, _explained(dict.fromkeys(option.choices, "") or common, typed, "value")


def _functions(typed: str, known: Known) -> Offer:
    """Return functions, or after `name:` qualifiers; an ARN or account ID is not a name."""
    head, colon, qualifier = typed.rpartition(":")
    function = _FUNCTION.fullmatch(head) if colon else None
    if function is None or function["qualifier"] or head == "arn" or head.isdecimal():
        return typed, _sorted(known.functions, typed, "function")
    return qualifier, _qualifiers(function["name"], qualifier, known)


def _qualifiers(function: str, typed: str, known: Known) -> Iterator[Candidate]:
    """Return aliases, then `$LATEST`, then versions by number."""
    texts = {*known.qualifiers.get(function, ()), LATEST}
    fitting = sorted(_matching(texts, typed), key=lambda text: (text.isdecimal(), text == LATEST, len(text), text))
    return (Candidate(text, "qualifier", "the unpublished code" * (text == LATEST)) for text in fitting)


def _destinations(typed: str, known: Known, *, buckets: bool) -> Iterator[Candidate]:
    """Return destinations, first those that need no lookup, without one that is already fully typed."""
    own = {"none": "no destination"} | {f"{kind}:": f"{kind}:NAME, in your account" for kind in DESTINATION_KINDS}
    functions = [f"lambda:{name}" for name in known.functions] if typed.startswith("lambda:") else []
    fitting = _matching([*own, *known.destinations, *functions], typed)
    texts = [text for text in dict.fromkeys(fitting) if text != typed and (buckets or not _BUCKET.match(text))]
    return (
        Candidate(text, "destination", own.get(text, ""))
        for text in sorted(texts, key=lambda text: "" if text in own else text)
    )


_LONGEST_CONFIG = 2_000
_KEYS = {"OnSuccess=": "where the record of a success goes", "OnFailure=": "where a lost event goes"}
_OPEN_ARN = re.compile(r"(?P<key>\w+)=\{Destination=(?P<typed>[^,{}]*)\Z")
_OPEN_BRACE = re.compile(r"=\{(?P<typed>\w*)\Z")
_BUCKET = re.compile(r"s3:|arn:[^:]*:s3:")
_OPEN_KEY = re.compile(r"(?:\A|,)(?P<typed>\w*)\Z")


def _structure(text: str, known: Known) -> Offer:
    """Complete the shorthand of a destination config; JSON and unknown keys get no candidates."""
    if len(text) > _LONGEST_CONFIG:
        return "", ()
    if found := _OPEN_ARN.search(text):
        buckets = found["key"] != "OnSuccess"
        arns = [arn for arn in known.destinations if arn.startswith("arn:") and (buckets or not _BUCKET.match(arn))]
        return found["typed"], _sorted(arns, found["typed"], "destination")
    if found := _OPEN_BRACE.search(text):
        return found["typed"], _explained({"Destination=": "an ARN"}, found["typed"], "value")
    if text.endswith(tuple(_KEYS)):
        return "", [Candidate("{Destination=", "value", "an ARN")]
    if (found := _OPEN_KEY.search(text)) and text.count("{") == text.count("}"):
        keys = {key: meaning for key, meaning in _KEYS.items() if key not in text}
        return found["typed"], _explained(keys, found["typed"], "value")
    return "", ()
