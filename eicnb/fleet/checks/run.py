"""The run of `eicnb.check`, from its arguments to the frame of findings."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from fnmatch import fnmatchcase
from functools import partial
from typing import Any

from eicnb.aws.boto import Aws
from eicnb.aws.http.sender import Tally
from eicnb.errors import ChecksFailed, UsageError, nearest
from eicnb.fleet.checks import catalog
from eicnb.fleet.checks.agreement import Agreement
from eicnb.fleet.checks.audited import Audited
from eicnb.fleet.checks.check import Check, CheckContext
from eicnb.fleet.checks.evidence import NO_EVIDENCE, Evidence, Reading, Unreadable
from eicnb.fleet.checks.finding import FINDING_COLUMNS, Finding, Fix
from eicnb.fleet.checks.fixes import Fixes
from eicnb.fleet.checks.flow import usable
from eicnb.fleet.checks.mutes import Mute, mutes_in
from eicnb.fleet.checks.reach import reaching
from eicnb.fleet.checks.roles.prerequisite import prerequisite_of
from eicnb.fleet.checks.rules import rules_in
from eicnb.fleet.gc_pause import without_collection
from eicnb.fleet.progress import Show
from eicnb.fleet.scope import check_choice, check_rate, names_in
from eicnb.frames.columns import SUMMARY, Scalar, common
from eicnb.frames.frame import Frame, to_frame
from eicnb.model.severity import SEVERITIES, Severity
from eicnb.redaction.warn import warn

SETTINGS, ALL = "settings", "all"
ALWAYS = ("not-read", "not-checked", "house-rule", "expired-mute")
"""The checks that always run: unread rows must not look clean, and rules and mutes are the team's own."""

_MOST_NAMED = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedFinding:
    """A finding with its check, and the reason if it is muted."""

    check: Check
    found: Finding
    muted: str | None = None

    @property
    def severity(self) -> Severity:
        """The severity of the finding."""
        return self.found.severity or self.check.severity


def check(
    frame: Any,
    *,
    look: Any = SETTINGS,
    checks: Any = None,
    rules: Any = None,
    mute: Any = None,
    fail_on: Any = None,
    rate: Any = None,
    show: Show,
    connections: Sequence[Aws] = (),
    region: str | None = None,
    now: datetime | None = None,
) -> Frame:
    """Check an audit for `eicnb.check`; validate all arguments before sending any request.

    `connections` are used only by layers beyond the settings. `region` is that of the connection in use.
    """
    layers = wanted_layers(look)
    wanted = wanted_checks(checks, layers)
    house, mutes = rules_in(rules), mutes_in(mute, catalog.checks())
    rate = check_rate(rate)
    if fail_on is not None:
        check_choice("fail_on", fail_on, SEVERITIES)
    now = now or datetime.now(UTC)
    audit = Audited(frame)
    evidence = _read(audit, layers, connections, rate, show)
    fixes = Fixes(audit, region, usable(audit, evidence), partial(prerequisite_of, audit, evidence))
    context = CheckContext(audit, evidence, fixes, now, house, mutes)
    with without_collection():
        findings = _findings(context, [one for one in wanted if all(layer in layers for layer in one.layers)])
        result = _to_frame(context, findings, layers)
    if unmatched := result.attrs.get("unmatched"):
        warn(f"no function of the audit matches these globs of rules or mute: {unmatched}")
    if fail_on is not None:
        _stop_on(result, fail_on)
    return result


def _findings(context: CheckContext, checks: Iterable[Check]) -> list[CheckedFinding]:
    """Run the checks, and return their findings, each with the reason if it is muted."""
    mutes = [one for one in context.mutes if not one.has_expired(context.now)]
    return [
        CheckedFinding(check=one, found=found, muted=_mute_reason(context.audit, one.name, found, mutes))
        for one in checks
        for found in one.find(context)
    ]


