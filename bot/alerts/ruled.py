"""From what a dialog holds to the rule it means, or what is wrong with it, field by field."""

import re
from datetime import timedelta
from urllib.parse import urlsplit

import msgspec

from bot.alerts.condition import written
from bot.alerts.draft import TEAM, Draft
from bot.alerts.rule import Rule
from bot.charts import UNITS
from bot.mrkdwn import cut
from storage.watch import BadBound, read_watch

# how often it is looked; the test of suppliers sees a day as a whole
EVERY, DAILY = timedelta(minutes=10), timedelta(days=1)
LONGEST_TITLE = 60
LONGEST_LINK = 500
MOST_LOOKS = 1_000
NUMBER = re.compile(r"^-?\d{1,15}(\.\d{1,9})?$", re.ASCII)
COUNT = re.compile(r"^[1-9]\d{0,3}$", re.ASCII)
NO_NUMBER = "Write a number like 40 or 2.5"


def problems(draft: Draft) -> dict[str, str]:
    """What is wrong with what was filled in, by field; nothing where it makes a rule."""
    found = _condition_problems(draft)
    if not COUNT.match(draft.pending) or int(draft.pending) > MOST_LOOKS:
        found["pending"] = f"Write a whole number from 1 to {MOST_LOOKS:,}"
    if bool(draft.quiet_from) != bool(draft.quiet_to):
        missing = "quiet_to" if draft.quiet_from else "quiet_from"
        found[missing] = "Quiet hours need a beginning and an end; clear both for none"
    elif draft.quiet_from and draft.quiet_from == draft.quiet_to:
        found["quiet_to"] = "Quiet hours that end when they begin would never end"
    if draft.runbook and not _is_link(draft.runbook):
        found["runbook"] = "Write a link that begins with https://"
    if draft.scope != "all" and not is_rows(draft):
        found["scope"] = "The total has no owner: choose a figure of each row, or everything"
    if not draft.target:
        found["other"] = "Choose a channel"
    return found


def _condition_problems(draft: Draft) -> dict[str, str]:
    wanted = draft.wanted
    found: dict[str, str] = {}
    if wanted.needs == "nothing":
        return found
    if not NUMBER.match(draft.value) or (wanted.needs == "percent" and float(draft.value) <= 0):
        found["value"] = NO_NUMBER
    if draft.clear and not NUMBER.match(draft.clear):
        found["clear"] = f"{NO_NUMBER}, or leave it empty"
    if not found:
        fields = written(wanted, draft.value, draft.clear, draft.unit)
        try:
            read_watch(fields["when"], fields["clear"])
        except BadBound:
            side = "below" if wanted.word in ("above", "at least") else "above"
            if wanted.is_falling:
                side = "below"
            found["clear"] = f"It must lie {side} {draft.value}, or nothing would ever be over"
    return found


def is_rows(draft: Draft) -> bool:
    """Whether it watches rows, each by itself, and not the total."""
    return draft.condition in ("unusual", "new") or bool(draft.choice and draft.choice.each)


def rule_of(draft: Draft, zone: str, old: Rule | None = None) -> Rule:
    """The rule that a draft without problems means; what it does not know stays as in `old`."""
    choice = draft.choice
    is_team = draft.scope.startswith(TEAM)
    kind = draft.wanted.kind
    unit = draft.unit if kind == "value" else ""
    has_figure = choice is not None and kind in ("value", "change")
    base = old or Rule("", draft.line, draft.target)
    if old is None or old.kind != kind:
        base = msgspec.structs.replace(base, every=DAILY if kind == "unusual" else EVERY)
    return msgspec.structs.replace(
        base,
        ask=draft.line,
        channel=draft.target,
        **written(draft.wanted, draft.value, draft.clear, draft.unit),
        title=cut(draft.name or draft.title, LONGEST_TITLE),
        figure=choice.name if choice and has_figure else "",
        each=bool(choice and choice.each) and has_figure,
        unit="" if unit in ("%", UNITS[""]) else unit,
        owner=draft.owner,
        scope="team" if is_team else draft.scope,
        team=draft.scope.removeprefix(TEAM) if is_team else "",
        pending=int(draft.pending),
        keep=timedelta(hours=float(draft.keep)),
        repeat=timedelta(hours=float(draft.repeat)) if float(draft.repeat) else None,
        quiet=f"{draft.quiet_from}-{draft.quiet_to}" if draft.quiet_from else "",
        zone=zone,
        follow_ups=draft.follow_ups,
        severity=draft.severity,
        runbook=draft.runbook,
    )


def _is_link(text: str) -> bool:
    try:
        found = urlsplit(text)
    except ValueError:
        return False
    is_plain = not re.search(r"[\s<>|]", text)
    return (
        is_plain and len(text) <= LONGEST_LINK and found.scheme == "https" and bool(found.hostname)
    )
