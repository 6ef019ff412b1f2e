"""What alerts should do, read from the tables in storage/watch.py; knows nothing of the code."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from storage import watch

PHASES = ("normal", "pending", "firing", "recovering")
NOTICES = ("fired", "resolved", "worse", "woken", "again")
STRICT = ("left", "held", "told")
DAY = timedelta(days=1)
# a clock that was put back by less is taken for that of another machine
SKEW = timedelta(minutes=1)


def rows(*firsts):
    """The rows of the docstring that begin with one of these words and hold a table's cells."""
    lines = [line.split() for line in watch.__doc__.splitlines() if line.startswith("    ")]
    return [words for words in lines if words[0] in firsts]


def phases():
    """{(phase, verdict): phase}."""
    heads = ("breach", "between", "clear", "none")
    return {
        (words[0], head): word
        for words in rows(*PHASES)
        for head, word in zip(heads, words[1:], strict=True)
    }


def notices():
    """[(notice, phase after, verdict, told before)], in their order."""
    found = [tuple(words[:4]) for words in rows(*NOTICES) if words[1] in PHASES]
    assert [name for name, *_ in found] == list(NOTICES)
    return found


def cells():
    """{(notice, what applies): told, held or left}."""
    heads = ("free", "acknowledged", "snoozed", "snoozed-out", "silenced", "quiet")
    return {
        (words[0], head): cell
        for words in rows(*NOTICES)
        if words[1] in STRICT
        for head, cell in zip(heads, words[1:], strict=True)
    }


def of_data():
    """{(data is ok, told that it is): (news, what applies: told or left)}."""
    found = {}
    for name, *words in rows("blind", "sighted"):
        *data, before = words[:-3]
        fates = dict(zip(("free", "silenced", "quiet"), words[-3:], strict=True))
        found[data == ["ok"], before == "sighted"] = (name, fates)
    return found


def gravest():
    """The notices from the gravest on, as the docstring lists them in brackets."""
    text = " ".join(watch.__doc__.split())
    return text.split("the gravest is kept (")[1].split(")")[0].split(", ")


@dataclass
class Rule:
    """Fires above `above` and is over below `below`."""

    above: float = 40.0
    below: float = 34.0
    pending: int = 1
    recovering: int = 1
    keep: timedelta = timedelta(0)
    repeat: timedelta | None = None
    every: timedelta = timedelta(minutes=10)
    quiet: tuple[int, int] | None = None
    is_fleeting: bool = False
    is_new: bool = False

    def is_quiet(self, now):
        if self.quiet is None:
            return False
        begin, end = self.quiet
        hours = range(begin, end) if begin < end else (*range(begin, 24), *range(end))
        return now.astimezone(UTC).hour in hours


@dataclass
class Alert:
    """An episode."""

    entity: str
    phase: str = "normal"
    streak: int = 0
    fired_at: datetime | None = None
    told_at: datetime | None = None
    told_value: float | None = None
    value: float | None = None
    marks: list = field(default_factory=list)
    acked: bool = False
    snooze: datetime | None = None
    out: bool = False
    over: bool = False


