"""The arguments of a command, collected from its words and its document and validated.

Tested in tests/cli/test_parser.py and tests/cli/test_documents.py.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from eicnb.cli import options, values
from eicnb.cli.command import Command, whole
from eicnb.cli.files import ReadFile
from eicnb.cli.frame_words import not_a_frame
from eicnb.cli.option import FUNCTION_NAME, Option, Verb
from eicnb.cli.source import Word
from eicnb.errors import UsageError
from eicnb.model.config import check_event_age, check_retry_attempts
from eicnb.model.members import Member

ReadModel = Callable[[str], Iterable[Member]]
"""A function that returns an operation's parameters from the service model; called only for unknown options."""

_SETTINGS = {option.argument for option in (*options.SETTINGS, *options.INPUT)}
_CONNECTION = tuple(option.argument for option in (*options.CONNECTION, *options.ROLE))
_OUTPUT = tuple(option.argument for option in options.OUTPUT)
_PAGING = (*(option.argument for option in (*options.PAGING, options.PAGINATE, *options.CALL)), "call_max_items")
_NO_EFFECT = tuple(option.argument for option in options.NO_EFFECT)
_CLASHES = (("region", "regions"), ("profile", "profiles"))


@dataclass(frozen=True, slots=True)
class ParseContext:
    """The context in which commands are read: the notebook's names, a file reader and the service model."""

    names: Mapping[str, Any]
    files: ReadFile
    model: ReadModel

    def modelled(self, verb: Verb) -> Verb:
        """Return the verb with the options that only the service model knows."""
        return verb.with_members(self.model(verb.operation)) if verb.operation else verb


