"""All rules that are due, in one round: each question asked once, and each rule told by itself."""

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime
from functools import partial
from zoneinfo import ZoneInfo

from bot.alerts.answers import Answers
from bot.alerts.look import Look, held
from bot.alerts.own import as_read
from bot.alerts.rule import Rule
from bot.alerts.sweep import case_of, record, write
from bot.channel import Desk
from commands import Grant
from storage.episodes import Case, advance_all, due

# so many rules are written down in one transaction, which holds others back while it lasts
AT_ONCE = 500

Found = tuple[Rule, Look, Case]


class Rounds:
    """Evaluates rules. What they see is kept between rounds while the data do not change.

    `zones` are those in which sources count days. It is for one thread.
    """

    def __init__(self, desk: Desk, zones: Collection[ZoneInfo] = ()) -> None:
        self.desk, self.answers = desk, Answers(desk, zones)

    def sweep(self, rules: Sequence[Rule], now: datetime, zone: ZoneInfo) -> None:
        """Evaluates the rules that are due and writes down what is to be told of them.

        A rule that breaks is left as it is, and due again; so is every rule of which nothing was
        written when the process ends.
        """
        with self.desk.store.reader() as session:
            every = due(session, {rule.id: rule.every for rule in rules}, now)
        # those that ask the same stand together
        ready = sorted((rule for rule in rules if rule.id in every), key=lambda one: one.ask)
        if not ready:
            return
        self.answers.begin(now, zone)
        found = list(self._found(ready, now, zone))
        for at in range(0, len(found), AT_ONCE):
            self._record(found[at : at + AT_ONCE], now, zone)

    def _found(self, rules: Sequence[Rule], now: datetime, zone: ZoneInfo) -> Iterator[Found]:
        """What each rule sees; nothing of one that broke, or whose channel can't be asked about."""
        grants: dict[str, Grant | None] = {}
        for rule in rules:
            name = f"rule {rule.id}"
            if rule.channel not in grants:
                ask = partial(self.desk.grant_of, rule.channel)
                grants[rule.channel] = self.desk.guarded(name, ask)
            grant = grants[rule.channel]
            if grant is None:
                continue
            one = self.desk.guarded(name, partial(self._look, rule, grant, now, zone))
            if one:
                yield one

    def _look(self, rule: Rule, grant: Grant, now: datetime, zone: ZoneInfo) -> Found:
        found = held(self.answers.look(rule, grant, now, zone), rule, self.desk.goals)
        return rule, found, case_of(rule, found, zone)

    def _record(self, found: Sequence[Found], now: datetime, zone: ZoneInfo) -> None:
        """Writes a part down in one transaction; one by one where that broke. A rule that was
        changed or given up while it was looked at is left for its next look.
        """
        if self.desk.guarded("rules", partial(self._at_once, found, now, zone)):
            return
        for rule, seen, _ in found:
            self.desk.guarded(f"rule {rule.id}", partial(self._alone, rule, seen, now, zone))

    def _alone(self, rule: Rule, seen: Look, now: datetime, zone: ZoneInfo) -> None:
        with self.desk.store.reader() as session:
            aged = self.answers.aged(session, seen, now, zone)
        record(self.desk, rule, aged, now, zone)

    def _at_once(self, found: Sequence[Found], now: datetime, zone: ZoneInfo) -> bool:
        by_id = {rule.id: (rule, seen) for rule, seen, _ in found}
        with self.desk.store.writer() as session:
            same = as_read(session, [rule for rule, _, _ in found])
            cases = [case for rule, _, case in found if rule.id in same]
            for done in advance_all(session, cases, now):
                rule, seen = by_id[done.state.rule]
                aged = self.answers.aged(session, seen, now, zone)
                write(session, self.desk, rule, aged, done, now, zone)
        return True
