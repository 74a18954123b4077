"""`%eic help`: the help pages, built from the table of commands.

    >>> print(page("delete").splitlines()[0])
    %eic delete: delete a config and show what it contained

Every example is a line magic, or a cell of commands as AWS documents them, and runs on the sandbox.
"""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Iterable, Mapping
from itertools import groupby

from eicnb.cli import options
from eicnb.cli.option import FUNCTION_NAME, Option, Verb
from eicnb.cli.permissions import ACTIONS
from eicnb.errors import (
    AccessDenied,
    ChecksFailed,
    ConfigurationError,
    EicError,
    ExpiredCredentials,
    IncompleteApply,
    IncompleteAudit,
    IncompleteReplay,
    NotFound,
    Throttled,
    UsageError,
    nearest,
)
from eicnb.model.arn import example_arn
from eicnb.model.members import Member
from eicnb.model.verbs import CONFIGS, Operation

EXAMPLES: Mapping[str, tuple[str, ...]] = {
    "help": ("%eic help", "%eic help put"),
    "put": (
        "%eic put my-function --retries 0 --max-age 1h --on-failure sqs:shop-failures",
        "%eic put my-function --qualifier prod --retries 2 --output json",
        f"""%%eic
aws lambda {Operation.PUT.command} \\
    --function-name my-function \\
    --maximum-event-age-in-seconds 3600 \\
    --maximum-retry-attempts 0""",
    ),
    "update": (
        "%eic update my-function:BLUE --retries 1 --on-success events:shop",
        "%eic update my-function:GREEN --on-failure none",
        "%eic update newsletters --retries 0 --create --wait 30s",
        f"""%%eic
aws lambda {Operation.UPDATE.command} \\
    --function-name my-function:BLUE \\
    --destination-config 'OnFailure={{Destination={example_arn("sns", "shop-alerts")}}}'""",
    ),
    "get": (
        "%eic get my-function:BLUE",
        "%eic get my-function --qualifier GREEN --query MaximumRetryAttempts",
        f"""%%eic
aws lambda {Operation.GET.command} \\
    --function-name my-function:BLUE --output yaml""",
    ),
    "list": (
        "%eic list my-function",
        f"%eic list order-events --query '{CONFIGS}[].FunctionArn'",
        f"""%%eic
aws lambda {Operation.LIST.command} \\
    --function-name order-events --max-items 5 --output table""",
    ),
    "delete": (
        "%eic delete my-function:BLUE",
        f"""%%eic
aws lambda {Operation.DELETE.command} \\
    --function-name my-function:GREEN""",
    ),
    "functions": ("%eic functions", "%eic functions --region eu-west-1"),
    "audit": (
        "%eic audit",
        "%eic audit --regions us-east-1,eu-west-1 --rate 14",
        "%eic audit --functions 'payments-*',checkout --qualifiers all",
        "%eic audit --errors rows --no-progress",
        "%eic audit --organization --role audit --units Workloads/Prod",
    ),
    "check": ("%eic check ${audit}", "%eic check ${audit} --fail-on critical --checks nowhere-to-go,loop"),
    "explain": ("%eic explain checkout:live", "%eic explain --retries 2 --max-age 60s --timeout 30"),
    "losses": ("%eic losses ${audit}", "%eic losses ${audit} --since 30d --until 7d"),
    "records": ("%eic records sqs:shop-failures", "%eic records ${audit} --since 7d --most 100"),
    "replay": ("%eic replay ${records} --dry-run", "%eic replay ${records} --canary 1 --limit 100"),
    "send": ("""%eic send my-function '{"order": 1}'""", """%eic send checkout:live '{"order": 1}' --wait 60s"""),
    "plan": ("%eic plan ${desired}", "%eic plan ${desired} --rate 14 --no-progress"),
    "apply": ("%eic apply ${plan}", "%eic apply ${plan} --canary 3 --limit 100"),
    "form": ("%eic form", "%eic form my-function", "%eic form my-function --qualifier BLUE"),
    "use": ("%eic use", "%eic use --region eu-west-1", "%eic use --region eu-west-1 --as europe"),
    "whoami": ("%eic whoami", "%eic whoami --region eu-west-1"),
    "journal": ("%eic journal", "%eic journal --since 7d"),
    "undo": ("%eic undo", '%eic undo "2026-11-25 14:00" --functions "checkout*"'),
    "config": ("%eic config",),
    "compare": ("%eic compare ${before} ${after}", "%eic compare ${staging} ${prod} --on function_name"),
    "export": ("%eic export ${configs} --language terraform", "%eic export ${configs} --language aws"),
    "show": ("%eic show ${audit} --columns all", "%eic show ${audit} --columns function_name,role_arn --rows 200"),
    "save": ("%eic save ${audit} audit.parquet", "%eic save ${audit} audit.parquet --overwrite"),
    "load": ("%eic load audits/monday.parquet",),
    "history": ("%eic history audits",),
    "explore": ("%eic explore ${audit}",),
    "picture": ("%eic picture ${audit}", "%eic picture ${audit} --kind settings"),
    "require": ("%eic require --account 123456789012 --region us-east-1", "%eic require --sandbox"),
    "sandbox": ("%eic sandbox", "%eic sandbox --requests-per-second 15"),
}
"""Examples by verb; their functions and destinations exist in the sandbox."""

