"""Words to commands: which verb, which options, and that every value is one that AWS could take.

command = [ "$" ] [ "aws" ] *global [ "lambda" ] *global verb *( option / function )
option  = "--" name ( "=" value / blank value )
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any

from eicnb.cli import options, params
from eicnb.cli.lexer import Source, Word, split
from eicnb.cli.options import Option, Verb
from eicnb.errors import UsageError, nearest
from eicnb.model import check_event_age, check_retry_attempts

_BEFORE_VERB = ("aws", "lambda")
_NEGATIVE_NUMBER = "-0123456789."


@dataclass(frozen=True, slots=True)
class Command:
    """One command, checked: a verb, and the arguments for the Python API's function of that name.

    `connection` holds those of `region`, `profile` and `endpoint_url` that were given.
    """

    verb: str
    arguments: Mapping[str, Any]
    connection: Mapping[str, str]
    words: tuple[Word, ...]

    def blamed(self) -> AbstractContextManager[None]:
        """Let an error that is raised inside point at this command."""
        return _whole(self.words).blamed()

    def __str__(self) -> str:
        return " ".join(word.raw for word in self.words)


def parse(source: Source, names: Mapping[str, Any]) -> list[Command]:
    """Read every command in a text; the first fault is a UsageError with its place.

    >>> parse(Source("get my-function:live"), {})[0].verb
    'get'

    `names` are the values that `${…}` may name.
    """
    return [_Reader(words, names).command() for words in split(source)]


def _whole(words: Sequence[Word]) -> Word:
    first, last = words[0], words[-1]
    text = first.source.text[first.start : last.end]
    return Word(first.source, text, first.start, last.end, ((0, first.start),))


class _Reader:
    """Reads the words of one command from left to right."""

    def __init__(self, words: list[Word], names: Mapping[str, Any]) -> None:
        self.all_words = tuple(words)
        pasted_prompt = words[0].text == "$" and len(words) > 1
        self.words = words[1:] if pasted_prompt else list(words)
        self.names = names
        self.given: dict[str, tuple[Option, Word]] = {}

    def command(self) -> Command:
        verb = self._verb()
        while self.words:
            word = self.words.pop(0)
            if _is_option(word):
                self._option(word, verb.options, f"eic {verb.name}")
            else:
                self._positional(word, verb)
        arguments = {name: self._value(*given) for name, given in self.given.items()}
        connection = {o.argument: arguments.pop(o.argument) for o in options.CONNECTION if o.argument in arguments}
        self._check_function(verb, arguments)
        return Command(verb.name, arguments, connection, self.all_words)

    def _verb(self) -> Verb:
        said: list[Word] = []
        while self.words:
            word = self.words.pop(0)
            if _is_option(word):
                self._option(word, options.CONNECTION, "aws, without a command,")
            elif (found := options.verb(word.text)) is not None:
                return found
            elif word.text in _BEFORE_VERB and word.text not in {earlier.text for earlier in said}:
                said.append(word)
            else:
                raise self._unknown_verb(word)
        last = said[-1] if said else _whole(self.all_words)
        with last.blamed():
            raise UsageError("the command has no verb", hint=", ".join(v.name for v in options.VERBS))

    def _unknown_verb(self, word: Word) -> UsageError:
        known = [name for verb in options.VERBS for name in verb.names]
        hint = nearest(word.text, known) or ", ".join(verb.name for verb in options.VERBS)
        message = f"eicnb has no command {word.raw!r}"
        return UsageError(message, hint=hint, excerpt=word.source.excerpt(word.start, word.end))

    def _option(self, word: Word, known: tuple[Option, ...], where: str) -> None:
        name, equals, _ = word.text.partition("=")
        option = next((o for o in known if o.name == name), None)
        if option is None:
            raise self._unknown_option(word, name, known, where)
        if equals:
            value = word.part(len(name) + 1)
        elif self.words and not _is_option(self.words[0]):
            value = self.words.pop(0)
        else:
            hint = f"{option.name} {option.metavar}: {option.meaning}"
            excerpt = word.source.excerpt(word.start, word.end)
            raise UsageError(f"{option.name} needs a value", hint=hint, excerpt=excerpt)
        self._give(option, value)

    def _give(self, option: Option, value: Word) -> None:
        """Of an option that is given twice the last one counts, as in the AWS CLI; two names for one setting clash."""
        earlier = self.given.get(option.argument)
        if earlier is not None and earlier[0] is not option:
            with value.blamed():
                raise UsageError(f"{earlier[0].name} and {option.name} are the same setting", hint="one of the two")
        self.given[option.argument] = (option, value)

    def _unknown_option(self, word: Word, name: str, known: tuple[Option, ...], where: str) -> UsageError:
        names = [option.name for option in known]
        hint = nearest(name, names) or ", ".join(names)
        excerpt = word.source.excerpt(word.start, word.start + len(name))
        if name in options.AWS_CLI_ALONE:
            return UsageError(f"eicnb does not read {name} yet", hint="the command without it", excerpt=excerpt)
        return UsageError(f"{where} has no option {name!r}", hint=hint, excerpt=excerpt)

    def _positional(self, word: Word, verb: Verb) -> None:
        if options.FUNCTION_NAME not in verb.options:
            with word.blamed():
                raise UsageError(f"{verb.name} takes no {word.raw!r}", hint=f"{verb.name} with options alone")
        if "function_name" in self.given:
            with word.blamed():
                raise UsageError(
                    f"{word.raw!r} is one word too many: the function is named already",
                    hint="quotes around a value with blanks",
                )
        self._give(options.FUNCTION_NAME, word)

    def _value(self, option: Option, word: Word) -> Any:
        value = params.read(option, word, self.names)
        with word.blamed():
            if option.argument == "maximum_retry_attempts":
                return check_retry_attempts(value)
            if option.argument == "maximum_event_age_in_seconds":
                return check_event_age(value)
        return value

    def _check_function(self, verb: Verb, arguments: Mapping[str, Any]) -> None:
        if options.FUNCTION_NAME not in verb.options:
            return
        if "function_name" not in arguments:
            with _whole(self.all_words).blamed():
                raise UsageError(f"{verb.name} needs a function", hint=f"%eic {verb.name} my-function")
        if "qualifier" in arguments:
            with self.given["qualifier"][1].blamed():
                arguments["function_name"].with_qualifier(arguments["qualifier"])


def _is_option(word: Word) -> bool:
    """A word that begins with a dash, as typed; neither a negative number nor what a reference brings in."""
    return word.text.startswith("-") and not set(word.text) <= set(_NEGATIVE_NUMBER)
