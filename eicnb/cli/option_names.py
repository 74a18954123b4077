"""Option names, in full or abbreviated, resolved to the options of a command.

The AWS CLI tries its global options before those of the command, so `--q` is `--query` although a command has
`--qualifier`. eicnb's own options must be written in full, so that an abbreviation means what it means in the AWS CLI.
Tested in tests/cli/test_parser.py.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from eicnb.cli import options
from eicnb.cli.option import Option, Verb
from eicnb.cli.source import Word
from eicnb.errors import UsageError, nearest
from eicnb.model.verbs import separated

HELP = {"--help", "-h"}
_MOST_VERBS = 4
_OPTION = re.compile(r"(?!(?:[-0-9.]+|-[0-9]+[a-z]+)\Z)-[^\s=]*(?:=|\Z)")


def is_option(word: Word) -> bool:
    """Return whether a word is an option and not a redirection."""
    return not word.silences and reads_as_option(word.text)


def reads_as_option(text: str) -> bool:
    """Return whether a text begins with a dash but is not a negative number, a duration or a phrase.

    >>> reads_as_option("--retries=2"), reads_as_option("-7d"), reads_as_option("- or not")
    (True, False, False)
    """
    return _OPTION.match(text) is not None


def one_of(name: str, known: Sequence[Option]) -> Option | None:
    """Return the option with this name, or the only one that begins with it."""
    fitting = [option for option in known if option.name.startswith(name)]
    return fitting[0] if len(fitting) == 1 else next((option for option in fitting if option.name == name), None)


def find(word: Word, name: str, verb: Verb) -> Option:
    """Return the option of a command that a word names, or raise a UsageError with a suggestion."""
    if (exact := options.HELP if name in HELP else verb.option(name)) is not None:
        return exact
    shared = [option for option in verb.options if option in options.GLOBAL]
    own = [option for option in verb.options if option not in shared and option not in options.OURS]
    for group in (shared, own):
        fitting = [option for option in group if option.name.startswith(name) and len(name) > len("--")]
        if len(fitting) == 1:
            return fitting[0]
        if fitting:
            excerpt = word.source.excerpt(word.start, word.start + len(name))
            hint = ", ".join(option.name for option in fitting)
            raise UsageError(f"{name!r} could be more than one option", hint=hint, excerpt=excerpt)
    raise _unknown(word, name, verb)


def _unknown(word: Word, name: str, verb: Verb) -> UsageError:
    own = [option.name for option in verb.options if option not in options.RARE]
    names = [option.name for option in verb.options]
    begun = [option for option in names if len(name) > len("--") and option.startswith(name)]
    hint = (begun[0] if len(begun) == 1 else None) or _of_others(name, names) or nearest(name, names)
    if hint is None:
        listed = ", ".join(own) or "list the options of the command"
        hint = f"{listed}\n%eic help {verb.name}"
    excerpt = word.source.excerpt(word.start, word.start + len(name))
    return UsageError(f"eic {verb.name} has no option {name!r}", hint=hint, excerpt=excerpt)


def _of_others(name: str, own: Sequence[str]) -> str | None:
    """Return the hint about an option that other commands have and this one lacks, even in the singular."""
    verbs = [verb.name for verb in options.VERBS if any(option.name == name for option in verb.options)]
    if not verbs or name.removesuffix("s") in own or f"{name}s" in own:
        return None
    if name == options.QUIET.name:
        return "leave it out, and end the line with a `;` to hide the result"
    return f"leave it out: it belongs to {', '.join(verbs[:_MOST_VERBS])}{', …' if verbs[_MOST_VERBS:] else ''}"


def named_by(word: str, verb: Verb) -> Option | None:
    """Return the option that a word without dashes names: `retries`, or AWS's `MaximumRetryAttempts`.

    >>> named_by("retries", options.VERBS[0]).name
    '--retries'
    """
    name = "--" + separated(word, "-").replace("_", "-").lstrip("-")
    found = verb.option(name)
    return found if found and found not in options.NO_EFFECT else None