_WIDTH = 100
_INDENT = "  "
_KEEP = "\N{NO-BREAK SPACE}"
_ABOUT = (
    "eicnb shows and changes how AWS Lambda handles asynchronous invocations: how often it retries an event, "
    "how long it keeps the event, and where it sends the record of a success or failure."
)
_MORE = (
    ("%eic help VERB", "show a verb's options and examples; so do `%eic VERB --help` and `%eic VERB help`"),
    ("%eic help checks", "list the checks of `%eic check`, and the layers that they need"),
    ("%%eic", "run a cell of commands as AWS documents them, with or without `aws lambda`"),
    ("--output FORM", "print what the AWS CLI prints; without it, a command returns a DataFrame"),
    ("${name}", "insert a value of the notebook, except in single quotes; so do `$name` and `{name}`"),
)
_OPERATIONS = {
    "functions": Operation.LIST_FUNCTIONS,
    "whoami": Operation.GET_CALLER_IDENTITY,
    "audit": Operation.LIST,
    "losses": Operation.GET_METRIC_DATA,
    "records": Operation.RECEIVE,
    "send": Operation.INVOKE,
    "replay": Operation.INVOKE,
    "plan": Operation.LIST,
    "apply": Operation.PUT,
}


_INCOMPLETE: Mapping[str, type[EicError]] = {
    "apply": IncompleteApply,
    "audit": IncompleteAudit,
    "check": ChecksFailed,
    "replay": IncompleteReplay,
}
"""The errors of commands that may finish only in part or report findings."""


def page(verb: str | None = None, model: Callable[[str], Iterable[Member]] = lambda _: ()) -> str:
    """Return the help page of a command, by its short or AWS name, or the overview without a name.

    `model` returns the parameters of an AWS operation, for options that only the service model knows.

    >>> print("".join(page().splitlines(keepends=True)[4:6]), end="")
      put, put-function-event-invoke-config        write a config; settings left out are removed
      update, update-function-event-invoke-config  change only the given settings
    """
    if verb is None:
        return _overview()
    found = options.verb(verb)
    if found is None:
        names = [name for known in options.VERBS for name in known.names]
        hint = nearest(verb, names) or "%eic help"
        raise UsageError(f"eicnb has no command {verb!r}", hint=hint)
    return _verb_page(found.with_members(model(found.operation)) if found.operation else found)


def _overview() -> str:
    verbs = [(", ".join(verb.names), verb.meaning) for verb in options.VERBS]
    return (
        "\n\n".join(["\n".join(_wrapped(_ABOUT)), _section("Verbs", _rows(verbs)), _section("More", _rows(_MORE))])
        + "\n"
    )


def _verb_page(verb: Verb) -> str:
    shared = _shared(verb)
    own = [option for option in verb.options if option not in shared]
    column = max((len(option.written) for option in (*verb.words, *verb.options)), default=0)
    sections = {
        "Synopsis": _synopsis(verb, own, more=bool(shared)),
        "Options": _rows(_described([*verb.words, *own]), column),
        "Options of every AWS command": _rows(_described(shared), column),
        "Examples": _examples(verb),
        "Errors, by the AWS CLI's exit codes": _wrapped(_errors(verb), first=_INDENT, others=_INDENT),
        "IAM actions": _wrapped(", ".join(ACTIONS.get(verb.name, ())), first=_INDENT, others=_INDENT),
        "AWS's own pages": [_INDENT + address for address in _addresses(verb)],
    }
    shown = [_section(title, lines) for title, lines in sections.items() if lines]
    return "\n\n".join([f"%eic {verb.name}: {verb.meaning}", *shown]) + "\n"