@dataclass(frozen=True, slots=True)
class CollectedArguments:
    """The words of one command by the argument that they set.

    `further` are the second and later words of list arguments.
    """

    verb: Verb
    words: tuple[Word, ...]
    context: ParseContext
    options: dict[str, tuple[Option, Word]] = field(default_factory=dict)
    further: dict[str, list[Word]] = field(default_factory=dict)

    def command(self) -> Command:
        """Return the command, or the form or help page that an option requests instead."""
        if {"help", "version"} & set(self.options):
            return self._explanation()
        return self._form() if "prompt" in self.options else self._command(self._arguments())

    def _command(self, arguments: dict[str, Any]) -> Command:
        skeleton = arguments.pop("skeleton", None)
        connection, output, paging, _ = (
            {name: arguments.pop(name) for name in names if name in arguments}
            for names in (_CONNECTION, _OUTPUT, _PAGING, _NO_EFFECT)
        )
        flags: dict[str, Any] = {name: arguments.pop(name, False) for name in ("debug", "dry_run", "quiet")}
        flags["quiet"] |= self._is_silenced(prints=bool(output))
        more = {name: arguments.pop(name) for name in [*arguments] if name[0].isupper()}
        if skeleton in {None, "output"}:
            self._check_function(arguments)
            self._check_words(arguments)
        return Command(
            self.verb.name,
            arguments,
            connection,
            self.words,
            self._argument_words(),
            paging,
            skeleton,
            more=more,
            **output,
            **flags,
        )

    def _is_silenced(self, *, prints: bool) -> bool:
        """Return whether a redirection hides the result.

        Redirecting messages hides the result of a write, but neither the result of a read nor `--output`.
        """
        silences = {word.silences for word in self.words}
        return "output" in silences or ("messages" in silences and options.QUIET in self.verb.options and not prints)

    def _argument_words(self) -> dict[str, Word]:
        return {name: word for name, (_, word) in self.options.items()}

    def _form(self) -> Command:
        """Return the command that opens the function's form, for `--cli-auto-prompt`."""
        if "no_cli_auto_prompt" in self.options:
            with self.options["prompt"][1].blamed():
                raise UsageError(
                    "--cli-auto-prompt and --no-cli-auto-prompt are both given", hint="leave out one of the two"
                )
        settings = [name for name in self.options if name in _SETTINGS]
        if settings:
            with self.options[settings[0]][1].blamed():
                hint = "enter the setting in the form\n%eic form my-function"
                raise UsageError(f"the form takes no {self.options[settings[0]][0].name}", hint=hint)
        arguments = self._arguments()
        connection = {o.argument: arguments[o.argument] for o in options.CONNECTION if o.argument in arguments}
        shown: dict[str, Any] = {name: arguments[name] for name in arguments.keys() & {"function_name", "qualifier"}}
        return Command("form", shown, connection, self.words, self._argument_words(), {})

    def _explanation(self) -> Command:
        """Return the command for `--help` or `--version`, which override the rest of the line."""
        topic = "version" if "version" in self.options else "help"
        arguments = {} if topic == "version" or self.verb.name == "help" else {"topic": self.verb.name}
        return Command(topic, arguments, {}, self.words, {}, {})

    def _arguments(self) -> dict[str, Any]:
        """Return the values by their names in the Python API; an option overrides the document."""
        self._refuse_clashes()
        document = values.Document(self._new_members, self.options.keys())
        read = {name: self._value(*pair, document) for name, pair in self.options.items() if name != "prompt"}
        documents = [name for name in ("cli_input_json", "cli_input_yaml") if name in read]
        if len(documents) > 1:
            with self.options[documents[1]][1].blamed():
                raise UsageError(
                    "both --cli-input-json and --cli-input-yaml are given", hint="leave out one of the two"
                )
        given = read.pop(documents[0]) if documents else {}
        paging = given.pop("paging", {})
        for name in {**paging, **given}:
            self._refuse_foreign_member(name, documents[0])
        together = {**paging, **given, **read}
        return {
            name: value for name, value in together.items() if not (name in {"profile", "region"} and _is_empty(value))
        }

    def _refuse_clashes(self) -> None:
        """Raise a UsageError if a single name and a list of names are given for the same argument."""
        for one, several in _CLASHES:
            if one in self.options and several in self.options:
                (first, single), (second, word) = self.options[one], self.options[several]
                with word.blamed():
                    listed = f"{second.name} {single.raw},{''.join(word.raw.split())}"
                    typed = self._without(self._without(list(self.words), single), word)
                    line = " ".join(["%eic", *(other.raw for other in typed), listed])
                    hint = f"pass all of them to {second.name}\n{line}"
                    raise UsageError(f"{first.name} and {second.name} are both given", hint=hint)

    def _without(self, words: list[Word], value: Word) -> list[Word]:
        """Return the words of the line without an option and its value."""
        rest = [word for word in words if word.end <= value.start or word.start >= value.end]
        is_apart = not any(word.start < value.start < word.end for word in words)
        option = max((word for word in rest if word.end <= value.start), key=lambda word: word.start, default=None)
        return [word for word in rest if word is not option] if is_apart else rest

    def _refuse_foreign_member(self, argument: str, document: str) -> None:
        taken = {option.argument for option in self.verb.options}
        taken |= {"call_max_items"} if self.verb.name == "list" else set()
        if argument in taken or argument[0].isupper():
            return
        with self.options[document][1].blamed():
            known = ", ".join(values.members_of(taken))
            raise UsageError(
                f"{self.verb.name} takes no {values.member_name(argument)} from the input", hint=f"use only {known}"
            )

    def _value(self, option: Option, word: Word, document: values.Document) -> Any:
        names, files = self.context.names, self.context.files
        if option.kind == "flag":
            return option.member is None or option.name == option.member.option
        if option.kind == "member":
            return values.read_member(option, [word, *self.further.get(option.argument, ())], names, files)
        if "skeleton" in self.options and self.options["skeleton"][1].text != "output" and option.kind != "choice":
            return values.read_unchecked(option, word, names, files)
        value = values.read(option, word, names, files, document)
        with word.blamed():
            if option.kind == "frame" and isinstance(value, str):
                raise not_a_frame(option, value, self.options.values(), self.words, names)
            if option.argument == "maximum_retry_attempts":
                return check_retry_attempts(value)
            if option.argument == "maximum_event_age_in_seconds":
                return check_event_age(value)
        return value

    def _new_members(self) -> set[str]:
        return {option.argument for option in self.context.modelled(self.verb).options if option.member}

    def _check_function(self, arguments: Mapping[str, Any]) -> None:
        if FUNCTION_NAME not in self.verb.options:
            return
        if "function_name" not in arguments and not self.verb.needs_function:
            return
        if "function_name" not in arguments:
            with whole(self.words).blamed():
                raise UsageError(f"{self.verb.name} needs a function", hint=self._with_a_function())
        if "qualifier" in arguments:
            blame = self.options["qualifier"][1] if "qualifier" in self.options else whole(self.words)
            with blame.blamed():
                arguments["function_name"].with_qualifier(arguments["qualifier"])

    def _check_words(self, arguments: Mapping[str, Any]) -> None:
        """Raise a UsageError if a word or an option that the command needs is missing."""
        expected = (*self.verb.words, *self.verb.options)
        missing = [option for option in expected if option.is_required and option.argument not in arguments]
        if missing:
            first, line = missing[0], " ".join(["%eic", *self._typed(), *map(_example, missing)])
            with whole(self.words).blamed():
                raise UsageError(f"{self.verb.name} needs {_described(first)}", hint=line)

    def _typed(self) -> list[str]:
        return [word.raw for word in self.words if word.text and word.raw not in {"$", "%", "%eic", "%%eic"}]

    def _with_a_function(self) -> str:
        """Return the typed command with a function name after its verb."""
        typed = self._typed()
        at = next((number for number, word in enumerate(typed, 1) if word in self.verb.names), 0)
        option = ["--function-name", "my-function"] if self.verb.aws_name in typed else ["my-function"]
        if self.verb.name in {"put", "update"} and not self.options:
            option += ["--maximum-retry-attempts" if self.verb.aws_name in typed else "--retries", "0"]
        return "\n".join(["name the function", " ".join(["%eic", *typed[:at], *option, *typed[at:]])])


def _is_empty(value: Any) -> bool:
    return isinstance(value, str) and not value


def _described(option: Option) -> str:
    """Return a missing option and what it is; a frame is described by its placeholder."""
    if option.kind != "frame" or option.name:
        return f"{option.label}: {option.meaning}"
    noun = option.noun.removeprefix("the ")
    return f"{'an' if noun[0] in 'aeiou' else 'a'} {noun}, such as {option.metavar}"


def _example(option: Option) -> str:
    """Return an option with an example value: the last of its choices, or else its placeholder."""
    return f"{option.name} {option.choices[-1] if option.choices else option.metavar}".strip()
