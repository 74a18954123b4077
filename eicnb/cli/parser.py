"""The parser, which turns words into commands: a verb and its options, with valid values.

    command  = [ prompt ] *variable [ "aws" ] *global [ "lambda" ] *global verb *( option / function / silence )
    prompt   = "$" / "%" / "%eic" / "%%eic"
    variable = "AWS_PROFILE=" value / "AWS_REGION=" value / …   ; for this command only
    option   = "--" name ( "=" value / blank value )

The words come from `eicnb.cli.lexer`, and `eicnb.cli.values` parses the values.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise, takewhile
from typing import Any

from eicnb.cli import aws_commands, misplaced, options, shell, shell_words, values, variables
from eicnb.cli.arguments import CollectedArguments, ParseContext, ReadModel
from eicnb.cli.command import Command, whole
from eicnb.cli.files import ReadFile, read_file
from eicnb.cli.lexer import split
from eicnb.cli.option import Option, Verb
from eicnb.cli.option_names import HELP, find, is_option, named_by, one_of
from eicnb.cli.source import Source, Word
from eicnb.errors import UsageError
from eicnb.model.members import Member

_BEFORE_VERB = ("aws", "lambda")
_TYPOGRAPHIC_DASHES = ("\N{EN DASH}", "\N{EM DASH}", "\N{MINUS SIGN}")
_MAGICS = ("%eic", "%%eic")
_NOTHING = ("", "--")
_NAMED = re.compile(r"(?P<name>[^\W\d][\w-]*)=(?P<value>.*)", re.DOTALL)


def no_model(_operation: str) -> Iterable[Member]:
    """Return no members; the default for callers without a service model."""
    return ()


def parse(
    source: Source,
    names: Mapping[str, Any],
    files: ReadFile = read_file,
    *,
    model: ReadModel = no_model,
    body: Word | None = None,
) -> list[Command]:
    """Parse every command in a text; the first error is a UsageError with its position.

    >>> parse(Source("get my-function:live"), {})[0].verb
    'get'

    `${…}` may refer to any of `names`, and `files` reads the files behind `file://`. `body` is a document for a
    single command, as if it were the value of `--cli-input-json` or `--cli-input-yaml`.
    """
    lines = _with_variables_together([words for words in split(source) if _is_more_than_a_prompt(words)])
    context = ParseContext(names, files, model)
    for before, words in pairwise(lines):
        _refuse_rest_of_a_line(before, words, context)
    return [_WordReader(words, context).command(body) for words in lines]


def _with_variables_together(lines: list[list[Word]]) -> list[list[Word]]:
    """Join consecutive lines that only set variables, so that one error covers them all."""
    joined: list[list[Word]] = []
    for words in lines:
        is_next = bool(joined) and all(map(_sets_variables, (joined[-1], words)))
        if is_next:
            joined[-1] += [word for word in words if "=" in word.raw]
        else:
            joined.append(list(words))
    return joined


def _sets_variables(words: list[Word]) -> bool:
    return shell_words.sets_variables([word.raw for word in words])


def _is_more_than_a_prompt(words: list[Word]) -> bool:
    """Return whether a line has a command, not only a magic or a redirection to nowhere."""
    typed = [word for word in words if not word.silences]
    return len(typed) > 1 or (len(typed) == 1 and typed[0].raw not in _MAGICS)


def _refuse_rest_of_a_line(before: list[Word], words: list[Word], context: ParseContext) -> None:
    r"""Raise a UsageError for a line that begins with an option, because the line above lacks its `\`."""
    is_rest = is_option(words[0]) or words[0].text.startswith(_TYPOGRAPHIC_DASHES)
    if not is_rest or "\n" not in words[0].source.text[before[-1].end : words[0].start]:
        return
    try:
        _WordReader(words, context).verb()
    except UsageError:
        above, below = (" ".join(word.raw for word in line) for line in (before, words))
        below = f"--{below.lstrip('-' + ''.join(_TYPOGRAPHIC_DASHES))}"
        hint = f"end the line above with a `\\`\n{shell.magic(above)} \\\n    {below}"
        with words[0].blamed():
            raise UsageError(
                "a line begins with an option, so the line above needs a trailing `\\`", hint=hint
            ) from None


class _WordReader:
    """A reader that consumes the words of one command from left to right."""

    def __init__(self, words: list[Word], context: ParseContext) -> None:
        if words[0].raw in _MAGICS:
            words = words[1:]
        self.all_words = tuple(words)
        pasted_prompt = words[0].raw in shell.PROMPTS and len(words) > 1
        self.words = [word for word in (words[1:] if pasted_prompt else words) if not word.silences]
        self.context = context
        self.is_in_full = False
        self.early: list[Word] = []
        self.given: dict[str, tuple[Option, Word]] = {}
        self.further: dict[str, list[Word]] = {}

    def command(self, body: Word | None) -> Command:
        if any(map(_asks_for_version, self.words)):
            return Command("version", {}, {}, self.all_words, {}, {})
        verb = self.verb()
        if verb is options.HELP_VERB:
            self.early.clear()
        self.words = self.early + self.words
        while self.words:
            word = self.words.pop(0)
            if word.text in _NOTHING and not self.words:
                break
            if is_option(word):
                self._option(word, verb)
            else:
                self._positional(word, verb)
        if body is not None and not {"help", "version"} & set(self.given):
            self._give_body(verb, body)
        return CollectedArguments(verb, self.all_words, self.context, self.given, self.further).command()

    def verb(self) -> Verb:
        """Consume the words up to and including the verb, and return the verb."""
        if _is_export_of_a_shell(self.words) and (advice := shell_words.of_words([word.raw for word in self.words])):
            raise self._advised(self.words[0], advice)
        self.words, self.given = variables.before_a_command(self.words)
        command = tuple(self.words)
        prefix: list[Word] = []
        while self.words:
            word = self.words.pop(0)
            if is_option(word):
                self._early_option(word)
            elif (found := options.verb(word.text)) is not None:
                self.is_in_full = word.text == found.aws_name
                return found
            elif word.text in _BEFORE_VERB and word.text not in {earlier.text for earlier in prefix}:
                prefix.append(word)
            else:
                before, typed = [earlier.text for earlier in prefix], [word.raw for word in command]
                advice = None if before or self.early else shell_words.of_words(typed)
                raise self._advised(
                    word, advice or self._for_this_command(aws_commands.advice(word.raw, before, typed))
                )
        return self._without_verb(prefix)

    def _for_this_command(self, advice: shell.Advice) -> shell.Advice:
        """Return the advice with this command's variables in its lines to type."""
        count = len(self.all_words) - len(self.words)
        variables_set = [word.raw for word in takewhile(lambda word: "=" in word.raw, self.all_words[:count])]
        sentence, *lines = advice.hint.split("\n")
        before = " ".join([*variables_set, ""])
        typed = [re.sub(r"^(?:%eic |!)", lambda found: found[0] + before, line) for line in lines]
        return replace(advice, hint="\n".join([sentence, *typed])) if variables_set else advice

    def _advised(self, word: Word, advice: shell.Advice) -> UsageError:
        return word.source.error(advice.message, word.start, word.end, hint=advice.hint)

    def _without_verb(self, prefix: list[Word]) -> Verb:
        if any(one_of(word.text, options.GLOBAL) is options.HELP or word.text in HELP for word in self.early):
            return options.HELP_VERB
        last = prefix[-1] if prefix else whole(self.all_words)
        with last.blamed():
            prompts = any(one_of(word.text, options.GLOBAL) is options.PROMPT for word in self.early)
            hint = "open the form\n%eic form my-function" if prompts else "%eic help"
            raise UsageError("the command has no verb", hint=hint)

    def _early_option(self, word: Word) -> None:
        """Store an option that precedes the verb; only the verb decides what it means."""
        self.early.append(word)
        name, equals, _ = word.text.partition("=")
        option = one_of(name, options.GLOBAL) or one_of(name, options.ROLE)
        if not equals and option is not None and option.kind != "flag" and self.words:
            self.early.append(self.words.pop(0))

    def _option(self, word: Word, verb: Verb) -> None:
        name, equals, _ = word.text.partition("=")
        option = verb.option(name) or find(word, name, self.context.modelled(verb))
        if option.kind == "flag":
            if equals:
                raise word.source.error(f"{option.name} takes no value", word.start, word.end, hint=option.name)
            value = word
        elif equals:
            value = word.part(len(name) + 1)
        elif self.words and not is_option(self.words[0]) and not (option.alone and not self._chooses(option)):
            value = self.words.pop(0)
            self.further[option.argument] = self._further(option)
        elif option.alone is not None:
            value = replace(word, text=option.alone, runs=(), references={})
        else:
            hint = f"{option.name} {option.metavar}: {option.meaning}"
            raise word.source.error(f"{option.name} needs a value", word.start, word.end, hint=hint)
        if option.kind == "choice":  # a wrong value is an error even if a later one overrides it
            values.read(option, value, self.context.names, self.context.files)
        self._give(option, self._with_all_names(value) if option.kind == "names" else value)

    def _with_all_names(self, value: Word) -> Word:
        """Join names separated by commas, by blanks as in the AWS CLI, or by both."""
        while self.words and not is_option(self.words[0]):
            word = self.words.pop(0)
            has_comma = value.text.endswith(",") or word.text.startswith(",")
            value = value.joined(word, "" if has_comma else ",")
        return value

    def _further(self, option: Option) -> list[Word]:
        """Consume the other words of an option that takes a list."""
        words: list[Word] = []
        while option.member and option.member.kind == "list" and self.words and not is_option(self.words[0]):
            words.append(self.words.pop(0))
        return words

    def _chooses(self, option: Option) -> bool:
        """Return whether the next word is the option's optional value rather than the function."""
        return self.is_in_full or bool(self.given.get("function_name")) or self.words[0].text in option.choices

    def _give(self, option: Option, value: Word) -> None:
        """Store a value; if an option is repeated, the last value counts, as in the AWS CLI.

        Two different options for the same argument are an error.
        """
        misplaced.refuse_negative(option, value)
        earlier = self.given.get(option.argument)
        is_twin = option.member is not None
        if earlier is not None and earlier[0].name != option.name and not is_twin:
            with value.blamed():
                raise UsageError(
                    f"{earlier[0].name} and {option.name} are the same setting", hint="leave out one of the two"
                )
        self.given[option.argument] = (option, value)

    def _positional(self, word: Word, verb: Verb) -> None:
        if word.text.startswith(_TYPOGRAPHIC_DASHES):
            with word.blamed():
                name = word.text.lstrip("-" + "".join(_TYPOGRAPHIC_DASHES))
                hint = f"--{name}" if name else "type two plain hyphens, directly followed by the name"
                raise UsageError(f"{word.raw!r} begins with a typographic dash; options begin with --", hint=hint)
        if word.text == "help" and not word.references and verb is not options.HELP_VERB:
            self.words.clear()
            self._give(options.HELP, word)
            return
        if verb.name == "help" and word.text in _BEFORE_VERB:
            return
        self._refuse_option_without_dashes(word, verb)
        misplaced.refuse_second_word(word, self.given.values())
        positional = self._next_positional(verb)
        if positional is None:
            with word.blamed():
                raise misplaced.superfluous(word, verb, self.given.values())
        self._give(positional, word)

    def _next_positional(self, verb: Verb) -> Option | None:
        """Return the option that the next positional word belongs to, or None if all have a value."""
        if verb is options.HELP_VERB:
            return options.TOPIC
        return next((option for option in verb.positionals if option.argument not in self.given), None)

    def _refuse_option_without_dashes(self, word: Word, verb: Verb) -> None:
        """Raise a UsageError for `retries=1`, and for `retries 1` after the function."""
        found = _NAMED.fullmatch(word.raw)
        if found is None and self._next_positional(verb) is not None:
            return
        option = named_by(found["name"] if found else word.text, verb)
        if option is None:
            return
        hint = f"{option.name} {found['value']}".rstrip() if found and option.kind != "flag" else option.name
        with word.blamed():
            raise UsageError(f"{word.raw!r} is an option without its dashes", hint=hint)

    def _give_body(self, verb: Verb, body: Word) -> None:
        """Store the text below the command as its document: JSON if it begins with a bracket, else YAML."""
        name = "--cli-input-json" if body.text.lstrip()[:1] in {"{", "["} else "--cli-input-yaml"
        option = verb.option(name)
        with body.blamed():
            if option is None:
                hint = f"run it in its own cell\n%eic {verb.name}"
                raise UsageError(f"{verb.name} takes no text below it", hint=hint)
            if {"cli_input_json", "cli_input_yaml"} & set(self.given):
                hint = "leave out either the option or the text below"
                raise UsageError("the input is given twice: as an option and below the command", hint=hint)
        self.given[option.argument] = (option, body)


def _asks_for_version(word: Word) -> bool:
    """Return whether a word is `--version`, in full or abbreviated."""
    return options.VERSION.name.startswith(word.text) and one_of(word.text, options.GLOBAL) is options.VERSION


def _is_export_of_a_shell(words: Sequence[Word]) -> bool:
    """Return whether a line is the shell's `export` rather than the command for a frame."""
    if words[0].raw != "export" or len(words) == 1:
        return False
    return not any(is_option(word) or word.text in word.references for word in words[1:])