class Model:
    """One rule with its entities. `look` gives what is told, as {(entity, how, news)}."""

    table, notices, cells = phases(), notices(), cells()
    data_table, gravest = of_data(), gravest()

    def __init__(self, rule):
        self.rule, self.at = rule, None
        self.open, self.ended = {}, []
        self.told_ok, self.good_n, self.low_since = True, None, None
        self.base = None
        self.silences = []  # [(entity or all, begin, end)]

    def silenced(self, entity, now):
        return any(
            whose in ("", entity) and begin <= now < end for whose, begin, end in self.silences
        )

    def look(self, data, values, n, now):
        moved = None if self.at is None else now - self.at
        if moved is not None and -min(SKEW, self.rule.every) <= moved < self.rule.every:
            return None
        self.at = now
        data = self.judged(data, n, now)
        told = self.tell_data(data, now)
        quiet = self.rule.is_quiet(now)
        for alert in [*self.open.values(), *self.ended]:
            told |= self.one(alert, data, values, quiet, now)
        if data == "ok":
            for entity in values.keys() - self.open.keys() - self.known(values):
                self.open[entity] = Alert(entity)
                told |= self.one(self.open[entity], data, values, quiet, now)
        self.ended += [one for one in self.open.values() if one.over and one.marks]
        self.ended = [one for one in self.ended if one.marks]
        self.open = {
            name: one for name, one in self.open.items() if not one.over and one.phase != "normal"
        }
        return told

    def known(self, values):
        """Rows that are no news: of the first evaluation, and never gone since."""
        if not self.rule.is_new:
            return set()
        self.base = set(values) if self.base is None else self.base & set(values)
        return self.base

    def judged(self, data, n, now):
        if data != "ok" or n is None:
            self.low_since = None
            return data
        good = self.good_n or 0
        if (good and n == 0) or (good >= 20 and n < good / 2):
            self.low_since = now if self.low_since is None else min(self.low_since, now)
            if now < self.low_since + DAY:
                return "no-data"
        else:
            self.low_since = None
        if n == 0 and not (self.rule.is_new or self.rule.is_fleeting):
            return "no-data"
        self.good_n = n
        return "ok"

    def tell_data(self, data, now):
        news, fates = self.data_table.get((data == "ok", self.told_ok), (None, {}))
        applying = ["free"]
        applying += ["silenced"] if self.silenced("", now) else []
        applying += ["quiet"] if self.rule.is_quiet(now) else []
        if news is None or any(fates[one] != "told" for one in applying):
            return set()
        self.told_ok = data == "ok"
        return {(None, "told", (news,))}

    def one(self, alert, data, values, quiet, now):
        verdict = "none"
        if not alert.over:
            for name in ("fired_at", "told_at"):
                at = getattr(alert, name)
                setattr(alert, name, min(at, now) if at else None)
            verdict, value = self.verdict(alert.entity, data, values)
            alert.value = alert.value if value is None else value
            self.move(alert, verdict, now)
        applying = self.applying(alert, quiet, now)
        if alert.marks and not quiet:
            first, alert.marks = min(alert.marks, key=self.gravest.index), []
            if self.fate(first, applying) == "told":
                ends = ["resolved"] if alert.over and first != "resolved" else []
                return self.say(alert, "released", [first, *ends], now)
        notice = None if verdict == "none" else self.notice(alert, verdict, now)
        if notice is None or (fate := self.fate(notice, applying)) == "left":
            return set()
        if fate == "told":
            return self.say(alert, "told", [notice], now)
        is_news = all(self.gravest.index(notice) < self.gravest.index(one) for one in alert.marks)
        alert.marks.append(notice)
        return {(alert.entity, "held", (self.name(notice),))} if is_news else set()

    def verdict(self, entity, data, values):
        if data != "ok":
            return "none", None
        if entity not in values and (self.rule.is_fleeting or self.rule.is_new):
            return "clear", None
        value = values.get(entity)
        if value is None:
            return "none", None
        if value > self.rule.above:
            return "breach", value
        return ("clear" if value < self.rule.below else "between"), value

    def move(self, alert, verdict, now):
        cell = self.table[alert.phase, verdict]
        alert.streak = alert.streak + 1 if cell in ("pending", "recovering") else 0
        if cell == "pending" and alert.streak >= self.rule.pending:
            cell, alert.streak, alert.fired_at = "firing", 0, now
        long_enough = cell == "recovering" and now >= alert.fired_at + self.rule.keep
        if long_enough and alert.streak >= self.rule.recovering:
            cell, alert.streak, alert.over = "normal", 0, True
        alert.phase = cell

    def notice(self, alert, verdict, now):
        for name, phase, which, told in self.notices:
            fits = (
                phase == alert.phase
                and which in ("any", verdict)
                and (told == "yes") == (alert.told_at is not None)
            )
            if fits and self.holds(name, alert, now):
                return name
        return None

    def holds(self, name, alert, now):
        if name == "worse":
            limit = abs(self.rule.above) or abs(alert.told_value)
            return alert.value > alert.told_value and alert.value - alert.told_value >= 0.2 * limit
        if name == "woken":
            return alert.snooze is not None and alert.snooze <= now
        if name == "again":
            return self.rule.repeat is not None and alert.told_at + self.rule.repeat <= now
        return True

    def applying(self, alert, quiet, now):
        is_snoozed = alert.snooze is not None and now < alert.snooze
        pairs = (
            ("acknowledged", alert.acked), ("snoozed", is_snoozed), ("snoozed-out", alert.out),
            ("silenced", self.silenced(alert.entity, now)), ("quiet", quiet),
        )  # fmt: skip
        return ["free", *(name for name, holds in pairs if holds)]

    def fate(self, notice, applying):
        return min((self.cells[notice, one] for one in applying), key=STRICT.index)

    def say(self, alert, how, notices, now):
        alert.told_at, alert.told_value = now, alert.value
        if alert.snooze and alert.snooze <= now:
            alert.snooze = None
        return {(alert.entity, how, tuple(map(self.name, notices)))}

    def name(self, notice):
        return "again" if notice == "woken" else notice