def _mute_reason(audit: Audited, check: str, found: Finding, mutes: Sequence[Mute]) -> str | None:
    """Return the reason of the first mute that covers a finding."""
    if not mutes:
        return None
    row = found.row
    named = (None, None) if row is None else (audit.function_names[row], audit.qualifiers[row])
    return next((one.reason for one in mutes if one.covers(check, *named)), None)


def wanted_layers(look: Any) -> tuple[str, ...]:
    """Return the layers to read, in the order of reading; `settings` is always the first.

    >>> wanted_layers("settings")
    ('settings',)
    """
    names = names_in("look", look, SETTINGS)
    known = (SETTINGS, *catalog.layers())
    with UsageError.about("look"):
        for name in names:
            if name not in {*known, ALL}:
                hint = nearest(name, [*known, ALL]) or ", ".join([*known, ALL])
                raise UsageError(f"there is no layer {name!r}", hint=hint, culprit=name)
    return tuple(name for name in known if name == SETTINGS or name in names or ALL in names)


def wanted_checks(checks: Any, layers: Sequence[str]) -> list[Check]:
    """Return the named checks with those that always run, or all checks if none is named."""
    known = catalog.checks()
    if checks is None:
        return [*known.values()]
    names = names_in("checks", checks, "nowhere-to-go")
    with UsageError.about("checks"):
        for name in names:
            if name not in known:
                hint = nearest(name, known) or "%eic help checks"
                raise UsageError(f"there is no check {name!r}", hint=hint, culprit=name)
            if missing := [layer for layer in known[name].layers if layer not in layers]:
                message = f"the check {name} needs the layer {missing[0]}, which is not read"
                raise UsageError(message, hint=f"--look {','.join([*layers[1:], *missing])}", culprit=name)
    return [known[name] for name in known if name in names or name in ALWAYS]


def _read(
    audit: Audited, layers: Sequence[str], connections: Sequence[Aws], rate: float | None, show: Show
) -> Evidence:
    """Read the layers beyond the settings, and those that they depend on, one after another."""
    evidence = NO_EVIDENCE
    if layers == (SETTINGS,) or not audit.size:
        return evidence
    reached = reaching(audit, connections)
    wanted = {*layers}.union(*(catalog.layers()[name].needs for name in layers[1:]))
    for layer in catalog.layers().values():
        if layer.name not in wanted:
            continue
        tally = Tally()
        reading = Reading(audit=audit, connections=reached, rate=rate, show=show, evidence=evidence, tally=tally)
        facts = layer.read(reading, [*layer.subjects(audit)])
        evidence = evidence.with_layer(layer.name, facts, tally.calls)
    return evidence


def _unmatched(context: CheckContext) -> dict[str, Scalar]:
    """Return an attr with the globs of rules and mutes that match no function.

    An audit of selected functions has no such attr, since the others may match.
    """
    if context.audit.attrs.get("selected") is not None:
        return {}
    names = {name for name in context.audit.function_names if name}
    globs = dict.fromkeys([*(rule.functions for rule in context.rules), *(mute.functions for mute in context.mutes)])
    unmatched = [glob for glob in globs if not any(fnmatchcase(name, glob) for name in names)]
    return {"unmatched": ", ".join(unmatched)} if unmatched else {}


def _to_frame(context: CheckContext, findings: list[CheckedFinding], layers: Sequence[str]) -> Frame:
    """Return the findings as a frame, the most severe first."""
    audit = context.audit
    orders = {row: audit.order(row) for row in {one.found.row for one in findings} if row is not None}

    def order(one: CheckedFinding) -> Any:
        account_id, region = one.found.place
        place = (account_id or "", region or "", "", 0, 0, "")
        return (
            -SEVERITIES.index(one.severity),
            place if one.found.row is None else orders[one.found.row],
            one.check.name,
        )

    findings.sort(key=order)
    findings = _without_conflicts(findings)
    return to_frame([_row(audit, one) for one in findings], FINDING_COLUMNS, _attrs(context, findings, layers))


