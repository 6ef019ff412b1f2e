"""How a rule stands, for a list: what fires, whether its data can be judged, and silences."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlmodel import Session, col, select

from bot.alerts import own
from bot.alerts.rule import Rule
from commands._basis import ago
from storage.episodes import NEVER, running
from storage.models import Audit, Episode, RuleState, Silence

DATA = {"stale": "its data is too old", "no-data": "there is no figure", "error": "see the log"}
MOST_NAMED = 3
MINUTE = timedelta(minutes=1)
# after so many looks that were left out, and so long, it can't be told how a rule stands
LATE_LOOKS, LATE = 2, timedelta(minutes=30)


@dataclass(frozen=True)
class Standing:
    """Where a rule stands. `names` are of what fires, the oldest first; the total has none."""

    state: RuleState | None
    firing: Sequence[Episode]
    pending: int
    silence: Silence | None


def standing(session: Session, rule: str, now: datetime) -> Standing:
    """Where a rule stands now."""
    every = running(session, rule)
    on = [one for one in every if one.phase in ("firing", "recovering")]
    state = session.get(RuleState, rule)
    silent = [*own.silences(session, rule, now), *own.silences(session, "", now)]
    return Standing(
        state if state and state.evaluated_at > NEVER else None, on, len(every) - len(on),
        silent[0] if silent else None,
    )  # fmt: skip


def words(
    found: Standing, every: timedelta, now: datetime, zone: ZoneInfo, *, may_name: bool
) -> str:
    """The same in a sentence, of a rule that is looked at `every` so often; what fires is named
    only to who may see it.

    What can't be told is never called fine, and what fires is told before that it can't.
    """
    parts = [_state(found, _blind(found, every, now), zone, may_name=may_name)]
    if found.silence:
        until = found.silence.until
        ends = f"until {at(until, zone)}" if until else "until someone ends that"
        parts.append(f"🔕 silent {ends}")
    if found.state:
        parts.append(_looked(now - found.state.evaluated_at))
    return " · ".join(parts)


def _looked(age: timedelta) -> str:
    return f"looked {ago(age)} ago" if age >= MINUTE else "looked just now"


def _blind(found: Standing, every: timedelta, now: datetime) -> str:
    """Why it can't be told how it stands; empty where it can be."""
    if found.state is None:
        return ""
    if found.state.data != "ok":
        return f"⚪ can't tell: {DATA.get(found.state.data, found.state.data)}"
    is_late = now - found.state.evaluated_at > LATE_LOOKS * every + LATE
    return "⚪ can't tell: nobody looks any more, see `/leadline status`" if is_late else ""


def _state(found: Standing, blind: str, zone: ZoneInfo, *, may_name: bool) -> str:
    if found.state is None:
        return "⚪ not looked at yet"
    if found.firing:
        since = at(found.firing[0].fired_at or found.firing[0].begun_at, zone)
        fires = f"🔴 firing since {since}{_named(found.firing) if may_name else ''}"
        return f"{fires} · {blind}" if blind else fires
    if blind:
        return blind
    if found.pending:
        return "🟡 over its threshold, not yet for long enough"
    return "🟢 fine"


def _named(firing: Sequence[Episode]) -> str:
    """Who fires, where it is not the total: the first three, and how many more."""
    names = [one.label or one.entity for one in firing if one.entity]
    if not names:
        return ""
    more = len(names) - MOST_NAMED
    told = ", ".join(names[:MOST_NAMED])
    return f" ({told} and {more} more)" if more > 0 else f" ({told})"


def at(when: datetime, zone: ZoneInfo) -> str:
    return f"{when.astimezone(zone):%-d %b %H:%M %Z}"


def episodes_since(session: Session, rule: str, since: datetime) -> Sequence[Episode]:
    """What fired after an instant, the newest first."""
    query = select(Episode).where(Episode.rule == rule, col(Episode.fired_at) >= since)
    return session.exec(query.order_by(col(Episode.fired_at).desc())).all()


def audits_of(session: Session, rule: Rule) -> Sequence[Audit]:
    """Who did what to a rule, the newest first."""
    query = select(Audit).where(Audit.what == f"rule {rule.id}")
    return session.exec(query.order_by(col(Audit.at).desc(), col(Audit.id).desc())).all()