def _section(title: str, lines: Iterable[str]) -> str:
    return "\n".join([title, *lines])


def _shared(verb: Verb) -> list[Option]:
    """Return the options that all AWS commands have in common, without the function."""
    if verb.aws_name is None:
        return []
    takers = [known for known in options.VERBS if known.aws_name]
    common = [option for option in verb.options if all(option in taker.options for taker in takers)]
    return [option for option in common if option != FUNCTION_NAME]


def _synopsis(verb: Verb, own: list[Option], *, more: bool) -> list[str]:
    """Return the synopsis in eicnb's form and in the AWS CLI's.

    eicnb's form shows the short option of a setting instead of AWS's.
    """
    replaced = {option.argument for option in own if option in options.SHORTHAND}
    takes_function = FUNCTION_NAME in own
    settings = [option for option in own if option != FUNCTION_NAME]
    ours = [o for o in settings if o.argument not in replaced or o in options.SHORTHAND]
    theirs = [option for option in settings if option not in options.OURS]
    function = FUNCTION_NAME
    words = [option.metavar if option.is_required else f"[{option.metavar}]" for option in verb.words]
    name = function.metavar if verb.needs_function else f"[{function.metavar}]"
    lines = _usage(f"%eic {verb.name}", [*([name] if takes_function else []), *words], ours, more=more)
    if verb.aws_name:
        lines += _usage(f"aws lambda {verb.aws_name}", [function.written], theirs, more=more)
    return lines


def _usage(command: str, needed: list[str], others: list[Option], *, more: bool) -> list[str]:
    written = [option.written if option.is_required else f"[{option.written}]" for option in others]
    words = [command, *needed, *written, *(["[OPTIONS]"] if more else [])]
    lines = _wrapped(" ".join(word.replace(" ", _KEEP) for word in words), first=_INDENT, others=_INDENT * 3)
    return [line.replace(_KEEP, " ") for line in lines]


def _described(described: Iterable[Option]) -> list[tuple[str, str]]:
    return [(option.written, _meaning(option)) for option in described]


def _meaning(option: Option) -> str:
    """Return the meaning of an option, with its choices unless it already names all of them."""
    if all(choice in option.meaning for choice in option.choices):
        return option.meaning
    return f"{option.meaning} (one of {', '.join(option.choices)})"


def _rows(rows: Iterable[tuple[str, str]], column: int = 0) -> list[str]:
    """Return names and meanings in two columns; a long meaning wraps within its column."""
    rows = list(rows)
    column = max([column, *(len(name) for name, _ in rows)])
    margin = " " * (column + 2 * len(_INDENT))
    return [
        line
        for name, meaning in rows
        for line in _wrapped(meaning, first=f"{_INDENT}{name:{column}}{_INDENT}", others=margin)
    ]


def _wrapped(text: str, *, first: str = "", others: str = "") -> list[str]:
    return textwrap.wrap(
        text,
        _WIDTH,
        initial_indent=first,
        subsequent_indent=others,
        break_long_words=False,
        break_on_hyphens=False,
    )


def _examples(verb: Verb) -> list[str]:
    """Return a verb's examples, with an empty line before each cell."""
    lines: list[str] = []
    for example in EXAMPLES.get(verb.name, ()):
        lines += ["", *example.splitlines()] if "\n" in example else [example]
    return [(_INDENT + line).rstrip() for line in lines]


def _operation(verb: Verb) -> Operation | None:
    """Return the AWS operation that a command is mainly about, if there is one."""
    return verb.operation or _OPERATIONS.get(verb.name)


def _errors(verb: Verb) -> str:
    """Return the errors that a command may raise, grouped by exit code."""
    expected: list[type[EicError]] = [UsageError, ConfigurationError]
    if FUNCTION_NAME in verb.options:
        expected += [NotFound]
    if _operation(verb) or verb.name == "check":
        expected += [AccessDenied, Throttled, ExpiredCredentials]
    expected += [_INCOMPLETE[verb.name]] if verb.name in _INCOMPLETE else []
    groups = groupby(expected, key=lambda error: error.exit_code)
    return ", ".join(f"{code} {', '.join(error.__name__ for error in errors)}" for code, errors in groups)


def _addresses(verb: Verb) -> list[str]:
    operation = _operation(verb)
    return list(operation.pages) if operation else []