def _without_conflicts(findings: Sequence[CheckedFinding]) -> list[CheckedFinding]:
    """Return the findings in their order, with conflicting fixes of a row replaced."""
    agreements: dict[int | None, Agreement] = defaultdict(Agreement)
    fixes: dict[int, Fix] = {}
    for place in sorted(range(len(findings)), key=lambda place: findings[place].muted is not None):
        one = findings[place]
        fixes[place] = agreements[one.found.row].admit(one.check.name, one.found.fix)
    return [replace(one, found=one.found._replace(fix=fixes[place])) for place, one in enumerate(findings)]


def _row(audit: Audited, one: CheckedFinding) -> dict[str, Any]:
    found, row = one.found, one.found.row
    account_id, region = found.place if row is None else audit.place(row)
    return {
        "severity": one.severity,
        "check": one.check.name,
        "function_name": None if row is None else audit.function_names[row],
        "qualifier": None if row is None else audit.qualifiers[row],
        "finding": found.finding,
        "why": found.why or one.check.why,
        "fix": found.fix.text,
        "fix_kind": found.fix.kind,
        "muted": one.muted,
        "source": found.source or one.check.source,
        "region": region,
        "account_id": account_id,
        "function_arn": None if row is None else audit.function_arns[row],
    }


def _attrs(context: CheckContext, findings: Iterable[CheckedFinding], layers: Sequence[str]) -> dict[str, Scalar]:
    audit, evidence, findings = context.audit, context.evidence, [*findings]
    counts = Counter(one.severity for one in findings if one.muted is None)
    unreadable = [
        name for name, facts in evidence.facts.items() if any(isinstance(fact, Unreadable) for fact in facts.values())
    ]
    muted = sum(one.muted is not None for one in findings)
    open_ones = ", ".join(f"{counts[severity]} {severity}" for severity in reversed(SEVERITIES) if counts[severity])
    return {
        "verb": "check",
        "account_id": common(audit.account_ids, audit.attrs.get("account_id")),
        "region": common(audit.regions, audit.attrs.get("region")),
        "sandbox": audit.attrs.get("sandbox"),
        "layers": ",".join(layers),
        "unreadable": ",".join(unreadable) or None,
        "requests": evidence.requests,
        **_unmatched(context),
        "rows": audit.size,
        **{severity: counts[severity] for severity in reversed(SEVERITIES)},
        "muted": muted,
        SUMMARY: "; ".join([*filter(None, [open_ones]), *([f"{muted} muted"] if muted else [])]) or None,
    }


def _stop_on(result: Frame, fail_on: str) -> None:
    """Raise ChecksFailed if an unmuted finding is severe enough, or if a row could not be read."""
    is_open = result["muted"].isna()
    failing = result[(is_open & (result["severity"] >= fail_on)) | (result["check"] == "not-read")]
    if failing.empty:
        return
    counts = failing["severity"].value_counts(sort=False)
    severities = ", ".join(f"{counts[name]} {name}" for name in reversed(SEVERITIES) if counts[name])
    lines = [
        f"    {row['severity']}: {row['check']}: {_subject(row)}: {row['finding']}"
        for row in failing.head(_MOST_NAMED).to_dict("records")
    ]
    more = ["    …"] if len(failing) > _MOST_NAMED else []
    stop = "1 finding stops" if len(failing) == 1 else f"{len(failing)} findings stop"
    message = "\n".join([f"{stop} this run: {severities}", *lines, *more])
    error = ChecksFailed(f"{message}\nThe error has all findings as `result`.")
    error.result = result
    raise error


def _subject(row: Mapping[Any, Any]) -> str:
    named = [row[name] for name in ("function_name", "qualifier") if isinstance(row[name], str)]
    return ":".join(named) or str(row["region"])
