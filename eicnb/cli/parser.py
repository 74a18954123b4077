"""Words to commands: which verb, which options, and that every value is one that AWS could take.

command = [ "$" ] [ "aws" ] *global [ "lambda" ] *global verb *( option / function )
option  = "--" name ( "=" value / blank value )
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from eicnb.cli import options, values
from eicnb.cli.command import Command, whole
from eicnb.cli.files import ReadFile, read_file
from eicnb.cli.lexer import Word, split
from eicnb.cli.options import Option, Verb
from eicnb.cli.source import Source
from eicnb.errors import UsageError, nearest
from eicnb.model.config import check_event_age, check_retry_attempts
from eicnb.model.members import Member

ReadModel = Callable[[str], Iterable[Member]]
"""Gives what an operation of AWS takes, by the service model; asked only for what the table of options lacks."""

_BEFORE_VERB = ("aws", "lambda")
_HELP = {"--help", "-h"}
_TYPOGRAPHIC_DASHES = ("\N{EN DASH}", "\N{EM DASH}", "\N{MINUS SIGN}")
_NOTHING = ("", "--")
_SETTINGS = {option.argument for option in (*options.SETTINGS, *options.INPUT)}
_NEGATIVE_NUMBER = "-0123456789."


def no_model(_operation: str) -> Iterable[Member]:
    """The service model of those who have none."""
    return ()


def parse(
    source: Source,
    names: Mapping[str, Any],
    files: ReadFile = read_file,
    *,
    model: ReadModel = no_model,
    body: Word | None = None,
) -> list[Command]:
    """Read every command in a text; the first fault is a UsageError with its place.

    >>> parse(Source("get my-function:live"), {})[0].verb
    'get'

    `names` are the values that `${…}` may name, `files` reads what stands behind `file://`. `body` is the document of
    the one command, as `--cli-input-json` or `--cli-input-yaml` would give it.
    """
    return [_Reader(words, names, files, model, body).command() for words in split(source)]


class _Reader:
    """Reads the words of one command from left to right."""

    def __init__(
        self, words: list[Word], names: Mapping[str, Any], files: ReadFile, model: ReadModel, body: Word | None
    ) -> None:
        self.all_words = tuple(words)
        pasted_prompt = words[0].text == "$" and len(words) > 1
        self.words = words[1:] if pasted_prompt else list(words)
        self.names = names
        self.files = files
        self.model = model
        self.body = body
        self.is_in_full = False
        self.early: list[Word] = []
        self.given: dict[str, tuple[Option, Word]] = {}
        self.others: dict[str, list[Word]] = {}

    def command(self) -> Command:
        if any(_is_option(word) and _one_of(word.text, options.GLOBAL) is options.VERSION for word in self.words):
            return Command("version", {}, {}, self.all_words, {}, {})
        verb = self._verb()
        if verb is options.HELP_VERB:
            self.early.clear()
        self.words = self.early + self.words
        while self.words:
            word = self.words.pop(0)
            if word.text in _NOTHING and not self.words:
                break
            if _is_option(word):
                self._option(word, verb)
            else:
                self._positional(word, verb)
        if {"help", "version"} & set(self.given):
            return self._explanation(verb)
        if self.body is not None:
            self._give_body(verb, self.body)
        if "prompt" in self.given:
            return self._form(verb)
        return self._command(verb, self._arguments(verb))

    def _command(self, verb: Verb, arguments: dict[str, Any]) -> Command:
        """The command of these arguments, each where it belongs."""
        skeleton = arguments.pop("skeleton", None)
        connection, output, paging = (
            {option.argument: arguments.pop(option.argument) for option in group if option.argument in arguments}
            for group in (
                (*options.CONNECTION, *options.ROLE),
                options.OUTPUT,
                (*options.PAGING, options.PAGINATE, *options.CALL),
            )
        )
        if "call_max_items" in arguments:
            paging["call_max_items"] = arguments.pop("call_max_items")
        for option in options.NO_EFFECT:
            arguments.pop(option.argument, None)
        flags: dict[str, Any] = {name: arguments.pop(name, False) for name in ("debug", "dry_run", "quiet")}
        more = {name: arguments.pop(name) for name in [*arguments] if name[0].isupper()}
        if skeleton in {None, "output"}:
            self._check_function(verb, arguments)
        words = {name: word for name, (_, word) in self.given.items()}
        return Command(
            verb.name,
            arguments,
            connection,
            self.all_words,
            words,
            paging,
            skeleton,
            more=more,
            **output,
            **flags,
        )

    def _form(self, verb: Verb) -> Command:
        """`--cli-auto-prompt`: the form of the function instead of the command, in the same place."""
        if "no_cli_auto_prompt" in self.given:
            with self.given["prompt"][1].blamed():
                raise UsageError("--cli-auto-prompt and --no-cli-auto-prompt are both given", hint="one of the two")
        settings = [name for name in self.given if name in _SETTINGS]
        if settings:
            with self.given[settings[0]][1].blamed():
                hint = "%eic form my-function, and the setting in the form"
                raise UsageError(f"the form takes no {self.given[settings[0]][0].name}", hint=hint)
        arguments = self._arguments(verb)
        connection = {o.argument: arguments[o.argument] for o in options.CONNECTION if o.argument in arguments}
        shown: dict[str, Any] = {name: arguments[name] for name in arguments.keys() & {"function_name", "qualifier"}}
        words = {name: word for name, (_, word) in self.given.items()}
        return Command("form", shown, connection, self.all_words, words, {})

    def _give_body(self, verb: Verb, body: Word) -> None:
        """Take the text below the command for its document: JSON where it begins so, else YAML."""
        name = "--cli-input-json" if body.text.lstrip()[:1] in {"{", "["} else "--cli-input-yaml"
        option = verb.option(name)
        with body.blamed():
            if option is None:
                raise UsageError(f"{verb.name} takes no text below it", hint=f"%eic {verb.name}, in a line of its own")
            if {"cli_input_json", "cli_input_yaml"} & set(self.given):
                raise UsageError("the input is given twice: in an option, and below", hint="one of the two")
        self.given[option.argument] = (option, body)

    def _explanation(self, verb: Verb) -> Command:
        """What `--help` and `--version` are answered with; nothing else of the line is looked at."""
        topic = "version" if "version" in self.given else "help"
        arguments = {} if topic == "version" or verb.name == "help" else {"topic": verb.name}
        return Command(topic, arguments, {}, self.all_words, {}, {})

    def _arguments(self, verb: Verb) -> dict[str, Any]:
        """The values by their names in the Python API; a document gives those that no option does."""
        read = {name: self._value(*given, verb) for name, given in self.given.items() if name != "prompt"}
        documents = [name for name in ("cli_input_json", "cli_input_yaml") if name in read]
        if len(documents) > 1:
            with self.given[documents[1]][1].blamed():
                raise UsageError("both --cli-input-json and --cli-input-yaml are given", hint="one of the two")
        document = read.pop(documents[0]) if documents else {}
        paging = document.pop("paging", {})
        taken = {option.argument for option in verb.options} | ({"call_max_items"} if verb.name == "list" else set())
        for name in {**paging, **document}:
            if name not in taken and not name[0].isupper():
                with self.given[documents[0]][1].blamed():
                    raise UsageError(f"{verb.name} takes no {name} from the input", hint=", ".join(sorted(taken)))
        together = {**paging, **document, **read}
        return {
            name: value for name, value in together.items() if not (name in {"profile", "region"} and _is_empty(value))
        }

    def _verb(self) -> Verb:
        said: list[Word] = []
        while self.words:
            word = self.words.pop(0)
            if _is_option(word):
                self._early_option(word)
            elif (found := options.verb(word.text)) is not None:
                self.is_in_full = word.text == found.aws_name
                return found
            elif word.text in _BEFORE_VERB and word.text not in {earlier.text for earlier in said}:
                said.append(word)
            else:
                raise self._unknown_verb(word)
        if any(_one_of(word.text, options.GLOBAL) is options.HELP or word.text in _HELP for word in self.early):
            return options.HELP_VERB
        last = said[-1] if said else whole(self.all_words)
        with last.blamed():
            prompts = any(_one_of(word.text, options.GLOBAL) is options.PROMPT for word in self.early)
            hint = "%eic form my-function" if prompts else ", ".join(v.name for v in options.VERBS)
            raise UsageError("the command has no verb", hint=hint)

    def _early_option(self, word: Word) -> None:
        """An option before the verb is read with the verb's own; only then is it known what it is."""
        self.early.append(word)
        name, equals, _ = word.text.partition("=")
        option = _one_of(name, options.GLOBAL) or _one_of(name, options.ROLE)
        if not equals and option is not None and option.kind != "flag" and self.words:
            self.early.append(self.words.pop(0))

    def _unknown_verb(self, word: Word) -> UsageError:
        known = [name for verb in options.VERBS for name in verb.names]
        hint = nearest(word.text, known) or ", ".join(verb.name for verb in options.VERBS)
        message = f"eicnb has no command {word.raw!r}"
        return UsageError(message, hint=hint, excerpt=word.source.excerpt(word.start, word.end))

    def _option(self, word: Word, verb: Verb) -> None:
        name, equals, _ = word.text.partition("=")
        option = self._find(word, name, verb)
        excerpt = word.source.excerpt(word.start, word.end)
        if option.kind == "flag":
            if equals:
                raise UsageError(f"{option.name} takes no value", hint=option.name, excerpt=excerpt)
            value = word
        elif equals:
            value = word.part(len(name) + 1)
        elif self.words and not _is_option(self.words[0]) and not (option.alone and not self._chooses(option)):
            value = self.words.pop(0)
            self.others[option.argument] = self._further(option)
        elif option.alone is not None:
            value = replace(word, text=option.alone, runs=(), references={})
        else:
            hint = f"{option.name} {option.metavar}: {option.meaning}"
            raise UsageError(f"{option.name} needs a value", hint=hint, excerpt=excerpt)
        if option.kind == "choice":
            values.read(option, value, self.names, self.files)  # each that is given, also where a later one counts
        self._give(option, value)

    def _further(self, option: Option) -> list[Word]:
        """The words behind the first one that belong to the same option: those of a list."""
        words: list[Word] = []
        while option.member and option.member.kind == "list" and self.words and not _is_option(self.words[0]):
            words.append(self.words.pop(0))
        return words

    def _chooses(self, option: Option) -> bool:
        """Whether the next word is meant for an option that may stand alone, and is not the function's name."""
        return self.is_in_full or bool(self.given.get("function_name")) or self.words[0].text in option.choices

    def _find(self, word: Word, name: str, verb: Verb) -> Option:
        """The option of that name, or the one that begins so; AWS's own are looked at before our shorthand."""
        if (exact := options.HELP if name in _HELP else verb.option(name)) is not None:
            return exact
        verb = self._modelled(verb)
        if (exact := verb.option(name)) is not None:
            return exact
        own = [option for option in verb.options if option in (*options.SHORTHAND, *options.WRITING)]
        for group in ([option for option in verb.options if option not in own], own):
            fitting = [option for option in group if option.name.startswith(name) and len(name) > len("--")]
            # A flag of the AWS CLI goes first there, and takes no value from the others.
            fitting = [option for option in fitting if option in options.GLOBAL and option.kind == "flag"] or fitting
            if len(fitting) == 1:
                return fitting[0]
            if fitting:
                excerpt = word.source.excerpt(word.start, word.start + len(name))
                hint = ", ".join(option.name for option in fitting)
                raise UsageError(f"{name!r} could be more than one option", hint=hint, excerpt=excerpt)
        raise self._unknown_option(word, name, verb)

    def _modelled(self, verb: Verb) -> Verb:
        """The command with the options that only the service model knows."""
        return verb.with_members(self.model(verb.operation)) if verb.operation else verb

    def _give(self, option: Option, value: Word) -> None:
        """Of an option that is given twice the last one counts, as in the AWS CLI; two names for one setting clash."""
        earlier = self.given.get(option.argument)
        is_twin = option.member is not None
        if earlier is not None and earlier[0].name != option.name and not is_twin:
            with value.blamed():
                raise UsageError(f"{earlier[0].name} and {option.name} are the same setting", hint="one of the two")
        self.given[option.argument] = (option, value)

    def _unknown_option(self, word: Word, name: str, verb: Verb) -> UsageError:
        own = [option.name for option in verb.options if option not in options.RARE]
        names = [option.name for option in verb.options]
        listed = f"{', '.join(own)}, or " if own else ""
        hint = nearest(name, names) or f"{listed}one that `%eic help {verb.name}` names"
        excerpt = word.source.excerpt(word.start, word.start + len(name))
        return UsageError(f"eic {verb.name} has no option {name!r}", hint=hint, excerpt=excerpt)

    def _positional(self, word: Word, verb: Verb) -> None:
        if word.text.startswith(_TYPOGRAPHIC_DASHES):
            with word.blamed():
                hint = f"--{word.text.lstrip('-' + ''.join(_TYPOGRAPHIC_DASHES))}"
                raise UsageError(f"{word.raw!r} begins with a typographic dash, which is no option's", hint=hint)
        if word.text == "help" and not word.references and verb is not options.HELP_VERB:
            self.words.clear()
            self._give(options.HELP, word)
            return
        if verb.name == "help" and word.text in _BEFORE_VERB:
            return
        with word.blamed():
            if verb.positional is None:
                raise UsageError(f"{verb.name} takes no {word.raw!r}", hint=f"{verb.name} with options alone")
            if verb.positional.argument in self.given and verb.name != "help":
                what = verb.positional.argument.partition("_")[0]
                message = f"{word.raw!r} is one word too many: the {what} is named already"
                raise UsageError(message, hint="quotes around a value with blanks")
        self._give(verb.positional, word)

    def _value(self, option: Option, word: Word, verb: Verb) -> Any:
        if option.kind == "flag":
            return option.member is None or option.name == option.member.option
        if option.kind == "member":
            return values.read_member(option, [word, *self.others.get(option.argument, ())], self.names, self.files)
        if "skeleton" in self.given and self.given["skeleton"][1].text != "output" and option.kind != "choice":
            return values.read_unchecked(option, word, self.names, self.files)
        document = values.Document(lambda: self._new_members(verb), self.given.keys())
        value = values.read(option, word, self.names, self.files, document)
        with word.blamed():
            if option.argument == "maximum_retry_attempts":
                return check_retry_attempts(value)
            if option.argument == "maximum_event_age_in_seconds":
                return check_event_age(value)
        return value

    def _new_members(self, verb: Verb) -> set[str]:
        return {option.argument for option in self._modelled(verb).options if option.member}

    def _check_function(self, verb: Verb, arguments: Mapping[str, Any]) -> None:
        if options.FUNCTION_NAME not in verb.options:
            return
        if "function_name" not in arguments and not verb.needs_function:
            return
        if "function_name" not in arguments:
            with whole(self.all_words).blamed():
                raise UsageError(f"{verb.name} needs a function", hint=f"%eic {verb.name} my-function")
        if "qualifier" in arguments:
            blame = self.given["qualifier"][1] if "qualifier" in self.given else whole(self.all_words)
            with blame.blamed():
                arguments["function_name"].with_qualifier(arguments["qualifier"])


def _is_empty(value: Any) -> bool:
    return isinstance(value, str) and not value


def _one_of(name: str, known: Sequence[Option]) -> Option | None:
    """The option of that name, or the only one that begins so."""
    fitting = [option for option in known if option.name == name] or [o for o in known if o.name.startswith(name)]
    return fitting[0] if len(fitting) == 1 else None


def _is_option(word: Word) -> bool:
    """A word that begins with a dash, as typed: no negative number, no text with blanks, no notebook's value."""
    name = word.text.partition("=")[0]
    is_number = bool(word.text) and set(word.text) <= set(_NEGATIVE_NUMBER)
    return name.startswith("-") and not is_number and not re.search(r"\s", name)
